"""Where is it wrong? What came against what was guessed, of the network shown."""

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.charts import draw, mistakes
from charrnn.dashboard.language import _
from charrnn.dashboard.session import measuring
from charrnn.dashboard.session.session import Session
from charrnn.insight import mistakes as insight
from charrnn.insight.mistakes import Mistakes

CHARACTERS = 5_000  # on which it is measured, fewer where units are many:
WORK = 4e9  # characters times units squared, about a second


class Wrong(NamedTuple):
    """What was measured."""

    mistakes: Mistakes
    spoken: str  # on what


def where_wrong(session: Session) -> None:
    """Measured at rest, or when asked to."""
    measuring.measured_fragment(session, "mistakes", measured, lambda: drawn(session))


def measured(session: Session) -> Any:
    """Work to be done beside the page: guess every character of held-out text."""
    parameters = session.view.parameters
    many = int(WORK / session.run.settings.hidden_size**2)
    ids, spoken = measuring.held_out(session, max(200, min(CHARACTERS, many)))
    return lambda: Wrong(insight.mistakes(parameters, ids), spoken)


def drawn(session: Session) -> str:
    """The chart, and what is mistaken most often."""
    st.markdown(
        _("**Where is it wrong?** What came, and what it had guessed instead."),
        help=_(
            "Each square is a pair: the larger, the more of the times that this character came it was "
            "the likeliest guess; the stronger its colour, the surer it was. What is right stands on the "
            "diagonal."
        ),
    )
    found = measuring.found(session, "mistakes")
    if not found:
        return ""
    here: Wrong = found.value
    characters = session.run.corpus.vocabulary.characters
    st.markdown(in_words(here.mistakes, characters))
    data = mistakes.mistakes_data(here.mistakes, characters)
    draw("mistakes", mistakes.mistakes_chart, data, rows=data["mistakes"]["came"].nunique())
    return _(", on {spoken}", spoken=here.spoken)


def in_words(found: Mistakes, characters: str) -> str:
    """How much is right, and the mistake that is made most often."""
    said = _("Of its guesses **{right:.0%}** are right.", right=found.right)
    wrong = found.often * (1 - np.eye(len(found.often), dtype=int))
    if wrong.any():
        came, guess = np.unravel_index(wrong.argmax(), wrong.shape)
        signs = [words.plain(words.visible(characters[i])) for i in (guess, came)]
        said += _(
            " Most often it guesses “{guess}” where “{came}” comes: {times:,} times, {surely:.0%} sure on average.",
            guess=signs[0],
            came=signs[1],
            times=wrong.max(),
            surely=found.surely[came, guess],
        )
    return said
