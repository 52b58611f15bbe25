"""The loss curve: an Altair specification built once for each theme and unit, and its data as an Arrow table.

The browser patches a Vega chart in place, without flicker, as long as the specification stays the same byte for byte;
so nothing in it depends on the data. All layers read one table, each its own `kind` of row.
"""

from functools import cache
from math import exp, log
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa

from charrnn.runs.curve import Curve
from charrnn.text.rivals import Rival

HEIGHT = 222
UNITS = {
    "choices": "hesitates between … characters",
    "nats": "loss, nats a character",
    "bits": "loss, bits a character",
}
COLOURS = {
    "light": {"line": "#14181F", "band": "#5B626B", "held": "#0F766E", "rule": "#5B626B", "mark": "#8F4200"},
    "dark": {"line": "#F2F4F7", "band": "#9AA3AD", "held": "#2DD4BF", "rule": "#9AA3AD", "mark": "#FFC48A"},
}
COLUMNS = ("kind", "step", "loss", "low", "high", "label")


@cache
def loss_spec(unit: str, theme: str) -> dict[str, Any]:
    """The chart's specification for a unit of UNITS and a theme of COLOURS."""
    colour = COLOURS[theme]
    x = alt.X("step:Q", title="training steps", scale=alt.Scale(type="log", nice=False), axis=alt.Axis(format="~s"))
    scale = alt.Scale(type="log", nice=False) if unit == "choices" else alt.Scale(zero=False, nice=False)
    axis = (
        alt.Axis(values=[2, 3, 4, 5, 7, 10, 15, 20, 30, 50, 100, 200]) if unit == "choices" else alt.Axis(tickCount=5)
    )
    y = alt.Y("loss:Q", title=None, scale=scale, axis=axis)
    base = alt.Chart(alt.NamedData("loss"))

    def rows(kind: str) -> alt.Chart:
        return base.transform_filter(alt.datum.kind == kind)

    tooltip = [alt.Tooltip("step:Q", format=","), alt.Tooltip("loss:Q", title=UNITS[unit], format=".3f")]
    layers = [
        rows("frame").mark_point(opacity=0).encode(x=x, y=y),
        rows("curve")
        .mark_area(
            color=colour["band"], opacity=0.25, line={"strokeWidth": 0.8, "opacity": 0.4, "color": colour["band"]}
        )
        .encode(x=x, y=alt.Y("low:Q"), y2="high:Q"),
        rows("rival").mark_rule(color=colour["rule"], strokeDash=[3, 3], opacity=0.8).encode(y=y),
        *(
            rows(kind)
            .mark_text(align="right", baseline="bottom", dx=dx, dy=-1, color=colour["rule"], fontSize=11)
            .encode(x=alt.value("width"), y=y, text="label:N")
            for kind, dx in (("name", -4), ("name aside", -125))
        ),
        rows("mark").mark_rule(color=colour["mark"], strokeDash=[2, 2]).encode(x=x, tooltip=["label:N", "step:Q"]),
        rows("mark")
        .mark_text(align="left", baseline="top", dx=3, color=colour["mark"], fontSize=11)
        .encode(x=x, y=alt.value(0), text="label:N"),
        rows("curve").mark_line(color=colour["line"], strokeWidth=2).encode(x=x, y=y, tooltip=tooltip),
        rows("held").mark_point(color=colour["held"], filled=True, size=28).encode(x=x, y=y, tooltip=tooltip),
    ]
    zoom = alt.selection_interval(
        name="zoom", bind="scales", encodings=["x"], zoom="wheel![event.shiftKey]"
    )  # without shift the wheel goes on scrolling the page
    chart = alt.layer(*layers).add_params(zoom).properties(height=HEIGHT, width="container")
    return bare(chart)


def bare(chart: Any) -> dict[str, Any]:
    """A chart's specification without what Streamlit brings: data and theme."""
    spec: dict[str, Any] = chart.to_dict(validate=False)
    for key in ("config", "data", "datasets"):
        spec.pop(key, None)
    for layer in spec["layer"]:
        layer.pop("data", None)
    return spec


def loss_table(curve: Curve, rivals: list[Rival], vocabulary_size: int, unit: str) -> pa.Table:
    """The rows of the chart; losses in the unit asked for."""
    blind = log(vocabulary_size)
    last = int(curve.steps[-1]) if len(curve.steps) else 0
    floor = 0.95 * min([blind, *curve.smooth[-1:].tolist(), *(rival.nats for rival in rivals)])
    top = blind + 0.12 * (blind - floor)  # room for the highest label; a few wild windows must not flatten the curve
    rows: list[tuple[str, float | None, float | None, float | None, float | None, str | None]] = [
        ("frame", 1, top, None, None, None),
        ("frame", max(100, last), floor, None, None, None),
    ]
    smooth, low, high = (array.tolist() for array in (curve.smooth, curve.low, curve.high))
    rows += [
        ("curve", step, min(s, top), min(a, top), min(b, top), None)
        for step, s, a, b in zip(curve.steps.tolist(), smooth, low, high, strict=True)
    ]
    rows += [("held", max(step, 1), min(loss, top), None, None, None) for step, loss in curve.held_out]
    aside, ranked = False, sorted(rivals, key=lambda rival: -rival.nats)
    for rival, above in zip(ranked, [None, *ranked], strict=False):
        aside = above is not None and abs(above.nats - rival.nats) < 0.08 * (top - floor) and not aside
        rows.append(("rival", None, rival.nats, None, None, None))
        name = f"{rival.name} {_written(rival.nats, unit)}"
        rows.append(("name aside" if aside else "name", None, rival.nats, None, None, name))
    rows += [("mark", max(step, 1), None, None, None, _change(change)) for step, change in curve.marks]
    kind, step, *losses, label = zip(*rows, strict=True)
    loss, low, high = (_in_unit(_numbers(column), unit) for column in losses)
    columns = (kind, _numbers(step), loss, low, high, label)
    return pa.table({name: pa.array(column, from_pandas=True) for name, column in zip(COLUMNS, columns, strict=True)})


def _numbers(values: Any) -> Any:
    return np.array([np.nan if value is None else value for value in values], np.float32)


def _in_unit(nats: Any, unit: str) -> Any:
    return np.exp(nats) if unit == "choices" else nats / np.float32(log(2)) if unit == "bits" else nats


def _written(nats: float, unit: str) -> str:
    return f"{exp(nats):.3g}" if unit == "choices" else f"{nats / log(2):.2f}" if unit == "bits" else f"{nats:.2f}"


def _change(change: dict[str, Any]) -> str:
    return ", ".join(f"{name.replace('_', ' ')} {value:g}" for name, value in change.items())
