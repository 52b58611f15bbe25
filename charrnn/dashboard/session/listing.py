"""Saved runs in a line each, for those who list them."""

from contextlib import suppress
from typing import Any

import numpy as np
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.language import _, _n, sentence_of
from charrnn.dashboard.session.server import engine
from charrnn.runs.curve import Curve
from charrnn.runs.description import title_of
from charrnn.runs.smoothing import smoothed_loss
from charrnn.runs.store_types import StoreError, Summary
from charrnn.training.settings import Settings

POINTS = 20  # of a run's loss in a list
COLUMNS = {  # how they are drawn
    "curve": st.column_config.LineChartColumn(),
    **dict.fromkeys(("held out, nats", "smoothed, nats"), st.column_config.NumberColumn(format="%.3f")),
}
FEW = {"name": 140, "step": None, "curve": 70}  # on a phone


def lines(tokens: list[str]) -> tuple[list[dict[str, Any]], str]:
    """The runs that the store still has, each as a row of the list; and in a sentence what of them cannot be read."""
    store, found = engine().store, []
    if not store:
        return [], ""
    try:
        listing = store.summaries(tokens)
    except StoreError as error:
        return [], _(sentence_of(error))
    for token, summary in listing.lines.items():
        with suppress(KeyError, TypeError, ValueError, AttributeError):  # damaged where it is saved
            found.append(line(token, summary))
    unreadable = listing.unreadable + len(listing.lines) - len(found)
    if not unreadable:
        return found, ""
    return found, _n(
        "One of these runs is damaged, and left out here.",
        "{n:,} of these runs are damaged, and left out here.",
        unreadable,
    )


def line(token: str, summary: Summary) -> dict[str, Any]:
    """A run as a row of the list. Raises KeyError, TypeError, ValueError or AttributeError where it is damaged."""
    settings, corpus = summary.about["settings"], summary.about["corpus"]
    text, curve = str(corpus["name"]), Curve().extended(summary.history)
    smooth = smoothed_loss(curve, Settings.from_dict(settings), len(corpus["characters"]), corpus["split"])
    return {
        "token": token,
        "name": words.called(title_of(summary.about)) or text,
        "text": text,
        "settings": _(
            "{units} units · {back} back · {optimizer}",
            units=settings["hidden_size"],
            back=settings["sequence_length"],
            optimizer=settings["optimizer"],
        ),
        "step": int(summary.step),
        "held out, nats": None if summary.held_out is None else float(summary.held_out),
        "smoothed, nats": float(smooth[-1]) if len(smooth) else None,
        "curve": smooth[np.linspace(0, len(smooth) - 1, min(len(smooth), POINTS)).astype(int)].tolist(),
    }
