"""One unit on the text: its value as the colour of each character, where it is most on and off, where else so."""

from typing import Any

import numpy as np
import streamlit as st

from charrnn.dashboard import measuring, words
from charrnn.dashboard.components import Choice, Colouring, Guesses, coloured_text
from charrnn.dashboard.hidden_states import Reading, look_at, looked_at, ordered, reading
from charrnn.dashboard.session import Session
from charrnn.insight import memory, states
from charrnn.insight.reading import TOP
from charrnn.insight.reading import states as read_states
from charrnn.insight.states import Context
from charrnn.network.rnn import Array, log_softmax, logits

LONG_READING = 10_000  # held-out characters in which contexts are looked for
LONG_CELLS = 2_500_000  # fewer of them where units are many: five megabytes a browser, in half precision
PLACES = 8
AROUND = 20  # characters of context on either side
COLOURS = {"unit": "one unit", "surprise": "surprise", "gradient": "gradient"}


def unit_text(session: Session, every: float) -> None:
    """The part of the page, redrawn by itself every so many seconds while training."""
    measuring.measured_fragment(session, "unit-text", long_reading(session), lambda: one_unit(session), live=every)


def one_unit(session: Session) -> str:
    """The text, coloured by the unit that was picked; what else is known of that unit."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            "**On the text**",
            width="content",
            help="Arrow up and down step from unit to unit, left and right from character to character. Draw over a "
            "stretch of the text, or hold shift, to find where else the same units are on.",
        )
        colour = st.segmented_control(
            "Colour by",
            list(COLOURS),
            default="unit",
            format_func=COLOURS.__getitem__,
            key="colour",
            label_visibility="collapsed",
            required=True,
            help="Surprise: bits of each character, 8 bits: it gave this 1 in 256. Gradient: how strongly the loss at "
            "the picked character pulls at the state after each character before it.",
        )
    now = reading(session)
    chosen = text_drawn(session, now, colour)
    if colour == "unit":
        elsewhere(session, now, chosen)
        return extremes(session)
    return ""


def text_drawn(session: Session, now: Reading, colour: str) -> Choice | None:
    """The text as a component; what is picked in it."""
    vocabulary = session.run.corpus.vocabulary
    units = ordered(session, now.hidden, st.session_state.get("order", "similar")).tolist()
    picked: Choice = st.session_state.get("on-the-text", {}).get("chosen") or Choice(row=0, start=None, end=None)
    values, rows, colouring = coloured_by(session, now, colour, units, picked)

    def choose(choice: Choice) -> None:
        if colour == "unit" and units[choice["row"]] != looked_at(session):
            look_at(session, units[choice["row"]])

    return coloured_text(
        values,
        text=vocabulary.decode(now.ids[now.start :]),
        rows=rows,
        colouring=colouring,
        guesses=guesses(session, now, "next" if colour == "unit" else "here"),
        chosen=picked | Choice(row=units.index(looked_at(session)) if colour == "unit" else 0),  # type: ignore[typeddict-item]
        stretches=colour == "unit",
        on_choose=choose,
        key="on-the-text",
    )


def coloured_by(
    session: Session, now: Reading, colour: str, units: list[int], picked: Choice
) -> tuple[Array, list[str], Colouring]:
    """Values (R, T), a name for each row, and what they mean."""
    if colour == "unit":
        names = session.names
        rows = [f"unit {unit}" + (f" · {names[unit]}" if unit in names else "") for unit in units]
        return now.hidden[:, units].T, rows, Colouring(title="hidden value", signed=True, limit=1.0)
    if colour == "surprise":
        bits = guesses(session, now, "here")["surprise"]
        return np.asarray(bits)[None], [""], Colouring(title="surprise", signed=False, limit=8.0, unit="bits")
    T = len(now.hidden)
    position = min(picked["start"] if picked["start"] is not None else T - 1, T - 1)
    pull = np.zeros(T)
    norms = memory.reach_of(session.view.parameters, now.h, now.ids, now.start + position)
    pull[:position] = norms[now.start :] / max(float(norms.max(initial=0)), 1e-30)
    return pull[None], [""], Colouring(title="gradient, of the strongest", signed=False, limit=1.0)


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
    return lambda: (ids, spoken, read_states(parameters, ids)[1:].astype(np.float16))


def extremes(session: Session) -> str:
    """Where in a long text the unit is most on and most off."""
    found = measuring.found(session, "unit-text")
    if not found:
        return ""
    ids, spoken, hidden = found.value
    unit = looked_at(session)
    text, values = session.run.corpus.vocabulary.decode(ids), hidden[:, unit].astype(float)
    for column, places, sign in zip(
        st.columns(2), (states.most_on(values, PLACES), states.most_off(values, PLACES)), ("on", "off"), strict=True
    ):
        with column:
            st.markdown(f"Unit {unit} is most **{sign}**")
            notes = [f"{values[place]:+.2f}".replace("-", "−") for place in places]
            concordance(states.contexts(text, places, AROUND, AROUND), notes)
    return f", most on and off of {spoken}"


def elsewhere(session: Session, now: Reading, chosen: Choice | None) -> None:
    """The units that are on throughout a picked stretch, and where else they are on together."""
    found = measuring.found(session, "unit-text")
    if not chosen or chosen["start"] is None or chosen["end"] is None or chosen["end"] - chosen["start"] < 2:
        return
    T = len(now.hidden)
    stretch = min(chosen["start"], T - 2), min(chosen["end"], T)
    threshold = st.slider(
        "On means above", 0.0, 0.9, 0.3, 0.1, key="threshold", width=260, help="Values lie between −1 and +1."
    )
    decode = session.run.corpus.vocabulary.decode
    shown, (ids, spoken, hidden) = (
        decode(now.ids[now.start :]),
        found.value if found else ([], "this text", now.hidden[:0]),
    )
    text = shown + decode(ids)
    again = T + text[T:].find(shown) if shown in text[T:] else len(text)  # the shown text within the long one
    all_places = states.find_where_else(np.concatenate([now.hidden, hidden]), stretch, threshold, PLACES + 4)
    places = [p for p in all_places.places if not (p.start < T < p.end or again <= p.start < again + T)][:PLACES]
    on = all_places.units
    if not len(on):
        st.caption("No unit is above that throughout the stretch: choose a shorter one, or lower the threshold.")
        return
    listed = ", ".join(map(str, on[:20])) + (" …" if len(on) > 20 else "")
    st.markdown(f"**{len(on)} units** are on throughout: {listed}. Where else most of them are, on {spoken}:")
    concordance(states.contexts(text, places, AROUND, AROUND), [f"{int(place.score)} of {len(on)}" for place in places])


def concordance(contexts: list[Context], notes: list[str]) -> None:
    """Places in their surroundings, one below the other, what they are about in a column."""
    if not contexts:
        st.caption("Nowhere else.")
        return
    width = max(len(note) for note in notes)
    lines = [
        f"{note:>{width}}  {seen(c.before):>{AROUND}} ▸{seen(c.inside)}◂ {seen(c.after)}"
        for note, c in zip(notes, contexts, strict=True)
    ]
    st.code("\n".join(lines), language=None)


def seen(text: str) -> str:
    """On one line: new lines and tabs as signs, spaces as they are."""
    return "".join(character if character == " " else words.visible(character) for character in text)
