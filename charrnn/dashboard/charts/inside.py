"""The charts of what a network knows and remembers: what silencing costs, the gradient's reach, eigenvalues."""

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from charrnn.dashboard.charts.look import POWERS, RUNS, Built, Colours, ends, named, quantity, told
from charrnn.dashboard.language import _
from charrnn.insight.memory import Reach, Spectra
from charrnn.network.parameters import Array
from charrnn.sentence import Sentence

JACOBIAN = Sentence("mean Jacobian")
LEAST = 1e-8  # of the largest gradient: below that it is not drawn


def cost_chart() -> Built:
    """What silencing each unit costs."""
    worse, better = _("gets worse without it"), _("gets better without it")
    series = f"datum.cost > 0 ? '{worse}' : '{better}'"
    colours = Colours(mark=worse, gain=better)
    return (
        named("costs")
        .transform_calculate(series=series)
        .mark_bar()
        .encode(
            x=alt.X(
                "unit:N",
                sort=None,
                title=_("unit, the dearest first"),
                axis=alt.Axis(labelOverlap="greedy", labelAngle=0),
            ),
            y=quantity(alt.Y, "cost", _("cost, nats a character"), zero=True),
            color=colours.by_series,
            tooltip=told(
                unit=(_("unit"), ""), cost=(_("cost, nats a character"), "+.5f"), series=(_("held at 0 it"), "")
            ),
        )
        .properties(height=230, description=_("Bars: what silencing each unit costs, the dearest first."))
    )


def cost_data(costs: Array, shown: int) -> dict[str, pd.DataFrame]:
    """`costs` (H,) of all units, in nats per character, the dearest first, as many as are shown."""
    order = np.argsort(-costs, kind="stable")[:shown]
    return {"costs": pd.DataFrame({"unit": order.astype(str), "cost": costs[order]})}


def reach_chart(state: str = "h") -> Built:
    """The norm of the gradient against characters back, by a state of these letters."""
    far, sees = _("as far back as it goes"), _("what learning looks back at")
    colours = Colours(A=far, accent=sees, muted=_("untrained"))
    x = quantity(alt.X, "back", _("characters back, k"))
    title = _("norm of the gradient, ‖∂ loss ∕ ∂ {state}‖", state=state)
    y, low = (quantity(alt.Y, of, title, log=True, labelExpr=POWERS, tickCount=8) for of in ("norm", "low"))
    said = told(back=(_("characters back"), "d"), norm=(_("norm"), ".3e"))

    def line(column: str, role: str, **looks: Any) -> alt.Chart:
        over = named("reach").transform_filter(f"isValid(datum.{column})")
        values = over.transform_calculate(norm=f"datum.{column}")
        return colours.paint(values.mark_line(**looks).encode(x=x, y=y, tooltip=said), role)

    band = (
        named("reach")
        .transform_filter("isValid(datum.low)")
        .mark_area(opacity=0.18)
        .encode(
            x=x,
            y=low,
            y2="high:Q",
            tooltip=told(
                back=(_("characters back"), "d"),
                low=(_("a tenth of positions below"), ".3e"),
                high=(_("a tenth above"), ".3e"),
            ),
        )
    )
    cut = named("cut").encode(x=x)
    rule = cut.mark_rule(strokeDash=[2, 2])
    label = cut.mark_text(align="left", baseline="top", dx=4).encode(y=alt.value(2), text="label:N")
    lines = [line("before", "muted", strokeDash=[4, 3]), line("now", RUNS[0]), line("training", "accent")]
    upright = [colours.paint(each, "mark") for each in (rule, label)]
    return alt.layer(colours.paint(band, RUNS[0]), *lines, *upright).properties(
        height=320,
        description=_(
            "Lines over characters back: how large the gradient of a prediction still is there, for this "
            "network, for it untrained, and as far as learning looks back."
        ),
    )


def reach_data(now: Reach, training: Array, before: Array, T: int) -> dict[str, pd.DataFrame]:
    """`now` and `before` training along N characters back, what of it `training` sees, and where it stops."""
    floor = max(LEAST * float(now.mean.max()), 1e-30)
    length = len(now.mean)
    seen = now.mean > floor

    def drawn(values: Array) -> Array:
        padded = np.full(length, np.nan)
        padded[: len(values)] = np.where(values[:length] > floor, values[:length], np.nan)
        return padded

    frame = {
        "back": np.arange(length),
        "now": drawn(now.mean),
        "low": np.where(seen, np.maximum(now.low, floor), np.nan),
        "high": np.where(seen, np.maximum(now.high, floor), np.nan),
        "training": drawn(training),
        "before": drawn(before),
    }
    cut = pd.DataFrame({"back": [T], "label": [_("learning looks {T} back", T=T)]})
    return {"reach": pd.DataFrame(frame), "cut": cut}


