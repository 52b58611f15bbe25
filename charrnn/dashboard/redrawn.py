"""Parts of the page that are drawn anew by themselves, without the page around them."""

import os
from collections.abc import Callable
from typing import Any, Literal

import streamlit as st

from charrnn.dashboard.session import engine

REDRAW_SECONDS = 0.25  # between two pictures while training
# Runs that may train before all pages redraw more seldom: processors are for training, and one interpreter draws all.
LIVELY = min(os.cpu_count() or 2, 8)


def redrawn(
    draw: Callable[[], Any], key: str, every: float | None = None, width: Literal["stretch", "content"] = "stretch"
) -> None:
    """Draw a part of the page, and again every so many seconds, if given, and when something in it is used.

    Each has a container of its own. A busy server may send redraws before the page has reached the browser whole, and
    in another order: side by side, one would be looked for at a place that does not exist yet, and the browser would
    give up ("Bad delta path index") with an empty page.
    """
    if every:
        every *= max(1.0, engine().training / LIVELY)
    with st.container(width=width):
        st.fragment(draw, run_every=every, key=key)()
