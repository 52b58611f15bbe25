"""The charts of the weights: histograms over time, saturation and gradients over time, characters as points."""

import re
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike

from charrnn.dashboard.components import Chart, Kind, Layer, Scale
from charrnn.insight.weights import Embedding, Histogram, kinds
from charrnn.network.rnn import Array

KINDS: tuple[Kind, ...] = get_args(Kind)
FLAT = "There the tanh is flat: its slope is below 0.19, and little gradient passes."
PULL = "Over one step, before clipping: how strongly the weights are pulled."
MET = "Of every step, before clipping and at the clip then set; each point the mean since the one before."
CUT = "Those beyond the limit in force now (Learning, Clip)."


def histogram_chart(steps: list[int], spread: list[Histogram]) -> Chart:
    """How one array's entries are spread at each step, the last one being shown: pale the early ones, it strong."""
    edges = spread[0].edges
    centres = (edges[1:] + edges[:-1]) / 2
    shares = [histogram.counts / max(1, histogram.counts.sum()) for histogram in spread]
    pale = np.linspace(0.15, 0.6, len(spread) - 1)
    named = [(f"step {step:,}", share) for step, share in zip(steps, shares, strict=True)]
    layers = [
        Layer("steps", centres, share, name=name, colour="muted", strength=float(strength), width=1.25)
        for (name, share), strength in zip(named[:-1], pale, strict=True)
    ]
    if layers:
        layers[-1] = layers[-1]._replace(legend="stored steps, the earlier the paler")
    now, share = named[-1]
    layers.append(Layer("steps", centres, share, name=now, legend=now, colour="accent", filled=True))
    x = Scale("value of an entry", low=float(edges[0]), high=float(edges[-1]))
    y = Scale("share of the entries", "percent", low=0)
    return Chart("histogram", f"Histograms of {spread[0].name} at stored steps", x, y, layers, 300)


def over_time_charts(steps: list[int], saturated: list[float], norm: list[float], clipped: list[float]) -> list[Chart]:
    """Three figures over the stored steps, the last one said in the heading."""
    share = Scale("share of the values", "percent", low=0, high=1)
    return [
        _over_time(steps, saturated, share, "values with |h| > 0.9", f"{saturated[-1]:.1%}", FLAT),
        _over_time(steps, norm, Scale("norm", low=0), "norm of the gradient", f"{norm[-1]:.3g}", PULL),
        _over_time(
            steps,
            clipped,
            Scale("share of the entries", "percent", low=0),
            "entries that clipping would cut",
            f"{clipped[-1]:.1%}",
            CUT,
        ),
    ]


def as_met_charts(steps: Array, norm: Array, clipped: Array) -> list[Chart]:
    """What training itself met at all its steps: the gradient's norm, and how much of it was clipped."""
    share = Scale("share of the entries", "percent", low=0)
    return [
        _at_steps(steps, norm, Scale("norm", low=0), "norm of the gradient, as training met it", MET),
        _at_steps(steps, clipped, share, "entries that were clipped, as training met them", MET),
    ]


def _over_time(steps: list[int], values: list[float], y: Scale, title: str, now: str, note: str) -> Chart:
    """A figure at the stored steps, a dot at each."""
    described = _at_steps(steps, values, y, title, note)
    dots = Layer("dots", steps, values, name=title, width=6)
    line = described.layers[0]._replace(name="", width=2.0)
    return described._replace(heading=f"{title}: {now}", layers=[line, dots])


def _at_steps(steps: ArrayLike, values: ArrayLike, y: Scale, title: str, note: str) -> Chart:
    """A line over training steps; step 0 stands at 1, where a logarithmic axis begins."""
    x = Scale("training steps", "count", log=True, low=1, high=max(10.0, float(np.max(steps))))
    line = Layer("line", steps, values, name=title, width=1.5)
    name = re.sub(r"\W+", "-", title).strip("-")
    return Chart(name, f"{title}, over training steps", x, y, [line], 190, heading=title, note=note)


def embedding_chart(characters: str, found: Embedding, step: int) -> Chart:
    """The characters at their two principal components, coloured by what they are."""
    of, ends = kinds(characters), 1.08 * np.abs(found.points).max(axis=0)
    layers = []
    for kind in KINDS:
        here = [k for k, its in enumerate(of) if its == kind]
        signs, (across, up) = "".join(characters[k] for k in here), found.points[here].T
        if here:
            layers.append(Layer("signs", across, up, name=kind, legend=kind, colour=kind, signs=signs))
    note = f"Step {step:,}. The two axes show {sum(found.explained):.0%} of how the rows differ."
    titles = "first principal component", "second"
    x, y = (Scale(title, low=-float(end), high=float(end)) for title, end in zip(titles, ends, strict=True))
    alt = "Characters by the two principal components of their input weights"
    return Chart("characters", alt, x, y, layers, 400, note=note)
