"""The charts of the weights: histograms over time, figures over time, characters as points."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from charrnn.dashboard import words
from charrnn.dashboard.charts.look import COUNTS, ROUND, RUNS, Built, Colours, ends, named, quantity, told
from charrnn.dashboard.language import _
from charrnn.insight.weights import Embedding, Histogram, kinds
from charrnn.network.parameters import Array
from charrnn.sentence import Sentence

KINDS = {  # what a character may be, by the colour that says so
    "vowel": Sentence("vowel"),
    "consonant": Sentence("other letter"),
    "E": Sentence("capital"),
    "D": Sentence("digit"),
    "muted": Sentence("punctuation"),
    "F": Sentence("space"),
}


def histogram_chart() -> Built:
    """How an array's entries are spread at each step: pale the early ones, the one shown strong."""
    colours = Colours(muted=_("stored steps, the earlier the paler"), accent=_("the step shown"))
    encoded = {
        "x": quantity(alt.X, "value", _("value of an entry")),
        "y": quantity(alt.Y, "share", _("share of the entries"), zero=True, format="~%"),
        "tooltip": told(step=(_("step"), ","), value=(_("value"), ".4f"), share=(_("share"), ".2%")),
    }
    past, now = (named("spread").transform_filter(f"{sign}datum.shown").encode(**encoded) for sign in ("!", ""))
    pale = past.mark_line(interpolate="step", strokeWidth=1.25).encode(
        detail="step:N", opacity=alt.Opacity("strength:Q", scale=None)
    )
    return alt.layer(
        colours.paint(pale, "muted"),
        colours.paint(now.mark_area(interpolate="step", opacity=0.2), "accent"),
        colours.paint(now.mark_line(interpolate="step", strokeWidth=1.5), "accent"),
    ).properties(
        height=300, description=_("Histograms of the entries of an array, at stored steps and at the one shown.")
    )


def histogram_data(steps: Sequence[int], spread: Sequence[Histogram]) -> dict[str, pd.DataFrame]:
    """A histogram for each step, the last one that of the step shown; their edges are the same."""
    edges = spread[0].edges
    centres = (edges[1:] + edges[:-1]) / 2
    strengths = [*np.linspace(0.15, 0.6, len(steps) - 1), 1.0]
    frames = [
        pd.DataFrame(
            {
                "value": centres,
                "share": histogram.counts / max(1, histogram.counts.sum()),
                "step": step,
                "strength": strength,
                "shown": step == steps[-1],
            }
        )
        for step, histogram, strength in zip(steps, spread, strengths, strict=True)
    ]
    return {"spread": pd.concat(frames, ignore_index=True)}


def over_time_chart(title: str, form: str, dots: bool = False) -> Built:
    """A figure over training steps, which `title` and a format of numbers tell of; step 0 stands at 1."""
    base = named("figures").transform_calculate(at="max(1, datum.step)")
    encoded = {
        "x": quantity(alt.X, "at", _("training steps"), log=True, labelExpr=COUNTS, values=ROUND),
        "y": quantity(alt.Y, "value", title, zero=True, format=form, tickCount=5),
        "tooltip": told(step=(_("step"), ","), value=(title, form.replace("~", ".3"))),
    }
    line = base.mark_line(strokeWidth=1.5, point=alt.OverlayMarkDef(size=30) if dots else False)
    return (
        Colours()
        .paint(line.encode(**encoded), RUNS[0])
        .properties(height=190, description=_("A line over training steps: {title}.", title=title))
    )


def over_time_data(steps: ArrayLike, values: ArrayLike) -> dict[str, pd.DataFrame]:
    """A figure (N,) at each of some steps (N,)."""
    return {"figures": pd.DataFrame({"step": np.asarray(steps), "value": np.asarray(values, float)})}


def characters_chart() -> Built:
    """The characters at their two principal components, coloured by what they are."""
    x = quantity(alt.X, "first", _("first principal component"))
    y = quantity(alt.Y, "second", _("second principal component"))
    signs = (
        named("characters")
        .transform_calculate(series="datum.kind")
        .mark_text(fontSize=15)
        .encode(
            x=x,
            y=y,
            text="sign:N",
            color=Colours(**{role: _(kind) for role, kind in KINDS.items()}).by_series,
            tooltip=told(
                sign=(_("character"), ""), kind=(_("kind"), ""), first=(_("first"), ".4f"), second=(_("second"), ".4f")
            ),
        )
    )
    corners = named("corners").mark_point(opacity=0, tooltip=None).encode(x=x, y=y)
    return alt.layer(corners, signs).properties(
        height=400, description=_("Characters by the two principal components of their input weights.")
    )


def characters_data(characters: str, found: Embedding) -> dict[str, pd.DataFrame]:
    """The characters of an alphabet where their rows lie, and the corners of what is drawn, zero in the middle."""
    points: Array = found.points
    frame = {
        "sign": [words.visible(character) for character in characters],
        "kind": [_(kind) for kind in kinds(characters)],
        "first": points[:, 0],
        "second": points[:, 1],
    }
    far = [ends(column, -column) for column in points.T]
    corners = pd.DataFrame(dict(zip(("first", "second"), far, strict=True)))
    return {"characters": pd.DataFrame(frame), "corners": corners}
