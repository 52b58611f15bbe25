"""A part of the page that the browser is led to."""

from typing import Literal

from charrnn.dashboard.wire import pack

from .mounting import mount


def arrive(part: str, number: int, *, key: str, block: Literal["start", "nearest"] = "start") -> None:
    """Have the part of this key brought before the eye, once for each ``number``; 0 leaves it.

    It stands at the top then, or with ``nearest`` where it is, if that is in sight.
    """
    # The number goes as text: JavaScript rounds those that are as large as these.
    header = {"part": part, "number": str(number), "block": block}
    mount("arrive", pack(header), key=key)
