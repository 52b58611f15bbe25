"""A text whose characters are coloured by numbers: a unit's values, surprise, a gradient, an effect."""

from collections.abc import Callable, Sequence
from typing import NotRequired, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray

from charrnn.dashboard.wire import pack, unsigned

from .mounting import mount


class Choice(TypedDict):
    """What was picked: a row of the values, and a stretch of the text or a single character of it."""

    row: int
    start: int | None  # None while no character is picked
    end: int | None  # the first character behind the stretch


class Guesses(TypedDict):
    """What the network expected, one prediction a character."""

    of: str  # "next": what comes after each character; "here": the character itself
    top: Sequence[str]  # likeliest characters, best first, equally many
    top_p: ArrayLike  # (T, that many) their probabilities
    surprise: ArrayLike  # (T,) bits of the character that came; NaN where none has come


class Colouring(TypedDict):
    """What the colours mean."""

    title: str  # "hidden value": stands at the legend
    signed: bool  # the diverging scale over [-limit, limit], or the growing one over [0, limit]
    limit: float
    unit: NotRequired[str]  # "nats": behind each value


def coloured_text(data: bytes, *, key: str, on_choose: Callable[[Choice], None] | None = None) -> Choice | None:
    """Draw a text that was encoded; return what was picked in it, None at first."""
    return mount("coloured_text", data, key=key, choice="chosen", on_choice=on_choose)


def encode_coloured_text(
    values: ArrayLike,
    *,
    text: str,
    rows: Sequence[str],
    colouring: Colouring,
    guesses: Guesses,
    chosen: Choice | None = None,
    stretches: bool = False,
    card: bool = True,
) -> bytes:
    """``text`` coloured by one row of ``values`` (R, T) at a time, as sent.

    All rows travel at once, a byte a value: arrow keys step from row to row (``rows`` names them) and from character to
    character without asking the server. ``stretches`` lets several characters be picked together. Without ``card``,
    what is known of a picked one stands elsewhere, and only pointing shows it. ``chosen`` moves the pick when it
    differs from the frame before. Raises ValueError where shapes do not agree.
    """
    array, top_p = np.asarray(values, float), np.asarray(guesses["top_p"], float)
    if array.shape != (len(rows), len(text)) or not array.size:
        raise ValueError(f"values: shape ({len(rows)}, {len(text)}) is needed, with neither 0, not {array.shape}")
    best = len(guesses["top"][0])
    if top_p.shape != (len(text), best) or any(len(characters) != best for characters in guesses["top"]):
        raise ValueError(f"guesses: {best} for each of {len(text)} characters are needed")
    surprise = np.where(np.isnan(guesses["surprise"]), 65.535, np.minimum(guesses["surprise"], 65.0))
    header = {
        "text": text,
        "rows": list(rows),
        "colouring": colouring,
        "of": guesses["of"],
        "top": "".join(guesses["top"]),
        "chosen": chosen,
        "stretches": stretches,
        "card": card,
    }
    numbers = [unsigned(top_p, 1.0, "<u2"), unsigned(surprise, 65.535, "<u2")]
    return pack(header, *numbers, _bytes(array, colouring))


def _bytes(values: NDArray[np.floating], colouring: Colouring) -> NDArray[np.integer]:
    """A byte a value: 0 … 255 over [0, limit], or 1 … 255 over [-limit, limit], 128 being zero and no number."""
    part = values / colouring["limit"]
    if not colouring["signed"]:
        return unsigned(part, 1.0, "u1")
    return np.rint(128 + 127 * np.clip(np.nan_to_num(part, nan=0.0), -1, 1)).astype(np.uint8)
