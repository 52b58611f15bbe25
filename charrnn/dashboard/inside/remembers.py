"""What does it remember? How far the gradient reaches, what the unroll cuts off, what moved a prediction."""

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from charrnn.dashboard.charts import draw, inside
from charrnn.dashboard.inside.attribution import connections
from charrnn.dashboard.session import measuring
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.session import Session
from charrnn.insight.memory import Cut, Reach, Spectra, cut, reach, reach_in_training, spectra
from charrnn.network.cells import cell_of
from charrnn.network.parameters import Array, Parameters
from charrnn.text.decoding import count

CHARACTERS = 2_000  # held-out ones over which the reach is averaged
FURTHER = 100  # characters beyond the unroll; a vanishing gradient is long gone
WINDOWS = {True: 16, False: 4}  # unrolled further, by whether the network is small
MANY = 1_024  # units; of more the eigenvalues take too long, at 2,048 five seconds a matrix


class Memory(NamedTuple):
    """What was measured."""

    now: Reach
    before: Array  # the mean reach before training
    cut: Cut | None  # None where the text is too short
    spectra: Spectra | None  # None where units are too many
    T: int
    spoken: str  # on what


def remembers(session: Session) -> None:
    """The section: nothing of it is computed while it is folded away."""
    with st.expander("**What does it remember?**", on_change="rerun", key="remembers") as section:
        if section.open:
            measuring.measured_fragment(session, "memory", measured, lambda: memory(session))
            st.divider()
            connections(session)


def measured(session: Session) -> Any:
    """Work to be done beside the page: walk the gradient back, unroll further, find the eigenvalues."""
    parameters, untrained = session.view.parameters, session.run.checkpoints[0].parameters
    T = session.run.settings.sequence_length
    ids, spoken = measuring.held_out(session, CHARACTERS + T)

    def work() -> Memory:
        back = min(T + FURTHER, len(ids) // 2)
        small = parameters.sizes[1] <= 256
        lost = cut(parameters, ids, T, FURTHER, WINDOWS[small]) if len(ids) > T + FURTHER + 2 else None
        both = spectra(parameters, ids) if parameters.sizes[1] <= most_units(parameters) else None
        return Memory(reach(parameters, ids, back), reach(untrained, ids, back).mean, lost, both, T, spoken)

    return work


def memory(session: Session) -> str:
    """The curve of the gradient and the eigenvalues that make it fade or grow."""
    found = measuring.found(session, "memory")
    if not found:
        st.markdown("**Memory**: how far the gradient of a prediction reaches back.")
        return ""
    here: Memory = found.value
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown(
            "**Memory**: how far the gradient of a prediction reaches back.",
            help=explained(
                "The norm of d loss ∕ d h (of an LSTM, of h and c), k characters before the prediction: how strongly "
                "learning could still change what was carried then. The band holds 80 % of the positions. Learning "
                "looks back only so far: what lies beyond, it never sees. Start over with another scale (Network) to "
                "make it vanish or explode.",
                "vanishing gradient",
                "gradient",
                "looks back",
                "norm",
            ),
        )
        training = reach_in_training(here.now.mean, here.T)
        state = "[h, c]" if cell_of(session.view.parameters).STATES == 2 else "h"
        draw("reach", inside.reach_chart, inside.reach_data(here.now, training, here.before, here.T), state=state)
        st.markdown(in_words(here))
    with right:
        st.markdown(
            "**Why it fades**: eigenvalues within the unit circle shrink a gradient at each character.",
            help=explained(
                "One character back multiplies the gradient by the Jacobian; in a vanilla network that is "
                "diag(1 − h²) W_hhᵀ. Saturated units (h near ±1) pass almost nothing, so its eigenvalues are smaller "
                "than those of W_hh. A gate that keeps lets the gradient pass as it is: an eigenvalue near 1.",
                "eigenvalue",
                "Jacobian",
                "saturated",
            ),
        )
        if here.spectra:
            data, vanilla = inside.eigenvalues_data(here.spectra), len(here.spectra.weights) > 0
            draw("eigenvalues", inside.eigenvalues_chart, data, width="content", vanilla=vanilla)
            of_W_hh = f"**{here.spectra.radius:.2f}** of W_hh, " if len(here.spectra.weights) else ""
            st.markdown(
                f"Spectral radius: {of_W_hh}**{here.spectra.jacobian_radius:.2f}** of the mean Jacobian.",
                help="The size of the largest eigenvalue. With gates W_hh is not square, and has none.",
            )
        else:
            most = most_units(session.view.parameters)
            st.caption(f"Of networks with more than {most:,} units they are not computed: that takes too long.")
    return f", at {count(here.now.positions, 'place')} of {here.spoken}"


def most_units(parameters: Parameters) -> int:
    """Of how many units eigenvalues are computed: an LSTM's state has two numbers for each."""
    return MANY // cell_of(parameters).STATES


def in_words(here: Memory) -> str:
    """The two findings that matter, in sentences."""
    mean = here.now.mean
    if len(mean) == 1:
        return "The text is too short to tell how far back it reaches."
    if not np.isfinite(mean).all():
        return "The gradient is beyond all numbers: the weights have grown too large."
    if not mean[0]:
        return "There is no gradient any more: it knows this text by heart."
    faded = np.flatnonzero(mean < mean[0] / 100)
    if len(faded):
        said = f"After **{faded[0]} characters** a hundredth of the gradient is left."
    else:
        said = f"Even {len(mean) - 1} characters back, {mean[-1] / mean[0]:.0%} of the gradient is left."
    if mean.max() > 2 * mean[0]:
        said += f" On its way it grows to {mean.max() / mean[0]:.1f} times its first size."
    if here.cut:
        said += (
            f" Learning looks back {here.T}, which throws away **{here.cut.share:.1%}** of it; what is left points the "
            f"same way to {here.cut.cosine:.3f} (1: exactly)."
        )
    return said
