"""A part of the page at its session's channel: where the channel asks for that part, Streamlit is told."""

from charrnn.dashboard.wire import pack

from .mounting import mount


def link(path: str, part: str, *, key: str) -> bool:
    """Connect to the channel at ``path``, below the page's own address; return whether it has asked for ``part`` now.

    When it asks, the fragment is redrawn in which this is called.
    """
    return bool(mount("link", pack({"path": path, "part": part}), key=key, choice="redraw", on_choice=None))
