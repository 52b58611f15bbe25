"""A first visit: one line says what this is, and leads to the first lesson; never again in that browser."""

import streamlit as st

from charrnn.dashboard.language import _
from charrnn.dashboard.lessons.desk import desk, open_lesson
from charrnn.dashboard.lessons.lesson import lessons
from charrnn.dashboard.session.session import Session
from charrnn.sentence import Sentence

SAID = Sentence(
    "A small network reads a text letter by letter and guesses the next. **Press Train** and watch it learn to write."
)


def welcome(session: Session) -> None:
    """The line; once something was trained, or a lesson is open, it has said for good what it had to say."""
    laid = desk(session)
    if session.run.snapshot.step or laid.place:
        session.welcome = False
        return

    def put_away() -> None:
        session.welcome = False

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="welcome"):
        st.markdown(_(SAID), width="content")
        if found := lessons()[0]:
            st.button(
                _("First lesson"),
                key="first-lesson",
                icon=":material/local_library:",
                help=found[0].about,
                on_click=open_lesson,
                args=(session, laid, found[0]),
            )
        st.button(_("Put it away"), key="welcomed", icon=":material/close:", type="tertiary", on_click=put_away)
