"""Values in rows and columns as colours on a diverging scale: a matrix, or what goes on at each character of a text."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypedDict

import numpy as np
from numpy.typing import ArrayLike

from charrnn.dashboard.wire import pack, signed

from .mounting import mount


class Axis(NamedTuple):
    """What stands along one side: "character", and a sign for each; a text is as many signs as it has characters."""

    name: str
    signs: Sequence[str]


class Cell(TypedDict):
    """One place: its row by the sign, so that it is the same one in another order, its column from 0."""

    row: str
    column: int


def cells(data: bytes, *, key: str, on_pick: Callable[[Cell | None], None] | None = None) -> Cell | None:
    """Draw cells that were encoded; return the one that was picked, or None."""
    return mount("cells", data, key=key, choice="picked", on_choice=on_pick)


def encode_cells(
    values: ArrayLike,
    *,
    down: Axis,
    across: Axis,
    title: str,
    limit: float | None = None,
    text: bool = False,
    picked: Cell | None = None,
    exact: bool = True,
) -> bytes:
    """``values`` (R, C), R rows ``down`` and C columns ``across``, as sent: two bytes a value, or one.

    The scale is that of [-limit, limit], in the values' own unit. Without ``limit`` it ends where 99 % of the sizes
    lie, so that a few large ones do not pale the others; what lies beyond has the end's colour and its own value.
    ``title`` stands at the legend and says what the colours mean. Where a ``text`` stands across, its characters are
    written as large as they fit, and told by their place in it. ``picked`` moves the pick when it differs from the one
    before. What moves fast need not be ``exact``: it is half as long then. Raises ValueError where shapes do not agree,
    or where two rows have one sign.
    """
    array = np.asarray(values, float)
    shape = len(down.signs), len(across.signs)
    if array.shape != shape or not array.size:
        raise ValueError(f"values: shape {shape} is needed, with neither 0, not {array.shape}")
    if len(set(down.signs)) != len(down.signs):
        raise ValueError("down: each sign may appear only once")
    full = limit
    if limit is None:
        sizes = np.abs(array[np.isfinite(array)])
        limit = float(sizes.max(initial=0)) or 1.0
        full = float(np.quantile(sizes, 0.99)) or limit if sizes.size else limit
    header = {
        "axes": [down._asdict(), across._asdict()],
        "title": title,
        "limit": limit,
        "full": full,
        "text": text,
        "picked": picked,
        "exact": exact,
    }
    return pack(header, signed(array, limit, "<i2" if exact else "i1"))
