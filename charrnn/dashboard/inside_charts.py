"""The charts of what a network knows and remembers: pure functions from what was measured to what is drawn.

Where Altair draws, nothing in a specification depends on the data, so that the browser patches each chart in place.
"""

from functools import cache
from typing import Any, Literal

import altair as alt
import numpy as np
import pyarrow as pa

from charrnn.dashboard.components import Chart, Colour, Layer, Scale
from charrnn.dashboard.words import visible
from charrnn.insight.memory import Reach, Spectra
from charrnn.network.rnn import Array

COLOURS = {
    "light": {"text": "#1B1F24", "muted": "#5B626B", "line": "#14181F", "accent": "#0F766E", "mark": "#8F4200"},
    "dark": {"text": "#E9EBEE", "muted": "#9AA3AD", "line": "#F2F4F7", "accent": "#2DD4BF", "mark": "#FFC48A"},
}
SIGNED = {
    "light": ["#8F4200", "#E08A2E", "#F4F3EF", "#5B9BD5", "#124A86"],
    "dark": ["#FFC48A", "#C96F1A", "#24262B", "#2F7FC4", "#9CD0FF"],
}
SIGNS: dict[str, Any] = {"labelFontSize": 14, "labelOverlap": False, "labelFlush": False, "labelPadding": 6}
RANK = alt.EncodingSortField("rank", op="min")  # the order of the rows would be that of the first table ever drawn
WORSE = {"light": ("#8F4200", "#124A86"), "dark": ("#FFC48A", "#9CD0FF")}  # what costs, what gains


def bare(chart: Any, height: int) -> dict[str, Any]:
    """The chart as a specification without data, theme and hashed names, which Streamlit and the data bring."""
    spec: dict[str, Any] = chart.properties(height=height, width="container").to_dict(validate=False)
    for key in ("config", "data", "datasets"):
        spec.pop(key, None)
    for layer in spec.get("layer", []):
        layer.pop("data", None)
    return spec


def rows() -> alt.Chart:
    """A chart of the table that it is drawn with."""
    return alt.Chart(alt.NamedData("table"))


@cache
def harder_spec(theme: str) -> dict[str, Any]:
    """Which characters a lesion made harder, each bar with how often the character came."""
    worse, better = WORSE[theme]
    colour = alt.condition(alt.datum.change > 0, alt.value(worse), alt.value(better))
    x = alt.X("change:Q", title="change of surprise, bits a character")
    y = alt.Y("character:N", sort=RANK, title=None, axis=alt.Axis(**SIGNS))
    tooltip = [
        alt.Tooltip("character:N"),
        alt.Tooltip("change:Q", format="+.3f", title="bits"),
        alt.Tooltip("came:Q", format=",", title="times it came"),
    ]
    return bare(rows().mark_bar(height={"band": 0.7}).encode(x=x, y=y, color=colour, tooltip=tooltip), 300)


def harder_table(characters: str, nats: Array, counts: Array, shown: int = 10) -> pa.Table:
    """The characters that suffered most in all (change times how often they came), the hardest hit first."""
    order = np.argsort(-nats * counts, kind="stable")[:shown]
    order = order[counts[order] > 0]
    return pa.table(
        {
            "character": [visible(characters[i]) for i in order],
            "change": (nats[order] / np.log(2)).astype(np.float32),
            "came": counts[order],
            "rank": np.arange(len(order)),
        }
    )


