"""The reading strip: one held-out sentence, read again and again by the same network as it learns."""

from collections.abc import Callable, Sequence
from typing import NotRequired, TypedDict

import numpy as np
from numpy.typing import ArrayLike

from charrnn.dashboard.wire import pack, signed, unsigned

from .mounting import mount


class Row(TypedDict):
    """The network's likeliest next characters at an earlier step."""

    label: str  # "at step 100"
    guess: str  # one character a column; "" while that step is still to come: the row keeps its place, empty
    p: ArrayLike  # (columns,) probability of each guess


class Unit(TypedDict):
    """A hidden unit's values while it made each guess."""

    name: str
    values: ArrayLike  # (columns,) in [-1, 1]


class Reach(TypedDict):
    """How far back the gradient of one column's prediction reaches; drawn while that column is pinned."""

    column: int
    weights: Sequence[float]  # in [0, 1], at the column itself, one before it, ...
    cut: int  # steps back at which the unroll ends


class StripFrame(TypedDict):
    """All that the strip shows at one moment. Columns are the characters of ``text``."""

    text: str  # what came
    rows: Sequence[Row]  # earlier steps, oldest first
    now: str  # label of the present guess: "its guess now", or "at step 300" when looking back
    top: Sequence[
        str
    ]  # for each column its likeliest characters, best first, equally many (five); the first is the guess
    top_p: ArrayLike  # (columns, five) their probabilities
    surprise: ArrayLike  # (columns,) bits
    units: Sequence[Unit]
    reach: NotRequired[Reach]


def reading_strip(data: bytes, *, key: str, on_pin: Callable[[int | None], None] | None = None) -> int | None:
    """Draw a strip that was encoded; return the column that is pinned in it, or None."""
    return mount("reading_strip", data, key=key, choice="pinned", on_choice=on_pin)


def encode_strip(frame: StripFrame, pinned: int | None = None) -> bytes:
    """The frame as sent: 3.5 KB for 84 columns, six rows and five units.

    ``pinned`` moves the pin when it differs from the frame before; otherwise the person's own pin stays. Raises
    ValueError where lengths differ.
    """
    columns = len(frame["text"])
    best = len(frame["top"][0]) if frame["top"] else 0
    top = _shaped("top_p", frame["top_p"], (columns, best))
    if len(frame["top"]) != columns or any(len(characters) != best for characters in frame["top"]):
        raise ValueError(f"top: {columns} strings of {best} characters are needed, one for each column")
    arrays = [unsigned(top, 1.0, "<u2"), unsigned(_shaped("surprise", frame["surprise"], (columns,)), 65.535, "<u2")]
    arrays += [signed(_shaped(unit["name"], unit["values"], (columns,))) for unit in frame["units"]]
    for row in frame["rows"]:
        if len(row["guess"]) not in (0, columns):
            raise ValueError(
                f"{row['label']}: a guess for each of {columns} columns is needed, not {len(row['guess'])}"
            )
        arrays.append(unsigned(_shaped(row["label"], row["p"], (len(row["guess"]),)), 1.0, "u1"))
    header = {
        "text": frame["text"],
        "rows": [{"label": row["label"], "guess": row["guess"]} for row in frame["rows"]],
        "now": frame["now"],
        "top": "".join(frame["top"]),
        "units": [unit["name"] for unit in frame["units"]],
        "pinned": pinned,
        "reach": _reach(frame),
    }
    return pack(header, *arrays)


def _shaped(name: str, values: ArrayLike, shape: tuple[int, ...]) -> ArrayLike:
    array = np.asarray(values, float)
    if array.shape != shape:
        raise ValueError(f"{name}: shape {shape} is needed, not {array.shape}")
    return array


def _reach(frame: StripFrame) -> dict[str, object] | None:
    if "reach" not in frame:
        return None
    reach = frame["reach"]
    weights = np.nan_to_num(np.clip(reach["weights"], 0, 1)).round(3).tolist()
    return {"column": reach["column"], "weights": weights, "cut": reach["cut"]}