def reaches_chart() -> Built:
    """The gradients of several runs against characters back, each from 1 on, and where learning of each stops."""
    x = quantity(alt.X, "back", _("characters back, k"))
    y = quantity(alt.Y, "share", _("gradient, of that at k = 0"), log=True, labelExpr=POWERS, tickCount=6)
    colour = alt.Color("run:N", scale=alt.Scale(range="category"), legend=alt.Legend(title=None))
    said = told(run=(_("run"), ""), back=(_("characters back"), "d"), share=(_("of that at 0"), ".2e"))
    lines = named("reaches").mark_line(strokeWidth=2).encode(x=x, y=y, color=colour, tooltip=said)
    cuts = named("cuts").mark_rule(strokeDash=[2, 2]).encode(x=x, color=colour, tooltip=told(run=(_("run"), "")))
    return alt.layer(lines, cuts).properties(
        height=240,
        description=_(
            "Lines over characters back: how large the gradient of a prediction still is there, for each "
            "run; upright, how far back learning looks."
        ),
    )


def reaches_data(means: Sequence[Array], lengths: Sequence[int]) -> dict[str, pd.DataFrame]:
    """The mean reach (K + 1,) of each run, and how far back its learning looks."""
    frames = []
    for run, mean in zip(RUNS, means, strict=False):
        share = mean / max(float(mean[0]), 1e-30)
        seen = share > LEAST
        frames.append(pd.DataFrame({"run": run, "back": np.flatnonzero(seen), "share": share[seen]}))
    cuts = pd.DataFrame({"run": list(RUNS[: len(lengths)]), "back": list(lengths)})
    return {"reaches": pd.concat(frames, ignore_index=True), "cuts": cuts}


def eigenvalues_chart(vanilla: bool = True) -> Built:
    """The spectra in the complex plane, the unit circle around them: W_hh has one in a vanilla network alone."""
    jacobian = {_(JACOBIAN): "mark"}
    spectra = {"W_hh": "accent"} | jacobian if vanilla else jacobian
    colours = Colours(**{role: name for name, role in spectra.items()}, muted=_("unit circle"))
    x, y = quantity(alt.X, "real", _("real part")), quantity(alt.Y, "imaginary", _("imaginary part"))
    circle = (
        alt.Chart(alt.sequence(0, 121, as_="k"))
        .transform_calculate(real="cos(datum.k * PI / 60)", imaginary="sin(datum.k * PI / 60)")
        .mark_line(strokeWidth=1)
        .encode(x=x, y=y, order="k:Q")
    )
    points = [
        named("eigenvalues")
        .transform_filter(f"datum.of == '{name}'")
        .mark_point(filled=True, size=26, opacity=0.75, shape="circle" if role == "accent" else "square")
        .encode(
            x=x,
            y=y,
            tooltip=told(
                of=(_("of"), ""),
                real=(_("real part"), ".4f"),
                imaginary=(_("imaginary part"), ".4f"),
                size=(_("size |λ|"), ".4f"),
            ),
        )
        for name, role in spectra.items()
    ]
    painted = [colours.paint(chart, role) for chart, role in zip(points, spectra.values(), strict=True)]
    corners = named("corners").mark_point(opacity=0, tooltip=None).encode(x=x, y=y)
    return alt.layer(colours.paint(circle, "muted"), corners, *painted).properties(
        width=290,
        height=290,
        description=_(
            "Points in the complex plane within or beyond the unit circle, the eigenvalues of: {spectra}.",
            spectra=", ".join(spectra),
        ),
    )


def eigenvalues_data(found: Spectra) -> dict[str, pd.DataFrame]:
    """Eigenvalues with their sizes, and the corners of a square that holds them and the unit circle."""
    values = np.concatenate([found.weights, found.jacobian])
    of = ["W_hh"] * len(found.weights) + [_(JACOBIAN)] * len(found.jacobian)
    frame = {"of": of, "real": values.real, "imaginary": values.imag, "size": np.abs(values)}
    far = max(map(abs, ends([-1, 1], values.real, values.imag, -values.real, -values.imag)))
    return {
        "eigenvalues": pd.DataFrame(frame),
        "corners": pd.DataFrame({"real": [-far, far], "imaginary": [-far, far]}),
    }
