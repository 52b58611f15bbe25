"""Tables: pandas frames on the page."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.language import _, marks
from charrnn.sentence import Sentence

NAMES = (  # of columns that are words
    *(Sentence("agrees"), Sentence("all together"), Sentence("array"), Sentence("at character"), Sentence("back")),
    *(Sentence("before"), Sentence("here"), Sentence("after"), Sentence("came"), Sentence("characters")),
    *(Sentence("concept"), Sentence("curve"), Sentence("differs"), Sentence("each, bits"), Sentence("entries checked")),
    *(Sentence("gradient"), Sentence("guess"), Sentence("held out, nats"), Sentence("in all, bits")),
    *(Sentence("in stretches"), Sentence("its value"), Sentence("known"), Sentence("largest relative error")),
    *(Sentence("learned from"), Sentence("longest"), Sentence("loss"), Sentence("luck"), Sentence("name")),
    *(Sentence("next"), Sentence("on average, bits"), Sentence("probability"), Sentence("read"), Sentence("run")),
    *(Sentence("score"), Sentence("settings"), Sentence("smoothed, nats"), Sentence("state"), Sentence("step")),
    *(Sentence("stretches"), Sentence("text"), Sentence("this one, bits"), Sentence("unit")),
    *(Sentence("units"), Sentence("untrained"), Sentence("value"), Sentence("verdict"), Sentence("who")),
    *(Sentence("writing"), Sentence("h before"), Sentence("c before")),
)


PRINTF = re.compile(r"%([+,]*(?:\.\d)?)([df])")  # how a column of Streamlit's is told to write numbers


def spoken(
    frame: pd.DataFrame,
    columns: Mapping[str, Any],
    signed: Mapping[str, str] | None = None,
    few: Mapping[str, int | None] | None = None,
) -> tuple[Any, dict[str, Any]]:
    """A frame, and what `st.dataframe` is to be told of its columns: these called as in the language spoken, numbers so
    written, and in a narrow window no more columns than `few`."""
    here = st.session_state.get("session")
    order = few if few and here and here.is_narrow else {}
    columns = {**columns, **{name: {**(columns.get(name) or {}), "width": width} for name, width in order.items()}}
    written = {_(column): partial(words.number, form=form) for column, form in (signed or {}).items()}
    called = {_(name): config for name, config in columns.items()}
    for name, config in called.items() if marks() != (",", ".") else ():
        kind = config.get("type_config") or {}
        if kind.get("type") == "number" and (found := PRINTF.fullmatch(str(kind.get("format")))):
            called[name] = {**config, "type_config": {"type": "number"}}
            written[name] = partial(words.number, form=found[1] + {"d": ".0f", "f": "f"}[found[2]])
    shown = frame.rename(columns=_)
    told: dict[str, Any] = {"column_config": called} | ({"column_order": [_(name) for name in order]} if order else {})
    return shown.style.format({**written}, na_rep="") if written else shown, told


def table(
    name: str,
    title: str,
    frame: pd.DataFrame,
    columns: Mapping[str, Any],
    *,
    titled: bool = True,
    signed: Mapping[str, str] | None = None,
    few: Mapping[str, int | None] | None = None,
    **options: Any,
) -> Any:
    """Draw a frame without its index, as high as its rows unless told otherwise; return what was chosen in it.

    `columns` says how each is drawn, `signed` by which of Python's formats numbers are written that may be negative (a
    column of Streamlit's has no true minus), `options` is what else `st.dataframe` is to be told. The title stands
    above, or without `titled`, where a heading does so already, is told only to those who listen. In a narrow window
    `few` of the columns are drawn, all in sight, as wide as they need or so many pixels; the others can be ticked in
    the table's own menu. A frame with the columns of the one before it stays sorted and scrolled.
    """
    with st.container(key=name, gap="xsmall"):  # which the page, unlike a frame without choices, gives its key's name
        if titled:
            st.markdown(words.plain(title))
        told: dict[str, Any] = {"hide_index": True, "placeholder": "", "height": "content"} | options
        shown, about_columns = spoken(frame, columns, signed, few)
        return st.dataframe(shown, alt=title, **about_columns, **told)
