"""What does it know? The hidden state, one unit on the text, which unit knows what, silence a unit."""

import streamlit as st

from charrnn.dashboard.inside.ablation import silence
from charrnn.dashboard.inside.hidden_states import all_units, hidden_states
from charrnn.dashboard.inside.probing import which_unit
from charrnn.dashboard.inside.unit_text import on_and_off, text_drawn, unit_text
from charrnn.dashboard.inside.where_else import where_else
from charrnn.dashboard.session.parts import alone, redrawn
from charrnn.dashboard.session.session import Session


def knows(session: Session) -> None:
    """The section: nothing of it is computed while it is folded away."""
    with st.expander("**What does it know?**", expanded=True, on_change="rerun", key="knows") as section:
        if not section.open:
            return
        hidden_states(session)
        redrawn(lambda: all_units(session), "heatmap-drawn")
        st.divider()
        alone(lambda: unit_text(session), "text-row")
        redrawn(lambda: text_drawn(session), "text-drawn")
        alone(lambda: on_and_off(session), "on-and-off")
        where_else(session)
        st.divider()
        which_unit(session)
        st.divider()
        silence(session)
