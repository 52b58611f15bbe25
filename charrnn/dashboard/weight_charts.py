"""The charts of the weights: histograms over time, saturation and gradients over time, characters as points."""

import re
from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike

from charrnn.dashboard.components import Chart, Layer, Scale
from charrnn.dashboard.words import visible
from charrnn.insight.weights import Embedding, Histogram, kinds
from charrnn.network.rnn import Array

KINDS = ["vowel", "consonant", "capital", "digit", "punctuation", "space"]
KIND_COLOURS = {
    "light": ["#EA6A02", "#3B6FE0", "#9A318D", "#2C745D", "#5B626B", "#A30104"],
    "dark": ["#FFA24D", "#7FA2FF", "#FF8FFB", "#18B582", "#9AA3AD", "#EBDD26"],
}
FLAT = "There the tanh is flat: its slope is below 0.19, and little gradient passes."
PULL = "Over one window, before clipping: how strongly the weights are pulled."
MET = "Of every step, before clipping and at the clip then set; each point the mean since the one before."
CUT = "Those beyond the limit in force now (Learning, Clip)."


def histogram_chart(steps: list[int], spread: list[Histogram]) -> Chart:
    """How one array's entries are spread at each step, the last one being shown: pale the early ones, it strong."""
    edges = spread[0].edges
    centres = (edges[1:] + edges[:-1]) / 2
    shares = [histogram.counts / max(1, histogram.counts.sum()) for histogram in spread]
    pale = np.linspace(0.15, 0.6, len(spread) - 1)
    named = [(f"step {step:,}", share) for step, share in zip(steps, shares, strict=True)]
    layers = [
        Layer("steps", centres, share, name=name, colour="muted", strength=float(strength), width=1.25)
        for (name, share), strength in zip(named[:-1], pale, strict=True)
    ]
    if layers:
        layers[-1] = layers[-1]._replace(legend="stored steps, the earlier the paler")
    now, share = named[-1]
    layers.append(Layer("steps", centres, share, name=now, legend=now, colour="accent", filled=True))
    x = Scale("value of an entry", low=float(edges[0]), high=float(edges[-1]))
    y = Scale("share of the entries", "percent", low=0)
    return Chart("histogram", f"Histograms of {spread[0].name} at stored steps", x, y, layers, 300)


def over_time_charts(steps: list[int], saturated: list[float], norm: list[float], clipped: list[float]) -> list[Chart]:
    """Three figures over the stored steps, the last one said in the heading."""
    share = Scale("share of the values", "percent", low=0, high=1)
    return [
        _over_time(steps, saturated, share, "values with |h| > 0.9", f"{saturated[-1]:.1%}", FLAT),
        _over_time(steps, norm, Scale("norm", low=0), "norm of the gradient", f"{norm[-1]:.3g}", PULL),
        _over_time(
            steps,
            clipped,
            Scale("share of the entries", "percent", low=0),
            "entries that clipping would cut",
            f"{clipped[-1]:.1%}",
            CUT,
        ),
    ]


def as_met_charts(steps: Array, norm: Array, clipped: Array) -> list[Chart]:
    """What training itself met at all its steps: the gradient's norm, and how much of it was clipped."""
    share = Scale("share of the entries", "percent", low=0)
    return [
        _at_steps(steps, norm, Scale("norm", low=0), "norm of the gradient, as training met it", MET),
        _at_steps(steps, clipped, share, "entries that were clipped, as training met them", MET),
    ]


def _over_time(steps: list[int], values: list[float], y: Scale, title: str, now: str, note: str) -> Chart:
    """A figure at the stored steps, a dot at each."""
    described = _at_steps(steps, values, y, title, note)
    dots = Layer("dots", steps, values, name=title, width=6)
    line = described.layers[0]._replace(name="", width=2.0)
    return described._replace(heading=f"{title}: {now}", layers=[line, dots])


def _at_steps(steps: ArrayLike, values: ArrayLike, y: Scale, title: str, note: str) -> Chart:
    """A line over training steps; step 0 stands at 1, where a logarithmic axis begins."""
    x = Scale("training steps", "count", log=True, low=1, high=max(10.0, float(np.max(steps))))
    line = Layer("line", steps, values, name=title, width=1.5)
    name = re.sub(r"\W+", "-", title).strip("-")
    return Chart(name, f"{title}, over training steps", x, y, [line], 190, heading=title, note=note)


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
    rows = alt.Chart(alt.NamedData("table"))
    text = rows.mark_text(fontSize=16, fontWeight="bold").encode(x=x, y=y, text="character:N", color=colour)
    points = rows.mark_point(filled=True, size=160, opacity=0.01).encode(x=x, y=y, tooltip=tooltip)
    spec: dict[str, Any] = alt.layer(points, text).properties(height=340, width="container").to_dict(validate=False)
    for part in (
        spec,
        *spec["layer"],
    ):  # theme and data come from Streamlit: the chart is patched in place
        for name in ("config", "data", "datasets"):
            part.pop(name, None)
    return spec


def embedding_table(characters: str, found: Embedding) -> pa.Table:
    """A row for each character."""
    points: Array = found.points.astype(np.float32)
    signs = [visible(character) for character in characters]
    return pa.table({"character": signs, "kind": kinds(characters), "x": points[:, 0], "y": points[:, 1]})
