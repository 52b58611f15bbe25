"""The page's end of its session's channel: it brings pictures to their components, and asks for parts of the page."""

from collections.abc import Callable

from .mounting import mount
from .wire import pack


def link(path: str, *, key: str, on_asked: Callable[[list[str] | None], None]) -> None:
    """Connect to the channel at ``path``, below the page's own address; ``on_asked`` is called with the names of parts
    that are to be redrawn."""
    mount("link", pack({"path": path}), key=key, choice="redraw", on_choice=on_asked)
