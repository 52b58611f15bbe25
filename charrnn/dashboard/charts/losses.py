"""The charts of losses: a run's over its training, beside what it is compared to, and several runs'.

Frames hold nats per character; the chart says them in the unit that is chosen.
"""

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from charrnn.dashboard.charts.look import (
    COUNTS,
    POWERS,
    ROUND,
    RUNS,
    SMALL,
    Built,
    Colours,
    apart,
    ends,
    named,
    quantity,
    told,
)
from charrnn.network.rnn import Array

Unit = Literal["choices", "nats", "bits"]
Across = Literal["step", "characters", "seconds"]


class Measure(NamedTuple):
    """A unit of the loss: what the axis says, how a loss in nats becomes one, and how it is written."""

    title: str
    of: str
    written: str


MEASURES: dict[Unit, Measure] = {
    "choices": Measure(
        "hesitates between so many characters",
        "exp(min({0}, 600))",
        "{0} >= 1e6 ? format({0}, '.1e') : format({0}, {0} < 10 ? '.1f' : '.0f')",
    ),
    "nats": Measure("loss, nats a character", "{0}", "format({0}, '.2f')"),
    "bits": Measure("loss, bits a character", "({0} / LN2)", "format({0}, '.2f')"),
}
TITLES: dict[Across, str] = {
    "step": "training steps",
    "characters": "characters read",
    "seconds": "seconds of training",
}
SHORT = {  # where room is short
    "blind guess": "blind",
    "counting letters": "letters",
    "counting pairs": "pairs",
    "counting triples": "triples",
    "file compression": "compression",
    "exact entropy": "exact",
}
CHOICES = [*(k * 10**n for n in range(3) for k in (1, 2, 3, 5)), *(10.0**n for n in (3, *range(5, 261, 5)))]
HEIGHT = 250  # CSS pixels, axes and legend included
PLOT = 160  # of which the plot has about so many, and in width at least about so many:
NARROW = 220
LINE = 13  # pixels of a line of small text
LETTER = 5.5  # its pixels for each character
ROWS = 3  # of labels of marks, one above the other
POINTED = 160  # places at most that can be pointed at


def loss_chart(unit: Unit = "choices", across: Across = "step", log: bool = True) -> Built:
    """A run's loss: all windows as a band, smoothed, on held-out text; baselines; marks where a setting was changed."""
    colours = Colours(A="smoothed", muted="each step", accent="held out")
    x, measured = _across(across, log), _measured(unit)
    losses = _placed(named("losses"), across, log)

    def of(column: str, chart: alt.Chart = losses) -> alt.Chart:
        known = chart.transform_filter(f"isValid(datum.{column})")
        return known.transform_calculate(loss=MEASURES[unit].of.format(f"datum.{column}"))

    band = (
        of("low")
        .transform_calculate(top=MEASURES[unit].of.format("datum.shown_high"))
        .mark_area(opacity=0.25, tooltip=None)
        .encode(x=x, y=measured, y2="top:Q")
    )
    edges = band.mark_rule(opacity=0.35, strokeWidth=0.8, tooltip=None)
    # Where a point is a single step the band has no height: early on it is this line.
    lowest = of("low").mark_line(opacity=0.6, strokeWidth=1, tooltip=None).encode(x=x, y=measured)
    line = of("smoothed").mark_line(strokeWidth=2, tooltip=None).encode(x=x, y=measured)
    dots = (
        of("held_out")
        .mark_circle(size=32, opacity=1)
        .encode(x=x, y=measured, tooltip=_said(("held_out", "held out, nats")))
    )
    return alt.layer(
        _corners(x, measured, across, unit),
        colours.paint(band, "muted"),
        colours.paint(edges, "muted"),
        colours.paint(lowest, "muted"),
        *(colours.paint(part, "muted") for part in _baselines(unit)),
        colours.paint(line, RUNS[0]),
        colours.paint(dots, "accent"),
        *(colours.paint(part, "mark") for part in _marks(x, across, log)),
        colours.paint(_pointed(of("smoothed"), x, measured), RUNS[0]),
    ).properties(
        height=HEIGHT,
        description=f"Lines over {TITLES[across]}: the loss of every step as a band, smoothed as a line, on held-out "
        "text as points, beside what it is compared to.",
    )


