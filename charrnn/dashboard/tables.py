"""Tables: pandas frames on the page."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from charrnn.dashboard import words


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
        written: dict[Any, Any] = {column: partial(words.number, form=form) for column, form in (signed or {}).items()}
        shown = frame.style.format(written, na_rep="") if written else frame
        return st.dataframe(shown, alt=title, column_config=dict(columns), **told)
