"""What does it know? The hidden state, one unit on the text, which unit knows what, silence a unit."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from charrnn.dashboard.hidden_states import all_units, hidden_states, pace, reading
from charrnn.dashboard.player import running
from charrnn.dashboard.redrawn import redrawn
from charrnn.dashboard.session import Session
from charrnn.dashboard.silence import silence
from charrnn.dashboard.unit_text import on_and_off, text_drawn, unit_text
from charrnn.dashboard.where_else import where_else
from charrnn.dashboard.which_unit import which_unit


def knows(session: Session) -> None:
    """The section: nothing of it is computed while it is folded away."""
    with st.expander("**What does it know?**", expanded=True, on_change="rerun", key="knows") as section:
        if section.open:
            hidden_states(session)
            heatmap = st.container()
            st.divider()
            unit_text(session)
            pictures(session, heatmap, st.container())
            on_and_off(session)
            where_else(session)
            st.divider()
            which_unit(session)
            st.divider()
            silence(session)


def pictures(session: Session, heatmap: DeltaGenerator, text: DeltaGenerator) -> None:
    """What moves here while training: drawn together, and without controls, since each redraw costs the browser."""

    def draw() -> None:
        now = reading(session)
        all_units(session, now)
        with text:
            text_drawn(session, now)

    with heatmap:
        redrawn(draw, "pictures", pace(session) if running(session.run) else None)
