"""Charts over two axes: lines, steps, bands, dots, squares, bars and rules, described plainly."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .mounting import mount
from .wire import pack

# How an axis's numbers are written: 0.25, 12k, 25 %, 10⁻³.
Form = Literal["number", "count", "percent", "power"]
# What the page's colours mean: see PALETTES in assets/shared.js. A to F are runs, "signed" is the ends of that scale.
Kind = Literal["vowel", "consonant", "capital", "digit", "punctuation", "space"]
Colour = Literal["line", "accent", "muted", "mark", "signed", "A", "B", "C", "D", "E", "F"] | Kind
MARGIN = 0.05  # of what is drawn, left free above and below it where an axis names no ends


class Scale(NamedTuple):
    """One axis. Where an end is None, it is that of what is drawn."""

    title: str  # with its unit: "cost, nats a character"
    form: Form = "number"
    log: bool = False
    low: float | None = None
    high: float | None = None
    names: Sequence[str] = ()  # what stands at 0, 1, 2 … in place of numbers


class Layer(NamedTuple):
    """Numbers drawn in one way. On a logarithmic axis none may be below zero; NaN leaves a gap."""

    shape: Literal["line", "steps", "band", "dots", "squares", "signs", "bars", "rule"]
    x: ArrayLike
    y: ArrayLike = ()  # a rule has none: it stands upright at each x
    to: ArrayLike = ()  # the other edge of a band
    name: str = ""  # what a point of it is called where it is pointed at; without a name none can be
    legend: str = ""  # what the legend calls it
    label: str = ""  # written at a line's end, or beside a rule
    colour: Colour = "line"
    strength: float = 1.0  # from 0, not to be seen
    width: float = 2.0
    dashed: bool = False
    filled: bool = False  # whether a paler area lies between it and zero
    signs: str = ""  # the character that stands at each point
    also: Mapping[str, ArrayLike] = {}  # what else is known of each point, in the unit of y


class Chart(NamedTuple):
    """All that is drawn, from the bottom up, and what it says to those who do not see it."""

    name: str  # of the file it is saved as
    alt: str
    x: Scale
    y: Scale
    layers: Sequence[Layer]
    height: int = 260  # CSS pixels, axes included
    square: bool = False  # whether the plot is as wide as it is high
    heading: str = ""
    note: str = ""  # below the heading


def chart(data: bytes, *, key: str) -> None:
    """Draw charts that were encoded. What is pointed at is the browser's own: Python never hears of it."""
    mount("chart", data, key=key)


def encode_chart(*charts: Chart) -> bytes:
    """One or several, drawn side by side where there is room, as sent: four bytes a number.

    Raises ValueError where a layer's lengths differ.
    """
    headers, arrays = [], []
    for described in charts:
        layers = [_encoded(layer) for layer in described.layers]
        ends = {
            "x": _scale(described.x, [layer.x for layer in described.layers], 0.0),
            "y": _scale(described.y, [part for layer in described.layers for part in (layer.y, layer.to)], MARGIN),
        }
        headers.append(described._asdict() | ends | {"layers": [header for header, _ in layers]})
        arrays += [array for _, numbers in layers for array in numbers]
    return pack(headers, *arrays)


def _encoded(layer: Layer) -> tuple[dict[str, Any], list[NDArray[np.floating]]]:
    """A layer as JSON, and its numbers: x, then y, then the band's other edge, then what else is known."""
    columns = {"x": layer.x, "y": layer.y, "to": layer.to, **layer.also}
    arrays = {name: np.asarray(values, "<f4").ravel() for name, values in columns.items()}
    points = len(arrays["x"])
    sent = [name for name, array in arrays.items() if name not in ("y", "to") or len(array)]
    lengths = {name: len(arrays[name]) for name in sent} | ({"signs": len(layer.signs)} if layer.signs else {})
    if wrong := [name for name, length in lengths.items() if length != points]:
        raise ValueError(f"{layer.name or layer.shape}: {points} numbers are needed in each of {', '.join(wrong)}")
    drawn = layer._asdict() | {"points": points, "has": sent[1:], "also": list(layer.also)}
    return {name: value for name, value in drawn.items() if name not in ("x", "y", "to")}, [arrays[n] for n in sent]


def _scale(scale: Scale, drawn: list[ArrayLike], margin: float) -> dict[str, Any]:
    """An axis with both ends, the lower one below the upper one."""
    parts = [np.asarray(part, float).ravel() for part in drawn]
    values = np.concatenate(parts) if parts else np.empty(0)
    values = values[np.isfinite(values) & ((values > 0) | (not scale.log))]
    least, most = (float(values.min()), float(values.max())) if values.size else (1.0, 1.0)
    if scale.names:
        least, most, margin = -0.5, len(scale.names) - 0.5, 0.0
    if scale.log:
        free = (most / least) ** margin
        low, high = least / free, most * free
    else:
        low, high = least - margin * (most - least), most + margin * (most - least)
    low, high = low if scale.low is None else scale.low, high if scale.high is None else scale.high
    if not low < high:
        low, high = (low, 10 * low) if scale.log else (low, low + 1)
    return scale._asdict() | {"low": low, "high": high, "names": list(scale.names)}
