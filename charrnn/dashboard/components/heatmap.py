"""The hidden-state heatmap: every unit at every character of a text, on one fixed diverging scale."""

from collections.abc import Callable, Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import ArrayLike

from charrnn.dashboard.wire import pack, signed

from .mounting import mount


class Cell(TypedDict):
    """One place in the heatmap: a unit by its own number, a position in the text from 0."""

    unit: int
    position: int


def heatmap(data: bytes, *, key: str, on_pick: Callable[[Cell | None], None] | None = None) -> Cell | None:
    """Draw a heatmap that was encoded, characters across and units down; return the picked cell, or None."""
    return mount("heatmap", data, key=key, choice="picked", on_choice=on_pick)


def encode_heatmap(
    values: ArrayLike,
    *,
    text: str,
    units: Sequence[int],
    title: str = "hidden value",
    limit: float = 1.0,
    height: int | None = None,
    picked: Cell | None = None,
    exact: bool = True,
) -> bytes:
    """``values`` (T, H) in [-limit, limit] as sent: two bytes a value, or one.

    Column k of ``values`` belongs to unit ``units[k]``: units appear in the order given, under their own numbers.
    ``title`` stands at the legend and says what the colours mean ("deviation from the unit's mean": then ``limit=2``).
    ``height`` is that of the cells, in CSS pixels; by default units are 1 to 14 pixels high. ``picked`` moves the
    crosshair when it differs from the one before. What moves fast need not be ``exact``: it is half as long then.
    Raises ValueError where shapes do not agree.
    """
    array = np.asarray(values)
    if not text or not len(units) or array.shape != (len(text), len(units)):
        raise ValueError(f"values: shape ({len(text)}, {len(units)}) is needed, with neither 0, not {array.shape}")
    if len(set(units)) != len(units):
        raise ValueError("units: each number may appear only once")
    header = {
        "text": text,
        "units": [int(unit) for unit in units],
        "title": title,
        "limit": limit,
        "height": height,
        "picked": picked,
        "exact": exact,
    }
    return pack(header, signed(array, limit, "<i2" if exact else "i1"))
