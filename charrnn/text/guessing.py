"""Guess the next character: places in a text, and what a bet on one character costs in bits.

V is the size of the alphabet. Who names a character and says how sure they are, p, gives p to it and shares the rest
among the others, (1 - p) / (V - 1) each; the score is -log2 of what the character that came was given (Shannon 1951,
"Prediction and entropy of printed English", had people guess in the same way).
"""

from math import log2

import numpy as np

from charrnn.text.corpus import Ids

CONTEXT = 60  # characters that are shown before the one to be guessed


def places(ids: Ids, many: int, rng: np.random.Generator, ignored: int | None = None) -> list[int]:
    """So many places of a text, in ascending order, fewer where it is short: each with CONTEXT characters before it
    where there are as many, and no character that nobody is to guess."""
    first = min(CONTEXT, max(1, len(ids) - many))
    there = first + np.flatnonzero(ids[first:] != ignored) if ignored is not None else np.arange(first, len(ids))
    return sorted(rng.choice(there, min(many, len(there)), replace=False).tolist())


def bet_bits(sure: float, right: bool, V: int) -> float:
    """What a bet on one of V characters costs: infinitely much only for who is wrong and was entirely sure."""
    return -log2(sure if right else (1 - sure) / (V - 1))
