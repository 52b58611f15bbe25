"""How far the gradients of the runs compared reach back, side by side: what gates are for."""

from typing import Any, NamedTuple

import streamlit as st

from charrnn.dashboard.charts import draw, inside
from charrnn.dashboard.language import _
from charrnn.dashboard.session import measuring
from charrnn.dashboard.session.parts import redrawn
from charrnn.dashboard.session.session import Session
from charrnn.insight.memory import reach
from charrnn.network.parameters import Array

CHARACTERS = 1_000  # over which each reach is averaged
BACK = 100


class Reaches(NamedTuple):
    """What was measured, a run each."""

    means: list[Array]  # (K + 1,)
    lengths: list[int]  # how far back its learning looks
    spoken: str  # on what


def reaches(session: Session) -> None:
    """A part of the page, empty while there is nothing to compare."""
    runs = session.compared_runs()
    if len(runs) == 1:
        redrawn(lambda: None, "reaches")
        return
    about = tuple((run.token, run.snapshot.parameters_step) for run in runs)
    measuring.measured_fragment(session, "reaches", measured, lambda: drawn(session), about=about)


def measured(session: Session) -> Any:
    """Work to be done beside the page: walk the gradient back in the network of each run, on a text of its own."""
    runs = session.compared_runs()
    networks = [run.snapshot.parameters for run in runs]
    lengths = [run.settings.sequence_length for run in runs]
    texts = [measuring.held_out_of(run.corpus, CHARACTERS) for run in runs]

    def work() -> Reaches:
        means = [reach(network, ids, BACK).mean for network, (ids, _) in zip(networks, texts, strict=True)]
        return Reaches(means, lengths, texts[0][1])

    return work


def drawn(session: Session) -> str:
    """The curves."""
    st.markdown(
        _("**How far the gradient reaches** in each run"),
        help=_(
            "The norm of d loss ∕ d h (of an LSTM, of h and c), k characters before a prediction, as a "
            "part of what it is there. Dashed: how far back learning looks. Fork at step 0 with another "
            "cell to see what gates are for."
        ),
    )
    found = measuring.found(session, "reaches")
    if not found:
        return ""
    here: Reaches = found.value
    draw("reaches", inside.reaches_chart, inside.reaches_data(here.means, here.lengths))
    return _(", on {spoken}", spoken=here.spoken)
