"""Passages of text as they were written, character for character, each with a button that copies it."""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from charrnn.dashboard.wire import pack

from .mounting import mount


class Passage(TypedDict):
    """A text, and what is to be told from the rest of it."""

    title: str  # "step 100"; "" where a heading stands above already
    text: str
    prime: NotRequired[str]  # what it continues from: stands before the text, in the accent colour
    known: NotRequired[Sequence[tuple[int, int]]]  # stretches of the text, first and last + 1, that are underlined
    changed: NotRequired[str]  # what follows where it is not as elsewhere any more: stands behind the text, tinted


def passages(data: bytes, *, key: str) -> None:
    """Draw passages that were encoded."""
    mount("passages", data, key=key)


def encode_passages(
    listed: Sequence[Passage], *, across: int = 1, wrap: bool = True, height: int | None = None
) -> bytes:
    """The passages as sent, to be drawn in rows, at most ``across`` of them side by side and fewer without room.

    Lines that are too long are wrapped, or without ``wrap`` scrolled. ``height`` is that of each text, in CSS pixels:
    what does not fit is scrolled to; None leaves each as high as its text.
    """
    return pack({"passages": list(listed), "across": across, "wrap": wrap, "height": height})
