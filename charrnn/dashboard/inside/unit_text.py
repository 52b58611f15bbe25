"""One unit on the text: its value as the colour of each character, and where it is most on and off."""

from collections.abc import Hashable
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.dashboard.components import Choice, Colouring, Guesses, coloured_text, encode_coloured_text
from charrnn.dashboard.inside.where_else import ALIGNED, AROUND, FEW, concordance, picked
from charrnn.dashboard.language import _, by_name
from charrnn.dashboard.session import measuring
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.selection import Chosen, Reading, chosen, follow, looked_at, ordered, reading
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.tables import table
from charrnn.insight import memory, states
from charrnn.insight.reading import TOP, units_along
from charrnn.network.layers import log_softmax, logits
from charrnn.network.parameters import Array
from charrnn.sentence import Sentence

LONG_READING = 10_000  # held-out characters in which contexts are looked for
LONG_CELLS = 2_500_000  # fewer of them where units are many: five megabytes a browser, in half precision
PLACES = 8
COLOURS = {"unit": Sentence("one unit"), "surprise": Sentence("surprise"), "gradient": Sentence("gradient")}


def unit_text(session: Session) -> None:
    """What is said and chosen above the text; the text itself is one of the pictures (knows)."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            _("**On the text**"),
            width="content",
            help=_(
                "Arrow up and down step from unit to unit, left and right from character to character. Draw "
                "over a stretch of the text, or hold shift, to find where else the same units are on."
            ),
        )
        st.segmented_control(
            _("Colour by"),
            list(COLOURS),
            default="unit",
            format_func=by_name(COLOURS),
            key="colour",
            persist_state="session",
            label_visibility="collapsed",
            required=True,
            wrap=True,
            help=explained(
                _(
                    "Surprise: bits of each character, 8 bits: it gave this 1 in 256. Gradient: how strongly the "
                    "loss at the picked character pulls at the state after each character before it."
                ),
                "surprise",
                "gradient",
            ),
        )


def coloured() -> str:
    """By what the text is coloured."""
    return str(st.session_state.get("colour", "unit"))


def text_drawn(session: Session) -> None:
    """The text as a component."""
    choice, colour = chosen(session), coloured()
    pick: Choice = st.session_state.get("on-the-text", {}).get("chosen") or Choice(row=0, start=None, end=None)

    def choose(made: Choice) -> None:
        if colour == "unit":
            session.unit = int(ordered(session, reading(session, choice).hidden, choice)[made["row"]])
        if picked() and (made["start"], made["end"]) != (pick["start"], pick["end"]) and session.subject != "elsewhere":
            session.subject = "elsewhere"  # what a stretch is drawn over for
            st.rerun()
        follow()

    def seen() -> Hashable:
        read = choice.order, *choice.text(session)
        return read, colour, pick["start"], pick["end"], session.unit, session.naming

    picture = session.picture("on-the-text", lambda: picture_of(session, choice, colour, pick), seen)
    coloured_text(picture, on_choose=choose, key="on-the-text")


def picture_of(session: Session, choice: Chosen, colour: str, pick: Choice) -> bytes:
    """The text as sent, in the colours chosen."""
    now = reading(session, choice)
    units = ordered(session, now.hidden, choice).tolist()
    values, rows, colouring = coloured_by(session, now, colour, units, pick)
    row = units.index(looked_at(session)) if colour == "unit" else 0
    return encode_coloured_text(
        values,
        text=session.run.corpus.vocabulary.decode(now.ids[now.start :]),
        rows=rows,
        colouring=colouring,
        guesses=guesses(session, now, "next" if colour == "unit" else "here"),
        chosen=Choice(row=row, start=pick["start"], end=pick["end"]),
        stretches=colour == "unit",
    )


def on_and_off(session: Session) -> None:
    """A part of the page: where in a long text the unit is most on and most off."""
    measuring.measured_fragment(
        session, "unit-text", long_reading, lambda: extremes(session), depends=lambda: looked_at(session)
    )


def coloured_by(
    session: Session, now: Reading, colour: str, units: list[int], picked: Choice
) -> tuple[Array, list[str], Colouring]:
    """Values (R, T), a name for each row, and what they mean."""
    if colour == "unit":
        names = session.names
        rows = [_("unit {unit}", unit=unit) + (f" · {names[unit]}" if unit in names else "") for unit in units]
        return now.hidden[:, units].T, rows, Colouring(title=_("hidden value"), signed=True, limit=1.0)
    if colour == "surprise":
        bits = guesses(session, now, "here")["surprise"]
        return np.asarray(bits)[None], [""], Colouring(title=_("surprise"), signed=False, limit=8.0, unit=_("bits"))
    T = len(now.hidden)
    position = min(picked["start"] if picked["start"] is not None else T - 1, T - 1)
    pull = np.zeros(T)
    norms = memory.reach_of(session.view.parameters, now.h, now.ids, now.start + position)
    pull[:position] = norms[now.start :] / max(float(norms.max(initial=0)), 1e-30)
    return pull[None], [""], Colouring(title=_("gradient, of the strongest"), signed=False, limit=1.0)


def guesses(session: Session, now: Reading, of: str) -> Guesses:
    """The five likeliest characters at each place: of what comes next, or of the character itself."""
    first = now.start + (of == "next")
    targets = now.ids[first:]
    log_p = log_softmax(logits(session.view.parameters, now.h[first : first + len(now.hidden)]))
    top = np.argsort(-log_p, axis=1, kind="stable")[:, :TOP]
    surprise = np.full(len(log_p), np.nan)
    surprise[: len(targets)] = -log_p[np.arange(len(targets)), targets] / np.log(2)
    decode = session.run.corpus.vocabulary.decode
    top_p = np.exp(np.take_along_axis(log_p, top, axis=1))
    return Guesses(of=of, top=[decode(ids) for ids in top], top_p=top_p, surprise=surprise)


def long_reading(session: Session) -> Any:
    """Work to be done beside the page: read a long held-out text."""
    parameters = session.view.parameters
    ids, spoken = measuring.held_out(session, min(LONG_READING, LONG_CELLS // parameters.sizes[1]))
    return lambda: (ids, spoken, units_along(parameters, ids).astype(np.float16))


def extremes(session: Session) -> str:
    """Where in a long text the unit is most on and most off."""
    found = measuring.found(session, "unit-text")
    if not found:
        return ""
    ids, spoken, hidden = found.value
    unit = looked_at(session)
    text, values = session.run.corpus.vocabulary.decode(ids), hidden[:, unit].astype(float)
    columns, signed = {**ALIGNED, "value": st.column_config.NumberColumn(width=65)}, {"value": "+.2f"}
    for place, sign, frame in zip(st.columns(2), ("on", "off"), most(values, text), strict=True):
        with place:
            table(
                f"most-{sign}",
                _("Unit {unit} is most on", unit=unit) if sign == "on" else _("Unit {unit} is most off", unit=unit),
                frame,
                columns,
                signed=signed,
                few={"value": 58, **FEW},
                width="content",
            )
    return _(", most on and off of {spoken}", spoken=spoken)


def most(values: Array, text: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The places of a text at which a unit's `values` (T,) are highest, and those at which they are lowest."""
    on, off = (
        concordance({"value": values[places]}, states.contexts(text, places, AROUND, AROUND))
        for places in (states.most_on(values, PLACES), states.most_off(values, PLACES))
    )
    return on, off
