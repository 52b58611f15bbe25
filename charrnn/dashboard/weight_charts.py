"""The charts of the weights: histograms over time, saturation and gradients over time, characters as points."""

from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa

from charrnn.dashboard.inside_charts import COLOURS, bare, rows
from charrnn.dashboard.words import visible
from charrnn.insight.weights import Embedding, Histogram, kinds
from charrnn.network.rnn import Array

KINDS = ["vowel", "consonant", "capital", "digit", "punctuation", "space"]
KIND_COLOURS = {
    "light": ["#EA6A02", "#3B6FE0", "#9A318D", "#2C745D", "#5B626B", "#A30104"],
    "dark": ["#FFA24D", "#7FA2FF", "#FF8FFB", "#18B582", "#9AA3AD", "#EBDD26"],
}
OVER_TIME = {"saturated": "share", "clipped": "share", "norm": "norm"}


@cache
def histogram_spec(theme: str) -> dict[str, Any]:
    """How one array's entries are spread, a line for each stored step: pale the early ones, strong the present."""
    colour = COLOURS[theme]
    x = alt.X("value:Q", title="value of an entry", scale=alt.Scale(nice=False))
    y = alt.Y("share:Q", title="share of the entries", axis=alt.Axis(format="%", tickCount=4))
    tooltip = [alt.Tooltip("label:N", title="step"), alt.Tooltip("value:Q", format=".3f")]
    age = alt.Opacity("age:Q", scale=alt.Scale(domain=[0, 1], range=[0.15, 0.6]), legend=None)
    old = rows().transform_filter(alt.datum.age < 1)
    new = rows().transform_filter(alt.datum.age == 1)
    layers = [
        old.mark_line(color=colour["muted"], interpolate="step").encode(
            x=x, y=y, opacity=age, detail="label:N", tooltip=tooltip
        ),
        new.mark_area(color=colour["accent"], opacity=0.2, interpolate="step").encode(x=x, y=y),
        new.mark_line(color=colour["accent"], strokeWidth=2, interpolate="step").encode(x=x, y=y, tooltip=tooltip),
    ]
    return bare(alt.layer(*layers), 240)


def histogram_table(steps: list[int], spread: list[Histogram]) -> pa.Table:
    """Rows for each step's histogram, the last one being the one that is shown; all over the same edges."""
    centres = (spread[0].edges[1:] + spread[0].edges[:-1]) / 2
    bins, n = len(centres), len(spread)
    shares = [histogram.counts / max(1, histogram.counts.sum()) for histogram in spread]
    return pa.table(
        {
            "value": np.tile(centres, n).astype(np.float32),
            "share": np.concatenate(shares).astype(np.float32),
            "age": np.repeat([i / max(1, n - 1) if n > 1 else 1.0 for i in range(n)], bins),
            "label": np.repeat([f"{step:,}" for step in steps], bins),
        }
    )


@cache
def over_time_spec(kind: str, theme: str) -> dict[str, Any]:
    """One figure of the kinds in OVER_TIME over the stored steps."""
    colour = COLOURS[theme]
    x = alt.X(
        "step:Q",
        title="training steps",
        scale=alt.Scale(type="log", nice=False),
        axis=alt.Axis(format="~s", tickCount=5),
    )
    share = OVER_TIME[kind] == "share"
    scale = alt.Scale(domain=[0, 1]) if kind == "saturated" else alt.Scale(zero=True)
    y = alt.Y("value:Q", title=None, scale=scale, axis=alt.Axis(format="%" if share else "~s", tickCount=4))
    tooltip = [alt.Tooltip("step:Q", format=","), alt.Tooltip("value:Q", format=".1%" if share else ".3f")]
    line = rows().mark_line(color=colour["line"], point={"color": colour["line"], "size": 30})
    return bare(line.encode(x=x, y=y, tooltip=tooltip), 130)


def over_time_table(steps: list[int], values: list[float]) -> pa.Table:
    """Rows for a figure over steps; step 0 stands at 1, where a logarithmic axis begins."""
    return pa.table({"step": [max(step, 1) for step in steps], "value": np.array(values, np.float32)})


@cache
def embedding_spec(theme: str) -> dict[str, Any]:
    """The characters at their two principal components, coloured by what they are."""
    scale = alt.Scale(domain=KINDS, range=KIND_COLOURS[theme])
    axis = alt.Axis(tickCount=4, labels=False, ticks=False)
    x = alt.X("x:Q", title="first principal component", axis=axis)
    y = alt.Y("y:Q", title="second", axis=axis)
    colour = alt.Color(
        "kind:N", scale=scale, legend=alt.Legend(title=None, orient="top", symbolType="square", columns=3)
    )
    tooltip = [alt.Tooltip("character:N"), alt.Tooltip("kind:N")]
    text = rows().mark_text(fontSize=16, fontWeight="bold").encode(x=x, y=y, text="character:N", color=colour)
    points = rows().mark_point(filled=True, size=160, opacity=0.01).encode(x=x, y=y, tooltip=tooltip)
    return bare(alt.layer(points, text), 340)


def embedding_table(characters: str, found: Embedding) -> pa.Table:
    """A row for each character."""
    points: Array = found.points.astype(np.float32)
    signs = [visible(character) for character in characters]
    return pa.table({"character": signs, "kind": kinds(characters), "x": points[:, 0], "y": points[:, 1]})
