"""What does it know? The hidden state, one unit on the text, which unit knows what, silence a unit."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from charrnn.dashboard.components import in_sight
from charrnn.dashboard.hidden_states import all_units, hidden_states, pace, reading
from charrnn.dashboard.player import running
from charrnn.dashboard.redrawn import REDRAW_SECONDS, redrawn
from charrnn.dashboard.session import Session
from charrnn.dashboard.silence import silence
from charrnn.dashboard.unit_text import on_and_off, text_drawn, unit_text
from charrnn.dashboard.where_else import where_else
from charrnn.dashboard.which_unit import which_unit


def knows(session: Session) -> Callable[[], None] | None:
    """The section: nothing of it is computed while it is folded away.

    Returns what draws its moving pictures if the live part of the page is to draw them with its own: one redraw of much
    costs the browser less than two of less.
    """
    with st.expander("**What does it know?**", expanded=True, on_change="rerun", key="knows") as section:
        if not section.open:
            return None
        hidden_states(session)
        heatmap = st.container()
        st.divider()
        unit_text(session)
        draw = pictures(session, heatmap, st.container())
        moving = running(session.run) and in_sight("heatmap")
        together = moving and pace(session) <= REDRAW_SECONDS
        redrawn(lambda: None if together else draw(), "pictures", pace(session) if moving and not together else None)
        on_and_off(session)
        where_else(session)
        st.divider()
        which_unit(session)
        st.divider()
        silence(session)
    return draw if together else None


def pictures(session: Session, heatmap: DeltaGenerator, text: DeltaGenerator) -> Callable[[], None]:
    """What draws heatmap and coloured text; out of sight they stand still."""
    seen = in_sight("heatmap")

    def draw() -> None:
        now = reading(session)
        with heatmap:
            all_units(session, now)
        with text:
            text_drawn(session, now)
        if in_sight("heatmap") != seen and running(session.run):
            st.rerun()

    return draw
