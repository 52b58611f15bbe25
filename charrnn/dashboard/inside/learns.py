"""How does it learn? The weights and how they spread, saturation and gradients, their proof, characters as points."""

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from charrnn.dashboard.charts import draw
from charrnn.dashboard.charts import weights as charts
from charrnn.dashboard.components import Axis, cells, encode_cells, encode_line, line
from charrnn.dashboard.inside.proof import prove
from charrnn.dashboard.session import measuring
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.parts import alone, redrawn, switch
from charrnn.dashboard.session.selection import PARTS, shown
from charrnn.dashboard.session.session import Last, Session
from charrnn.insight.reading import units_along
from charrnn.insight.weights import embedding, histogram, saturation
from charrnn.network.parameters import Array, Parameters


class Meaning(NamedTuple):
    """What the entries of an array say, and what they join."""

    meaning: str
    down: str
    across: str


ARRAYS = {
    "W_xh": Meaning("what each character adds to each unit", "character", "unit"),
    "W_hh": Meaning("what each unit tells each other one, a character later", "unit", "unit"),
    "W_hy": Meaning("what each unit says for each character as the next", "unit", "character"),
    "b_h": Meaning("what each unit is told at every character", "", "unit"),
    "b_y": Meaning("how likely each character is whatever came before", "", "character"),
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
    with st.expander("**How does it learn?**", on_change="rerun", key="learns") as section:
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
            "**Weights**",
            width="content",
            help=explained("The five arrays that training changes; nothing else is learned.", "weights"),
        )
        switch("Array", ARRAYS, "array", "W_hh", "weights", "spread")
        if gates := GATES.get(session.run.settings.cell):
            words = PARTS[session.run.settings.cell] | {HEARD: "what n hears of the state"}
            switch("Gate", dict.fromkeys(gates), "gate", gates[0], "weights", "spread", words=words.__getitem__)


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
        return encode_cells(values, down=down, across=across, title="weight")

    def said() -> bytes:
        sizes = " × ".join(map(str, entries(session, name)[0].shape))
        words = (
            f"{name}{of_gate(session, name)}: {ARRAYS[name].meaning}. {sizes} numbers at step {session.view.step:,}"
            f"{of_the_frequent(session) if 'character' in ARRAYS[name] else ''}."
        )
        return encode_line([(words, "muted")], small=True)

    line(picture("weights-said", said, lambda: (name, gate)), key="weights-said")
    cells(picture("weights", seen, lambda: (name, gate)), key="matrix")


def of_the_frequent(session: Session) -> str:
    """That not all characters are drawn, as the sentence goes on."""
    drawn, V = len(session.drawn_characters), len(session.run.corpus.vocabulary)
    return f", for the {drawn} most frequent of {V:,} characters" if drawn < V else ""


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
    return f" of {gate}" if gate else ""


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
    _, *sides = ARRAYS[name]
    of, characters = session.drawn_characters, session.run.corpus.vocabulary.characters
    values = np.atleast_2d(block(session, session.view.parameters, name))
    drawn = {"unit": np.arange(MANY), "character": of, "": np.zeros(1, int)}
    places = [drawn[side][:n] for side, n in zip(sides, values.shape, strict=True)]
    signs = {"unit": list(map(str, range(MANY))), "character": [characters[i] for i in of], "": [""]}
    down, across = (Axis(side, signs[side][: len(at)]) for side, at in zip(sides, places, strict=True))
    return values[np.ix_(*places)], down, across


def histograms(session: Session) -> None:
    """How the entries of the array are spread, now and at the stored steps before."""
    name, view = chosen(), session.view
    past = [(m.step, m.parameters) for m in session.run.checkpoints if m.step < view.step]
    steps, networks = zip(*past, (view.step, view.parameters), strict=True)
    arrays = [block(session, network, name) for network in networks]
    limit = max(float(np.quantile(np.abs(array), 0.995)) for array in (arrays[0], arrays[-1])) or 0.1
    st.markdown(f"How the entries of **{name}**{of_gate(session, name)} are spread")
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
    st.markdown("**Saturation and gradients**")
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
        "Where |h| > 0.9 the slope of a tanh is below 0.19; gates let a gradient past it. Measured at each stored step "
        "and now, read from a zero state; between them nothing was measured.",
        "saturated",
        "stored step",
    )
    now = f": {found.value.shares[-1]:.1%}" if found else ""
    st.markdown(f"Values with |h| > 0.9{now}", help=help)
    if not found:
        return ""
    here: Saturated = found.value
    data = charts.over_time_data(here.steps, here.shares)
    draw("saturated", charts.over_time_chart, data, title="share of the values", form="~%", dots=True)
    return f", on {here.spoken}"


def as_met(session: Session) -> None:
    """Gradient norm and clipping as training met them, each point the mean of the steps since the one before."""
    curve, now = session.run.curve, session.run.snapshot
    known = np.isfinite(curve.norm)
    norm, clipped, limit = "", "", f"±{now.clip:g}"
    if now.gradient_norm is not None and now.clipped is not None:
        norm, clipped = f": {now.gradient_norm:.3g}", f": {now.clipped:.1%}"
    figures = [
        ("gradient-norm", curve.norm, f"Norm of the gradient{norm}", "norm", "~f"),
        ("gradient-clipped", curve.clipped, f"Its entries clipped, now at {limit}{clipped}", "share of them", "~%"),
    ]
    help = explained(
        "Of every training step, before clipping and at the clip then set; each point is the mean since the one "
        "before, the figure that of the last step.",
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
        "**Characters that enter alike**: each is the row of W_xh that it adds to the units, seen from where rows "
        "differ most.",
        help=explained(
            "The two principal components of the rows. While it learns, vowels, digits and capitals gather.",
            "principal components",
        ),
    )
    view, corpus = session.view, session.run.corpus
    last = session.remember("points", Last, corpus.digest)
    of = session.drawn_characters
    found = embedding(view.parameters.W_xh[of], last.value)  # turned like the drawing before
    last.value = found.points
    draw("points", charts.characters_chart, charts.characters_data(corpus.vocabulary.decode(of), found))
    shares = f"The two axes show {sum(found.explained):.0%} of how the rows differ"
    st.caption(f"Step {view.step:,}. {shares}{of_the_frequent(session)}.")
