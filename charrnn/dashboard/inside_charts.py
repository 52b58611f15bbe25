"""The charts below the first screen: specifications built once for each theme, data as Arrow tables.

As with the loss curve, nothing in a specification depends on the data, so that the browser patches each chart in place.
Values with a sign have the one diverging scale; everything else is drawn in the line's colour or the accent.
"""

from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa

from charrnn.network.rnn import Array

COLOURS = {
    "light": {"text": "#1B1F24", "muted": "#5B626B", "line": "#14181F", "accent": "#0F766E", "mark": "#8F4200"},
    "dark": {"text": "#E9EBEE", "muted": "#9AA3AD", "line": "#F2F4F7", "accent": "#2DD4BF", "mark": "#FFC48A"},
}
SIGNED = {
    "light": ["#8F4200", "#E08A2E", "#F4F3EF", "#5B9BD5", "#124A86"],
    "dark": ["#FFC48A", "#C96F1A", "#24262B", "#2F7FC4", "#9CD0FF"],
}
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
def cost_spec(theme: str) -> dict[str, Any]:
    """What silencing each unit costs, the dearest first."""
    worse, better = WORSE[theme]
    colour = alt.condition(alt.datum.cost > 0, alt.value(worse), alt.value(better))
    x = alt.X("unit:N", sort=RANK, title="units, the dearest first", axis=alt.Axis(labelOverlap=True, labelAngle=0))
    y = alt.Y("cost:Q", title="cost, nats a character")
    tooltip = [alt.Tooltip("unit:N"), alt.Tooltip("cost:Q", format="+.4f", title="nats a character")]
    return bare(rows().mark_bar().encode(x=x, y=y, color=colour, tooltip=tooltip), 200)


def cost_table(costs: Array, shown: int) -> pa.Table:
    """The units that cost most, as many as are shown, by number."""
    order = np.argsort(-costs, kind="stable")[:shown]
    units = [str(unit) for unit in order]
    return pa.table({"unit": units, "cost": costs[order].astype(np.float32), "rank": np.arange(len(order))})


@cache
def reach_spec(theme: str) -> dict[str, Any]:
    """The norm of the gradient against characters back; the end of the unroll as a rule."""
    colour = COLOURS[theme]
    x = alt.X("back:Q", title="characters back, k", scale=alt.Scale(nice=False))
    axis = alt.Axis(format=".0e", tickCount=6)
    y = alt.Y("norm:Q", title="‖∂ loss ∕ ∂ h‖, k back", scale=alt.Scale(type="log"), axis=axis)
    tooltip = [alt.Tooltip("back:Q"), alt.Tooltip("norm:Q", format=".2e"), alt.Tooltip("label:N", title=" ")]

    def of(kind: str) -> alt.Chart:
        return rows().transform_filter(alt.datum.kind == kind)

    layers = [
        of("now").mark_area(color=colour["muted"], opacity=0.22).encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
        of("before").mark_line(color=colour["muted"], strokeDash=[4, 3]).encode(x=x, y=y, tooltip=tooltip),
        of("training").mark_line(color=colour["accent"], strokeWidth=2).encode(x=x, y=y, tooltip=tooltip),
        of("now").mark_line(color=colour["line"], strokeWidth=2).encode(x=x, y=y, tooltip=tooltip),
        of("cut").mark_rule(color=colour["mark"], strokeDash=[4, 3], strokeWidth=1.5).encode(x=x),
        of("cut")
        .mark_text(align="left", baseline="top", dx=4, color=colour["mark"])
        .encode(x=x, y=alt.value(2), text="label:N"),
    ]
    return bare(alt.layer(*layers), 260)


def reach_table(now: Any, training: Array, before: Array, T: int) -> pa.Table:
    """Rows for each curve of memory.Reach values, down to a hundred-millionth of the largest."""
    back, floor = np.arange(len(now.mean)), max(1e-8 * float(now.mean.max()), 1e-30)
    listed: list[tuple[str, float, float | None, float | None, float | None, str]] = [
        ("cut", T, None, None, None, f"the unroll ends, {T} back")
    ]
    for kind, label, values in (
        ("now", "unrolled as far as it goes", now.mean),
        ("training", "what training sees", training),
        ("before", "before training", before),
    ):
        for k in back[: len(values)]:
            if values[k] > floor:
                low, high = (now.low[k], now.high[k]) if kind == "now" else (values[k], values[k])
                listed.append((kind, k, values[k], max(low, floor), high, label))
    kinds, *figures, labels = zip(*listed, strict=True)
    columns = dict(zip(("back", "norm", "low", "high"), map(_floats, figures), strict=True))
    named = {"kind": kinds, **columns, "label": labels}
    return pa.table({name: pa.array(column, from_pandas=True) for name, column in named.items()})


@cache
def eigenvalues_spec(theme: str) -> dict[str, Any]:
    """Eigenvalues in the complex plane, the unit circle around them."""
    colour = COLOURS[theme]
    x = alt.X("real:Q", title="real part", scale=alt.Scale(nice=False), axis=alt.Axis(tickCount=5))
    y = alt.Y("imaginary:Q", title="imaginary part", scale=alt.Scale(nice=False), axis=alt.Axis(tickCount=5))
    tooltip = [alt.Tooltip("size:Q", format=".3f", title="|λ|"), alt.Tooltip("of:N", title="of")]
    circle = rows().transform_filter(alt.datum.of == "unit circle")
    frame = rows().transform_filter(alt.datum.of == "frame").mark_point(opacity=0).encode(x=x, y=y)
    points = rows().transform_filter((alt.datum.of != "unit circle") & (alt.datum.of != "frame"))
    scale = alt.Scale(domain=["W_hh", "mean Jacobian"], range=[colour["accent"], colour["mark"]])
    layers = [
        frame,
        circle.mark_line(color=colour["muted"], strokeWidth=1).encode(x=x, y=y, order="angle:Q"),
        points.mark_point(filled=True, size=22, opacity=0.75).encode(
            x=x,
            y=y,
            color=alt.Color("of:N", scale=scale, legend=alt.Legend(title=None, orient="top")),
            shape=alt.Shape("of:N", scale=alt.Scale(domain=scale.domain, range=["circle", "square"]), legend=None),
            tooltip=tooltip,
        ),
    ]
    spec = bare(alt.layer(*layers), 280)
    spec |= {"width": 220, "height": 220, "autosize": {"type": "pad"}}  # a circle is to look like one
    return spec


def eigenvalues_table(weights: Array, jacobian: Array) -> pa.Table:
    """Points of both spectra, the circle, and corners that keep the picture square."""
    angle = np.linspace(0, 2 * np.pi, 121)
    far = 1.08 * max(1.0, float(np.abs(weights).max()), float(np.abs(jacobian).max()))
    parts = [
        ("unit circle", np.exp(1j * angle)),
        ("frame", np.array([-far - far * 1j, far + far * 1j])),
        ("W_hh", weights),
        ("mean Jacobian", jacobian),
    ]
    values = np.concatenate([part for _, part in parts])
    return pa.table(
        {
            "of": [of for of, part in parts for _ in part],
            "real": values.real.astype(np.float32),
            "imaginary": values.imag.astype(np.float32),
            "size": np.abs(values).astype(np.float32),
            "angle": np.arange(len(values)),
        }
    )


def _floats(values: Any) -> Array:
    return np.array([np.nan if value is None else value for value in values], np.float64)
