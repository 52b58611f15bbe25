"""The chart of what came against what was guessed."""

import altair as alt
import numpy as np
import pandas as pd

from charrnn.dashboard import words
from charrnn.dashboard.charts.look import Built, Colours, named, told
from charrnn.dashboard.language import _
from charrnn.insight.mistakes import Mistakes

SHOWN = 30  # characters at most: those that came most often


def mistakes_chart(rows: int) -> Built:
    """Squares, what came down in so many rows, what was guessed across: larger the more often, stronger the surer."""
    right, wrong = _("guessed right"), _("guessed wrong")
    colours = Colours(accent=right, mark=wrong)
    order = alt.EncodingSortField(field="rank", op="min")
    x = alt.X("guess:N", sort=order, title=_("likeliest guess"), axis=alt.Axis(labelAngle=0, orient="top"))
    y = alt.Y(
        "came:N", sort=alt.EncodingSortField(field="row", op="min"), title=_("what came, the most frequent first")
    )
    tooltip = told(
        came=(_("came"), ""), guess=(_("guessed"), ""), times=(_("times"), ",d"),
        share=(_("of all times it came"), ".1%"), surely=(_("mean probability of the guess"), ".1%"),
    )  # fmt: skip
    return (
        named("mistakes")
        .transform_calculate(series=f"datum.came == datum.guess ? '{right}' : '{wrong}'")
        .mark_square(opacity=1)
        .encode(
            x=x,
            y=y,
            size=alt.Size("share:Q", scale=alt.Scale(domain=[0, 1], range=[4, 230]), legend=None),
            opacity=alt.Opacity("surely:Q", scale=alt.Scale(domain=[0, 1], range=[0.25, 1]), legend=None),
            color=colours.by_series,
            tooltip=tooltip,
        )
        .properties(
            height=16 * rows + 80,  # CSS pixels, legend and axis included
            description=_(
                "Squares: for each character that came, which characters were the likeliest guess instead, "
                "how often and how surely."
            ),
        )
    )


def mistakes_data(found: Mistakes, characters: str) -> dict[str, pd.DataFrame]:
    """A row for each pair of what came and what was guessed there, of the characters that came most often."""
    times = found.often.sum(axis=1)
    most = np.argsort(-times, kind="stable")[:SHOWN]
    rank = np.empty(len(times), int)
    rank[np.argsort(-times, kind="stable")] = np.arange(len(times))
    came, guess = np.nonzero(found.often * np.isin(np.arange(len(times)), most)[:, None])
    signs = np.array([words.visible(character) for character in characters])
    frame = {
        "came": signs[came],
        "guess": signs[guess],
        "times": found.often[came, guess],
        "share": found.often[came, guess] / times[came],
        "surely": found.surely[came, guess],
        "row": rank[came],
        "rank": rank[guess],
    }
    return {"mistakes": pd.DataFrame(frame).sort_values(["row", "times"], ascending=[True, False], ignore_index=True)}
