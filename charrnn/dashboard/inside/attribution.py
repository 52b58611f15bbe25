"""What moved a prediction: the earlier characters, coloured by their pull on it."""

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import (
    Bars,
    Choice,
    Colouring,
    Column,
    Table,
    Ticks,
    Words,
    coloured_text,
    encode_coloured_text,
    encode_line,
    encode_table,
    line,
    table,
)
from charrnn.dashboard.inside.unit_text import guesses
from charrnn.dashboard.session.parts import redrawn, switch
from charrnn.dashboard.session.selection import Chosen, Reading, chosen, reading
from charrnn.dashboard.session.session import Session
from charrnn.insight.attribution import Attribution, attribution
from charrnn.network.rnn import Array

BACK = 100
PULLS = {"effect": "effect of replacing it", "gradient": "strength of the gradient"}
HOW_TO_READ = {
    "effect": "Each earlier character in turn was replaced by an average one, and the network read on: blue ones had "
    "helped the likeliest guess, by so many nats; brown ones had held it back. Nothing is approximated, but only one "
    "is replaced at a time: what two of them say alike is not missed.",
    "gradient": "The stronger the colour, the more a small change of that character would move the likeliest guess. "
    "That tells what could change the guess; the effect of replacing a character tells what did.",
}


class Moved(NamedTuple):
    """What moved one prediction in a text."""

    now: Reading
    position: int  # of the predicted character among those shown
    attribution: Attribution


def connections(session: Session) -> None:
    """Two parts of the page: what is chosen, and the picture, which follows the network while it trains."""
    redrawn(controls, "connections")
    redrawn(lambda: prediction(session), "connections-drawn")


def controls() -> None:
    """By which pull the text is coloured."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            "**What moved a prediction?** Pick a character.",
            width="content",
            help="The strip's sentence, or the text typed in under “What does it know?”. The picked character is "
            "predicted from those before it; press another one, or move with the arrow keys.",
        )
        switch("Pull", PULLS, "pull", "effect", "connections-drawn", words=PULLS.__getitem__)


def prediction(session: Session) -> None:
    """The text with one prediction picked in it, and what was guessed there."""
    pull: str = st.session_state.get("pull", "effect")
    choice, picture = chosen(), session.picture
    picked: Choice = st.session_state.get("connected", {}).get("chosen") or Choice(row=0, start=None, end=None)
    found = session.once(lambda: moved(session, choice, picked["start"]))

    def seen() -> Hashable:
        return choice.text(session), picked["start"]

    left, right = st.columns([3, 1], gap="medium")
    with left:
        drawn = picture("connected", lambda: coloured(session, found(), pull), lambda: (seen(), pull))
        coloured_text(drawn, key="connected")
    with right:
        table(picture("guessed", lambda: guesses_of(session, found()), seen), key="guessed")
    st.caption(HOW_TO_READ[pull])
    line(picture("connected-said", lambda: said(session)), key="connected-said")


def said(session: Session) -> bytes:
    """Of which network this is found, and how far it was looked back."""
    return encode_line([(f"Step {session.view.step:,}, up to {BACK} characters back.", "muted")], small=True)


def moved(session: Session, choice: Chosen, start: int | None) -> Moved:
    """What moved the prediction at a character of the text, or at one in its last quarter."""
    parameters, now = session.view.parameters, reading(session, choice)
    T = len(now.hidden)
    position = min(3 * T // 4 if start is None else start, T - 1)
    return Moved(now, position, attribution(parameters, now.ids, now.start + position, back=BACK))


def coloured(session: Session, found: Moved, pull: str) -> bytes:
    """The text as sent, each character in the colour of its pull."""
    values, colouring = pulls(found.attribution, found.now, pull)
    return encode_coloured_text(
        values[None],
        text=session.run.corpus.vocabulary.decode(found.now.ids[found.now.start :]),
        rows=[""],
        colouring=colouring,
        guesses=guesses(session, found.now, "here"),
        chosen=Choice(row=0, start=found.position, end=found.position + 1),
        card=False,
    )


def pulls(found: Attribution, now: Reading, pull: str) -> tuple[Array, Colouring]:
    """(T,) the pull of each character shown on the picked prediction, 0 from it on, and what the colours mean."""
    values = np.zeros(len(now.hidden))
    measured = found.effect if pull == "effect" else found.gradient / max(float(found.gradient.max(initial=0)), 1e-30)
    skipped = max(0, now.start - found.first)  # characters of the context, which are not shown
    first = max(0, found.first - now.start)
    values[first : first + len(measured) - skipped] = measured[skipped:]
    if pull == "gradient":
        return values, Colouring(title="gradient, of the strongest", signed=False, limit=1.0)
    limit = max(0.1, float(np.abs(values).max(initial=0)))
    return values, Colouring(title="effect of replacing it", signed=True, limit=limit, unit="nats")


def guesses_of(session: Session, found: Moved) -> bytes:
    """The likeliest characters there, as sent."""
    decode = session.run.corpus.vocabulary.decode
    ids, p = found.attribution.top_ids, found.attribution.top_probabilities
    came = decode(found.now.ids[[found.now.start + found.position]])
    return encode_table(guessed(decode(ids), p, came))


def guessed(likeliest: str, p: Array, came: str) -> Table:
    """The likeliest characters at the picked place, and which of them came."""
    columns: list[Column] = [
        Words("next", [words.visible(character) for character in likeliest], mono=True),
        Bars("probability", p, (0.0, 1.0), [words.percent(one) for one in p]),
        Ticks("came", [character == came for character in likeliest]),
    ]
    return Table(f"Guesses here; {words.visible(came)} came:", columns)
