"""A matrix of weights: every entry as a colour, its exact value and what it joins under the pointer."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from charrnn.dashboard.wire import pack, signed

from .mounting import mount


class Axis(NamedTuple):
    """What stands along one side: "character", and a sign for each."""

    name: str
    signs: Sequence[str]


def matrix(data: bytes, *, key: str) -> None:
    """Draw a matrix that was encoded."""
    mount("matrix", data, key=key)


def encode_matrix(values: ArrayLike, *, down: Axis, across: Axis, title: str) -> bytes:
    """``values`` (R, C), R rows ``down`` and C columns ``across``, on the diverging scale, as sent: two bytes an entry.

    The scale ends where 99 % of the sizes lie, so that a few large entries do not pale the others; what lies beyond has
    the end's colour and its own value. Raises ValueError where shapes do not agree.
    """
    array = np.asarray(values, float)
    if array.shape != (len(down.signs), len(across.signs)) or not array.size:
        shape = len(down.signs), len(across.signs)
        raise ValueError(f"values: shape {shape} is needed, with neither 0, not {array.shape}")
    sizes = np.abs(array[np.isfinite(array)])
    limit = float(sizes.max(initial=0)) or 1.0
    header = {
        "down": down._asdict(),
        "across": across._asdict(),
        "title": title,
        "limit": limit,
        "full": float(np.quantile(sizes, 0.99)) or limit if sizes.size else limit,
    }
    return pack(header, signed(array, limit))
