"""The smoothed loss as people are told it: one way, wherever that is."""

from math import log

from charrnn.runs.curve import Curve
from charrnn.runs.history import Array
from charrnn.text.batches import streams_that_fit
from charrnn.training.settings import Settings

CLASSIC = "classic"
WINDOWS = {"light": 100, "usual": 1_000, "strong": 10_000}  # of one stream, over which a loss is smoothed


def smoothed_loss(curve: Curve, settings: Settings, V: int, characters: int, smoothing: str = "usual") -> Array:
    """The smoothed loss at the steps of a run's curve, in nats per character.

    V and `characters` are those of the text that it trains on. The classic one starts at a blind guess and lies between
    it and the losses for a thousand windows; the others are of the losses alone. The classic experiment usually has the
    classic one.
    """
    usually_classic = settings == Settings.classic(seed=settings.seed, dtype=settings.dtype)
    if smoothing == CLASSIC or (smoothing == "usual" and usually_classic):
        return curve.smooth
    streams = streams_that_fit(characters, settings.sequence_length, settings.batch_size)
    kept, keep = ((1 - 1 / windows) ** streams for windows in (WINDOWS["usual"], WINDOWS[smoothing]))
    return curve.smoothed(log(V), kept, keep)
