"""One step by hand: read a character, predict the next, learn from what came, with all the numbers."""

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import Passage, encode_passages, passages
from charrnn.dashboard.session.parts import anew, redrawn
from charrnn.dashboard.session.selection import looked_at, reading, shown
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.tables import table
from charrnn.insight.worksheet import Worksheet, worksheet
from charrnn.network.rnn import Parameters

FIGURES = ("h before", "z", "r", "h", "dh", "dz")
HEIGHT = 318  # pixels of the tables, which are scrolled
SECONDS = 1.0  # between two drawings while it trains
TERMS = 3  # of a sum that are written out, the largest ones


def one_step(session: Session) -> None:
    """Two parts of the page: what is chosen, and the step itself; that follows the network while it trains."""
    if session.run.settings.cell != "rnn":
        redrawn(of_the_vanilla_network, "one-step")
        redrawn(lambda: None, "one-step-drawn")  # it follows a picked unit, and must be there to be asked
        return
    redrawn(lambda: controls(session), "one-step", lambda: looked_at(session))
    redrawn(lambda: by_hand(session), "one-step-drawn", lambda: shown(session), every=SECONDS)


def of_the_vanilla_network() -> None:
    """What stands there for a cell with gates."""
    st.markdown("**One step by hand** is of the vanilla network: choose that cell under Network to see one.")


def controls(session: Session) -> None:
    """Choose a character of the text, and a unit."""
    st.markdown(
        "**One step by hand**: it reads a character, predicts the next, and learns from what came.",
        help="The gradients are those of this one character, as if nothing had come before; in training a step adds up "
        "those of all characters that it looks back at.",
    )
    now = reading(session)
    signs = [words.visible(character) for character in session.run.corpus.vocabulary.decode(now.ids[now.start :])]
    if len(signs) < 2:
        st.caption("The text needs two characters at least.")
        return
    left, right = st.columns([3, 1], gap="medium")
    left.select_slider(
        "Read this character",
        range(len(signs) - 1),
        format_func=lambda t: words.plain(f"{t + 1}: {signs[t]} → {signs[t + 1]}"),
        key="step-place",
        persist_state="session",
        on_change=anew("one-step-drawn"),
        help="It is read from the state that everything before it led to; behind the arrow, what came next.",
    )
    right.number_input(
        "Unit",
        0,
        session.run.settings.hidden_size - 1,
        None,
        placeholder=f"{looked_at(session)}, looked at",
        key="step-unit",
        persist_state="session",
        on_change=anew("one-step-drawn"),
        help="The one that is written out; empty: the one that is looked at above.",
    )


def by_hand(session: Session) -> None:
    """Every number on the way."""
    view, now, unit = session.view, reading(session), st.session_state.get("step-unit")
    if len(now.hidden) < 2:
        return
    t = now.start + min(int(st.session_state.get("step-place") or 0), len(now.hidden) - 2)
    sheet = worksheet(view.parameters, now.h[t], int(now.ids[t]), int(now.ids[t + 1]))
    characters = session.run.corpus.vocabulary.characters
    text = written_out(sheet, view.parameters, looked_at(session) if unit is None else int(unit), characters)
    passages(encode_passages([Passage(title="", text=text)], wrap=False), key="step-sheet")
    left, right = st.columns(2)
    rounded = st.column_config.NumberColumn(format="%.4f")
    with left:
        columns = {**dict.fromkeys(("y", "p", "dy"), rounded), "came": st.column_config.CheckboxColumn(width="small")}
        table("step-characters", "Every character as the next", by_character(sheet, characters), columns, height=HEIGHT)
    with right:
        columns = {**dict.fromkeys(FIGURES, rounded), "unit": st.column_config.NumberColumn(width="small")}
        table("step-units", "Every unit", by_unit(sheet), columns, height=HEIGHT)
    st.caption(f"Step {view.step:,}. All characters, the likeliest first, and all units; values are rounded.")


