"""A chart on the page: made once for each choice of options, drawn again with nothing but new numbers."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Literal

import altair as alt
import pandas as pd
import streamlit as st

from charrnn.dashboard.charts.look import CONFIG, PADDING, Built
from charrnn.dashboard.language import marks, spoken

ZOOM = "zoom"
# Without the key a wheel would stop at each chart that a page is scrolled past.
WHEEL = "wheel![event.ctrlKey || event.metaKey]"


def draw(
    key: str,
    build: Callable[..., Built],
    data: Mapping[str, pd.DataFrame],
    *,
    zoom: bool = False,
    width: Literal["stretch", "content"] = "stretch",
    **options: Any,
) -> None:
    """Draw `build(**options)` with frames for the data that it names. The first frame is what "Show data" shows.

    With `zoom` its horizontal axis can be moved and widened, which outlives new numbers.
    """
    code = spoken()
    chosen: dict[str, Any] = {"on_select": "rerun", "selection_mode": [ZOOM]} if zoom else {}
    with st.container(key=key):  # which the page, unlike a chart without selections, gives the key's name
        described = {**spec(build, zoom, code, **options), "datasets": dict(data)}
        st.vega_lite_chart(described, key=f"{key}-chart", width=width, **chosen)


@cache
def spec(build: Callable[..., Built], zoom: bool, code: str, **options: Any) -> dict[str, Any]:
    """The chart as Vega-Lite in a language, without numbers: byte for byte the same as long as the options are."""
    chart = build(**options)
    if zoom:
        chart = chart.add_params(
            alt.selection_interval(name=ZOOM, bind="scales", encodings=["x"], zoom=WHEEL, translate=True)
        )
    return {**chart.to_dict(), "config": CONFIG | locale(), "padding": PADDING}


def locale() -> dict[str, Any]:
    """How the browser is to write numbers within the chart."""
    thousands, decimal = marks()
    number = {"decimal": decimal, "thousands": thousands, "grouping": [3], "currency": ["", ""]}
    return {} if (thousands, decimal) == (",", ".") else {"locale": {"number": number}}
