"""The charts below the first screen: specifications built once for each theme, data as Arrow tables.

As with the loss curve, nothing in a specification depends on the data, so that the browser patches each chart in place.
Values with a sign have the one diverging scale; everything else is drawn in the line's colour or the accent.
"""

from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pyarrow as pa

from charrnn.dashboard.words import visible
from charrnn.network.rnn import Array

COLOURS = {
    "light": {"text": "#1B1F24", "muted": "#5B626B", "line": "#14181F", "accent": "#0F766E", "mark": "#8F4200"},
    "dark": {"text": "#E9EBEE", "muted": "#9AA3AD", "line": "#F2F4F7", "accent": "#2DD4BF", "mark": "#FFC48A"},
}
SIGNED = {
    "light": ["#8F4200", "#E08A2E", "#F4F3EF", "#5B9BD5", "#124A86"],
    "dark": ["#FFC48A", "#C96F1A", "#24262B", "#2F7FC4", "#9CD0FF"],
}
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
    x = alt.X("unit:N", sort=None, title="units, the dearest first", axis=alt.Axis(labelOverlap=True, labelAngle=0))
    y = alt.Y("cost:Q", title="cost, nats a character")
    tooltip = [alt.Tooltip("unit:N"), alt.Tooltip("cost:Q", format="+.4f", title="nats a character")]
    return bare(rows().mark_bar().encode(x=x, y=y, color=colour, tooltip=tooltip), 200)


def cost_table(costs: Array, shown: int) -> pa.Table:
    """The units that cost most, as many as are shown, by number."""
    order = np.argsort(-costs, kind="stable")[:shown]
    return pa.table({"unit": [str(unit) for unit in order], "cost": costs[order].astype(np.float32)})


@cache
def harder_spec(theme: str) -> dict[str, Any]:
    """Which characters a lesion made harder, each bar with how often the character came."""
    worse, better = WORSE[theme]
    colour = alt.condition(alt.datum.change > 0, alt.value(worse), alt.value(better))
    x = alt.X("change:Q", title="change of surprise, bits a character")
    y = alt.Y("character:N", sort=None, title=None, axis=alt.Axis(labelFontSize=14, labelOverlap=False))
    tooltip = [
        alt.Tooltip("character:N"),
        alt.Tooltip("change:Q", format="+.3f", title="bits"),
        alt.Tooltip("came:Q", format=",", title="times it came"),
    ]
    return bare(rows().mark_bar(height={"band": 0.7}).encode(x=x, y=y, color=colour, tooltip=tooltip), 260)


def harder_table(characters: str, nats: Array, counts: Array, shown: int = 10) -> pa.Table:
    """The characters that suffered most in all (change times how often they came), the hardest hit first."""
    order = np.argsort(-nats * counts, kind="stable")[:shown]
    order = order[counts[order] > 0]
    return pa.table(
        {
            "character": [visible(characters[i]) for i in order],
            "change": (nats[order] / np.log(2)).astype(np.float32),
            "came": counts[order],
        }
    )
