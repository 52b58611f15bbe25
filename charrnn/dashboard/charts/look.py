"""The look of all charts: what each colour stands for, axes and legends, and labels that keep apart.

Which of the two themes is on is known to the browser alone, so a chart names a colour by its place in the theme's
`chartCategoricalColors` (.streamlit/config.toml), which are safe for colour-blind readers; fonts, axes and grid are the
theme's too. Charts read their numbers from named data and hold none themselves: the same options, the same chart.
"""

from typing import Any

import altair as alt
import numpy as np
from numpy.typing import ArrayLike

from charrnn.network.parameters import Array

RUNS = ("A", "B", "C", "D", "E", "F")  # runs beside one another; the first colour is also that of any single line
ROLES = (*RUNS, "accent", "muted", "mark", "gain", "vowel", "consonant")  # in the order of the theme's colours
SMALL = 11  # pixels of what is written within a chart
MARGIN = 0.05  # of what is drawn, left free above and below it
DOT = 4  # pixels: half the width of a dot, for which there is room at the ends of an axis
PADDING = {"left": 2, "right": 6, "top": 4, "bottom": 2}

CONFIG = {
    "mark": {"aria": False},  # a chart is told by its description and its table, not point by point
    "axis": {"labelPadding": 5, "titlePadding": 8, "labelFontSize": SMALL, "titleFontSize": 12},
    "legend": {
        **{"orient": "top", "direction": "horizontal", "title": None, "padding": 0, "offset": 6, "columnPadding": 12},
        **{
            "labelPadding": 4,
            "labelFontSize": 12,
            "labelLimit": 320,
            "symbolSize": 60,
            "symbolOpacity": 1,
            "rowPadding": 0,
        },
    },
}

# A power of ten as it is written by hand, 10⁻³; other numbers as they are. The browser knows no way to replace all
# digits in a text, so there is a term for each of three.
_EXPONENT = "round(log(datum.value) / LN10)"
_DIGITS = " + ".join(
    f"(abs({_EXPONENT}) >= {least} ? substring('⁰¹²³⁴⁵⁶⁷⁸⁹', {digit}, {digit} + 1) : '')"
    for least, digit in (
        (least, f"floor(abs({_EXPONENT}) / {ten}) % 10") for least, ten in ((100, 100), (10, 10), (0, 1))
    )
)
POWERS = (
    f"datum.value >= 0.01 && datum.value < 10000 ? format(datum.value, '~r') : "
    f"'10' + ({_EXPONENT} < 0 ? '⁻' : '') + {_DIGITS}"
)
Built = alt.Chart | alt.LayerChart | alt.FacetChart

ROUND = [k * 10**n for n in range(13) for k in (1, 2, 5)]
COUNTS = "datum.value == 0 ? '0' : format(datum.value, '~s')"  # 300, 1k, 1.5M


def named(data: str) -> alt.Chart:
    """A chart over the frame of this name."""
    return alt.Chart(alt.NamedData(data))


def key(*labels: str) -> alt.Legend:
    """A legend of these labels: in one row where there is room for it, else in as many columns as there is."""
    rooms = [34 + 6 * len(label) for label in labels]
    columns = f"width >= {sum(rooms)} ? {len(labels)} : max(1, floor(width / {max(rooms)}))"
    return alt.Legend(values=list(labels), columns={"expr": columns})


class Colours:
    """The colours of one chart: in its legend stand the roles that are given a label."""

    def __init__(self, **labels: str) -> None:
        self._order = [labels.get(role, f"({role})") for role in ROLES]
        scale = alt.Scale(domain=self._order, range="category")
        legend = key(*labels.values()) if labels else None
        self.by_series = alt.Color("series:N", scale=scale, legend=legend, title=None)

    def paint(self, chart: alt.Chart, role: str) -> alt.Chart:
        """The chart in the colour of a role."""
        series = self._order[ROLES.index(role)]
        return chart.transform_calculate(series=f"'{series}'").encode(color=self.by_series)


def quantity(
    channel: type, field: str, title: str | None, *, log: bool = False, zero: bool = False, ends: str = "", **axis: Any
) -> Any:
    """A numeric axis that ends where the numbers do; one with zero begins there and ends at a round number.

    With `ends` it ends where the two rows of the frame "corners" say in that column: the browser need not search all
    numbers for the least and the greatest, and has ends before it has any.
    """
    if log:
        power = "abs(log(datum.value) / LN10 - round(log(datum.value) / LN10)) < 1e-6"
        axis["gridOpacity"] = {"condition": {"test": power, "value": 1}, "value": 0.35}
    scale = alt.Scale(type="log", nice=False) if log else alt.Scale(zero=zero, nice=zero)
    if ends:
        corner = "length(data('corners')) > 1 ? data('corners')[{0}]." + ends + " : {0} + 1"
        scale.domain, scale.padding = [{"expr": corner.format(row)} for row in range(2)], DOT
    axis.setdefault("tickCount", 6)
    axis.setdefault("labelOverlap", "greedy")
    return channel(f"{field}:Q", title=title, scale=scale, axis=alt.Axis(**axis))


def told(**fields: tuple[str, str]) -> list[alt.Tooltip]:
    """What a point says: for each field a title and a format, "" for text."""
    return [
        alt.Tooltip(f"{field}:Q", title=title, format=form) if form else alt.Tooltip(f"{field}:N", title=title)
        for field, (title, form) in fields.items()
    ]


def ends(*values: ArrayLike, margin: float = MARGIN) -> tuple[float, float]:
    """The least and the greatest of some numbers, with some room beyond either."""
    known = np.concatenate([np.ravel(np.asarray(part, float)) for part in values] or [np.empty(0)])
    known = known[np.isfinite(known)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    room = margin * (high - low) or 0.5
    return low - room, high + room


def apart(wanted: ArrayLike, gap: float, low: float, high: float) -> Array:
    """Places for labels that would like to stand at `wanted`: as near to it as they can without touching.

    Any two are at least `gap` apart and in the order of their wishes. Labels that would touch form a group around the
    mean of their wishes, within [low, high] as far as all of them have room there.
    """
    wishes = np.asarray(wanted, float)
    order = np.argsort(wishes, kind="stable")
    groups: list[tuple[float, int]] = []  # the mean of the wishes, and how many

    def start(mean: float, size: int) -> float:
        return max(low, min(mean - (size - 1) * gap / 2, high - (size - 1) * gap))

    for wish in wishes[order]:
        mean, size = float(wish), 1
        while groups and start(*groups[-1]) + groups[-1][1] * gap > start(mean, size):
            before, many = groups.pop()
            mean, size = (before * many + mean * size) / (many + size), many + size
        groups.append((mean, size))
    placed = np.empty_like(wishes)
    placed[order] = [start(mean, size) + k * gap for mean, size in groups for k in range(size)]
    return placed
