"""Buttons that open a panel: nothing of it is drawn while it is closed, and what could not be done is said in it."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.session.session import Session


def panel(
    session: Session, key: str, label: str, icon: str | None, draw: Callable[[Session], Any], help: str | None = None
) -> None:
    """A button with a label and one of Material's icons, and what it opens.

    To Streamlit another label is another panel, and a closed one: while it is open the label stays as it was.
    """
    state, shown = st.session_state, f"{key} label"
    if shown not in state or not state.get(key):
        state[shown] = label
    sign = icon and f":material/{icon}:"
    with st.popover(state[shown], icon=sign, key=key, help=help, on_change=session.leave_panel) as opened:
        if opened.open:
            draw(session)


def refusal(session: Session, place: str) -> None:
    """What could not be done at a place of a panel, as long as that holds."""
    if sentence := session.said(place):
        st.warning(words.plain(sentence))
