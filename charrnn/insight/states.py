"""Hidden states over a text: orders of the units that show structure, views that show change, places that are alike.

N = characters, H = hidden size. hidden (N, H) holds the state after reading each character (reading.read).
"""

from typing import NamedTuple

import numpy as np

from charrnn.network.parameters import Array
from charrnn.shown import displayed

FAR = -9.0  # below every correlation


@displayed
class Place(NamedTuple):
    """Characters start … end - 1 of a text, and how well they fit what was looked for."""

    start: int
    end: int
    score: float


@displayed
class Context(NamedTuple):
    """A place in its surroundings, as three pieces of text."""

    before: str
    inside: str
    after: str


def by_variance(hidden: Array) -> Array:
    """Numbers (H,) of the units, the most varying first; equal ones in their natural order."""
    return np.argsort(-hidden.var(axis=0), kind="stable")


def by_score(scores: Array) -> Array:
    """Numbers (H,) of the units, the largest |score| first: an order by a concept or by what an ablation costs."""
    return np.argsort(-np.abs(scores), kind="stable")


def by_similarity(hidden: Array) -> Array:
    """Numbers (H,) of the units, such that units that move together stand together (seriation).

    Average-linkage clustering of the units' correlations (Sokal & Michener 1958). Whenever two clusters join, either is
    turned so that the two units that meet are as alike as possible, as in Gruvaeus & Wainer 1972; the leaves in their
    final order are the result. Of five ways tried on trained networks this had the highest correlation within ten rows.
    """
    alike = correlations(hidden)
    S = alike.copy()  # similarity of clusters; row i stands for the cluster that holds unit i
    np.fill_diagonal(S, FAR)
    members = [[unit] for unit in range(len(S))]
    i = 0
    for _ in range(len(S) - 1):
        i, j = _nearest_pair(S, i)
        n, m = len(members[i]), len(members[j])
        members[i], members[j] = _join(members[i], members[j], alike), []
        joined = (n * S[i] + m * S[j]) / (n + m)
        joined[i] = FAR
        S[i], S[:, i] = joined, joined
        S[j], S[:, j] = FAR, FAR
    order = members[i]
    return np.array(order if order[0] <= order[-1] else order[::-1])


def correlations(hidden: Array) -> Array:
    """Pearson correlations (H, H) of the units over the text; 0 with a unit that never changes."""
    z = deviation(hidden)
    norm = np.sqrt((z * z).sum(axis=0))
    z = z / np.where(norm > 1e-6, norm, np.inf)
    return z.T @ z


def deviation(hidden: Array) -> Array:
    """(N, H) values less their unit's mean over the text: what a saturated unit still does, in [-2, 2]."""
    return hidden - hidden.mean(axis=0)


def change(hidden: Array) -> Array:
    """(N, H) values less those at the character before, in [-2, 2]; the first character's are 0."""
    return np.diff(hidden, axis=0, prepend=hidden[:1])


def most_on(values: Array, n: int = 8, apart: int = 20) -> Array:
    """The n characters, at least `apart` from each other, at which a unit's values (N,) are highest, highest first."""
    return np.array(peaks(values, n, apart), dtype=int)


def most_off(values: Array, n: int = 8, apart: int = 20) -> Array:
    """The n characters, at least `apart` from each other, at which a unit's values (N,) are lowest, lowest first."""
    return most_on(-values, n, apart)


def contexts(text: str, places: list[Place] | Array, before: int = 30, after: int = 15) -> list[Context]:
    """Each place (or single character) with the characters around it."""
    spans = [(p.start, p.end) if isinstance(p, Place) else (int(p), int(p) + 1) for p in places]
    return [Context(text[max(0, a - before) : a], text[a:b], text[b : b + after]) for a, b in spans]


def peaks(score: Array, n: int, apart: int) -> list[int]:
    """Positions of the n highest finite scores (N,), at least `apart` from each other; of equal ones the first."""
    left = np.array(score, dtype=float)
    found: list[int] = []
    while len(found) < n:
        best = int(left.argmax())
        if left[best] == -np.inf:
            break
        found.append(best)
        left[max(0, best - apart + 1) : best + apart] = -np.inf
    return found


def _nearest_pair(S: Array, i: int) -> tuple[int, int]:
    """Walk from cluster i to its nearest, and on, until two are each other's nearest."""
    j = int(S[i].argmax())
    while S[j, k := int(S[j].argmax())] > S[j, i]:
        i, j = j, k
    return i, j


def _join(a: list[int], b: list[int], alike: Array) -> list[int]:
    """One list of two, either reversed where that brings the two most alike ends together."""
    ends = alike[np.ix_([a[-1], a[0]], [b[0], b[-1]])]
    turn_a, turn_b = divmod(int(ends.argmax()), 2)
    return (a[::-1] if turn_a else a) + (b[::-1] if turn_b else b)
