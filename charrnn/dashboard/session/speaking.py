"""In which language a browser reads the page: the one that its link names, else its own, else English."""

import streamlit as st

from charrnn.dashboard import language
from charrnn.dashboard.language import LANGUAGES, _
from charrnn.dashboard.terms.vocabulary import SECTIONS
from charrnn.refusal import in_a_line
from charrnn.sentence import Sentence

LINK = "lang"  # its name in the address
TRIGGERS = ("step", "uploaded")  # cannot be set


def speak() -> None:
    """Speak it from here on: whoever draws begins with this."""
    named = st.query_params.get(LINK, "")
    language.use(named if named in LANGUAGES else language.of_browser(st.context.locale))


def linked(said: str) -> str:
    """A sentence where a link names a language that is not spoken, else ""."""
    if not said or said in LANGUAGES:
        return ""
    return Sentence("There is no language “{named}” here: here is another one.", named=in_a_line(said[:20]))


def choice() -> None:
    """Which one, where there are several; the link keeps it."""

    def keep() -> None:
        state = st.session_state
        st.query_params[LINK] = state[LINK]
        # A browser tells what is chosen, and what is open, by how it is called: said once more it is set, whatever that
        # is called now.
        for key in state:
            plain = isinstance(state[key], str) or type(state[key]) in (int, float, list, tuple)
            if (plain and key not in TRIGGERS) or key in SECTIONS:
                state[key] = state[key]

    if len(LANGUAGES) > 1:
        st.segmented_control(
            _("Language"),
            LANGUAGES,
            default=language.spoken(),
            format_func=language.name_of,
            key=LINK,
            label_visibility="collapsed",
            required=True,
            on_change=keep,
        )
