"""What whoever serves the page sees of its cluster: ?nodes."""

import pandas as pd
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.language import _
from charrnn.dashboard.session.server import engine
from charrnn.dashboard.session.speaking import speak
from charrnn.dashboard.tables import spoken
from charrnn.sentence import Sentence

LINK = "nodes"  # its name in the address
SECONDS = 2.0  # between two looks
COLUMNS = (Sentence("machine"), Sentence("places"), Sentence("runs that train"), Sentence("steps a second"))


def nodes() -> None:
    """The machines on which runs train: no run is named, whoever may look."""
    st.markdown(_("**CharRNN Lab** · where runs train"))
    st.fragment(loads, run_every=SECONDS, key="nodes")()


def loads() -> None:
    """Each machine with its places, and how many runs wait."""
    speak()
    owner = engine()
    if not owner.cluster:
        st.caption(_("All runs train on this machine: {n} of {most}.", n=owner.training, most=owner.max_running))
        return
    rows = [(_(load.where), load.places, load.training, round(load.speed)) for load in owner.loads()]
    frame, columns = spoken(pd.DataFrame(rows, columns=list(COLUMNS)), {})
    st.dataframe(frame, hide_index=True, key="loads", column_config=columns)
    st.caption(_("{n} runs wait for a place.", n=owner.waiting))
    if owner.cluster.trouble:
        st.warning(words.plain(_(owner.cluster.trouble)))