@cache
def guesses_spec(theme: str) -> dict[str, Any]:
    """The likeliest characters as bars."""
    colour = COLOURS[theme]
    y = alt.Y("character:N", sort=RANK, title=None, axis=alt.Axis(**SIGNS))
    x = alt.X("p:Q", title="probability", scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", tickCount=4))
    came = alt.condition(alt.datum.came, alt.value(colour["accent"]), alt.value(colour["muted"]))
    tooltip = [alt.Tooltip("character:N"), alt.Tooltip("p:Q", format=".1%")]
    return bare(rows().mark_bar(height={"band": 0.7}).encode(x=x, y=y, color=came, tooltip=tooltip), 190)


def guesses_table(characters: str, p: Array, came: str) -> pa.Table:
    """A row for each guess, likeliest first."""
    signs = [visible(character) for character in characters]
    right = [character == came for character in characters]
    return pa.table({"character": signs, "p": p.astype(np.float32), "came": right, "rank": np.arange(len(signs))})


def cost_chart(costs: Array, shown: int) -> Chart:
    """What silencing each unit costs, the dearest first: as many bars as are shown."""
    order = np.argsort(-costs, kind="stable")[:shown]
    dearest = costs[order]
    bars = Layer("bars", np.arange(len(order)), dearest, name="held at 0", colour="signed")
    y = Scale("cost, nats a character", low=min(0.0, 1.05 * float(dearest.min())))
    x = Scale("unit, the dearest first", names=[str(unit) for unit in order])
    return Chart("costs", "What silencing each unit costs, the dearest first", x, y, [bars], 230)


def reach_chart(now: Reach, training: Array, before: Array, T: int) -> Chart:
    """The norm of the gradient against characters back, down to a hundred-millionth, and where the unroll ends."""
    floor = max(1e-8 * float(now.mean.max()), 1e-30)
    back = np.arange(len(now.mean))

    def seen(values: Array) -> Array:
        return np.where(values > floor, values, np.nan)

    kept = np.flatnonzero(now.mean > floor)
    low, high = np.maximum(now.low, floor), np.maximum(now.high, floor)
    positions = {"a tenth of positions below": now.low, "a tenth above": now.high}
    unrolled, sees = "unrolled as far as it goes", "what training sees"
    layers = [
        Layer("band", back[kept], low[kept], high[kept], legend="80 % of positions", colour="muted", strength=0.22),
        _line(back, seen(before), "before training", colour="muted", dashed=True),
        _line(back[: len(training)], seen(training), sees, colour="accent"),
        _line(back, seen(now.mean), unrolled, also=positions),
        Layer("rule", [T], label=f"the unroll ends, {T} back"),
    ]
    x = Scale("characters back, k", low=0, high=float(back[-1]))
    y = Scale("norm of the gradient, ‖∂ loss ∕ ∂ h‖", "power", log=True)
    return Chart("memory", "Norm of the gradient against characters back", x, y, layers, 320)


def _line(x: Array, y: Array, name: str, **looks: Any) -> Layer:
    """A line that bears its name in the legend, without what is no number at its end."""
    there = np.flatnonzero(~np.isnan(y))
    end = there[-1] + 1 if len(there) else 0
    also = {of: values[:end] for of, values in looks.pop("also", {}).items()}
    return Layer("line", x[:end], y[:end], name=name, legend=name, also=also, **looks)


def eigenvalues_chart(spectra: Spectra) -> Chart:
    """Both spectra in the complex plane, the unit circle around them."""
    angle = np.linspace(0, 2 * np.pi, 121)
    far = 1.08 * max(1.0, spectra.radius, spectra.jacobian_radius)
    layers = [
        Layer("line", np.cos(angle), np.sin(angle), legend="unit circle", colour="muted", width=1),
        _points("dots", spectra.weights, "W_hh", "accent"),
        _points("squares", spectra.jacobian, "mean Jacobian", "mark"),
    ]
    x = Scale("real part", low=-far, high=far)
    y = Scale("imaginary part", low=-far, high=far)
    alt = "Eigenvalues of the recurrent weights and of the mean Jacobian in the complex plane"
    return Chart("eigenvalues", alt, x, y, layers, 340, square=True)


def _points(shape: Literal["dots", "squares"], values: Array, name: str, colour: Colour) -> Layer:
    """Complex numbers from left to right, each with its size."""
    values = values[np.lexsort((values.imag, values.real))]
    also = {"size |λ|": np.abs(values)}
    looks: dict[str, Any] = {"colour": colour, "strength": 0.75, "width": 5}
    return Layer(shape, values.real, values.imag, name=name, legend=name, also=also, **looks)
