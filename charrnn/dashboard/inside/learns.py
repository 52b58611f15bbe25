"""How does it learn? The weights and how they spread, saturation and gradients, their proof, characters as points."""

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from charrnn.dashboard.charts import draw
from charrnn.dashboard.charts import weights as charts
from charrnn.dashboard.components import Axis, cells, encode_cells, encode_line, line
from charrnn.dashboard.inside.proof import prove
from charrnn.dashboard.language import _, figure
from charrnn.dashboard.session import measuring
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.parts import alone, redrawn, switch
from charrnn.dashboard.session.selection import PARTS, shown
from charrnn.dashboard.session.session import Last, Session
from charrnn.insight.reading import units_along
from charrnn.insight.weights import embedding, histogram, saturation
from charrnn.network.parameters import Array, Parameters
from charrnn.sentence import Sentence


class Meaning(NamedTuple):
    """What the entries of an array say, and what they join."""

    meaning: str
    down: str
    across: str


ARRAYS = {
    "W_xh": Meaning(Sentence("what each character adds to each unit"), "character", "unit"),
    "W_hh": Meaning(Sentence("what each unit tells each other one, a character later"), "unit", "unit"),
    "W_hy": Meaning(Sentence("what each unit says for each character as the next"), "unit", "character"),
    "b_h": Meaning(Sentence("what each unit is told at every character"), "", "unit"),
    "b_y": Meaning(Sentence("how likely each character is whatever came before"), "", "character"),
}
BY_GATE = ("W_xh", "W_hh", "b_h")
HEARD = "m"  # of a GRU's candidate: a second bias, of what comes from the state
GATES = {"gru": ["r", "z", "n", HEARD], "lstm": ["o", "i", "f", "g"]}  # in the order of their columns
MANY = 512  # units drawn at most
CHARACTERS = 1_000  # on which saturation is measured, fewer where units are many:
WORK = 1e10  # characters times networks times units squared, two or three seconds
SECONDS = 1.0  # between two drawings of what follows the network while it trains


class Saturated(NamedTuple):
    """How saturated the network was at stored steps, and at the one shown last."""

    steps: list[int]
    shares: list[float]  # of |h| > 0.9
    spoken: str  # on what


def learns(session: Session) -> None:
    """The section: nothing of it is computed while it is folded away."""
    with st.expander(_("**How does it learn?**"), on_change="rerun", key="learns") as section:
        if section.open:
            alone(lambda: array_control(session), "array-row")
            weights(session)
            st.divider()
            saturation_and_gradients(session)
            st.divider()
            prove(session)
            st.divider()
            redrawn(lambda: characters_as_points(session), "embedding", lambda: shown(session), every=SECONDS)


