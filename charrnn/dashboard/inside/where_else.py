"""Find where else: the units that are on throughout a picked stretch, and where else in the text they are so."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import Choice
from charrnn.dashboard.language import _, by_name
from charrnn.dashboard.session import fields, measuring
from charrnn.dashboard.session.parts import redrawn
from charrnn.dashboard.session.selection import reading
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.tables import table
from charrnn.insight import states
from charrnn.insight.states import Context
from charrnn.insight.where_else import Elsewhere, Which, find_where_else
from charrnn.sentence import Sentence

FOUND = "where-else-found"
SEARCHED = 4_000_000  # characters at most, and fewer where units are many:
WORK = 5e10  # characters times units squared, a second or two
PLACES = 12
LISTED = 20  # units named
AROUND = 20  # characters of context on either side
WHICH: dict[Which, str] = {"on": Sentence("on"), "off": Sentence("off"), "either": Sentence("on or off")}
PARTS = {"before": "before", "here": "inside", "after": "after"}  # columns of a concordance, and what of a context
ALIGNED = {  # what is before ends, and what is after begins, at what it is about
    "before": st.column_config.TextColumn(alignment="right", width=165),
    "here": st.column_config.TextColumn(alignment="center"),
    "after": st.column_config.TextColumn(alignment="left", width=165),
}
FEW = {"before": 88, "here": None, "after": 88}  # on a phone


class Found(NamedTuple):
    """What a search has found."""

    elsewhere: Elsewhere
    contexts: list[Context]
    spoken: str  # where it was looked for


def where_else(session: Session) -> None:
    """The part of the page."""
    redrawn(lambda: search_for(session), "where-else")


def search_for(session: Session) -> None:
    """What is looked for: nothing until a stretch has been picked in the coloured text."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            _("**Find where else**"),
            width="content",
            help=_(
                "A unit is on above the threshold, off below minus the threshold; values lie between −1 and "
                "+1. First come the places where the most of the stretch's units are so again, throughout; "
                "of equal ones those where the fewest others are."
            ),
        )
        which: Which = st.segmented_control(
            _("Units that are"),
            list(WHICH),
            default="on",
            format_func=by_name(WHICH),
            key="which-way",
            persist_state="session",
            label_visibility="collapsed",
            required=True,
            wrap=True,
        )
        threshold = st.slider(_("Threshold"), 0.0, 0.9, 0.3, 0.1, key="threshold", persist_state="session", width=220)
    now, stretch = reading(session), picked()
    if st.session_state.get("colour", "unit") != "unit":
        st.caption(_("Colour the text above by one unit, then draw over a stretch of it."))
        return
    if not stretch or stretch[0] > len(now.hidden) - 2:
        st.caption(_("Draw over a stretch of the text above (or pick a character, then another with shift)."))
        return
    stretch = stretch[0], min(stretch[1], len(now.hidden))
    about = now.ids.tobytes(), now.start, bool(typed_in(session)), stretch, threshold, which

    def work(session: Session) -> Callable[[], Found]:
        return search(session, stretch, threshold, which)

    measuring.measured_fragment(session, FOUND, work, lambda: places(session, about), about=about)


def typed_in(session: Session) -> str:
    """The text that is read where it was typed in, else "": it is at no place of the corpus."""
    return session.typed or fields.typed("heatmap-text")


def picked() -> tuple[int, int] | None:
    """The stretch of the coloured text, if one of at least two characters was picked."""
    chosen: Choice | None = st.session_state.get("on-the-text", {}).get("chosen")
    if not chosen or chosen["start"] is None or chosen["end"] is None or chosen["end"] - chosen["start"] < 2:
        return None
    return chosen["start"], chosen["end"]


def search(session: Session, stretch: tuple[int, int], threshold: float, which: Which) -> Callable[[], Found]:
    """Work to be done beside the page: read the text, as much of its end as there is time for."""
    parameters, corpus, now = session.view.parameters, session.run.corpus, reading(session)
    start, end = stretch
    alike = now.hidden[start:end]
    N = len(corpus.text)
    first = max(0, N - min(SEARCHED, int(WORK / parameters.sizes[1] ** 2)))
    at = -1 if typed_in(session) else corpus.text.find(corpus.vocabulary.decode(now.ids), first)
    itself = None if at < 0 else at + now.start + start - first

    def work() -> Found:
        ids = np.concatenate([corpus.train_ids, corpus.held_out_ids])[first:]
        found = find_where_else(parameters, ids, alike, threshold, which, PLACES, itself)
        spoken = (
            Sentence("all {N:,} characters", N=N)
            if not first
            else Sentence("the last {N:,} of {all:,} characters", N=N - first, all=N)
        )
        return Found(found, states.contexts(corpus.text[first:], found.places, AROUND, AROUND), spoken)

    return work


def places(session: Session, about: Any) -> str:
    """The units, and the places in their surroundings."""
    found = measuring.found(session, FOUND)
    if not found or found.about != about:
        return ""
    elsewhere, contexts, spoken = found.value
    units = [*map(str, elsewhere.on), *(f"{unit} ↓" for unit in elsewhere.off)]
    if not units:
        st.caption(_("No unit is so throughout the stretch: choose a shorter one, or lower the threshold."))
        return ""
    listed = ", ".join(units[:LISTED]) + (" …" if len(units) > LISTED else "")
    so = _(" (↓ off)") if len(elsewhere.off) else ""
    st.markdown(
        _(
            "**{units} units** are so throughout{so}: {listed}. Where else most of them are:",
            units=len(units),
            so=so,
            listed=listed,
        )
    )
    if contexts:
        shared = {"units": [_("{shared} of {units}", shared=shared, units=len(units)) for shared in elsewhere.shared]}
        table(
            "places",
            _("Where else"),
            concordance(shared, contexts),
            ALIGNED,
            titled=False,
            few={"units": None, **FEW},
            width="content",
        )
    else:
        st.caption(_("Nowhere else."))
    return _(", in {spoken}", spoken=spoken)


def concordance(notes: Mapping[str, Any], contexts: list[Context]) -> pd.DataFrame:
    """Places in their surroundings, one below the other, behind columns with a note on each."""
    parts = {name: [seen(getattr(context, of)) for context in contexts] for name, of in PARTS.items()}
    parts["here"] = [here.replace(" ", words.visible(" ")) for here in parts["here"]]  # one alone would be nothing
    return pd.DataFrame({**notes, **parts})


def seen(text: str) -> str:
    """On one line: new lines and tabs as signs, spaces as they are."""
    return "".join(character if character == " " else words.visible(character) for character in text)
