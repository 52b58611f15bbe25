"""The loss over training, as a run's frame."""

from math import log

import pandas as pd

from charrnn.dashboard.charts.losses import losses_frame
from charrnn.runs.run import Run
from charrnn.text.batches import streams_that_fit

KEEP = 0.999  # of the smoothed loss, a window of one stream: as the trainer does


def losses_of(run: Run) -> pd.DataFrame:
    """A run's losses, smoothed without their start, and what was measured on held-out text."""
    corpus, settings, curve = run.corpus, run.settings, run.curve
    streams = streams_that_fit(len(corpus.train_ids), settings.sequence_length, settings.batch_size)
    keep = KEEP**streams
    smoothed = curve.smoothed(log(len(corpus.vocabulary)), keep, keep)
    characters = settings.sequence_length * streams
    return losses_frame(curve.steps, smoothed, curve.low, curve.high, curve.held_out, characters, curve.clock)
