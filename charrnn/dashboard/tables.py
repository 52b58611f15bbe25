"""Tables: pandas frames on the page."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.language import _
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
    *(Sentence("stretches"), Sentence("text"), Sentence("there"), Sentence("this one, bits"), Sentence("unit")),
    *(Sentence("units"), Sentence("untrained"), Sentence("value"), Sentence("verdict"), Sentence("who")),
    *(Sentence("writing"), Sentence("h before"), Sentence("c before")),
)


def spoken(frame: pd.DataFrame, columns: Mapping[str, Any]) -> tuple[pd.DataFrame, dict[str, Any]]:
    """A frame and what is said of its columns, these called as in the language spoken."""
    return frame.rename(columns=_), {_(name): config for name, config in columns.items()}


def table(
    name: str,
    title: str,
    frame: pd.DataFrame,
    columns: Mapping[str, Any],
    *,
    titled: bool = True,
    signed: Mapping[str, str] | None = None,
    **options: Any,
) -> Any:
    """Draw a frame without its index, as high as its rows unless told otherwise; return what was chosen in it.

    `columns` says how each is drawn, `signed` by which of Python's formats numbers are written that may be negative (a
    column of Streamlit's has no true minus), `options` is what else `st.dataframe` is to be told. The title stands
    above, or without `titled`, where a heading does so already, is told only to those who listen. A frame with the
    columns of the one before it stays sorted and scrolled.
    """
    with st.container(key=name, gap="xsmall"):  # which the page, unlike a frame without choices, gives its key's name
        if titled:
            st.markdown(words.plain(title))
        told: dict[str, Any] = {"hide_index": True, "placeholder": "", "height": "content"} | options
        frame, called = spoken(frame, columns)
        written: dict[Any, Any] = {
            _(column): partial(words.number, form=form) for column, form in (signed or {}).items()
        }
        shown = frame.style.format(written, na_rep="") if written else frame
        return st.dataframe(shown, alt=title, column_config=called, **told)
