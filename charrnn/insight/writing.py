"""Writing, watched: the same draws as sampling.generate, one at a time, with the distribution before and after.

V = vocabulary size, H = hidden size.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from charrnn.network import sampling
from charrnn.network.layers import logits, softmax
from charrnn.network.parameters import Array, Parameters
from charrnn.shown import displayed


@displayed
class Written(NamedTuple):
    """What was written, and the draw that comes next."""

    ids: Array  # (n,)
    p: Array  # (n + 1, V) what the network gave every character at each draw, that of the next one last
    q: Array  # (V,) for the next: softmax(y / temperature), cut to the top_k likeliest
    die: float  # u, uniform on [0, 1): the next is the first character whose cumulative q is above it
    drawn: int  # that character

    @property
    def probability(self) -> Array:
        """(n,) what the network gave the characters that were written, before temperature."""
        return self.p[np.arange(len(self.ids)), self.ids]


class Die(np.random.Generator):
    """A generator that throws a number that was thrown before."""

    def __init__(self, thrown: float) -> None:
        super().__init__(np.random.PCG64(0))
        self.thrown = thrown

    def random(self, *_: object, **__: object) -> Array:  # type: ignore[override]
        """That number."""
        return np.array([self.thrown])


def written(
    parameters: Parameters,
    prime: Array,
    dice: Array,
    temperature: float = 1.0,
    top_k: int | None = None,
    picks: Mapping[int, int] | None = None,
) -> Written:
    """Write len(dice) - 1 characters after a prime, and show the draw of the next.

    dice (n + 1,): rng.random(n + 1) are those of sampling.sample with that generator, which writes the same. `picks`
    are characters that a person chose instead, by their place.
    """
    h, H = sampling.read(parameters, prime[:-1]), parameters.sizes[1]  # a gated cell carries more than its H outputs
    last = int(prime[-1]) if len(prime) else None
    ids, p = np.empty(len(dice), np.int32), np.empty((len(dice), len(parameters.b_y)))
    for i, u in enumerate(dice.tolist()):
        drawn, h = sampling.generate(parameters, h, last, 1, Die(u), temperature, top_k)
        p[i] = softmax(logits(parameters, h[:H]))  # h has read what came before this draw
        last = ids[i] = int((picks or {}).get(i, drawn[0]))
    return Written(ids[:-1], p, weighted(parameters, h[:H], temperature, top_k), float(u), int(drawn[0]))


def weighted(parameters: Parameters, h: Array, temperature: float, top_k: int | None) -> Array:
    """q (V,): what the die falls on, after temperature and top_k, from the state h (H,)."""
    y = logits(parameters, h)
    if temperature < sampling.COLDEST or top_k == 1:
        return np.eye(len(y))[int(y.argmax())]
    if top_k is not None and top_k < len(y):
        y = np.where(y < np.partition(y, len(y) - top_k)[len(y) - top_k], -np.inf, y)
    return softmax(y / temperature)
