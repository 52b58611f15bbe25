"""The hidden state over a text: all units as a heatmap, in an order that shows structure."""

from collections.abc import Hashable
from typing import NamedTuple

import numpy as np
import streamlit as st

from charrnn.dashboard import measuring, words
from charrnn.dashboard.components import Cell, encode_heatmap, encode_line, heatmap, line
from charrnn.dashboard.player import running
from charrnn.dashboard.redrawn import anew, redrawn
from charrnn.dashboard.session import CELLS, RANKING, Session
from charrnn.insight import states
from charrnn.network.rnn import Array

CHARACTERS = 400  # of a text typed in
ORDERS = {"similar": "alike beside each other", "variance": "most varying first", "natural": "by number"}
COMPUTED = {"similar": states.by_similarity, "variance": states.by_variance}
VIEWS = {"value": "value", "deviation": "deviation from the unit's mean", "change": "change from the character before"}
LENGTHS = [CELLS, 200, CHARACTERS]
FOLLOWERS = {  # parts of the page that follow a picked unit and a typed text, by the section that they are in
    "knows": ["heatmap-drawn", "text-drawn", "unit-text", "where-else", "silence", "silence-drawn"],
    "remembers": ["connections-drawn"],
    "learns": ["one-step", "one-step-drawn"],
}


class Reading(NamedTuple):
    """The text that is looked at, and the states it leads to. T = its characters, without the context before it."""

    ids: Array  # (start + T,) context first
    start: int
    h: Array  # (start + T + 1, H) before the first character, then after each

    @property
    def hidden(self) -> Array:
        """(T, H) after each character that is shown."""
        return self.h[1 + self.start :]


def hidden_states(session: Session) -> None:
    """What is said and chosen above the heatmap; the heatmap itself is one of the pictures (knows)."""
    redrawn(lambda: controls(session), "heatmap-row", lambda: measuring.told(session, RANKING))


class Chosen(NamedTuple):
    """What the controls say, for those who cannot ask them: pictures are made in other threads."""

    order: str
    view: str
    typed: str
    length: int

    def text(self, session: Session) -> tuple[str, int, str]:
        """What decides on the text that is read."""
        return self.typed, self.length, session.typed


def chosen() -> Chosen:
    """What the controls say now."""
    state = st.session_state
    order, view, length = state.get("order", "similar"), state.get("view", "value"), state.get("length", CELLS)
    return Chosen(order, view, state.get("heatmap-text", ""), length)


def reading(session: Session, choice: Chosen | None = None) -> Reading:
    """The strip's sentence and what follows it, or a text typed in, as the shown network reads it."""
    choice = choice or chosen()
    ids, start = session.ids(choice.length)
    own = session.run.corpus.vocabulary.encode(choice.typed)[:CHARACTERS]
    if len(own):
        ids, start = own, 0
    return Reading(ids, start, session.states(session.view.parameters, ids))


def follow() -> None:
    """Have all that follows a pick drawn anew; only from a widget's callback."""
    anew(*(part for section, parts in FOLLOWERS.items() if st.session_state.get(section) for part in parts))()


def look_at(session: Session, unit: int) -> None:
    """A unit was picked, somewhere."""
    session.unit = unit
    follow()


