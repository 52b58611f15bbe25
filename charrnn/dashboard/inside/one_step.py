"""One step by hand: read a character, predict the next, learn from what came, with all the numbers."""

from collections.abc import Hashable

import numpy as np
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import (
    Column,
    Numbers,
    Passage,
    Table,
    Ticks,
    Words,
    encode_line,
    encode_passages,
    encode_table,
    line,
    passages,
    table,
)
from charrnn.dashboard.session.parts import anew, redrawn
from charrnn.dashboard.session.selection import chosen, looked_at, reading
from charrnn.dashboard.session.session import Session
from charrnn.insight.worksheet import Worksheet, worksheet
from charrnn.network.rnn import Parameters

FIGURES = ("h before", "z", "r", "h", "dh", "dz")
HEIGHT = 290  # pixels of the tables
TERMS = 3  # of a sum that are written out, the largest ones


def one_step(session: Session) -> None:
    """Two parts of the page: what is chosen, and the step itself; that follows the network while it trains."""
    redrawn(lambda: controls(session), "one-step", lambda: looked_at(session))
    redrawn(lambda: by_hand(session), "one-step-drawn")


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
    choice, place, unit = chosen(), st.session_state.get("step-place") or 0, st.session_state.get("step-unit")
    if len(session.run.corpus.vocabulary.decode(reading(session, choice).ids)) < 2:
        return
    characters = session.run.corpus.vocabulary.characters

    def find() -> Worksheet:
        now = reading(session, choice)
        t = now.start + min(int(place), len(now.hidden) - 2)
        return worksheet(session.view.parameters, now.h[t], int(now.ids[t]), int(now.ids[t + 1]))

    sheet = session.once(find)

    def read_here() -> Hashable:
        return choice.text(session), place, characters

    def written() -> bytes:
        shown = looked_at(session) if unit is None else int(unit)
        text = written_out(sheet(), session.view.parameters, shown, characters)
        return encode_passages([Passage(title="", text=text)], wrap=False)

    def numbers() -> bytes:
        return encode_table(by_character(sheet(), characters), by_unit(sheet()), across=2)

    for_one = session.picture("step-written", written, lambda: (read_here(), unit, session.unit, session.naming))
    passages(for_one, key="step-sheet")
    table(session.picture("step-numbers", numbers, read_here), key="step-numbers")
    line(session.picture("step-said", lambda: said(session)), key="step-said")


def said(session: Session) -> bytes:
    """Of which network this is."""
    words = f"Step {session.view.step:,}. All characters, the likeliest first, and all units; values are rounded."
    return encode_line([(words, "muted")], small=True)


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


def by_character(sheet: Worksheet, characters: str) -> Table:
    """y, p and dy of every character, the likeliest first."""
    order = np.argsort(-sheet.p, kind="stable")
    columns: list[Column] = [
        Words("next", [words.visible(characters[i]) for i in order], mono=True),
        *(Numbers(name, values[order], 4) for name, values in (("y", sheet.y), ("p", sheet.p), ("dy", sheet.dy))),
        Ticks("came", [i == sheet.target for i in order]),
    ]
    return Table("Every character as the next", columns, height=HEIGHT)


def by_unit(sheet: Worksheet) -> Table:
    """What came in, what was carried, what is learned, for every unit."""
    figures = (sheet.before, sheet.z, sheet.recurrent, sheet.h, sheet.dh, sheet.dz)
    numbers = [Numbers(name, values, 4) for name, values in zip(FIGURES, figures, strict=True)]
    return Table("Every unit", [Numbers("unit", np.arange(len(sheet.h))), *numbers], height=HEIGHT)
