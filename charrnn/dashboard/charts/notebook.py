"""Charts for a notebook: what training reported, and what a network makes of a text; Altair shows them there.

from charrnn.dashboard.charts.notebook import losses, states, surprise
"""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from charrnn.insight.reading import Strip, most_varying
from charrnn.network.parameters import Array
from charrnn.text.corpus import Vocabulary
from charrnn.training.trainer import Step

CELLS = 5_000  # of a heatmap: as many as Altair puts into a chart
POINTS = 1_000  # of a curve, so that a long training does not make a notebook large
SIGNED = ["#8F4200", "#E08A2E", "#F4F3EF", "#5B9BD5", "#124A86"]  # safe for colour-blind readers


def losses(steps: Sequence[Step]) -> alt.LayerChart:
    """The loss over the steps that a trainer reported: of each window, and smoothed; in nats per character."""
    frame = pd.DataFrame(steps[:: -(-len(steps) // POINTS) or 1])
    x = alt.X("step:Q", title="training steps")
    points = (
        alt.Chart(frame).mark_circle(size=6, opacity=0.3).encode(x=x, y=alt.Y("loss:Q", title="nats per character"))
    )
    return points + alt.Chart(frame).mark_line().encode(x=x, y="smooth_loss:Q", tooltip=["step", "smooth_loss"])


def surprise(strip: Strip, vocabulary: Vocabulary) -> alt.LayerChart:
    """How surprising each character of a text was, in bits, and what was expected in its place."""
    frame = pd.DataFrame({"place": range(len(strip.came)), "came": list(vocabulary.decode(strip.came))})
    frame["bits"], frame["expected"] = strip.surprise, list(vocabulary.decode(strip.guess))
    bars = alt.Chart(frame).encode(x=alt.X("place:O", axis=None)).properties(width=alt.Step(11))
    shown = bars.mark_bar().encode(y=alt.Y("bits:Q"), tooltip=["came", "expected", "bits"])
    return shown + bars.mark_text(baseline="top", dy=3, font="monospace").encode(y=alt.datum(0), text="came")


def states(hidden: Array, text: str) -> alt.Chart:
    """What units held, of `hidden` (N, H), after each of the N characters of a text: those that vary most."""
    units = most_varying(hidden, max(1, CELLS // len(text)))
    place, row = (grid.ravel() for grid in np.indices((len(text), len(units))))
    frame = pd.DataFrame({"place": place, "unit": units[row], "value": hidden[:, units].ravel()})
    frame["character"] = np.array(list(text))[place]
    scale = alt.Scale(domain=np.linspace(-1, 1, len(SIGNED)).tolist(), range=SIGNED, clamp=True)
    return (
        alt.Chart(frame)
        .mark_rect()
        .encode(
            x=alt.X("place:O", title=None, axis=None),
            y=alt.Y("unit:O", axis=None),
            color=alt.Color("value:Q", scale=scale),
            tooltip=["character", "unit", "value"],
        )
        .properties(width=alt.Step(11), height=alt.Step(max(1, 240 // len(units))))
    )
