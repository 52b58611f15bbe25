"""What moved a prediction: the earlier characters, coloured by their pull on it."""

from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import Choice, Colouring, coloured_text, encode_coloured_text, encode_line, line
from charrnn.dashboard.inside.unit_text import guesses
from charrnn.dashboard.language import _
from charrnn.dashboard.session.parts import anew, redrawn, switch
from charrnn.dashboard.session.selection import Chosen, Reading, chosen, reading, shown
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.tables import table
from charrnn.insight.attribution import Attribution, attribution
from charrnn.insight.reading import TOP
from charrnn.network.layers import log_softmax, logits
from charrnn.network.parameters import Array
from charrnn.sentence import Sentence

BACK = 100
SECONDS = 1.0  # between two drawings of the guesses while it trains
PULLS = {"effect": Sentence("effect of replacing it"), "gradient": Sentence("strength of the gradient")}
HOW_TO_READ = {
    "effect": Sentence(
        "Each earlier character in turn was replaced by an average one, and the network read on: "
        "blue ones had helped the likeliest guess, by so many nats; brown ones had held it back. "
        "Nothing is approximated, but only one is replaced at a time: what two of them say alike is "
        "not missed."
    ),
    "gradient": Sentence(
        "The stronger the colour, the more a small change of that character would move the likeliest "
        "guess. That tells what could change the guess; the effect of replacing a character tells "
        "what did."
    ),
}


class Moved(NamedTuple):
    """What moved one prediction in a text."""

    now: Reading
    position: int  # of the predicted character among those shown
    attribution: Attribution


def connections(session: Session) -> None:
    """Parts of the page: what is chosen, the picture, and the guesses; these two follow the network while it trains."""
    redrawn(controls, "connections")
    left, right = st.columns([3, 1], gap="medium")
    with left:
        redrawn(lambda: prediction(session), "connections-drawn")
    with right:
        redrawn(lambda: guesses_here(session), "guesses", lambda: shown(session), every=SECONDS)


def controls() -> None:
    """By which pull the text is coloured."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            _("**What moved a prediction?** Pick a character."),
            width="content",
            help=_(
                "The strip's sentence, or the text typed in under “What does it know?”. The picked character "
                "is predicted from those before it; press another one, or move with the arrow keys."
            ),
        )
        switch(_("Pull"), PULLS, "pull", "effect", "connections-drawn", words=PULLS)


def prediction(session: Session) -> None:
    """The text with one prediction picked in it."""
    pull: str = st.session_state.get("pull", "effect")
    choice, picture, start = chosen(session), session.picture, picked()

    def seen() -> Hashable:
        return choice.text(session), start, pull

    drawn = picture("connected", lambda: coloured(session, moved(session, choice, start), pull), seen)
    coloured_text(drawn, on_choose=lambda _: anew("connections-drawn", "guesses")(), key="connected")
    st.caption(_(HOW_TO_READ[pull]))
    line(picture("connected-said", lambda: said(session)), key="connected-said")


def picked() -> int | None:
    """Which character of the text was picked, if any."""
    choice: Choice | None = st.session_state.get("connected", {}).get("chosen")
    return choice["start"] if choice else None


def said(session: Session) -> bytes:
    """Of which network this is found, and how far it was looked back."""
    return encode_line(
        [(_("Step {step:,}, up to {back} characters back.", step=session.view.step, back=BACK), "muted")], small=True
    )


def predicted(now: Reading, start: int | None) -> int:
    """Which of the characters shown is the predicted one: what was picked, else one in their last quarter."""
    T = len(now.hidden)
    return min(3 * T // 4 if start is None else start, T - 1)


def moved(session: Session, choice: Chosen, start: int | None) -> Moved:
    """What moved the prediction at a character of the text."""
    parameters, now = session.view.parameters, reading(session, choice)
    position = predicted(now, start)
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
        return values, Colouring(title=_("gradient, of the strongest"), signed=False, limit=1.0)
    limit = max(0.1, float(np.abs(values).max(initial=0)))
    return values, Colouring(title=_("effect of replacing it"), signed=True, limit=limit, unit=_("nats"))


def guesses_here(session: Session) -> None:
    """The likeliest characters at the picked place."""
    now = reading(session)
    t = now.start + predicted(now, picked())
    log_p = log_softmax(logits(session.view.parameters, now.h[t]))
    signs = [words.visible(character) for character in session.run.corpus.vocabulary.characters]
    columns = {
        "probability": st.column_config.ProgressColumn(format="percent", max_value=1.0),
        "came": st.column_config.TextColumn("", width="small"),
    }
    came = int(now.ids[t])
    table(
        "guesses-here", _("Guesses here; {sign} came:", sign=signs[came]), guessed(signs, np.exp(log_p), came), columns
    )


def guessed(signs: Sequence[str], p: Array, came: int) -> pd.DataFrame:
    """The characters with the highest `p` (V,) at a place, and which of them came."""
    top = np.argsort(-p, kind="stable")[:TOP]
    marked = np.where(top == came, _("← came"), "")
    return pd.DataFrame({"next": [signs[i] for i in top], "probability": p[top], "came": marked})
