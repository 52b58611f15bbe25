"""The drawn step as tables: its last column with all the numbers, and what each array is told."""

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import Passage, encode_passages, passages
from charrnn.dashboard.inside.one_unit import written_out
from charrnn.dashboard.language import _
from charrnn.dashboard.session.session import ALPHABET, Session
from charrnn.dashboard.tables import table
from charrnn.insight.unrolled import Unrolled

FIGURES = {  # of every unit: the heading, and the letter of the cell's module
    "rnn": {"h before": "before", "z": "z", "r": "q", "h": "h", "dh": "dh", "dz": "dz"},
    "gru": {name: name for name in ("h before", "r", "z", "n", "h", "dh", "da_r", "da_z", "da_n")},
    "lstm": {name: name for name in ("c before", *"oifgch", "dh", "dc", "da_o", "da_i", "da_f", "da_g")},
}
HEIGHT = 318  # pixels of the tables, which are scrolled


def by_hand(session: Session, step: Unrolled, unit: int) -> None:
    """Every number of the last column, one unit written out, and what flows back column by column."""
    view, cell, characters = session.view, session.run.settings.cell, session.run.corpus.vocabulary.characters
    text = written_out(step, view.parameters, unit, characters, cell)
    passages(encode_passages([Passage(title="", text=text)], wrap=False), key="step-sheet")
    left, right = st.columns(2)
    rounded = st.column_config.NumberColumn(format="%.4f")
    with left:
        columns = {**dict.fromkeys(("y", "p", "dy"), rounded), "came": st.column_config.CheckboxColumn(width="small")}
        of = by_character(step, characters)
        few = dict.fromkeys(("next", "y", "p", "came"))
        which = _("Every character") if len(of) == len(characters) else _("The {of} likeliest characters", of=len(of))
        table("step-characters", _("{which} as the next", which=which), of, columns, height=HEIGHT, few=few)
    with right:
        columns = {**dict.fromkeys(FIGURES[cell], rounded), "unit": st.column_config.NumberColumn(width="small")}
        few = dict.fromkeys(("unit", next(iter(FIGURES[cell])), "h", "dh"))
        table("step-units", _("Every unit"), by_unit(step, cell), columns, height=HEIGHT, few=few)
    columns = {"gradient": st.column_config.NumberColumn(format="%.3e"), "loss": rounded}
    title, few = _("Every column, the latest first"), dict.fromkeys(("back", "read", "guess", "came", "loss"))
    table("step-columns", title, by_column(step, characters), columns, height=HEIGHT, few=few)
    st.caption(_("Step {step:,}. Characters, the likeliest first, and all units; values are rounded.", step=view.step))


def by_character(step: Unrolled, characters: str) -> pd.DataFrame:
    """y, p and dy of characters in the last column, the likeliest first: of very many those, and what came."""
    y, p, dy = step.y[-1], step.p[-1], step.dy[-1]
    order = np.argsort(-p, kind="stable")
    order = order[(np.arange(len(order)) < ALPHABET) | (order == step.came[-1])]
    signs = [words.visible(characters[i]) for i in order]
    return pd.DataFrame({"next": signs, "y": y[order], "p": p[order], "dy": dy[order], "came": order == step.came[-1]})


def by_unit(step: Unrolled, cell: str) -> pd.DataFrame:
    """What came in, what was carried, what is learned, for every unit in the last column."""
    there = {"before": step.before, "h": step.h, **step.inside}
    last = {heading: there[name][-1] for heading, name in FIGURES[cell].items()}
    return pd.DataFrame({"unit": np.arange(step.h.shape[1]), **last})


def by_column(step: Unrolled, characters: str) -> pd.DataFrame:
    """What was read, guessed and told at each column, and how strongly the loss pulls there, the latest first."""
    read, guessed, came = (
        [words.visible(characters[i]) for i in ids[::-1]] for ids in (step.x, step.p.argmax(axis=1), step.came)
    )
    N = len(read)
    return pd.DataFrame(
        {
            "back": np.arange(N),
            "read": read,
            "guess": guessed,
            "came": came,
            "loss": step.loss[::-1],
            "gradient": step.share[::-1],
            "learned from": np.arange(N) < N - step.cut,
        }
    )
