"""Numbers on their way to the browser: a JSON header, a zero byte, then little-endian arrays, the wider ones first.

Probabilities travel as unsigned integers over [0, 1], hidden values as int16 over [-limit, limit] (0.00003 apart), so
that the value a person reads is right to three decimals. What a component gets is
sealed: behind the message stands which picture it is and of which drawing, so that of two that arrive by different ways
the newer one is shown. Drawings are counted, since a clock may be set back, by each server anew.
"""

import json
import secrets
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

SERVER = secrets.token_hex(4)  # all that a server draws is newer than what the browser had of the one before


def pack(
    header: Mapping[str, object] | Sequence[Mapping[str, object]], *arrays: NDArray[np.integer] | NDArray[np.floating]
) -> bytes:
    """One message: the header as JSON, a zero byte (JSON holds none), the arrays one after another."""
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    ordered = sorted(arrays, key=lambda array: -array.itemsize)  # stable, and keeps 16-bit numbers on even addresses
    return b"\0".join([text.encode("utf-8", "replace"), b"".join(array.tobytes() for array in ordered)])


class Envelope(bytes):
    """A message with its seal."""


def sealed(message: bytes, picture: str = "", drawn: int = 0, version: int = 0) -> Envelope:
    """The message with its seal: JSON of server, picture ("" where none follow), drawing and version, its length."""
    if isinstance(message, Envelope):
        return message
    seal = json.dumps([SERVER, picture, drawn, version]).encode()
    return Envelope(b"".join([message, seal, len(seal).to_bytes(2, "little")]))


def unsealed(message: bytes) -> bytes:
    """The message without its seal."""
    return message[: -2 - int.from_bytes(message[-2:], "little")]


def unsigned(values: ArrayLike, limit: float, dtype: str) -> NDArray[np.integer]:
    """``values`` over [0, limit] as all the steps of an unsigned type; what is no number becomes 0."""
    part = np.clip(np.nan_to_num(np.asarray(values, float) / limit, nan=0.0), 0, 1)
    return np.rint(part * np.iinfo(dtype).max).astype(dtype)


def signed(values: ArrayLike, limit: float = 1.0, dtype: str = "<i2") -> NDArray[np.integer]:
    """``values`` over [-limit, limit] as a signed type; what is no number becomes its least, drawn as neither sign."""
    ends = np.iinfo(dtype)
    part = np.clip(np.asarray(values, float) / limit, -1, 1)
    return np.where(np.isnan(part), ends.min, np.rint(np.nan_to_num(part) * ends.max)).astype(dtype)
