"""How the next text is to be read."""

import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.language import _
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.texts import Choices


def reading() -> None:
    """Letter case, and how much is held out."""
    left, right = st.columns(2, vertical_alignment="center")
    left.toggle(
        _("Lower-case letters only"),
        key="lowercase",
        persist_state="session",
        help=explained(
            _("A smaller one is learned sooner: THE and the become one. In music or code case is meaning."), "alphabet"
        ),
    )
    right.select_slider(
        _("Held out for testing"),
        options=[0.0, 0.02, 0.05, 0.1, 0.2],
        value=0.05,
        format_func=lambda part: words.number(part, ".0%") if part else _("nothing"),
        key="held_out",
        persist_state="session",
        help=explained("", "held out", "loss"),
    )


def choices() -> Choices:
    """What was chosen there. As all that a press depends on, it is read when the press comes: who enters something and
    presses at once has it learned, though the panel was drawn before."""
    return Choices(st.session_state["lowercase"], st.session_state["held_out"])
