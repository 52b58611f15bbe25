"""Writing, watched: one character at a time, beside it the die; at four temperatures; and whether it is copying."""

from typing import Any

import numpy as np
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.charts import draw, draws
from charrnn.dashboard.components import (
    Choice,
    Colouring,
    Guesses,
    Passage,
    coloured_text,
    encode_coloured_text,
    encode_passages,
    passages,
)
from charrnn.dashboard.language import _
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.parts import redrawn
from charrnn.dashboard.session.selection import shown
from charrnn.dashboard.session.session import ALPHABET, Session
from charrnn.dashboard.views.copying import copying
from charrnn.dashboard.views.writing import LENGTH, Dice, dice_now
from charrnn.insight.reading import TOP
from charrnn.insight.writing import Written, written
from charrnn.network import sampling
from charrnn.network.parameters import Array

ON = 20  # characters that "Write on" writes
FIRST = 30  # those that stand there at first
TEMPERATURES = (0.2, 0.5, 0.8, 1.2)
HEIGHT = 150  # pixels of a sample
SECONDS = 1.0  # between two drawings while it trains


def watched(session: Session) -> None:
    """The section: nothing of it is computed while it is folded away."""
    with st.expander(_("**Writing, watched**"), on_change="rerun", key="watched") as section:
        if section.open:
            redrawn(lambda: one_by_one(session), "one-by-one", lambda: shown(session), every=SECONDS)
            st.divider()
            redrawn(lambda: side_by_side(session), "temperatures", lambda: shown(session), every=SECONDS)
            st.divider()
            copying(session)


def one_by_one(session: Session) -> None:
    """What was written so far, and the draw of the next character."""
    st.markdown(
        _(
            "**One character at a time**: the network guesses, temperature sharpens or flattens it, and "
            "a die is thrown."
        ),
        help=explained(
            _(
                "The dice are those of the sample above: left alone, it writes the same text. Temperature, "
                "beginning and “only the likeliest” are chosen there."
            ),
            "sample",
            "temperature",
        ),
    )
    dice, vocabulary = dice_now(session), session.run.corpus.vocabulary
    picks = picked(session, dice)
    thrown = np.random.default_rng(session.sampling_seed).random(LENGTH)[: st.session_state["watched-written"] + 1]
    prime = session.run.corpus.primed(dice.prime)
    found = written(session.view.parameters, prime, thrown, dice.temperature, dice.top_k, picks)
    buttons(found, vocabulary.characters)
    text_of(found, vocabulary.characters)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        draw("bars", draws.bars_chart, draws.bars_data(found, vocabulary.characters))
    with right:
        sign = words.plain(words.visible(vocabulary.characters[found.drawn]))
        st.markdown(_("The die shows **{die:.4f}**: “{sign}” follows.", die=found.die, sign=sign))
        draw("die", draws.die_chart, draws.die_data(found, vocabulary.characters))


def picked(session: Session, dice: Dice) -> dict[int, int]:
    """The characters picked by the person instead of drawn, by their place; none for another beginning or seed."""
    state, of = st.session_state, (session.run.corpus.digest, session.sampling_seed, dice.prime)
    if state.get("watched-of") != of:
        state["watched-of"], state["watched-written"], state["watched-picks"] = of, FIRST, {}
    picks: dict[int, int] = state["watched-picks"]
    return picks


def buttons(found: Written, characters: str) -> None:
    """Write one, write on, take one back, pick one."""
    state, many = st.session_state, len(found.ids)

    def go(to: int) -> None:
        state["watched-written"] = min(max(0, to), LENGTH - 1)
        state["watched-picks"] = {place: c for place, c in state["watched-picks"].items() if place < to}

    def pick() -> None:
        chosen = state[f"watched-pick-{many}"]
        if isinstance(chosen, int):  # a browser tells it by its words, in which the probability may have moved on
            state["watched-picks"] = state["watched-picks"] | {many: chosen}
            state["watched-written"] = min(many + 1, LENGTH - 1)

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        full = many + 1 >= LENGTH
        st.button(_("Write one"), key="write-one", on_click=go, args=(many + 1,), disabled=full)
        st.button(_("Write on"), key="write-on", on_click=go, args=(many + ON,), disabled=full)
        st.button(_("Take one back"), key="take-back", on_click=go, args=(many - 1,), disabled=not many)
        st.selectbox(
            _("Pick the next character yourself"),
            np.argsort(-found.p[-1], kind="stable")[:ALPHABET].tolist(),
            index=None,
            format_func=lambda i: f"{words.visible(characters[i])}  {words.number(found.p[-1, i], '.1%')}",
            key=f"watched-pick-{many}",
            placeholder=_("pick the next yourself"),
            label_visibility="collapsed",
            on_change=pick,
            disabled=full,
            width=220,
        )


def text_of(found: Written, characters: str) -> None:
    """What was written, each character by the probability that the network gave it."""
    if not len(found.ids):
        st.caption(_("Nothing is written yet."))
        return
    p = found.p[:-1]
    top = np.argsort(-p, axis=1, kind="stable")[:, :TOP]
    message = encode_coloured_text(
        found.probability[None],
        text="".join(characters[i] for i in found.ids),
        rows=[""],
        colouring=Colouring(title=_("probability that it gave this character"), signed=False, limit=1.0),
        guesses=guesses(p, top, found.probability, characters),
        chosen=Choice(row=0, start=None, end=None),
    )
    coloured_text(message, key="watched-text")


def guesses(p: Array, top: Array, probability: Array, characters: str) -> Guesses:
    """The likeliest characters at each place (T, V), and the surprise of the one that stands there."""
    signs = ["".join(characters[i] for i in row) for row in top]
    surprise = -np.log2(np.maximum(probability, 1e-19))
    return Guesses(of="here", top=signs, top_p=np.take_along_axis(p, top, axis=1), surprise=surprise)


def side_by_side(session: Session) -> None:
    """Samples at four temperatures with the same dice."""
    st.markdown(_("**At four temperatures**, with the same dice: low is safe, high is daring."))
    vocabulary, dice = session.run.corpus.vocabulary, dice_now(session)
    prime = session.run.corpus.primed(dice.prime)

    def at(temperature: float) -> Any:
        rng = np.random.default_rng(session.sampling_seed)
        ids = sampling.sample(session.view.parameters, prime, LENGTH, rng, temperature, dice.top_k)
        return Passage(
            title=_("temperature {temperature:g}", temperature=temperature),
            prime=dice.prime,
            text=vocabulary.decode(ids),
        )

    listed = [at(temperature) for temperature in TEMPERATURES]
    passages(encode_passages(listed, across=len(listed), height=HEIGHT), key="four-temperatures")
