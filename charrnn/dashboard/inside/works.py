"""How does it work? The network drawn over the strip's sentence, its step of training played; the numbers as tables."""

from collections.abc import Callable, Hashable
from math import isfinite
from typing import NamedTuple

import numpy as np
import streamlit as st

from charrnn.dashboard.components import GUESSES, Columns, Story, Summed, encode_network, network
from charrnn.dashboard.inside.one_step import by_hand
from charrnn.dashboard.inside.wrong import where_wrong
from charrnn.dashboard.language import _
from charrnn.dashboard.session.fields import OPTIMIZERS
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.parts import anew, redrawn, switch
from charrnn.dashboard.session.selection import looked_at, shown
from charrnn.dashboard.session.session import Last, Session, View
from charrnn.insight.unrolled import Unrolled, Update, that_moved, unrolled, update
from charrnn.network.optimizers import OPTIMIZERS as FORMULAS
from charrnn.network.parameters import Array, Parameters
from charrnn.runs.run import Run
from charrnn.sentence import Sentence
from charrnn.text.batches import streams_that_fit

NEAR = 12  # columns drawn, the latest
EDGE = (-2, -1, 0)  # further back those around the cut
UNITS = 32  # drawn at most
FIRST = 20  # the character of the sentence that is looked at first
COUNTED = {"last": Sentence("this character's loss"), "all": Sentence("all that learning looks back at")}
SECONDS = 1.0  # between two drawings of the tables while it trains


class Place(NamedTuple):
    """Which step is drawn, for those who cannot ask the controls: pictures are made in other threads."""

    at: int  # the character of the sentence that comes last
    last: bool  # whether its loss alone counts
    units: tuple[int, ...]  # chosen ones


def works(session: Session) -> None:
    """The section: nothing of it is computed while it is folded away."""
    with st.expander(_("**How does it work?**"), expanded=True, on_change="rerun", key="works") as section:
        if section.open:
            redrawn(lambda: controls(session), "step-row")
            redrawn(lambda: drawn(session), "network-drawn")
            redrawn(lambda: tables(session), "step-tables", lambda: in_tables(session), every=SECONDS)
            st.divider()
            where_wrong(session)


