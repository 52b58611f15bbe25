"""What does it know? The hidden state, one unit on the text, which unit knows what, silence a unit."""

import streamlit as st

from charrnn.dashboard.hidden_states import hidden_states, pace
from charrnn.dashboard.session import Session
from charrnn.dashboard.silence import silence
from charrnn.dashboard.unit_text import unit_text
from charrnn.dashboard.which_unit import which_unit


def knows(session: Session) -> None:
    """The section: nothing of it is computed while it is folded away."""
    with st.expander("**What does it know?**", expanded=True, on_change="rerun", key="knows") as section:
        if section.open:
            hidden_states(session)
            st.divider()
            unit_text(session, pace(session))
            st.divider()
            which_unit(session)
            st.divider()
            silence(session)
