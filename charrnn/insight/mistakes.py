"""Where it is wrong: what came against what was guessed, how often and how surely.

N = characters predicted, V = vocabulary size.
"""

from typing import NamedTuple

import numpy as np

from charrnn.insight.reading import states
from charrnn.network.layers import logits, softmax
from charrnn.network.parameters import Array, Parameters
from charrnn.shown import displayed


@displayed
class Mistakes(NamedTuple):
    """A row for each character that came, a column for each that was the likeliest guess."""

    often: Array  # (V, V) how often that was the guess where this came
    surely: Array  # (V, V) the mean probability that it gave the guess there, 0 where it never was

    @property
    def right(self) -> float:
        """The share of characters that were guessed right."""
        return float(np.trace(self.often) / max(1, self.often.sum()))


def mistakes(parameters: Parameters, ids: Array) -> Mistakes:
    """Read ids (N + 1,) from the zero state, and guess each but the first."""
    V = len(parameters.b_y)
    p = softmax(logits(parameters, states(parameters, ids[:-1])[1:, : parameters.sizes[1]]))
    guess = p.argmax(axis=1)
    place = ids[1:].astype(np.int64) * V + guess
    often = np.bincount(place, minlength=V * V)
    sure = np.bincount(place, p[np.arange(len(p)), guess], V * V)
    return Mistakes(often.reshape(V, V), (sure / np.maximum(often, 1)).reshape(V, V))
