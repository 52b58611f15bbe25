"""A line of text with figures that move."""

from collections.abc import Sequence
from typing import Literal

from charrnn.dashboard.wire import pack

from .mounting import mount

Span = tuple[str, Literal["", "strong", "muted"]]  # a piece of the line, as it stands, and how


def line(data: bytes, *, key: str, width: Literal["stretch", "content"] = "stretch") -> None:
    """Draw a line."""
    mount("line", data, key=key, width=width)


def encode_line(spans: Sequence[Span], small: bool = False) -> bytes:
    """The line as sent."""
    return pack({"spans": spans, "size": 0.875 if small else 1.0})
