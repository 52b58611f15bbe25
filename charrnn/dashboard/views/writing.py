"""What it writes: a sample of the network shown, how to draw it, and the earlier ones."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import Passage, encode_passages, passages
from charrnn.dashboard.session import fields
from charrnn.dashboard.session.parts import redrawn
from charrnn.dashboard.session.session import Last, Session
from charrnn.dashboard.session.status import running
from charrnn.network import sampling

LENGTH = 300
HEIGHT = 218  # pixels


class Dice(NamedTuple):
    """What a sample depends on beside the network and the seed."""

    prime: str
    temperature: float
    top_k: int | None


def dice_now(session: Session) -> Dice:
    """What the controls say."""
    state = st.session_state
    return Dice(session.run.corpus.typed(fields.typed("prime")), state["temperature"], state["top-k"])


def sample(session: Session) -> None:
    """The row of controls, and below it what the network writes."""
    redrawn(lambda: row(session), "sampling-row")
    with st.container(key="sample"):
        redrawn(lambda: text(session), "written")


def row(session: Session) -> None:
    """How the sample is drawn, another one, the earlier ones."""
    run = session.run
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        view = session.view
        st.markdown(f"**At step {view.step:,} it wrote**" if view.past else "**It writes**")
        with st.popover("Temperature", key="sampling"):
            st.slider(
                "Temperature", 0.0, 2.0, 0.8, 0.1, key="temperature", on_change=again, help="Low: safe, high: daring."
            )
            fields.text(
                "Begin with", "prime", on_change=again, help="It continues from here; empty: it begins by itself."
            )
            st.number_input("Only the … likeliest", 1, len(run.corpus.vocabulary), None, key="top-k", on_change=again)
        st.button("New", key="new-sample", on_click=another, args=(session,), help="Another one from the same network.")
        with st.popover("Earlier", key="earlier", on_change="rerun") as earlier:
            for step, text in reversed(run.samples) if earlier.open else ():
                st.caption(f"step {step:,}")
                st.code(text, language=None, wrap_lines=True)


def again() -> None:
    """Have the sample drawn anew, and what else is written with the same dice; only from a widget's callback."""
    if st.session_state.get("watched"):
        st.rerun()
    st.rerun("written")


def another(session: Session) -> None:
    """With other dice."""
    session.sampling_seed += 1
    again()


def text(session: Session) -> None:
    """The sample, the prime before it."""
    dice = dice_now(session)
    if unseen := session.run.corpus.vocabulary.unseen(dice.prime):
        st.caption(f"Left out, never seen in the text: {words.plain(' '.join(map(words.visible, unseen)))}")

    def make() -> bytes:
        passage = Passage(title="", prime=dice.prime, text=write(session, dice))
        return encode_passages([passage], height=HEIGHT)

    drawn = session.picture("written", make, lambda: (dice, session.sampling_seed))
    passages(drawn, key="written-text")


def write(session: Session, dice: Dice) -> str:
    """A sample of the network shown; while training a new one each second or so, or it could not be read."""
    run, view = session.run, session.view
    pace = max(1, int(run.snapshot.speed * 2)) if running(run) and not view.past else 1
    network = run.token, run.corpus.digest, run.settings, view.step // pace, pace
    last = session.remember("sample", Last, session.seen_at, session.sampling_seed, dice)
    if not last.value or last.value[0] != network:
        corpus, rng = run.corpus, np.random.default_rng(session.sampling_seed)
        prime = corpus.primed(dice.prime)
        ids = sampling.sample(view.parameters, prime, LENGTH, rng, dice.temperature, dice.top_k)
        last.value = network, corpus.vocabulary.decode(ids)
    sampled: str = last.value[1]
    return sampled