def written_out(sheet: Worksheet, parameters: Parameters, unit: int, characters: str) -> str:
    """The step for one unit and the character that came, formula by formula."""
    x, c = words.visible(characters[sheet.x]), words.visible(characters[sheet.target])
    W_xh, W_hh, W_hy, b_h, b_y = parameters
    u, j = unit, sheet.target
    groups = [
        (f"z[{u}]", f"W_xh[{x},{u}] + b_h[{u}] = {n(W_xh[sheet.x, u])} + {n(b_h[u])} = {n(sheet.z[u])}"),
        (f"r[{u}]", f"Σ h_before[i] · W_hh[i,{u}] = {summed(sheet.before, W_hh[:, u])} = {n(sheet.recurrent[u])}"),
        (f"h[{u}]", f"tanh(z + r) = tanh({n(sheet.z[u] + sheet.recurrent[u])}) = {n(sheet.h[u])}"),
        (),
        (f"y[{c}]", f"Σ h[i] · W_hy[i,{c}] + b_y[{c}] = {summed(sheet.h, W_hy[:, j])} + {n(b_y[j])} = {n(sheet.y[j])}"),
        (f"p[{c}]", f"e^y[{c}] / Σ e^y = {sheet.p[j]:.4f}"),
        ("loss", f"−ln p[{c}] = {sheet.loss:.4f} nats = {words.bits(sheet.loss):.4f} bits"),
        (),
        (f"dy[{c}]", f"p[{c}] − 1 = {n(sheet.dy[j])}     (every other character: dy = p)"),
        (f"dh[{u}]", f"Σ dy[c] · W_hy[{u},c] = {summed(sheet.dy, W_hy[u])} = {n(sheet.dh[u])}"),
        (f"dz[{u}]", f"dh · (1 − h²) = {n(sheet.dh[u])} · {n(1 - sheet.h[u] ** 2)} = {n(sheet.dz[u])}"),
        (),
        (f"dW_xh[{x},{u}]", f"dz[{u}] = {n(sheet.dz[u])}"),
        (f"dW_hh[i,{u}]", f"h_before[i] · dz[{u}], the largest {n(largest(sheet.gradients.W_hh[:, u]))}"),
        (f"dW_hy[{u},{c}]", f"h[{u}] · dy[{c}] = {n(sheet.h[u])} · {n(sheet.dy[j])} = {n(sheet.gradients.W_hy[u, j])}"),
    ]
    wide = max(len(line[0]) for line in groups if line)
    lines = [f"{line[0]:<{wide}} = {line[1]}" if line else "" for line in groups]
    return "\n".join([f"It reads {x}, and {c} comes next.", "", *lines])


def n(value: float) -> str:
    """A number with its sign in the typographer's minus."""
    return f"{value:.4f}".replace("-", "−")


def largest(values: np.ndarray) -> float:
    """The entry of the greatest size."""
    return float(values[np.abs(values).argmax()])


def summed(a: np.ndarray, b: np.ndarray) -> str:
    """A sum of products, its largest terms written out."""
    products = a * b
    order = np.argsort(-np.abs(products), kind="stable")[:TERMS]
    terms = " + ".join(f"({n(a[i])})({n(b[i])})" for i in order)
    return terms + (f" + {len(products) - TERMS} more" if len(products) > TERMS else "")


def by_character(sheet: Worksheet, characters: str) -> pd.DataFrame:
    """y, p and dy of every character, the likeliest first."""
    order = np.argsort(-sheet.p, kind="stable")
    signs = [words.visible(characters[i]) for i in order]
    figures = {"y": sheet.y[order], "p": sheet.p[order], "dy": sheet.dy[order]}
    return pd.DataFrame({"next": signs, **figures, "came": order == sheet.target})


def by_unit(sheet: Worksheet) -> pd.DataFrame:
    """What came in, what was carried, what is learned, for every unit."""
    figures = (sheet.before, sheet.z, sheet.recurrent, sheet.h, sheet.dh, sheet.dz)
    return pd.DataFrame({"unit": np.arange(len(sheet.h)), **dict(zip(FIGURES, figures, strict=True))})
