"""The chart of several runs' losses beside one another."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from charrnn.dashboard.charts.look import RUNS, Built, apart, ends, named
from charrnn.dashboard.charts.loss_axes import (
    AT,
    LINE,
    LOSS,
    MEASURES,
    TITLES,
    Across,
    Unit,
    corners,
    place,
    said,
    width_of,
)
from charrnn.dashboard.language import _

HEIGHT = 290  # CSS pixels, axes and legend included
PLOT = 200  # of which the plot has about so many
ROOM = 1.03  # of the axis, for the letters at the ends of lines


def compared_chart(unit: Unit = "nats", across: Across = "step", log: bool = False) -> Built:
    """Several runs: the smoothed loss of each as a line, the held-out one as points, a letter at each line's end."""
    colour = alt.Color("run:N", scale=alt.Scale(range="category"), legend=alt.Legend(title=None))

    def drawn(chart: alt.Chart) -> alt.Chart:
        return chart.encode(x=AT, y=LOSS, color=colour)

    def told_of(column: str, title: str) -> list[alt.Tooltip]:
        return [alt.Tooltip("run:N", title=_("run")), *said((column, title))]

    return alt.layer(
        corners(unit, across, log),
        drawn(named("losses").mark_line(strokeWidth=2)).encode(tooltip=told_of("smoothed", _("smoothed, nats"))),
        drawn(named("held_out").mark_circle(size=32, opacity=1)).encode(
            tooltip=told_of("held_out", _("held out, nats"))
        ),
        drawn(named("ends").mark_text(align="left", dx=6, fontWeight="bold", fontSize=12)).encode(text="run:N"),
    ).properties(
        height=HEIGHT,
        description=_(
            "Lines over {axis}: the smoothed loss of each run, with points for its loss on held-out text.",
            axis=TITLES[across],
        ),
    )


def compared_data(
    losses: Sequence[pd.DataFrame], unit: Unit = "nats", across: Across = "step", log: bool = False
) -> dict[str, pd.DataFrame]:
    """Frames as `losses_data` takes them, one a run; letters stand at their ends, and not on one another."""
    frames = [
        frame.assign(run=letter, at=place(frame[across].to_numpy(float), across, log))
        for letter, frame in zip(RUNS, losses, strict=False)
    ]
    frame = pd.concat(frames, ignore_index=True).dropna(subset="at")
    of = MEASURES[unit].of

    def rows(column: str, frame: pd.DataFrame = frame) -> pd.DataFrame:
        known = frame.dropna(subset=column)[["run", *TITLES, "at", column]]
        return known.assign(loss=of(known[column])).reset_index(drop=True)

    floor, top = ends(frame["smoothed"], frame["held_out"])
    last = pd.concat([each.dropna(subset=["at", "smoothed"]).tail(1) for each in frames], ignore_index=True)
    last["letter"] = apart(last["smoothed"], LINE * (top - floor) / PLOT, floor, top)
    axis = width_of(frame["at"], across, log) * (1, ROOM)
    return {
        "losses": rows("smoothed"),
        "held_out": rows("held_out"),
        "ends": rows("letter", last),
        "corners": pd.DataFrame({"at": axis, "loss": of(np.array([floor, top]))}),
    }
