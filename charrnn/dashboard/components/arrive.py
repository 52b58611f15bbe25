"""A section of the page that the browser is led to."""

from .mounting import mount
from .wire import pack


def arrive(number: int, *, key: str) -> None:
    """Have the section in which this is called brought before the eye, once for each ``number``; 0 leaves it."""
    mount("arrive", pack({"number": str(number)}), key=key)  # as text: JavaScript rounds numbers as large as these
