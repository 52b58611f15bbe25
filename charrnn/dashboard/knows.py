"""What does it know? The hidden state, unit by unit, character by character."""

import numpy as np
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import heatmap
from charrnn.dashboard.player import running
from charrnn.dashboard.session import Session
from charrnn.insight import states
from charrnn.insight.reading import states as read_states
from charrnn.network.rnn import Array

CHARACTERS = 400  # of a text typed in
BYTES_A_SECOND = 150_000  # a heatmap of 128 units x 84 characters moves almost as often as the strip, larger ones less
ORDERS = {"natural": "by number", "similar": "alike beside each other", "variance": "most varying first"}
VIEWS = {"value": "value", "deviation": "deviation from the unit's mean", "change": "change from the character before"}


def knows(session: Session) -> None:
    """The section, and how often it redraws."""
    with st.expander("**What does it know?**", expanded=True, on_change="rerun", key="knows") as section:
        if section.open:
            units = session.run.settings.hidden_size
            pace = max(0.5, 2 * units * CHARACTERS / 4 / BYTES_A_SECOND)
            every = pace if running(session.run) else None
            st.fragment(lambda: hidden_states(session), run_every=every, key="hidden-states")()


def hidden_states(session: Session) -> None:
    """The heatmap of all units over the strip's sentence or a text typed in."""
    corpus, snapshot = session.run.corpus, session.run.snapshot
    st.markdown(
        "**Hidden state**: every unit's value after reading each character, from −1 to +1.",
        help="h = tanh(W_xh[x] + h_before · W_hh + b_h): the numbers it carries along.",
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        order = st.selectbox("Units", list(ORDERS), format_func=ORDERS.__getitem__, key="order", width=220)
        view = st.selectbox(
            "Show",
            list(VIEWS),
            format_func=VIEWS.__getitem__,
            key="view",
            width=270,
            help="A trained tanh saturates: most values are near −1 or +1. A deviation or change shows more.",
        )
        typed = st.text_input(
            "Read", key="heatmap-text", placeholder="a text of your own; empty: the strip's sentence", width="stretch"
        )
    if unseen := corpus.vocabulary.unseen(typed):
        st.caption(f"Left out, never seen in the text: {' '.join(map(words.visible, unseen))}")
    if len(typed) > CHARACTERS:
        st.caption(f"Only the first {CHARACTERS} characters are shown.")
    ids, start = session.ids()
    own = corpus.vocabulary.encode(typed)[:CHARACTERS]
    if len(own):
        ids, start = own, 0
    h = read_states(snapshot.parameters, ids)[1 + start :]
    shown, limit = seen_as(h, view)
    units = ordered(h, order)
    heatmap(
        shown[:, units],
        text=corpus.vocabulary.decode(ids[start:]),
        units=units.tolist(),
        key="heatmap",
        title=VIEWS[view],
        limit=limit,
    )
    st.caption(f"step {snapshot.parameters_step:,} · {h.shape[1]} units × {len(h)} characters")


def seen_as(h: Array, view: str) -> tuple[Array, float]:
    """The states (T, H) as value, deviation or change, and the end of the scale."""
    if view == "deviation":
        return states.deviation(h), 2.0
    return (states.change(h), 2.0) if view == "change" else (h, 1.0)


def ordered(h: Array, order: str) -> Array:
    """All units (H,), in the order asked for."""
    if order == "similar":
        return states.by_similarity(h)
    return states.by_variance(h) if order == "variance" else np.arange(h.shape[1])
