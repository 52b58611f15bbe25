"""What charts of losses have in common: units, axes, places on them, and a run's losses as a frame.

Frames hold nats per character; the chart says them in the unit that is chosen.
"""

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from charrnn.dashboard.charts.look import COUNTS, POWERS, ROUND, named, quantity, told
from charrnn.dashboard.language import _, figure
from charrnn.network.parameters import Array
from charrnn.sentence import Sentence

Unit = Literal["choices", "nats", "bits"]
Across = Literal["step", "characters", "seconds"]


class Measure(NamedTuple):
    """A unit of the loss: what the axis says, what losses in nats are in it, and how one is written."""

    title: str
    of: Callable[[Any], Any]
    written: Callable[[float], str]


def _choices(nats: ArrayLike) -> Array:
    return np.exp(np.minimum(np.asarray(nats, float), 600))  # 32 bits would hold no more than e^88


def _counted(choices: float) -> str:
    if choices >= 1e6:
        return figure(choices, ".1e").replace("+0", "").replace("+", "")
    return figure(choices, ".1f" if choices < 10 else ".0f")


def _rounded(loss: float) -> str:
    return figure(loss, ".2f")


MEASURES: dict[Unit, Measure] = {
    "choices": Measure(Sentence("hesitates between so many characters"), _choices, _counted),
    "nats": Measure(Sentence("loss, nats a character"), lambda nats: nats, _rounded),
    "bits": Measure(Sentence("loss, bits a character"), lambda nats: nats / np.log(2), _rounded),
}
TITLES: dict[Across, str] = {
    "step": Sentence("training steps"),
    "characters": Sentence("characters read"),
    "seconds": Sentence("seconds of training"),
}
CHOICES = [*(k * 10**n for n in range(3) for k in (1, 2, 3, 5)), *(10.0**n for n in (3, *range(5, 261, 5)))]
AT, LOSS = "at:Q", "loss:Q"  # where a row of a frame stands
LINE = 13  # pixels of a line of small text


def across_axis(across: Across, log: bool, titled: bool = True) -> alt.X:
    round_ones: dict[str, Any] = {"values": ROUND} if log and across != "seconds" else {}
    title = _(TITLES[across]) if titled else None
    return quantity(alt.X, "at", title, log=log, ends="at", labelExpr=COUNTS, **round_ones)


def loss_axis(unit: Unit, titled: bool = True) -> alt.Y:
    log = unit == "choices"  # what one hesitates between is e to the loss: so both are alike
    axis: dict[str, Any] = {"labelExpr": POWERS, "values": CHOICES} if log else {"format": "~f"}
    return quantity(alt.Y, "loss", _(MEASURES[unit].title) if titled else None, log=log, ends="loss", **axis)


def corners(unit: Unit, across: Across, log: bool, titled: bool = True) -> alt.Chart:
    """What the axes hold; nobody sees it. The axes are this layer's alone, so that the browser reads them once."""
    points = named("corners").mark_point(opacity=0, tooltip=None)
    return points.encode(x=across_axis(across, log, titled), y=loss_axis(unit, titled))


def width_of(places: ArrayLike, across: Across, log: bool) -> Array:
    """Where the axis begins and ends that holds these places; over steps it has room for the first hundred."""
    known = np.asarray(places, float)
    known = known[np.isfinite(known)]
    first = 0.0 if not log else 1.0 if across == "step" or not known.size else known.min()
    last = known.max() if known.size else 100.0
    return np.array([first, max(last, 100.0 if across == "step" else 1.001 * first)])


def said(*more: tuple[str, str]) -> list[alt.Tooltip]:
    counts = {"step": (_("step"), ","), "characters": (_("characters"), ",.0f"), "seconds": (_("seconds"), ",.1f")}
    return told(**counts, **{column: (title, ".4f") for column, title in more})


def place(where: Array, across: Across, log: bool) -> Array:
    """Where something stands: on a logarithmic axis step 0 stands at 1, and what took no time nowhere, at NaN."""
    if not log:
        return where
    placed: Array = np.maximum(where, 1) if across == "step" else np.where(where > 0, where, np.nan)
    return placed


def losses_frame(
    steps: Array,
    smoothed: Array,
    low: Array,
    high: Array,
    held_out: Sequence[tuple[int, float]],
    characters_a_step: int,
    clock: Sequence[tuple[int, float]],
) -> pd.DataFrame:
    """A run's history (N,) and its held-out losses as one frame, a row a step; `clock` is (step, seconds so far)."""
    at = np.array([step for step, _ in held_out], int)
    every = np.union1d(steps, at)
    columns = along(every, characters_a_step, clock)
    losses = [loss for _, loss in held_out]
    for name, when, values in (
        ("smoothed", steps, smoothed),
        ("low", steps, low),
        ("high", steps, high),
        ("held_out", at, losses),
    ):
        columns[name] = np.full(len(every), np.nan, np.float32)
        columns[name][np.searchsorted(every, when)] = values
    return pd.DataFrame(columns)


def along(steps: ArrayLike, characters_a_step: int, clock: Sequence[tuple[int, float]]) -> dict[str, Array]:
    """Where steps lie on each of the axes; `clock` is (step, seconds of training so far)."""
    every = np.asarray(steps, int)
    seconds = np.interp(every, *np.array([(0, 0.0), *clock]).T)
    return {"step": every, "characters": every * characters_a_step, "seconds": seconds}
