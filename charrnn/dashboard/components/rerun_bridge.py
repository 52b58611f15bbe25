"""A part of the page at its session's channel: where the channel asks for that part, Streamlit is told."""

from collections.abc import Callable

from charrnn.dashboard.wire import pack

from .mounting import mount


def link(path: str, part: str, *, key: str, on_ask: Callable[[], None] | None = None) -> bool:
    """Connect to the channel at ``path``, below the page's own address; return whether it has asked for ``part`` now.

    When it asks, ``on_ask`` is called, and the fragment redrawn in which this is called.
    """

    def asked(_: object) -> None:
        if on_ask is not None:
            on_ask()

    return bool(mount("link", pack({"path": path, "part": part}), key=key, choice="redraw", on_choice=asked))
