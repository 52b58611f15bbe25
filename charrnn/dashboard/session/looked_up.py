"""Words that are not everyday, looked up where they stand: what each means, and how things are with it in this run."""

from collections.abc import Sequence

import streamlit as st

from charrnn.dashboard.language import _
from charrnn.dashboard.session.facts import Facts
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.session.texts import baselines_of, is_known
from charrnn.dashboard.terms.document import LessonError
from charrnn.dashboard.terms.glossary import glossary
from charrnn.dashboard.terms.sentences import UNKNOWN, told
from charrnn.dashboard.words import plain

FACTS = "facts"  # in Streamlit's state, with the text that they are of


def facts_of(session: Session) -> Facts:
    """What is known to this browser of the runs that it looks at; what its text is compared to is found out once."""
    corpus, state = session.run.corpus, st.session_state
    of, facts = state.get(FACTS, (None, None))
    if of != (corpus.name, corpus.digest) or facts.session is not session:
        facts = Facts(session, {one.name: one.nats for one in baselines_of(corpus)}, not is_known(corpus))
        state[FACTS] = (corpus.name, corpus.digest), facts  # and not the text itself, which is let go with its run
    return facts


def explained(said: str, *terms: str) -> str:
    """The help of what stands on the page: what is `said` of it, and what these terms mean, in Markdown.

    Figures are those of when it is drawn.
    """
    try:
        known = glossary()
    except LessonError:  # which is said where all words are
        return said
    facts = facts_of(st.session_state["session"])
    found = [_(said)] if said else []
    for term in filter(known.__contains__, terms):
        meaning, now, title = known[term]
        figures = told(now, facts)
        found.append(f"**{title}**: {meaning}" + (f" *{plain(figures)}*" if now and UNKNOWN not in figures else ""))
    return "\n\n".join(found)


def look_up(terms: Sequence[str] | None, key: str) -> None:
    """A choice among these terms, or among all of them, and what the chosen one means."""
    try:
        known = glossary()
    except LessonError as error:
        st.warning(_(error.said))
        return
    if terms is None:
        term = st.selectbox(
            _("Words"), list(known), None, lambda term: known[term].title, key, placeholder=_("What does … mean?")
        )
    else:
        those = [term for term in terms if term in known]
        term = st.pills(_("Words"), those, format_func=lambda term: known[term].title, key=key)
    if term:
        meaning, now, __ = known[term]
        st.markdown(meaning)
        if now:
            st.text(told(now, facts_of(st.session_state["session"])))
