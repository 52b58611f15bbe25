"""A run's losses: as a frame, and the one to speak of at a step, in words."""

from collections.abc import Callable
from math import log
from typing import NamedTuple

import numpy as np
import pandas as pd

from charrnn.dashboard import words
from charrnn.dashboard.charts.loss_axes import losses_frame
from charrnn.dashboard.components import Span
from charrnn.dashboard.language import _
from charrnn.network.parameters import Array
from charrnn.runs.curve import Curve
from charrnn.runs.known import Known
from charrnn.runs.smoothing import smoothed_loss
from charrnn.sentence import Sentence
from charrnn.text.batches import streams_that_fit


class Loss(NamedTuple):
    """A loss to speak of, in nats per character: on what it was measured, and at which step."""

    nats: float
    kind: str
    step: int


def losses_of(run: Known, smoothing: str = "usual") -> pd.DataFrame:
    """A run's losses, smoothed as it was chosen, and what was measured on held-out text."""
    curve = run.curve
    smooth = smoothed(run, smoothing)
    return losses_frame(curve.steps, smooth, curve.low, curve.high, curve.held_out, characters_a_step(run), curve.clock)


def smoothed(run: Known, smoothing: str = "usual") -> Array:
    """The smoothed loss at the steps of a run's curve, in nats per character."""
    corpus = run.corpus
    return smoothed_loss(run.curve, run.settings, len(corpus.vocabulary), len(corpus.train_ids), smoothing)


def characters_a_step(run: Known) -> int:
    """Characters that a step learns from."""
    T, B = run.settings.sequence_length, run.settings.batch_size
    return T * streams_that_fit(len(run.corpus.train_ids), T, B)


def loss_of(curve: Curve, smoothed: Callable[[], Array], first: float, step: int, since: float = 0) -> Loss:
    """The loss to speak of at a step: the last one measured on held-out text, else the smoothed one.

    Now, one kind for as long as there is one, however old: the smoothed loss runs behind, and pausing, which measures
    on held-out text, must not seem to make a network better or worse. Looking back, one measured `since` a step.
    `smoothed` is asked only where nothing was measured; `first` is the loss before the curve has a step.
    """
    if measured := [point for point in curve.held_out if since <= point[0] <= step]:
        at, nats = measured[-1]
        return Loss(nats, Sentence("held out"), at)
    before = int(np.searchsorted(curve.steps, step, "right"))
    nats = float(smoothed()[before - 1]) if before else first
    return Loss(nats, Sentence("on the text it reads, smoothed,"), step)


def beside_blind(nats: float, V: int) -> str:
    """A loss beside that of a blind guess, as the sentence goes on."""
    if words.choices(nats) == words.choices(log(V)):
        return _(", as a blind guess does.")
    if nats >= log(V):
        return _(": a blind guess among {V:,} would do better.", V=V)
    return _(", down from {V:,} characters.", V=V) if words.knows(nats) else _(", down from {V:,}.", V=V)


def of_kind(nats: float, kind: str) -> Span:
    """A loss in both units, and what kind of loss it is."""
    return _(
        " {nats:.2f} nats = {bits:.2f} bits a character, {kind}", nats=nats, bits=words.bits(nats), kind=kind
    ), "muted"