def array_control(session: Session) -> None:
    """Which array is shown, and of which gate."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            _("**Weights**"),
            width="content",
            help=explained(_("The five arrays that training changes; nothing else is learned."), "weights"),
        )
        switch(_("Array"), ARRAYS, "array", "W_hh", "weights", "spread")
        if gates := GATES.get(session.run.settings.cell):
            words = PARTS[session.run.settings.cell] | {HEARD: Sentence("what n hears of the state")}
            switch(_("Gate"), dict.fromkeys(gates), "gate", gates[0], "weights", "spread", words=words)


def weights(session: Session) -> None:
    """One array at a time: its entries as colours, and how they spread at the stored steps."""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        redrawn(lambda: array(session), "weights")
    with right:
        redrawn(lambda: histograms(session), "spread", lambda: shown(session), every=SECONDS)


def array(session: Session) -> None:
    """The entries of the array that was chosen."""
    name, gate, picture = chosen(), st.session_state.get("gate"), session.picture

    def seen() -> bytes:
        values, down, across = entries(session, name)
        return encode_cells(values, down=down, across=across, title=_("weight"))

    def said() -> bytes:
        sizes = " × ".join(map(str, entries(session, name)[0].shape))
        words = _(
            "{name}{of_gate}: {meaning}. {sizes} numbers at step {step:,}{of_the_frequent}.",
            name=name,
            of_gate=of_gate(session, name),
            meaning=ARRAYS[name].meaning,
            sizes=sizes,
            step=session.view.step,
            of_the_frequent=of_the_frequent(session) if "character" in ARRAYS[name] else "",
        )
        return encode_line([(words, "muted")], small=True)

    line(picture("weights-said", said, lambda: (name, gate)), key="weights-said")
    cells(picture("weights", seen, lambda: (name, gate)), key="matrix")


def of_the_frequent(session: Session) -> str:
    """That not all characters are drawn, as the sentence goes on."""
    drawn, V = len(session.drawn_characters), len(session.run.corpus.vocabulary)
    return _(", for the {drawn} most frequent of {V:,} characters", drawn=drawn, V=V) if drawn < V else ""


def chosen() -> str:
    """The array that is shown."""
    return str(st.session_state.get("array", "W_hh"))


def gate_of(session: Session, name: str) -> str:
    """The gate whose block of an array is shown; "" where the array has no blocks, or the cell no gates."""
    gates = GATES.get(session.run.settings.cell)
    if not gates or name not in BY_GATE:
        return ""
    gate = st.session_state.get("gate")
    there = gates if name == "b_h" else [one for one in gates if one != HEARD]
    return gate if gate in there else there[-1] if gate == HEARD else there[0]


def of_gate(session: Session, name: str) -> str:
    """Whose block it is, as the sentence goes on."""
    gate = gate_of(session, name)
    return _(" of {gate}", gate=gate) if gate else ""


def block(session: Session, parameters: Parameters, name: str) -> Array:
    """An array, or its block of the gate that was chosen."""
    array: Array = getattr(parameters, name)
    gate, H = gate_of(session, name), len(parameters.W_hh)
    if not gate:
        return array
    start = GATES[session.run.settings.cell].index(gate) * H
    return array[..., start : start + H]


def entries(session: Session, name: str) -> tuple[Array, Axis, Axis]:
    """What is drawn of an array, and what stands down and across it."""
    sides = ARRAYS[name][1:]
    of, characters = session.drawn_characters, session.run.corpus.vocabulary.characters
    values = np.atleast_2d(block(session, session.view.parameters, name))
    drawn = {"unit": np.arange(MANY), "character": of, "": np.zeros(1, int)}
    places = [drawn[side][:n] for side, n in zip(sides, values.shape, strict=True)]
    signs = {"unit": list(map(str, range(MANY))), "character": [characters[i] for i in of], "": [""]}
    down, across = (Axis(_(side), signs[side][: len(at)]) for side, at in zip(sides, places, strict=True))
    return values[np.ix_(*places)], down, across


def histograms(session: Session) -> None:
    """How the entries of the array are spread, now and at the stored steps before."""
    name, view = chosen(), session.view
    past = [(m.step, m.parameters) for m in session.run.checkpoints if m.step < view.step]
    steps, networks = zip(*past, (view.step, view.parameters), strict=True)
    arrays = [block(session, network, name) for network in networks]
    limit = max(float(np.quantile(np.abs(array), 0.995)) for array in (arrays[0], arrays[-1])) or 0.1
    st.markdown(_("How the entries of **{name}**{of_gate} are spread", name=name, of_gate=of_gate(session, name)))
    spread = [histogram(name, array, limit) for array in arrays]
    draw("histogram", charts.histogram_chart, charts.histogram_data(steps, spread))


def over_time(session: Session) -> Any:
    """Work to be done beside the page: the saturation at all stored steps and now."""
    view = session.view
    networks = [(m.step, m.parameters) for m in session.run.checkpoints if m.step < view.step]
    networks.append((view.step, view.parameters))
    many = len(networks) * session.run.settings.hidden_size**2
    ids, spoken = measuring.held_out(session, max(100, min(CHARACTERS, int(WORK / many))))

    def work() -> Saturated:
        shares = [saturation(units_along(parameters, ids)).share for _, parameters in networks]
        return Saturated([step for step, _ in networks], shares, spoken)

    return work


def saturation_and_gradients(session: Session) -> None:
    """Three figures over time: what training met of the gradient, and what was measured of the units."""
    st.markdown(_("**Saturation and gradients**"))
    left, right = st.columns([2, 1], gap="medium")
    with left:
        redrawn(lambda: as_met(session), "as-met", lambda: (session.origin, session.run.snapshot.step), every=SECONDS)
    with right:
        about = len(session.run.checkpoints)
        measuring.measured_fragment(session, "over-time", over_time, lambda: saturated(session), about=about)


def saturated(session: Session) -> str:
    """The share of saturated values at the stored steps."""
    found = measuring.found(session, "over-time")
    help = explained(
        _(
            "Where |h| > 0.9 the slope of a tanh is below 0.19; gates let a gradient past it. Measured "
            "at each stored step and now, read from a zero state; between them nothing was measured."
        ),
        "saturated",
        "stored step",
    )
    now = f": {figure(found.value.shares[-1], '.1%')}" if found else ""
    st.markdown(_("Values with |h| > 0.9{now}", now=now), help=help)
    if not found:
        return ""
    here: Saturated = found.value
    data = charts.over_time_data(here.steps, here.shares)
    draw("saturated", charts.over_time_chart, data, title=_("share of the values"), form="~%", dots=True)
    return _(", on {spoken}", spoken=here.spoken)


def as_met(session: Session) -> None:
    """Gradient norm and clipping as training met them, each point the mean of the steps since the one before."""
    curve, now = session.run.curve, session.run.snapshot
    known = np.isfinite(curve.norm)
    if not known.any():
        st.caption(_("No step yet: train it, and here stand the norm of the gradient and how much of it is clipped."))
        return
    norm, clipped, limit = "", "", f"±{figure(now.clip, 'g')}"
    if now.gradient_norm is not None and now.clipped is not None:
        norm, clipped = f": {figure(now.gradient_norm, '.3g')}", f": {figure(now.clipped, '.1%')}"
    figures = [
        ("gradient-norm", curve.norm, _("Norm of the gradient{norm}", norm=norm), _("norm"), "~f"),
        (
            "gradient-clipped",
            curve.clipped,
            _("Its entries clipped, now at {limit}{clipped}", limit=limit, clipped=clipped),
            _("share of them"),
            "~%",
        ),
    ]
    help = explained(
        _(
            "Of every training step, before clipping and at the clip then set; each point is the mean "
            "since the one before, the figure that of the last step."
        ),
        "norm",
        "clip",
        "gradient",
    )
    for column, (key, values, heading, title, form) in zip(st.columns(2, gap="medium"), figures, strict=True):
        with column:
            st.markdown(heading, help=help)
            data = charts.over_time_data(curve.steps[known], values[known])
            draw(key, charts.over_time_chart, data, title=title, form=form)


def characters_as_points(session: Session) -> None:
    """The rows of W_xh in two dimensions."""
    st.markdown(
        _(
            "**Characters that enter alike**: each is the row of W_xh that it adds to the units, seen "
            "from where rows differ most."
        ),
        help=explained(
            _("The two principal components of the rows. While it learns, vowels, digits and capitals gather."),
            "principal components",
        ),
    )
    view, corpus = session.view, session.run.corpus
    last = session.remember("points", Last, corpus.digest)
    of = session.drawn_characters
    found = embedding(view.parameters.W_xh[of], last.value)  # turned like the drawing before
    last.value = found.points
    draw("points", charts.characters_chart, charts.characters_data(corpus.vocabulary.decode(of), found))
    shares = _("The two axes show {explained:.0%} of how the rows differ", explained=sum(found.explained))
    st.caption(
        _(
            "Step {step:,}. {shares}{of_the_frequent}.",
            step=view.step,
            shares=shares,
            of_the_frequent=of_the_frequent(session),
        )
    )
