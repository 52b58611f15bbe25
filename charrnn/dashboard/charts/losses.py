"""The chart of a run's losses over its training, beside what they are compared to."""

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from charrnn.dashboard.charts.look import RUNS, SMALL, Built, Colours, apart, named, told
from charrnn.dashboard.charts.loss_axes import (
    AT,
    LINE,
    LOSS,
    MEASURES,
    TITLES,
    Across,
    Measure,
    Unit,
    corners,
    place,
    said,
    width_of,
)
from charrnn.dashboard.language import _
from charrnn.network.parameters import Array
from charrnn.sentence import Sentence

SHORT = {  # where room is short
    "blind guess": Sentence("blind"),
    "counting letters": Sentence("letters"),
    "counting pairs": Sentence("pairs"),
    "counting triples": Sentence("triples"),
    "file compression": Sentence("compression"),
    "exact entropy": Sentence("exact"),
}
HEIGHT, LOW = 250, 118  # CSS pixels, axes and legend included; the lower on a projector
PLOT, LOW_PLOT = 160, 66  # of which the plot has about so many, and in width at least about so many:
NARROW = 220
LETTER = 5.5  # its pixels for each character
ROWS = 3  # of labels of marks, one above the other
POINTED = 60  # places at most that can be pointed at


def loss_chart(unit: Unit = "choices", across: Across = "step", log: bool = True, low: bool = False) -> Built:
    """A run's loss: all windows as a band, smoothed, on held-out text; baselines; marks where a setting was changed.

    Units and places are the data's: the browser only draws. Where it is low, its axes have no titles.
    """
    colours = Colours(A=_("smoothed"), muted=_("each step"), accent=_("held out"))
    losses = named("losses").encode(x=AT)
    band = losses.mark_area(opacity=0.25, tooltip=None).encode(y="low:Q", y2="high:Q")
    # Where a point is a single step the band has no height: early on it is the first of these lines.
    lowest = losses.mark_line(opacity=0.6, strokeWidth=1, tooltip=None).encode(y="low:Q")
    highest = losses.mark_line(opacity=0.3, strokeWidth=1, tooltip=None).encode(y="high:Q")
    line = losses.mark_line(strokeWidth=2, tooltip=None).encode(y="smoothed:Q")
    dots = (
        named("held_out")
        .mark_circle(size=32, opacity=1)
        .encode(x=AT, y=LOSS, tooltip=said(("held_out", _("held out, nats"))))
    )
    return alt.layer(
        corners(unit, across, log, titled=not low),
        colours.paint(band, "muted"),
        colours.paint(lowest, "muted"),
        colours.paint(highest, "muted"),
        *(colours.paint(part, "muted") for part in _baselines()),
        colours.paint(line, RUNS[0]),
        colours.paint(dots, "accent"),
        *(colours.paint(part, "mark") for part in _marks()),
        colours.paint(_pointed(), RUNS[0]),
    ).properties(
        height=LOW if low else HEIGHT,
        description=_(
            "Lines over {axis}: the loss of every step as a band, smoothed as a line, on held-out text "
            "as points, beside what it is compared to.",
            axis=TITLES[across],
        ),
    )


def losses_data(
    losses: pd.DataFrame,
    baselines: Sequence[tuple[str, float]],
    marks: pd.DataFrame,
    blind: float,
    unit: Unit = "choices",
    across: Across = "step",
    log: bool = True,
    low: bool = False,
) -> dict[str, pd.DataFrame]:
    """`losses` has a row a point with step, characters, seconds, and in nats smoothed, low, high and held_out, NaN
    where there is none; `marks` step, characters, seconds and label; baselines are names with their nats.

    All but what is said of points is in the unit, `at` is the place on the axis, and the band's top is cut where it
    would flatten the rest.
    """
    of, column = MEASURES[unit].of, {str(name): losses[name].to_numpy(float) for name in losses}
    at = place(column[across], across, log)
    known, measured = (np.flatnonzero(np.isfinite(at + column[name])) for name in ("smoothed", "held_out"))
    pointed = known[_spread(at[known], log)]
    floor, top = _whole(column, [nats for _, nats in baselines], blind)
    ends = width_of(at, across, log)

    def rows(chosen: Array, loss: str, *names: str) -> dict[str, Array]:
        places = {"at": at[chosen], "loss": of(column[loss][chosen])}
        return places | {name: column[name][chosen] for name in (*TITLES, *names)}

    highest = np.minimum(column["high"], top)
    in_units = {f"in_{name}": each.of(column["smoothed"][pointed]) for name, each in MEASURES.items()}
    shown = {"low": column["low"], "high": highest, "smoothed": column["smoothed"]}
    return {
        "losses": pd.DataFrame({"at": at[known]} | {name: of(values[known]) for name, values in shown.items()}),
        "held_out": pd.DataFrame(rows(measured, "held_out", "held_out")),
        "points": pd.DataFrame(rows(pointed, "smoothed", "low", "high") | in_units),
        "corners": pd.DataFrame({"at": ends, "loss": of(np.array([floor, top]))}),
        "baselines": _levels(baselines, MEASURES[unit], floor, top, LOW_PLOT if low else PLOT),
        "marks": _told_apart(marks, ends, across, log),
    }


