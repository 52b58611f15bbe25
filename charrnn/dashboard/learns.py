"""How does it learn? The weights and how they spread, saturation and gradients, the characters as points, one step."""

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from charrnn.dashboard import measuring, weight_charts, words
from charrnn.dashboard.components import Axis, matrix
from charrnn.dashboard.one_step import one_step
from charrnn.dashboard.redrawn import redrawn
from charrnn.dashboard.session import Session
from charrnn.insight.reading import states
from charrnn.insight.weights import embedding, histogram, saturation
from charrnn.network.rnn import Array, Parameters, loss_and_gradients
from charrnn.text.batches import Batches

ARRAYS = {
    "W_xh": ("character", "unit", "what each character adds to each unit"),
    "W_hh": ("unit", "unit", "what each unit tells each other one, a character later"),
    "W_hy": ("unit", "character", "what each unit says for each character as the next"),
    "b_h": ("", "unit", "what each unit is told at every character"),
    "b_y": ("", "character", "how likely each character is whatever came before"),
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
            redrawn(lambda: weights(session), "weights")
            st.divider()
            about = len(session.run.milestones), session.run.snapshot.clip
            measuring.measured_fragment(
                session, "over-time", over_time(session), lambda: tanh_and_gradients(session), about=about
            )
            st.divider()
            redrawn(lambda: characters_as_points(session), "embedding")
            st.divider()
            one_step(session)


def weights(session: Session) -> None:
    """One array at a time: its entries as colours, and how they spread at the stored steps."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            "**Weights**", width="content", help="The five arrays that training changes; nothing else is learned."
        )
        name = st.segmented_control(
            "Array", list(ARRAYS), default="W_hh", key="array", label_visibility="collapsed", required=True
        )
    down, across, meaning = ARRAYS[name]
    view = session.view
    values = np.atleast_2d(getattr(view.parameters, name))[slice(MANY if down == "unit" else None)]
    values = values[:, : MANY if across == "unit" else None]
    st.caption(f"{name}: {meaning}. {values.shape[0]} × {values.shape[1]} numbers at step {view.step:,}.")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        signs = {"unit": list(map(str, range(MANY))), "character": list(session.run.corpus.vocabulary.characters)}
        sides = [
            Axis(side, signs.get(side, [""])[:size]) for side, size in zip((down, across), values.shape, strict=True)
        ]
        matrix(values, down=sides[0], across=sides[1], title="weight", key="matrix")
    with right:
        past = [
            (milestone.step, milestone.parameters) for milestone in session.run.milestones if milestone.step < view.step
        ]
        steps, networks = zip(*past, (view.step, view.parameters), strict=True)
        arrays: list[Array] = [getattr(network, name) for network in networks]
        limit = max(float(np.quantile(np.abs(array), 0.995)) for array in (arrays[0], arrays[-1])) or 0.1
        st.vega_lite_chart(
            weight_charts.histogram_table(list(steps), [histogram(name, array, limit) for array in arrays]),
            weight_charts.histogram_spec(st.context.theme.type or "light"),
            key="histogram",
            alt=f"Histograms of {name} at stored steps",
        )
        st.caption("Now, over the pale ones of the stored steps: " + ", ".join(map(words.short, steps[:-1])) + ".")


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
    st.markdown(
        "**Saturation and gradients**",
        help="Measured on held-out text, read from a zero state, at each stored step and now.",
    )
    if now.gradient_norm is not None and now.clipped is not None:
        st.markdown(
            f"In the last training step: gradient norm **{now.gradient_norm:.3g}**, "
            f"**{now.clipped:.1%}** of its entries clipped at ±{now.clip:g}."
        )
    as_met(session)
    found = measuring.found(session, "over-time")
    if not found:
        return ""
    here: OverTime = found.value
    theme = st.context.theme.type or "light"
    titles = {
        "saturated": (
            "values with |h| > 0.9",
            "There the tanh is flat: its slope is below 0.19, and little gradient passes.",
        ),
        "norm": ("norm of the gradient", "Over one window, before clipping: how strongly the weights are pulled."),
        "clipped": ("entries that clipping would cut", "Those beyond the limit in force now (Learning, Clip)."),
    }
    for column, (kind, (title, words_)) in zip(st.columns(3), titles.items(), strict=True):
        with column:
            values: list[float] = getattr(here, kind)
            written = f"{values[-1]:.3g}" if kind == "norm" else f"{values[-1]:.1%}"
            st.markdown(f"{title}: **{written}**", help=words_)
            st.vega_lite_chart(
                weight_charts.over_time_table(here.steps, values),
                weight_charts.over_time_spec(kind, theme),
                key=f"over-time-{kind}",
                alt=f"{title} over the stored steps",
            )
    st.caption(
        f"{len(here.steps)} points: the networks of the stored steps and the one shown, all measured on the same text, "
        "not what training itself met on its way; between them nothing was measured."
    )
    return f", on {here.spoken}"


def as_met(session: Session) -> None:
    """Gradient norm and clipping as training met them, each point the mean of the steps since the one before."""
    curve, theme = session.run.curve, st.context.theme.type or "light"
    known = np.isfinite(curve.norm)
    if not known.any():
        return
    series = {"norm": ("norm of the gradient", curve.norm), "clipped": ("entries that were clipped", curve.clipped)}
    for column, (kind, (title, values)) in zip(st.columns(2), series.items(), strict=True):
        with column:
            st.markdown(f"{title}, as training met it", help="Of every step, before clipping and at the clip then set.")
            st.vega_lite_chart(
                weight_charts.over_time_table(curve.steps[known].tolist(), values[known].tolist()),
                weight_charts.over_time_spec(kind, theme),
                key=f"met-{kind}",
                alt=f"{title} at every training step",
            )


def characters_as_points(session: Session) -> None:
    """The rows of W_xh in two dimensions."""
    view = session.view
    found = embedding(view.parameters.W_xh)
    st.markdown(
        "**Characters that enter alike**: each is the row of W_xh that it adds to the units, seen from where rows "
        "differ most.",
        help="The two principal components of the rows. While it learns, vowels, digits and capitals gather.",
    )
    st.vega_lite_chart(
        weight_charts.embedding_table(session.run.corpus.vocabulary.characters, found),
        weight_charts.embedding_spec(st.context.theme.type or "light"),
        key="points",
        alt="Characters by the two principal components of their input weights",
    )
    shown = sum(found.explained)
    st.caption(f"Step {view.step:,}. The two axes show {shown:.0%} of how the rows differ.")
