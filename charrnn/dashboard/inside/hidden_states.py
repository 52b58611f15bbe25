"""The hidden state over a text: all units as a heatmap, in an order that shows structure."""

from collections.abc import Hashable

import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import Axis, Cell, cells, encode_cells, encode_line, line
from charrnn.dashboard.language import _, by_name
from charrnn.dashboard.session import fields, measuring
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.parts import redrawn
from charrnn.dashboard.session.selection import (
    LENGTHS,
    ORDERS,
    PARTS,
    VIEWS,
    Chosen,
    chosen,
    follow,
    look_at,
    looked_at,
    ordered,
    orders,
    part_of,
    reading,
    seen_as,
)
from charrnn.dashboard.session.session import RANKING, Session
from charrnn.dashboard.session.status import running
from charrnn.sentence import Sentence

EQUATIONS = {
    "rnn": "h = tanh(W_xh[x] + h_before · W_hh + b_h)",
    "gru": Sentence("h = n + z · (h_before − n), where the update gate z says how much is kept and n is the candidate"),
    "lstm": Sentence(
        "h = o · tanh(c), c = f · c_before + i · g: the forget gate f keeps, the input gate i lets in, o lets out"
    ),
}


def hidden_states(session: Session) -> None:
    """What is said and chosen above the heatmap; the heatmap itself is one of the pictures (knows)."""
    redrawn(lambda: controls(session), "heatmap-row", lambda: measuring.told(session, RANKING))


def controls(session: Session) -> None:
    """In which order, as what, of which text."""
    cell = session.run.settings.cell
    st.markdown(
        _("**Hidden state**: every unit's value after reading each character, from −1 to +1."),
        help=explained(
            _(
                "{equation}: the numbers it carries along. Press a cell, or move with the arrow keys: the "
                "text below shows that unit.",
                equation=EQUATIONS[cell],
            ),
            "hidden state",
            "unit",
            "tanh",
        ),
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        order_control(session)
        if len(PARTS[cell]) > 1:
            st.selectbox(
                _("Of"),
                list(PARTS[cell]),
                format_func=by_name(PARTS[cell]),
                key="part",
                persist_state="session",
                width=180,
                on_change=follow,
                help=explained(
                    _("Gates lie between 0, closed, and 1, open; candidates between −1 and +1; a cell state anywhere."),
                    "gate",
                ),
            )
        st.selectbox(
            _("Show"),
            list(VIEWS),
            format_func=by_name(VIEWS),
            key="view",
            persist_state="session",
            width=270,
            on_change=follow,
            help=explained(
                _("A trained tanh saturates: most values are near −1 or +1. A deviation or change shows more."),
                "saturated",
            ),
        )
        fields.text(
            _("Read"),
            "heatmap-text",
            persist_state="session",
            placeholder=_("a text of your own"),
            help=_("Empty: held-out text, as in the strip."),
            width="stretch",
            on_change=follow,
        )
        st.selectbox(
            _("Characters"),
            list(LENGTHS),
            format_func=by_name(LENGTHS),
            key="length",
            persist_state="session",
            width=120,
            on_change=follow,
            help=_("How many of the held-out text: the strip's sentence, or that and what follows it."),
        )


def all_units(session: Session) -> None:
    """The heatmap."""
    choice = chosen(session)
    corpus = session.run.corpus
    if unseen := corpus.vocabulary.unseen(corpus.typed(choice.typed)):
        st.text(_("Left out, never seen in the text: {unseen}", unseen=" ".join(map(words.visible, unseen))))
    cell: Cell | None = (st.session_state.get("heatmap") or {}).get("picked")
    picked = cell["column"] if cell else 0

    def seen() -> Hashable:
        return choice, picked, session.typed, session.cells, session.unit, session.naming

    cells(
        session.picture("heatmap", lambda: picture_of(session, choice, picked), seen),
        key="heatmap",
        on_pick=lambda cell: pick_cell(session, cell),
    )
    told = session.picture("heatmap-said", lambda: said(session, choice), lambda: choice.text(session))
    line(told, key="heatmap-said")


def picture_of(session: Session, choice: Chosen, position: int) -> bytes:
    """The heatmap as sent, the crosshair where a cell was picked."""
    now = reading(session, choice)
    name, values = part_of(session, now, choice)
    shown, limit = seen_as(values, choice.view)
    units = ordered(session, now.hidden, choice)
    position = min(position, len(now.hidden) - 1)
    return encode_cells(
        shown[:, units].T,
        down=Axis(_("unit"), list(map(str, units))),
        across=Axis(_("character"), session.run.corpus.vocabulary.decode(now.ids[now.start :])),
        title=", ".join(map(_, filter(None, (name, VIEWS[choice.view])))),
        limit=limit,
        text=True,
        picked=None if session.unit is None else Cell(row=str(looked_at(session)), column=position),
        exact=not running(session.run),
    )


def said(session: Session, choice: Chosen) -> bytes:
    """What is drawn, of which step."""
    now = reading(session, choice)
    T, H = now.hidden.shape
    return encode_line(
        [(_("Step {step:,} · {H} units × {T} characters.", step=session.view.step, H=H, T=T), "muted")], small=True
    )


def order_control(session: Session) -> None:
    """The choice of an order; the concepts are there once the units have been ranked."""
    st.selectbox(
        _("Units"),
        orders(session),
        format_func=lambda order: _(ORDERS[order]) if order in ORDERS else _("by “{order}”", order=_(order)),
        key="order",
        persist_state="session",
        width=220,
        on_change=follow,
        help=_(
            "Alike: units that move together stand together. By a concept: those that know it best come "
            "first; the concepts appear here when training pauses."
        ),
    )


def pick_cell(session: Session, cell: Cell | None) -> None:
    """A unit was picked in the heatmap."""
    if cell:
        look_at(session, int(cell["row"]))
