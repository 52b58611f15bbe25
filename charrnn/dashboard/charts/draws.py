"""The charts of one draw: what the network gives each character, what temperature makes of it, where the die falls."""

import altair as alt
import numpy as np
import pandas as pd

from charrnn.dashboard import words
from charrnn.dashboard.charts.look import SMALL, Built, Colours, named, quantity, told
from charrnn.dashboard.language import _
from charrnn.insight.writing import Written

SHOWN = 12  # characters, the likeliest
NARROW = 0.002  # of the bar: a segment of its own; of a narrow chart half a pixel
WIDE = 0.03  # of the bar: a segment that has room for its character


def bars_chart() -> Built:
    """Two bars for each character: before temperature and "only the likeliest", and after."""
    before, after = _("as the network guesses"), _("as it is drawn")
    colours = Colours(muted=before, accent=after)
    encoded = {
        "x": alt.X("sign:N", sort=alt.EncodingSortField(field="rank", op="min"), title=_("next character"))
        .axis(labelAngle=0, labelFontSize=14),
        "tooltip": told(sign=(_("character"), ""), p=(before, ".2%"), q=(after, ".2%")),
    }  # fmt: skip
    pale, strong = (
        named("bars")
        .mark_bar(width={"band": 0.4}, xOffset=offset)
        .encode(y=quantity(alt.Y, field, _("probability"), zero=True, format="~%"), **encoded)
        for field, offset in (("p", -7), ("q", 7))
    )
    return alt.layer(colours.paint(pale, "muted"), colours.paint(strong, "accent")).properties(
        height=170, description=_("Bars: the probability of each likely next character, before and after temperature.")
    )


def bars_data(found: Written, characters: str) -> dict[str, pd.DataFrame]:
    """The likeliest characters of the next draw, the drawn one among them."""
    p, q = found.p[-1], found.q
    order = np.lexsort((-p, -q))
    shown = order[:SHOWN].tolist()
    if found.drawn not in shown:
        shown[-1] = found.drawn
    signs = [words.visible(characters[i]) for i in shown]
    return {"bars": pd.DataFrame({"sign": signs, "p": p[shown], "q": q[shown], "rank": np.arange(len(shown))})}


def die_chart() -> Built:
    """The probabilities laid side by side from 0 to 1, and the number that was thrown."""
    colours = Colours(accent=_("what follows"), mark=_("the die"), muted=_("other characters"))
    x = quantity(alt.X, "start", _("probability added up, in the order of the alphabet"), zero=True, format="~%")
    y = alt.Y("row:N", title=_("draw"), axis=alt.Axis(labels=False, ticks=False))
    said = told(sign=(_("character"), ""), q=(_("as it is drawn"), ".2%"))
    segments = named("segments").transform_calculate(row="''")
    strips = [
        colours.paint(
            segments.transform_filter(f"{sign}datum.drawn")
            .mark_bar(height=26, opacity=0.75, stroke="white", strokeWidth=0.5)
            .encode(x=x, x2="end:Q", y=y, tooltip=said),
            role,
        )
        for sign, role in (("!", "muted"), ("", "accent"))
    ]
    letters = (
        segments.transform_filter(f"datum.q > {WIDE}")
        .transform_calculate(middle="(datum.start + datum.end) / 2")
        .mark_text(fontSize=SMALL + 2)
        .encode(x="middle:Q", text="sign:N", tooltip=said)
    )
    die = named("die").mark_rule(strokeWidth=3).encode(x="start:Q", tooltip=told(start=(_("the die"), ".4f")))
    return alt.layer(*strips, letters, colours.paint(die, "mark")).properties(
        height=130, description=_("A bar from 0 to 1 of every character's probability, and the number thrown on it.")
    )


def die_data(found: Written, characters: str) -> dict[str, pd.DataFrame]:
    """The segments of the characters that may be drawn, rare ones that are neighbours as one, and the die."""
    ends, alone = found.q.cumsum(), np.flatnonzero((found.q > NARROW) | (np.arange(len(found.q)) == found.drawn))
    starts = ends - found.q
    between = [(a, b) for a, b in zip([0.0, *ends[alone]], [*starts[alone], 1.0], strict=True) if b - a > 1e-9]
    start, end = np.array([*zip(starts[alone], ends[alone], strict=True), *between]).T
    frame = {
        "sign": [words.visible(characters[i]) for i in alone] + ["…"] * len(between),
        "start": start,
        "end": end,
        "q": end - start,
        "drawn": [*(alone == found.drawn), *([False] * len(between))],
    }
    return {"segments": pd.DataFrame(frame), "die": pd.DataFrame({"start": [found.die]})}
