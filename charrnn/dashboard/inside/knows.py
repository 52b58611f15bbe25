"""What does it know? The hidden state, one unit on the text, and below them one thing at a time about the units."""

from collections.abc import Callable

import streamlit as st

from charrnn.dashboard.inside.ablation import silence
from charrnn.dashboard.inside.hidden_states import all_units, hidden_states
from charrnn.dashboard.inside.probing import ranking, which_unit
from charrnn.dashboard.inside.unit_text import on_and_off, text_drawn, unit_text
from charrnn.dashboard.inside.where_else import where_else
from charrnn.dashboard.language import _, by_name
from charrnn.dashboard.session import measuring
from charrnn.dashboard.session.fields import acts, key_of
from charrnn.dashboard.session.parts import alone, redrawn
from charrnn.dashboard.session.selection import SUBJECTS
from charrnn.dashboard.session.session import RANKING, Session

DRAWN: dict[str, Callable[[Session], None]] = {
    "verdicts": which_unit,
    "extremes": on_and_off,
    "elsewhere": where_else,
    "silence": silence,
}


def knows(session: Session) -> None:
    """The section: nothing of it is computed while it is folded away, and of what is not chosen nothing drawn."""
    with st.expander(_("**What does it know?**"), expanded=True, on_change="rerun", key="knows") as section:
        if not section.open:
            return
        hidden_states(session)
        redrawn(lambda: all_units(session), "heatmap-drawn")
        alone(lambda: unit_text(session), "text-row")
        redrawn(lambda: text_drawn(session), "text-drawn")
        subjects(session)
        measuring.at_rest(session, RANKING, ranking)  # whatever is chosen, it names the units
        DRAWN[session.subject](session)


def subjects(session: Session) -> None:
    """The table of contents of what follows."""
    key = key_of("subject", session.subject)

    def turn_to(subject: str) -> None:
        session.subject = subject

    st.segmented_control(
        _("About the units"),
        list(SUBJECTS),
        default=session.subject,
        format_func=by_name(SUBJECTS),
        key=key,
        label_visibility="collapsed",
        required=True,
        persist_state="session",
        on_change=acts("subject", key, lambda: session.subject, turn_to),
    )
