"""How does it learn? The weights and how they spread, saturation and gradients, the characters as points, one step."""

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from charrnn.dashboard import measuring, weight_charts
from charrnn.dashboard.components import Axis, Chart, chart, encode_chart, encode_line, encode_matrix, line, matrix
from charrnn.dashboard.one_step import one_step
from charrnn.dashboard.redrawn import alone, redrawn, switch
from charrnn.dashboard.session import Last, Session
from charrnn.insight.reading import states
from charrnn.insight.weights import embedding, histogram, saturation
from charrnn.network.rnn import Array, Parameters, loss_and_gradients
from charrnn.text.batches import Batches


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
MANY = 512  # units drawn at most
CHARACTERS = 1_000  # on which saturation is measured
STREAMS = 16  # of held-out text on which the gradient is measured


class OverTime(NamedTuple):
    """Figures of the network at stored steps, and at the one shown last."""

    steps: list[int]
    saturated: list[float]  # share of |h| > 0.9
    norm: list[float]  # of the gradient over one window
    clipped: list[float]  # share of its entries beyond the limit
    spoken: str  # on what


def learns(session: Session) -> None:
    """The section: nothing of it is computed while it is folded away."""
    with st.expander("**How does it learn?**", on_change="rerun", key="learns") as section:
        if section.open:
            alone(array_control, "array-row")
            redrawn(lambda: weights(session), "weights")
            st.divider()
            about = len(session.run.milestones), session.run.snapshot.clip
            measuring.measured_fragment(
                session, "over-time", over_time, lambda: tanh_and_gradients(session), about=about
            )
            st.divider()
            redrawn(lambda: characters_as_points(session), "embedding")
            st.divider()
            one_step(session)


def array_control() -> None:
    """Which array is shown."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            "**Weights**", width="content", help="The five arrays that training changes; nothing else is learned."
        )
        switch("Array", ARRAYS, "array", "W_hh", part="weights")


def weights(session: Session) -> None:
    """One array at a time: its entries as colours, and how they spread at the stored steps."""
    name, picture = st.session_state.get("array", "W_hh"), session.picture

    def seen() -> bytes:
        values, down, across = entries(session, name)
        return encode_matrix(values, down=down, across=across, title="weight")

    def said() -> bytes:
        sizes = " × ".join(map(str, entries(session, name)[0].shape))
        words = f"{name}: {ARRAYS[name].meaning}. {sizes} numbers at step {session.view.step:,}."
        return encode_line([(words, "muted")], small=True)

    line(picture("weights-said", said, lambda: name), key="weights-said")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        matrix(picture("weights", seen, lambda: name), key="matrix")
    with right:
        chart(picture("spread", lambda: encode_chart(spread(session, name)), lambda: name), key="histogram")


def entries(session: Session, name: str) -> tuple[Array, Axis, Axis]:
    """What is drawn of an array, and what stands down and across it."""
    _, *sides = ARRAYS[name]
    many = [MANY if side == "unit" else None for side in sides]
    values = np.atleast_2d(getattr(session.view.parameters, name))[: many[0], : many[1]]
    signs = {"unit": list(map(str, range(MANY))), "character": list(session.run.corpus.vocabulary.characters)}
    down, across = (Axis(side, signs.get(side, [""])[:n]) for side, n in zip(sides, values.shape, strict=True))
    return values, down, across


def spread(session: Session, name: str) -> Chart:
    """How the entries of an array are spread, now and at the stored steps before."""
    view = session.view
    past = [
        (milestone.step, milestone.parameters) for milestone in session.run.milestones if milestone.step < view.step
    ]
    steps, networks = zip(*past, (view.step, view.parameters), strict=True)
    arrays: list[Array] = [getattr(network, name) for network in networks]
    limit = max(float(np.quantile(np.abs(array), 0.995)) for array in (arrays[0], arrays[-1])) or 0.1
    return weight_charts.histogram_chart(list(steps), [histogram(name, array, limit) for array in arrays])


def over_time(session: Session) -> Any:
    """Work to be done beside the page: the figures at all stored steps and now."""
    view, settings, limit = session.view, session.run.settings, session.run.snapshot.clip
    networks = [(m.step, m.parameters) for m in session.run.milestones if m.step < view.step]
    networks.append((view.step, view.parameters))
    ids, spoken = measuring.held_out(session, max(CHARACTERS, STREAMS * (2 * settings.sequence_length + 2)))

    def work() -> OverTime:
        figures = [figures_of(parameters, ids, settings.sequence_length, limit) for _, parameters in networks]
        saturated, norm, clipped = (list(column) for column in zip(*figures, strict=True))
        return OverTime([step for step, _ in networks], saturated, norm, clipped, spoken)

    return work


def figures_of(parameters: Parameters, ids: Array, T: int, limit: float) -> tuple[float, float, float]:
    """Saturation, gradient norm and the share of it that would be clipped, of one network."""
    h = states(parameters, ids[:CHARACTERS])[1:]
    batches = Batches(ids, min(T, len(ids) // 2 - 1), STREAMS)
    inputs, targets, _ = batches.next()
    hidden = np.zeros((batches.B, h.shape[1]), h.dtype)
    _, gradients, _ = loss_and_gradients(parameters, inputs, targets, hidden)
    flat = gradients.flat
    return saturation(h).share, float(np.sqrt(flat @ flat)), float((np.abs(flat) > limit).mean())


def tanh_and_gradients(session: Session) -> str:
    """Three small charts over the stored steps, and what training itself reports now."""
    now = session.run.snapshot
    said = "**Saturation and gradients**"
    if now.gradient_norm is not None and now.clipped is not None:
        said += (
            f". In the last training step: gradient norm **{now.gradient_norm:.3g}**, "
            f"**{now.clipped:.1%}** of its entries clipped at ±{now.clip:g}."
        )
    st.markdown(said, help="Measured on held-out text, read from a zero state, at each stored step and now.")
    as_met(session)
    found = measuring.found(session, "over-time")
    if not found:
        return ""
    here: OverTime = found.value
    charts = weight_charts.over_time_charts(here.steps, here.saturated, here.norm, here.clipped)
    chart(encode_chart(*charts), key="over-time-charts")
    st.caption(
        f"{len(here.steps)} points: the networks of the stored steps and the one shown, all measured on the same text, "
        "not what training itself met on its way; between them nothing was measured."
    )
    return f", on {here.spoken}"


def as_met(session: Session) -> None:
    """Gradient norm and clipping as training met them, each point the mean of the steps since the one before."""
    curve = session.run.curve
    known = np.isfinite(curve.norm)
    if known.any():
        charts = weight_charts.as_met_charts(curve.steps[known], curve.norm[known], curve.clipped[known])
        chart(encode_chart(*charts), key="as-met")


def characters_as_points(session: Session) -> None:
    """The rows of W_xh in two dimensions."""
    st.markdown(
        "**Characters that enter alike**: each is the row of W_xh that it adds to the units, seen from where rows "
        "differ most.",
        help="The two principal components of the rows. While it learns, vowels, digits and capitals gather.",
    )

    def points() -> bytes:
        view, last = session.view, session.remember("points", Last, session.run.corpus.digest)
        found = embedding(view.parameters.W_xh, last.value)  # turned like the drawing before
        last.value = found.points
        return encode_chart(weight_charts.embedding_chart(session.run.corpus.vocabulary.characters, found, view.step))

    chart(session.picture("points", points), key="points")
