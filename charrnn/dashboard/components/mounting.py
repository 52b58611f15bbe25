"""What all components need of Streamlit: their scripts named, their choices heard."""

from collections.abc import Callable
from functools import cache
from typing import Any, Literal, TypeVar

import streamlit as st

from charrnn.dashboard.language import spoken
from charrnn.dashboard.wire import sealed

from .scripts import shim

IN_THE_PAGE = ("line",)  # these have the page's own style around them

Choice = TypeVar("Choice")


@cache
def _renderer(name: str, code: str) -> Any:
    script, isolated = shim(name, code), name not in IN_THE_PAGE
    return st.components.v2.component(f"charrnn-{name}-{code}", js=script, isolate_styles=isolated)


def mount(
    name: str,
    data: bytes,
    *,
    key: str,
    choice: str | None = None,
    on_choice: Callable[[Any], None] | None = None,
    width: Literal["stretch", "content"] = "stretch",
) -> Any:
    """Draw component ``name`` with ``data``, a message or the picture of a channel (sealed).

    Returns what the person last chose in it (None until then); ``on_choice`` is called with each new choice before the
    page runs again.
    """
    message = bytes(sealed(data))
    if choice is None:
        return _renderer(name, spoken())(key=key, data=message, width=width)

    def tell() -> None:
        if on_choice is not None:
            on_choice(st.session_state[key].get(choice))

    return _renderer(name, spoken())(key=key, data=message, width=width, **{f"on_{choice}_change": tell}).get(choice)
