"""The drawn step as tables: its last column with all the numbers, and what each array is told."""

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import Passage, encode_passages, passages
from charrnn.dashboard.session.session import ALPHABET, Session
from charrnn.dashboard.tables import table
from charrnn.insight.unrolled import Unrolled
from charrnn.network.rnn import Parameters

FIGURES = ("h before", "z", "r", "h", "dh", "dz")
HEIGHT = 318  # pixels of the tables, which are scrolled
TERMS = 3  # of a sum that are written out, the largest ones


def by_hand(session: Session, step: Unrolled, unit: int) -> None:
    """Every number of the last column, one unit written out, and what flows back column by column."""
    view, characters = session.view, session.run.corpus.vocabulary.characters
    text = written_out(step, view.parameters, unit, characters)
    passages(encode_passages([Passage(title="", text=text)], wrap=False), key="step-sheet")
    left, right = st.columns(2)
    rounded = st.column_config.NumberColumn(format="%.4f")
    with left:
        columns = {**dict.fromkeys(("y", "p", "dy"), rounded), "came": st.column_config.CheckboxColumn(width="small")}
        of = by_character(step, characters)
        which = "Every character" if len(of) == len(characters) else f"The {len(of)} likeliest characters"
        table("step-characters", f"{which} as the next", of, columns, height=HEIGHT)
    with right:
        columns = {**dict.fromkeys(FIGURES, rounded), "unit": st.column_config.NumberColumn(width="small")}
        table("step-units", "Every unit", by_unit(step), columns, height=HEIGHT)
    columns = {"gradient": st.column_config.NumberColumn(format="%.3e"), "loss": rounded}
    table("step-columns", "Every column, the latest first", by_column(step, characters), columns, height=HEIGHT)
    st.caption(f"Step {view.step:,}. Characters, the likeliest first, and all units; values are rounded.")


def written_out(step: Unrolled, parameters: Parameters, unit: int, characters: str) -> str:
    """The last column for one unit and the character that came, formula by formula, and what is summed over all."""
    W_xh, W_hh, W_hy, b_h, b_y = parameters
    dW_xh, dW_hh, dW_hy, *_ = step.gradients
    i, j, u = int(step.x[-1]), int(step.came[-1]), unit
    x, c, seen = words.visible(characters[i]), words.visible(characters[j]), len(step.x) - step.cut
    before, h, y, p, dy = (rows[-1] for rows in (step.before, step.h, step.y, step.p, step.dy))
    z, r, dh, dz = (float(rows[-1, u]) for rows in (step.z, step.recurrent, step.dh, step.dz))
    loss = float(step.loss[-1])
    groups = [
        (f"z[{u}]", f"W_xh[{x},{u}] + b_h[{u}] = {n(W_xh[i, u])} + {n(b_h[u])} = {n(z)}"),
        (f"r[{u}]", f"Σ h_before[i] · W_hh[i,{u}] = {summed(before, W_hh[:, u])} = {n(r)}"),
        (f"h[{u}]", f"tanh(z + r) = tanh({n(z + r)}) = {n(h[u])}"),
        (),
        (f"y[{c}]", f"Σ h[i] · W_hy[i,{c}] + b_y[{c}] = {summed(h, W_hy[:, j])} + {n(b_y[j])} = {n(y[j])}"),
        (f"p[{c}]", f"e^y[{c}] / Σ e^y = {p[j]:.4f}"),
        ("loss", f"−ln p[{c}] = {loss:.4f} nats = {words.bits(loss):.4f} bits"),
        (),
        (f"dy[{c}]", f"p[{c}] − 1 = {n(dy[j])}     (every other character: dy = p)"),
        (f"dh[{u}]", f"Σ dy[c] · W_hy[{u},c] = {summed(dy, W_hy[u])} = {n(dh)}"),
        (f"dz[{u}]", f"dh · (1 − h²) = {n(dh)} · {n(1 - h[u] ** 2)} = {n(dz)}"),
        (),
        (f"dW_xh[{x},{u}]", f"Σ dz[{u}] where it read {x} = {n(dW_xh[i, u])}     (Σ: over {seen} characters)"),
        (f"dW_hh[i,{u}]", f"Σ h_before[i] · dz[{u}], the largest {n(largest(dW_hh[:, u]))}"),
        (f"dW_hy[{u},{c}]", f"Σ h[{u}] · dy[{c}] = {n(dW_hy[u, j])}"),
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


def by_character(step: Unrolled, characters: str) -> pd.DataFrame:
    """y, p and dy of characters in the last column, the likeliest first: of very many those, and what came."""
    y, p, dy = step.y[-1], step.p[-1], step.dy[-1]
    order = np.argsort(-p, kind="stable")
    order = order[(np.arange(len(order)) < ALPHABET) | (order == step.came[-1])]
    signs = [words.visible(characters[i]) for i in order]
    return pd.DataFrame({"next": signs, "y": y[order], "p": p[order], "dy": dy[order], "came": order == step.came[-1]})


def by_unit(step: Unrolled) -> pd.DataFrame:
    """What came in, what was carried, what is learned, for every unit in the last column."""
    figures = (step.before, step.z, step.recurrent, step.h, step.dh, step.dz)
    last = {name: rows[-1] for name, rows in zip(FIGURES, figures, strict=True)}
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