def controls(session: Session) -> None:
    """Whose loss flows back, and which units are drawn where they are many."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            _("**The network, drawn**: it reads a character, predicts the next, is told what came, and learns."),
            width="content",
            help=explained(
                _(
                    "Columns are the characters before the one that is pinned in the strip, or gone to with ‹ "
                    "and ›. Point at anything for its number. Training adds up the losses of all characters that "
                    "it looks back at; that of one alone shows how a gradient fades on its way back, and where "
                    "learning stops looking."
                ),
                "backpropagation through time",
                "gradient",
                "weights",
            ),
        )
        switch(_("What flows back"), COUNTED, "step-loss", "last", "network-drawn", "step-tables", words=COUNTED)
        H = session.run.settings.hidden_size
        if H > UNITS:
            st.multiselect(
                _("Units"),
                range(H),
                key="step-units-chosen",
                max_selections=UNITS,
                placeholder=_("choose units"),
                label_visibility="collapsed",
                persist_state="session",
                on_change=anew("network-drawn"),
            )


def drawn(session: Session) -> None:
    """The picture, which moves."""
    place = chosen(session)
    if place is None:
        st.caption(_("The text needs two characters at least."))
        return

    def seen() -> Hashable:
        return place, session.typed, session.cells

    def moved(at: int | None) -> None:
        if at is not None:
            st.session_state["step-at"] = int(at)
            anew("network-drawn", "step-tables")()

    drawing = session.picture("step", lambda: encoded(session, place), seen)
    network(drawing, key="step-drawn", on_place=moved)
    if session.run.settings.dropout:
        st.caption(_("Drawn without the dropout with which it is trained: every unit takes part."))


def in_tables(session: Session) -> Hashable:
    """Which network the tables show, None where they are folded away."""
    return shown(session) if session.remember("step-as-tables", Last, session.name).value else None


def tables(session: Session) -> None:
    """The same step as tables."""
    place = chosen(session)
    wanted = place is not None and st.toggle(
        _("Its numbers as tables"),
        key="step-as-tables",
        persist_state="session",
        help=explained("", "softmax", "tanh", "loss"),
    )
    session.remember("step-as-tables", Last, session.name).value = wanted
    if place is not None and wanted:
        by_hand(session, step_of(session, session.view, place), looked_at(session))


def chosen(session: Session) -> Place | None:
    """The step that the controls say, a newly pinned column first; None where the text is too short for one."""
    state, pinned = st.session_state, session.pinned
    if state.get("step-pinned") != pinned:
        state["step-pinned"] = pinned
        state["step-at"] = state.get("step-at") if pinned is None else pinned
    first, last = places(session)
    if last < first:
        return None
    at = FIRST if state.get("step-at") is None else int(state["step-at"])
    units = tuple(unit for unit in state.get("step-units-chosen") or () if unit < session.run.settings.hidden_size)
    return Place(min(max(at, first), last), state.get("step-loss", "last") == "last", units)


def places(session: Session) -> tuple[int, int]:
    """The first and the last character of the sentence before which one is read."""
    ids, start = session.ids()
    return max(0, 1 - start), len(ids) - start - 1


def step_of(session: Session, view: View, place: Place) -> Unrolled:
    """The step that ends with the character at the place, with as many columns as are drawn."""
    (ids, start), T = session.ids(), session.run.settings.sequence_length
    end = start + place.at
    begin = max(0, end - max(NEAR, T - EDGE[0]))
    h = session.states(view.parameters, ids)
    return unrolled(view.parameters, ids[begin : end + 1], h[begin : end + 1], T, last=place.last)


def encoded(session: Session, place: Place) -> bytes:
    """The picture as sent."""
    run, view = session.run, session.view
    step = step_of(session, view, place)
    units = list(place.units) or that_moved(step, view.parameters, UNITS).tolist()
    N, settings = len(step.x), run.in_force_at(view.step)
    at = sorted({*range(max(0, N - NEAR), N), *(step.cut + k for k in EDGE if 0 <= step.cut + k < N)})
    story = Story(
        cell=settings.cell,
        N=N,
        T=settings.sequence_length,
        last=place.last,
        units=units,
        H=settings.hidden_size,
        chosen=bool(place.units),
        summed=summed(step, learned(run, view, step), settings.clip),
        clip=settings.clip,
        optimizer=OPTIMIZERS[settings.optimizer]
        + (
            _(" with weight decay {weight_decay:g}", weight_decay=settings.weight_decay)
            if settings.weight_decay
            else ""
        ),
        step=_("step {step:,}", step=view.step),
        place=place.at,
        places=places(session),
    )
    return encode_network(columns(step, at, units, view.parameters, run.corpus.vocabulary.decode), story)


def columns(
    step: Unrolled, at: list[int], units: list[int], parameters: Parameters, decode: Callable[[Array], str]
) -> Columns:
    """The columns that are drawn."""
    p, y, came = step.p[at], step.y[at], step.came[at]
    top = np.argsort(-p, axis=1, kind="stable")[:, :GUESSES]
    total = np.logaddexp.reduce(y, axis=1)
    of = np.arange(len(at)), came
    held = {"h": step.h, "told": step.told, **step.inside}
    back, kept = (np.linalg.norm(step.inside.get(name, step.told[:, :0]), axis=1)[at] for name in ("back", "kept"))
    return Columns(
        read=decode(step.x[at]),
        came=decode(came),
        at=at,
        top=[decode(ids) for ids in top],
        top_p=np.take_along_axis(p, top, axis=1),
        figures=(step.loss[at], y[of], step.dy[at][of], total, step.share[at], back, kept),
        units={name: array[at][:, units] for name, array in held.items() if name != "back"},
        bias=parameters.b_h.reshape(-1, step.h.shape[1])[:, units],
    )


def summed(step: Unrolled, made: Update | None, clip: float) -> list[Summed]:
    """The gradient of each array in figures."""
    changes = made.change if made else [None] * len(step.gradients)
    return [
        Summed(
            name=name,
            norm=norm(gradient),
            cut=int(np.count_nonzero(np.abs(gradient) > clip)),
            size=gradient.size,
            change=None if change is None else norm(change),
        )
        for name, gradient, change in zip(Parameters._fields, step.gradients, changes, strict=True)
    ]


def norm(array: Array) -> float | None:
    """Of an array, in float64, since of a network that blows up squares are beyond float32; None for no number."""
    found = float(np.linalg.norm(array.astype(np.float64)))
    return found if isfinite(found) else None


def learned(run: Run, view: View, step: Unrolled) -> Update | None:
    """What the optimiser would add to the parameters, where what it remembers is at hand."""
    memory = remembered(run, view)
    if memory is None:
        return None
    settings, T = run.in_force_at(view.step), run.settings.sequence_length
    a_step = T * streams_that_fit(len(run.corpus.train_ids), T, settings.batch_size)
    return update(
        view.parameters,
        step.gradients,
        memory,
        step.x[step.cut :],
        optimizer=settings.optimizer,
        rate=settings.rate_at(view.step * a_step),
        limit=settings.clip,
        step=view.step + 1,
        weight_decay=settings.weight_decay,
    )


def remembered(run: Run, view: View) -> list[Array] | None:
    """The optimiser's memory at a step; None where it was not kept, or does not yet come along while it trains."""
    count = FORMULAS[run.settings.optimizer][1]
    if view.step == 0:
        return [np.zeros_like(view.parameters.flat)] * count
    if not view.past:
        run.look()
    if view.memory or not count:
        return list(view.memory or ())
    if (view.past or run.state_step == view.step) and (state := run.state_at(view.step)):
        return [state.arrays[f"memory_{i}"] for i in range(count)]
    return None