def _levels(
    baselines: Sequence[tuple[str, float]], measure: Measure, floor: float, top: float, pixels: int
) -> pd.DataFrame:
    """Baselines, with where each label stands and what it says, in a plot that is so high."""
    names = [name for name, _ in baselines]
    nats = np.array([nats for _, nats in baselines], float)
    gap = LINE * (top - floor) / pixels
    return pd.DataFrame(
        {
            "name": np.array([_(name) for name in names], object),
            "short": np.array([_(SHORT.get(name, name)) for name in names], object),
            "written": np.array([measure.written(loss) for loss in measure.of(nats)], object),
            "nats": nats,
            "loss": measure.of(nats),
            "beside": measure.of(apart(nats, gap, floor + gap / 2, top - gap / 2)),
        }
    )


def _spread(at: Array, log: bool) -> Array:
    """Which of places in their order can be pointed at: the nearest to `POINTED` even ones, and so the last."""
    if not len(at):
        return np.empty(0, int)
    places = np.log(at) if log else at
    wanted = np.linspace(places[0], places[-1], POINTED)
    return np.unique(np.searchsorted(places, wanted))


def _whole(losses: Mapping[str, Array], baselines: Sequence[float], blind: float) -> tuple[float, float]:
    """From below the least to above the greatest of all but the band's top: a few wild steps flatten nothing."""
    shown = np.concatenate([losses["smoothed"], losses["held_out"], [blind]])
    shown = shown[np.isfinite(shown)]
    least, most = min([*shown, *baselines]), np.nanmax([*shown, *losses["low"]])
    span = max(most - least, 0.3)
    return max(0.0, float(least - 0.07 * span)), float(max(most, 0.3) + 0.12 * span)


def _told_apart(marks: pd.DataFrame, axis: Array, across: Across, log: bool) -> pd.DataFrame:
    """Marks with the row in which each label has room, and on which side; else the tooltip alone tells of it."""
    first, last = np.log(axis) if log else axis
    places = np.maximum(place(marks[across].to_numpy(float), across, log), axis[0])
    shares = ((np.log(places) if log else places) - first) / max(last - first, 1e-9)
    taken = [-np.inf] * ROWS
    rows, lefts, shown = [], [], []
    for share, label in zip(shares, marks["label"], strict=True):
        room = LETTER * len(label) / NARROW
        left = share + room > 1
        begins, over = (share - room, share) if left else (share, share + room)
        row = next((row for row in range(ROWS) if taken[row] < begins), None)
        if row is not None:
            taken[row] = over + 0.02
        rows.append(row or 0)
        lefts.append(left)
        shown.append("" if row is None else label)
    more = {"at": places, "row": np.array(rows, int), "left": np.array(lefts, bool), "shown": np.array(shown, object)}
    return pd.DataFrame({name: marks[name].to_numpy() for name in marks} | more)


def _baselines() -> list[alt.Chart]:
    """Dashed lines, with their labels beside the plot: there they lie neither on the curve nor on each other."""
    levels = named("baselines").transform_calculate(
        said=f"(width < {2 * NARROW} ? datum.short : datum.name) + ' ' + datum.written"
    )
    end = {"expr": "width + 5"}
    tooltip = told(name=(_("beside"), ""), nats=(_("nats"), ".4f"))
    return [
        levels.mark_rule(strokeDash=[4, 3], opacity=0.8).encode(y=LOSS, tooltip=tooltip),
        levels.mark_rule(opacity=0.6, clip=False).encode(
            x=alt.XValue({"expr": "width"}), x2=alt.X2Value(end), y=LOSS, y2="beside:Q", tooltip=tooltip
        ),
        levels.mark_text(align="left", fontSize=SMALL, dx=2, clip=False).encode(
            x=alt.XValue(end), y="beside:Q", text="said:N", tooltip=tooltip
        ),
    ]


def _marks() -> list[alt.Chart]:
    """Upright lines where a setting was changed, or what is looked back at."""
    marks, tooltip = named("marks"), told(label=(_("here"), ""), step=(_("step"), ","))
    left = "datum.left ? 'right' : 'left'"
    text: dict[str, Any] = {
        "align": {"expr": left},
        "dx": {"expr": "datum.left ? -4 : 4"},
        "dy": {"expr": f"datum.row * {LINE}"},
    }
    return [
        marks.mark_rule(strokeDash=[2, 2]).encode(x=AT, tooltip=tooltip),
        marks.mark_text(fontSize=SMALL, baseline="top", **text).encode(
            x=AT, y=alt.value(2), text="shown:N", tooltip=tooltip
        ),
    ]


def _pointed() -> alt.Chart:
    """What is known at the point nearest to the pointer, in all units."""
    pointed = alt.selection_point(
        name="pointed", nearest=True, on="pointerover", clear="pointerout", encodings=["x"], empty=False
    )
    known = told(
        step=(_("step"), ","),
        in_choices=(_("hesitates between"), ".3~g"),
        in_nats=(_("smoothed, nats"), ".4f"),
        in_bits=(_("smoothed, bits"), ".4f"),
        low=(_("each step, from, nats"), ".4f"),
        high=(_("to, nats"), ".4f"),
        characters=(_("characters"), ",.0f"),
        seconds=(_("seconds"), ",.1f"),
    )
    return (
        named("points")
        .mark_point(filled=True, size=60)
        .encode(x=AT, y=LOSS, opacity=alt.when(pointed).then(alt.value(1)).otherwise(alt.value(0)), tooltip=known)
        .add_params(pointed)
    )
