"""The weights themselves: how they are spread, how saturated the states are, which characters enter alike.

N = characters, V = vocabulary size, H = hidden size.
"""

from typing import NamedTuple

import numpy as np

from charrnn.insight.concepts import VOWELS, base_letter
from charrnn.network.parameters import Array
from charrnn.shown import displayed

SATURATED = 0.9  # above this |tanh| its slope is below 0.19, and little gradient passes


@displayed
class Histogram(NamedTuple):
    """How the entries of one array are spread."""

    name: str
    edges: Array  # (bins + 1,)
    counts: Array  # (bins,) entries beyond the outermost edges are counted in the outermost bins


@displayed
class Saturation(NamedTuple):
    """Where the states of a text lie on the tanh."""

    share: float  # of all values with |h| > 0.9
    histogram: Histogram  # of all values, from -1 to 1


@displayed
class Embedding(NamedTuple):
    """The characters as points: what enters the state alike lies together."""

    points: Array  # (V, 2)
    explained: tuple[float, float]  # share of the variance that each axis shows


def histogram(name: str, values: Array, limit: float | None = None, bins: int = 41) -> Histogram:
    """Counts of the values from -limit to limit (their largest size where None), zero in the middle of a bin."""
    finite = values[np.isfinite(values)]
    limit = limit or float(np.abs(finite).max(initial=0)) or 1.0
    counts, edges = np.histogram(np.clip(finite, -limit, limit), bins, (-limit, limit))
    return Histogram(name, edges, counts)


def saturation(hidden: Array) -> Saturation:
    """How much of hidden (N, H) lies where the tanh is flat."""
    share = (np.abs(hidden) > SATURATED).mean()
    return Saturation(float(share), histogram("h", hidden, 1.0))


def embedding(weights: Array, like: Array | None = None) -> Embedding:
    """The two principal components of rows (V, H), W_xh's usually (Pearson 1901; by singular values).

    Each axis points to where the rows lie as in `like` (V, 2), the points of a moment before, so that the picture does
    not flip by chance; without such points, to where its farthest row lies.
    """
    rows = weights - weights.mean(axis=0)
    U, S, _ = np.linalg.svd(rows.astype(float), full_matrices=False)
    points = np.zeros((len(rows), 2))
    k = min(2, len(S))
    points[:, :k] = U[:, :k] * S[:k]
    if like is None or like.shape != points.shape:
        ahead = points[np.abs(points).argmax(axis=0), [0, 1]]
    else:
        ahead = (points * like).sum(axis=0)
    points *= np.where(ahead < 0, -1, 1)
    variance = np.zeros(2)
    variance[:k] = S[:k] ** 2 / max(float(S @ S), 1e-30)
    return Embedding(points, (float(variance[0]), float(variance[1])))


def kinds(characters: str) -> list[str]:
    """What each character of an alphabet is, for the colour of its point."""
    return [_kind(character) for character in characters]


def _kind(character: str) -> str:
    if character.isspace():
        return "space"
    if character.isdigit():
        return "digit"
    if not character.isalpha():
        return "punctuation"
    if character.isupper():
        return "capital"
    return "vowel" if base_letter(character) in VOWELS else "other letter"
