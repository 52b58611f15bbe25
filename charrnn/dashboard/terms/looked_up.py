"""Words that are not everyday, and how things stand with each now."""

from collections.abc import Sequence

import streamlit as st

from charrnn.dashboard.terms.document import LessonError
from charrnn.dashboard.terms.facts import Facts
from charrnn.dashboard.terms.glossary import glossary
from charrnn.dashboard.terms.sentences import told


def words(terms: Sequence[str] | None, facts: Facts) -> None:
    """A choice among these terms, or among all of them, and what the chosen one means."""
    try:
        known = glossary()
    except LessonError as error:
        st.warning(str(error))
        return
    if terms is None:
        term = st.selectbox("Words", list(known), index=None, key="word", placeholder="What does … mean?")
    else:
        term = st.pills("Words", [term for term in terms if term in known], key=f"word {' '.join(terms)}")
    if term:
        meaning, now = known[term]
        st.markdown(meaning)
        if now:
            st.text(told(now, facts))
