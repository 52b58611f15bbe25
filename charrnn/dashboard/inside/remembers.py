"""What does it remember? How far the gradient reaches, what the unroll cuts off, what moved a prediction."""

from typing import Any, NamedTuple

import numpy as np
import streamlit as st

from charrnn.dashboard.charts import draw, inside
from charrnn.dashboard.inside.attribution import connections
from charrnn.dashboard.language import _, _n
from charrnn.dashboard.session import measuring
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.session import Session
from charrnn.insight.memory import Cut, Reach, Spectra, cut, reach, reach_in_training, spectra
from charrnn.network.cells import cell_of
from charrnn.network.parameters import Array, Parameters

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
    with st.expander(_("**What does it remember?**"), on_change="rerun", key="remembers") as section:
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
        st.markdown(_("**Memory**: how far the gradient of a prediction reaches back."))
        return ""
    here: Memory = found.value
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.markdown(
            _("**Memory**: how far the gradient of a prediction reaches back."),
            help=explained(
                _(
                    "The norm of d loss ∕ d h (of an LSTM, of h and c), k characters before the prediction: how "
                    "strongly learning could still change what was carried then. The band holds 80 % of the "
                    "positions. Learning looks back only so far: what lies beyond, it never sees. Start over "
                    "with another scale (Network) to make it vanish or explode."
                ),
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
            _("**Why it fades**: eigenvalues within the unit circle shrink a gradient at each character."),
            help=explained(
                _(
                    "One character back multiplies the gradient by the Jacobian; in a vanilla network that is "
                    "diag(1 − h²) W_hhᵀ. Saturated units (h near ±1) pass almost nothing, so its eigenvalues are "
                    "smaller than those of W_hh. A gate that keeps lets the gradient pass as it is: an "
                    "eigenvalue near 1."
                ),
                "eigenvalue",
                "Jacobian",
                "saturated",
            ),
        )
        if here.spectra:
            data, vanilla = inside.eigenvalues_data(here.spectra), len(here.spectra.weights) > 0
            draw("eigenvalues", inside.eigenvalues_chart, data, width="content", vanilla=vanilla)
            of_W_hh = _("**{radius:.2f}** of W_hh, ", radius=here.spectra.radius) if len(here.spectra.weights) else ""
            st.markdown(
                _(
                    "Spectral radius: {of_W_hh}**{jacobian_radius:.2f}** of the mean Jacobian.",
                    of_W_hh=of_W_hh,
                    jacobian_radius=here.spectra.jacobian_radius,
                ),
                help=_("The size of the largest eigenvalue. With gates W_hh is not square, and has none."),
            )
        else:
            most = most_units(session.view.parameters)
            st.caption(
                _("Of networks with more than {most:,} units they are not computed: that takes too long.", most=most)
            )
    at, many = here.now.positions, here.spoken
    return _n(", at {n:,} place of {spoken}", ", at {n:,} places of {spoken}", at, spoken=many)


def most_units(parameters: Parameters) -> int:
    """Of how many units eigenvalues are computed: an LSTM's state has two numbers for each."""
    return MANY // cell_of(parameters).STATES


def in_words(here: Memory) -> str:
    """The two findings that matter, in sentences."""
    mean = here.now.mean
    if len(mean) == 1:
        return _("The text is too short to tell how far back it reaches.")
    if not np.isfinite(mean).all():
        return _("The gradient is beyond all numbers: the weights have grown too large.")
    if not mean[0]:
        return _("There is no gradient any more: it knows this text by heart.")
    faded = np.flatnonzero(mean < mean[0] / 100)
    if len(faded):
        said = _("After **{faded} characters** a hundredth of the gradient is left.", faded=faded[0])
    else:
        said = _(
            "Even {back} characters back, {left:.0%} of the gradient is left.",
            back=len(mean) - 1,
            left=mean[-1] / mean[0],
        )
    if mean.max() > 2 * mean[0]:
        said += _(" On its way it grows to {times:.1f} times its first size.", times=mean.max() / mean[0])
    if here.cut:
        said += _(
            " Learning looks back {T}, which throws away **{share:.1%}** of it; what is left points the "
            "same way to {cosine:.3f} (1: exactly).",
            T=here.T,
            share=here.cut.share,
            cosine=here.cut.cosine,
        )
    return said