def losses_data(
    losses: pd.DataFrame,
    baselines: Sequence[tuple[str, float]],
    marks: pd.DataFrame,
    blind: float,
    across: Across = "step",
    log: bool = True,
) -> dict[str, pd.DataFrame]:
    """`losses` has a row a point with step, characters, seconds, and in nats smoothed, low, high and held_out, NaN
    where there is none; `marks` step, characters, seconds and label; baselines are names with their nats."""
    frame = losses.copy()
    floor, top = _whole(frame, [nats for _, nats in baselines], blind)
    frame["shown_high"] = frame["high"].clip(upper=top)
    corners = {"loss": [floor, top]}
    for name in TITLES:
        later = frame[name].to_numpy(float)
        later = later[later > 0]
        corners[name] = [later.min(), later.max()] if later.size else [1.0, 100.0]
    corners["step"] = [1.0, max(100.0, corners["step"][1])]
    gap = LINE * (top - floor) / PLOT
    levels = pd.DataFrame(baselines, columns=["name", "nats"]).astype({"name": str, "nats": float})
    levels["short"] = [SHORT.get(name, name) for name in levels["name"]]
    levels["label"] = apart(levels["nats"], gap, floor + gap / 2, top - gap / 2)
    placed = _told_apart(marks, np.array(corners[across]), across, log)
    return {"losses": frame, "corners": pd.DataFrame(corners), "baselines": levels, "marks": placed}


def _whole(losses: pd.DataFrame, baselines: Sequence[float], blind: float) -> tuple[float, float]:
    """From below the least to above the greatest of all but the band's top: a few wild steps flatten nothing."""
    shown = np.concatenate([losses["smoothed"], losses["held_out"], [blind]]).astype(float)
    shown = shown[np.isfinite(shown)]
    least, most = min([*shown, *baselines]), np.nanmax([*shown, *losses["low"]])
    span = max(most - least, 0.3)
    return max(0.0, float(least - 0.07 * span)), float(max(most, 0.3) + 0.12 * span)


def _told_apart(marks: pd.DataFrame, axis: Array, across: Across, log: bool) -> pd.DataFrame:
    """Marks with the row in which each label has room, and on which side; else the tooltip alone tells of it."""
    first, last = np.log(axis) if log else axis
    spot = marks[across].astype(float).clip(lower=float(axis[0]))
    share = ((np.log(spot) if log else spot) - first) / max(last - first, 1e-9)
    taken = [-np.inf] * ROWS
    rows, lefts, shown = [], [], []
    for at, label in zip(share, marks["label"], strict=True):
        room = LETTER * len(label) / NARROW
        left = at + room > 1
        begins, over = (at - room, at) if left else (at, at + room)
        row = next((row for row in range(ROWS) if taken[row] < begins), None)
        if row is not None:
            taken[row] = over + 0.02
        rows.append(row or 0)
        lefts.append(left)
        shown.append("" if row is None else label)
    return marks.assign(row=np.array(rows, int), left=np.array(lefts, bool), shown=np.array(shown, str))


def _across(across: Across, log: bool) -> alt.X:
    round_ones: dict[str, Any] = {"values": ROUND} if log and across != "seconds" else {}
    return quantity(alt.X, "at", TITLES[across], log=log, labelExpr=COUNTS, **round_ones)


def _placed(chart: alt.Chart, across: Across, log: bool) -> alt.Chart:
    """With where a row stands: on a logarithmic axis step 0 stands at 1, and what took no time nowhere."""
    if not log:
        return chart.transform_calculate(at=f"datum.{across}")
    if across == "step":
        return chart.transform_calculate(at="max(1, datum.step)")
    return chart.transform_filter(f"datum.{across} > 0").transform_calculate(at=f"datum.{across}")


def _measured(unit: Unit) -> alt.Y:
    log = unit == "choices"  # what one hesitates between is e to the loss: so both are alike
    axis: dict[str, Any] = {"labelExpr": POWERS, "values": CHOICES} if log else {"format": "~f"}
    return quantity(alt.Y, "loss", MEASURES[unit].title, log=log, **axis)


def _corners(x: alt.X, y: alt.Y, across: Across, unit: Unit) -> alt.Chart:
    """What the axes hold at least; nobody sees it."""
    placed = named("corners").transform_calculate(at=f"datum.{across}", loss=MEASURES[unit].of.format("datum.loss"))
    return placed.mark_point(opacity=0, tooltip=None).encode(x=x, y=y)


def _said(*more: tuple[str, str]) -> list[alt.Tooltip]:
    counts = {"step": ("step", ","), "characters": ("characters", ",.0f"), "seconds": ("seconds", ",.1f")}
    return told(**counts, **{column: (title, ".4f") for column, title in more})


