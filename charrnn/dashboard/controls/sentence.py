"""The sentence that the strip reads."""

import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.language import _
from charrnn.dashboard.session import fields
from charrnn.dashboard.session.session import Session


def sentence(session: Session) -> None:
    """Which sentence the strip reads: a held-out one, or one typed in."""
    corpus = session.run.corpus
    with st.popover(
        _("Sentence"), key="sentence", icon=":material/short_text:", help=_("Have it read a sentence of your own.")
    ):
        written = fields.text(_("A sentence of your own"), "typed", help=_("Empty: a sentence it never trained on."))
        typed = corpus.typed(written)
        if unseen := corpus.vocabulary.unseen(typed):
            st.caption(
                _(
                    "Left out, never seen in the text: {unseen}",
                    unseen=words.plain(" ".join(map(words.visible, unseen))),
                )
            )
        st.caption(
            _("Right guesses are filled by their probability; surprise is in bits: 8 bits, it gave this 1 in 256.")
        )
    session.typed = typed if len(corpus.vocabulary.encode(typed)) > 1 else ""
