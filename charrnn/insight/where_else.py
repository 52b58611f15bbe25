"""Where else in a text are the same units on, or off, together? A search through all of it.

As LSTMVis (Strobelt et al. 2018, section 4.2). A unit is on at a character where its value is above a threshold, off
where it is below minus the threshold. Let A be what units are throughout the stretch, B what they are throughout a
place as long: places are ranked by |A ∩ B|, of equal ones by the Jaccard index |A ∩ B| / |A ∪ B|.

The text is read at up to 64 places at once, each after WARM_UP characters read from the zero state: where the network
has forgotten what came before those, this is what reading straight on gives. (Measured with the default network after
1,500 steps on Shakespeare, over 200,000 characters: no value differs by more than 6e-6.) States are let go piece by
piece; what stays is a number a character: a million characters take 0.7 s with 128 units, on one core.
N = characters, L = characters of the stretch, H = hidden size, S = characters a stream, B = streams.
"""

from collections.abc import Iterator
from math import ceil
from typing import Literal, NamedTuple

import numpy as np

from charrnn.insight.states import Place, peaks
from charrnn.network.cells import forward, zero_state
from charrnn.network.parameters import Array, Parameters
from charrnn.shown import displayed

Which = Literal["on", "off", "either"]

STREAMS = 64
WARM_UP = 200  # as long as the context that the strip's sentence has
PIECE = 128  # characters a stream reads before its states are let go


@displayed
class Elsewhere(NamedTuple):
    """Units that are on, or off, throughout a stretch, and where else the most of them are so together, best first."""

    on: Array  # numbers of the units
    off: Array
    places: list[Place]  # score: how many of them are so throughout, plus the Jaccard index, above 0 and 1 at most

    @property
    def shared(self) -> list[int]:
        """How many of the units are so throughout each place."""
        return [ceil(place.score) - 1 for place in self.places]


def find_where_else(
    parameters: Parameters,
    ids: Array,
    stretch: Array,
    threshold: float = 0.3,
    which: Which = "on",
    n: int = 10,
    itself: int | None = None,
) -> Elsewhere:
    """Search ids (N,) for places like the stretch, whose states (L, H) are given; `itself`: where it stands in them.

    Places overlap neither each other nor the stretch; those that share no unit are left out. Raises ValueError for an
    empty stretch.
    """
    L, H = stretch.shape
    if not L:
        raise ValueError("The stretch is empty: choose one of at least one character.")
    signs = np.unpackbits(_throughout(_signs(stretch, threshold, which), L)[0]).astype(bool)
    on, off = (np.flatnonzero(part[:H]) for part in np.split(signs, 2))
    if len(ids) < L or not signs.any():
        return Elsewhere(on, off, [])
    score = scores(parameters, ids, stretch, threshold, which)
    if itself is not None:
        score[max(0, itself - L + 1) : itself + L] = -np.inf
    return Elsewhere(on, off, [Place(p, p + L, float(score[p])) for p in peaks(score, n, L)])


def scores(parameters: Parameters, ids: Array, stretch: Array, threshold: float, which: Which) -> Array:
    """(N - L + 1,) how well each place fits the stretch (L, H); -inf where it shares nothing with it."""
    N, L = len(ids), len(stretch)
    wanted = _throughout(_signs(stretch, threshold, which), L)[0]
    asked = np.bitwise_count(wanted).sum(dtype=int)
    pieces = []
    signs = np.empty((0, 1, 0), np.uint8)
    for h in read_in_streams(parameters, ids, L - 1):
        fresh = _signs(h, threshold, which)
        signs = np.concatenate([signs, fresh]) if signs.size else fresh
        if len(signs) < L:
            continue
        same = _throughout(signs, L)
        shared = np.bitwise_count(same & wanted).sum(axis=-1, dtype=np.float32)
        others = np.bitwise_count(same & ~wanted).sum(axis=-1, dtype=np.float32)
        pieces.append(np.where(shared > 0, shared + shared / (asked + others), -np.inf))
        signs = signs[len(same) :]  # a place may reach into the next piece
    return np.concatenate(pieces).T.ravel()[: N - L + 1]


def read_in_streams(parameters: Parameters, ids: Array, beyond: int = 0) -> Iterator[Array]:
    """Read ids (N,) as B streams of S characters side by side; yield the states (up to PIECE, B, H) piece by piece.

    Stream b holds the characters from b S on, and `beyond` more at its end.
    """
    N = len(ids)
    B = max(1, min(STREAMS, N // (4 * WARM_UP)))
    S = -(-N // B)

    def inputs(first: int, last: int) -> Array:
        places = np.arange(first, last)[:, None] + S * np.arange(B)
        return ids[np.clip(places, 0, N - 1)]

    h = forward(parameters, inputs(-WARM_UP, 0), zero_state(parameters, B))
    h[-1, 0] = 0  # nothing comes before the text
    for first in range(0, S + beyond, PIECE):
        h = forward(parameters, inputs(first, min(first + PIECE, S + beyond)), h[-1])
        yield h[1:, :, : len(parameters.W_hh)]


def _signs(h: Array, threshold: float, which: Which) -> Array:
    """Whether each unit is on, then whether each is off, as bits: (..., H) to (..., 2 ceil(H / 8))."""
    nothing = np.zeros_like(h, bool)
    on = h > threshold if which != "off" else nothing
    off = h < -threshold if which != "on" else nothing
    return np.concatenate([np.packbits(on, axis=-1), np.packbits(off, axis=-1)], axis=-1)


def _throughout(signs: Array, L: int) -> Array:
    """What holds at all of the L characters from each place on: (N, ...) to (N - L + 1, ...)."""
    seen = 1
    while seen < L:  # the stretch seen so far is put together with itself, so this takes log2(L) rounds
        step = min(seen, L - seen)
        signs = signs[:-step] & signs[step:]
        seen += step
    return signs