def _baselines(unit: Unit) -> list[alt.Chart]:
    """Dashed lines, with their labels beside the plot: there they lie neither on the curve nor on each other."""
    of = MEASURES[unit].of
    y = alt.Y("loss:Q")
    written = MEASURES[unit].written.format("datum.loss")
    levels = named("baselines").transform_calculate(
        loss=of.format("datum.nats"),
        beside=of.format("datum.label"),
        said=f"(width < {2 * NARROW} ? datum.short : datum.name) + ' ' + ({written})",
    )
    tooltip = told(name=("beside", ""), nats=("nats", ".4f"))
    end = {"expr": "width + 5"}
    return [
        levels.mark_rule(strokeDash=[4, 3], opacity=0.8).encode(y=y, tooltip=tooltip),
        levels.mark_rule(opacity=0.6, clip=False).encode(
            x=alt.XValue({"expr": "width"}), x2=alt.X2Value(end), y=y, y2="beside:Q", tooltip=tooltip
        ),
        levels.mark_text(align="left", fontSize=SMALL, dx=2, clip=False).encode(
            x=alt.XValue(end), y=alt.Y("beside:Q"), text="said:N", tooltip=tooltip
        ),
    ]


def _marks(x: alt.X, across: Across, log: bool) -> list[alt.Chart]:
    """Upright lines where a setting was changed, or what is looked back at."""
    marks, tooltip = _placed(named("marks"), across, log), told(label=("here", ""), step=("step", ","))
    left = "datum.left ? 'right' : 'left'"
    text: dict[str, Any] = {
        "align": {"expr": left},
        "dx": {"expr": "datum.left ? -4 : 4"},
        "dy": {"expr": f"datum.row * {LINE}"},
    }
    return [
        marks.mark_rule(strokeDash=[2, 2]).encode(x=x, tooltip=tooltip),
        marks.mark_text(fontSize=SMALL, baseline="top", **text).encode(
            x=x, y=alt.value(2), text="shown:N", tooltip=tooltip
        ),
    ]


def _pointed(losses: alt.Chart, x: alt.X, y: alt.Y) -> alt.Chart:
    """What is known at the point nearest to the pointer, in all units."""
    every = f"datum.k % max(1, ceil(datum.n / {POINTED})) == 0"
    pointed = alt.selection_point(
        name="pointed", nearest=True, on="pointerover", clear="pointerout", encodings=["x"], empty=False
    )
    units = {f"in_{unit}": measure.of.format("datum.smoothed") for unit, measure in MEASURES.items()}
    said = told(
        step=("step", ","),
        in_choices=("hesitates between", ".3~g"),
        in_nats=("smoothed, nats", ".4f"),
        in_bits=("smoothed, bits", ".4f"),
        low=("each step, from, nats", ".4f"),
        high=("to, nats", ".4f"),
        characters=("characters", ",.0f"),
        seconds=("seconds", ",.1f"),
    )
    thinned = (
        losses.transform_calculate(**units).transform_window(k="row_number()").transform_joinaggregate(n="count()")
    )
    return (
        thinned.transform_filter(every)
        .mark_point(filled=True, size=60)
        .encode(x=x, y=y, opacity=alt.when(pointed).then(alt.value(1)).otherwise(alt.value(0)), tooltip=said)
        .add_params(pointed)
    )


def compared_chart(unit: Unit = "nats", across: Across = "step", log: bool = False) -> Built:
    """Several runs: the smoothed loss of each as a line, the held-out one as points, a letter at each line's end."""
    x, y = _across(across, log), _measured(unit)
    colour = alt.Color("run:N", scale=alt.Scale(range="category"), legend=alt.Legend(title=None))

    def of(column: str, data: str = "losses") -> alt.Chart:
        known = _placed(named(data), across, log).transform_filter(f"isValid(datum.{column})")
        return known.transform_calculate(loss=MEASURES[unit].of.format(f"datum.{column}"))

    said = [alt.Tooltip("run:N"), *_said(("smoothed", "smoothed, nats"))]
    held = [alt.Tooltip("run:N"), *_said(("held_out", "held out, nats"))]
    return alt.layer(
        of("smoothed").mark_line(strokeWidth=2).encode(x=x, y=y, color=colour, tooltip=said),
        of("held_out").mark_circle(size=32, opacity=1).encode(x=x, y=y, color=colour, tooltip=held),
        of("letter", "ends")
        .mark_text(align="left", dx=6, fontWeight="bold", fontSize=12)
        .encode(x=x, y=y, text="run:N", color=colour),
    ).properties(
        height=290,
        description=f"Lines over {TITLES[across]}: the smoothed loss of each run, with points for its loss on held-out "
        "text.",
    )


def compared_data(losses: Sequence[pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Frames as `losses_data` takes them, one a run; letters stand at their ends, and not on one another."""
    frames = [frame.assign(run=letter) for letter, frame in zip(RUNS, losses, strict=False)]
    frame = pd.concat(frames, ignore_index=True)
    floor, top = ends(frame["smoothed"], frame["held_out"])
    known = [each[each["smoothed"].notna()].tail(1) for each in frames]
    last = pd.concat(known, ignore_index=True)
    last["letter"] = apart(last["smoothed"], LINE * (top - floor) / 200, floor, top)
    return {"losses": frame, "ends": last[["run", *TITLES, "letter"]]}


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