def controls(session: Session) -> None:
    """In which order, as what, of which text."""
    st.markdown(
        "**Hidden state**: every unit's value after reading each character, from −1 to +1.",
        help="h = tanh(W_xh[x] + h_before · W_hh + b_h): the numbers it carries along. Press a cell, or move with the "
        "arrow keys: the text below shows that unit.",
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        order_control(session)
        st.selectbox(
            "Show",
            list(VIEWS),
            format_func=VIEWS.__getitem__,
            key="view",
            persist_state="session",
            width=270,
            on_change=follow,
            help="A trained tanh saturates: most values are near −1 or +1. A deviation or change shows more.",
        )
        st.text_input(
            "Read",
            key="heatmap-text",
            persist_state="session",
            placeholder="a text of your own; empty: a held-out one",
            width="stretch",
            on_change=follow,
        )
        st.selectbox(
            "Characters",
            LENGTHS,
            key="length",
            persist_state="session",
            width=120,
            on_change=follow,
            help="How many of the held-out text: the strip's sentence, or that and what follows it.",
        )


def all_units(session: Session) -> None:
    """The heatmap."""
    choice = chosen()
    if unseen := session.run.corpus.vocabulary.unseen(choice.typed):
        st.text(f"Left out, never seen in the text: {' '.join(map(words.visible, unseen))}")
    if len(choice.typed) > CHARACTERS:
        st.caption(f"Only the first {CHARACTERS} characters are shown.")
    cell: Cell | None = (st.session_state.get("heatmap") or {}).get("picked")
    picked = cell["position"] if cell else 0

    def seen() -> Hashable:
        return choice, picked, session.typed, session.unit, session.naming

    heatmap(
        session.picture("heatmap", lambda: picture_of(session, choice, picked), seen),
        key="heatmap",
        on_pick=lambda cell: pick_cell(session, cell),
    )
    told = session.picture("heatmap-said", lambda: said(session, choice), lambda: choice.text(session))
    line(told, key="heatmap-said")


def picture_of(session: Session, choice: Chosen, position: int) -> bytes:
    """The heatmap as sent, the crosshair where a cell was picked."""
    now = reading(session, choice)
    shown, limit = seen_as(now.hidden, choice.view)
    units = ordered(session, now.hidden, choice)
    position = min(position, len(now.hidden) - 1)
    return encode_heatmap(
        shown[:, units],
        text=session.run.corpus.vocabulary.decode(now.ids[now.start :]),
        units=units.tolist(),
        title=VIEWS[choice.view],
        limit=limit,
        picked=None if session.unit is None else Cell(unit=looked_at(session), position=position),
        exact=not running(session.run),
    )


def said(session: Session, choice: Chosen) -> bytes:
    """What is drawn, of which step."""
    now = reading(session, choice)
    T, H = now.hidden.shape
    return encode_line([(f"Step {session.view.step:,} · {H} units × {T} characters.", "muted")], small=True)


def order_control(session: Session) -> None:
    """The choice of an order; the concepts are there once the units have been ranked."""
    found = measuring.found(session, RANKING)
    concepts = [verdict.name for verdict in found.value.verdicts] if found else []
    st.selectbox(
        "Units",
        [*ORDERS, *concepts],
        format_func=lambda order: ORDERS.get(order, f"by “{order}”"),
        key="order",
        persist_state="session",
        width=220,
        on_change=follow,
        help="Alike: units that move together stand together. By a concept: those that know it best come first; the "
        "concepts appear here when training pauses.",
    )


def pick_cell(session: Session, cell: Cell | None) -> None:
    """A unit was picked in the heatmap."""
    if cell:
        look_at(session, cell["unit"])


def looked_at(session: Session) -> int:
    """The unit that was picked; before that the one that knows something best."""
    unit = session.best_known if session.unit is None else session.unit
    return min(unit, session.run.settings.hidden_size - 1)


def seen_as(h: Array, view: str) -> tuple[Array, float]:
    """The states (T, H) as value, deviation or change, and the end of the scale."""
    if view == "deviation":
        return states.deviation(h), 2.0
    return (states.change(h), 2.0) if view == "change" else (h, 1.0)


def ordered(session: Session, h: Array, choice: Chosen) -> Array:
    """All units (H,), in the order asked for; while training it stands still."""
    order = choice.order
    if order in COMPUTED:
        kept = measuring.kept(session, "order", lambda: COMPUTED[order](h), (order, *choice.text(session)))
        units: Array = kept.value
        return units
    found = measuring.found(session, RANKING)
    verdicts = found.value.verdicts if found else []
    strengths = next((verdict.strengths for verdict in verdicts if verdict.name == order), None)
    return np.arange(h.shape[1]) if strengths is None else states.by_score(strengths)
