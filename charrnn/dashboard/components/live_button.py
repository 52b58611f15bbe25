"""A button that is answered over the session's channel: at once, whatever Streamlit is drawing meanwhile."""

from collections.abc import Callable
from typing import TypedDict

from charrnn.dashboard.wire import pack

from .mounting import mount


class Button(TypedDict):
    """What a button says, and what it does."""

    name: str  # of the channel's action
    label: str
    icon: str  # of Material Symbols, as "pause"
    help: str
    said: str  # to those who listen, each time that it is another sentence


def press(data: bytes, *, key: str, on_press: Callable[[str], None]) -> None:
    """Draw a button that was encoded. ``on_press`` does an action by name where no channel can be asked for it."""

    def do(name: str | None) -> None:
        if name:
            on_press(name)

    mount("press", data, key=key, choice="pressed", on_choice=do, width="content")


def encode_press(button: Button) -> bytes:
    """The button as sent."""
    return pack(button)
