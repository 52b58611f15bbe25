"""The network reads a text: what it expected before each character, what it carries after it.

    h_0 = 0, h_i = the state after reading ids[i - 1]      p(ids[i] | everything before it) = softmax(h_i W_hy + b_y)

N = characters read, S = columns of the strip, V = vocabulary size, H = hidden size.
"""

import re
from typing import NamedTuple

import numpy as np

from charrnn.network.cells import cell_of, forward, zero_state
from charrnn.network.jacobian import Jacobian
from charrnn.network.layers import log_softmax, logits, softmax
from charrnn.network.parameters import Array, Parameters
from charrnn.shown import displayed

TOP = 5  # likeliest characters kept for each column
SEARCH = 5_000  # characters within which a beginning is looked for

_SENTENCE = re.compile(r"""\w{4,}[.!?…]["'”’»)_]*\s+|[。！？]\s*|\n{2,}""")  # \w{4,}: "Mr." ends no sentence
_LINE = re.compile(r"\n+")


@displayed
class Reading(NamedTuple):
    """One pass over a text."""

    hidden: Array  # (N, H) after reading each character
    probabilities: Array  # (N, V) of the character that comes next, after each character


@displayed
class Strip(NamedTuple):
    """What the reading strip shows: for each of S columns, the prediction made BEFORE its character was read."""

    came: Array  # (S,) ids of the characters that came
    top_ids: Array  # (S, 5) likeliest characters, likeliest first; V columns where the alphabet is smaller
    top_probabilities: Array  # (S, 5)
    probability: Array  # (S,) of the character that came
    surprise: Array  # (S,) -log2 of it, in bits
    hidden: Array  # (S, H) after reading each column's character

    @property
    def guess(self) -> Array:
        """Ids (S,) of the likeliest characters."""
        return self.top_ids[:, 0]

    @property
    def guess_probability(self) -> Array:
        """Probabilities (S,) of the likeliest characters."""
        return self.top_probabilities[:, 0]


def states(parameters: Parameters, ids: Array, hidden: Array | None = None) -> Array:
    """The states (N + 1, S H): that before the text, hidden (S H,) or zero, then that after each character.

    Each begins with h (H,); an LSTM's goes on with c, so that S is 2 there and 1 elsewhere.
    """
    start = zero_state(parameters) if hidden is None else hidden[None]
    return forward(parameters, ids[:, None], start)[:, 0]


def units_along(parameters: Parameters, ids: Array) -> Array:
    """h (N, H) after each character of ids, from the zero state."""
    return states(parameters, ids)[1:, : len(parameters.W_hh)]


def jacobian(parameters: Parameters, ids: Array, along: Array) -> Jacobian:
    """The derivative of the steps that read ids (N, …), of which `along` (N + 1, …, S H) are the states."""
    return cell_of(parameters).jacobian(parameters, ids, along[:-1], along[1:])


def read(parameters: Parameters, ids: Array, hidden: Array | None = None) -> Reading:
    """Read ids (N,) from the state hidden (S H,), zero where none is given."""
    h = states(parameters, ids, hidden)[1:, : len(parameters.W_hh)]
    return Reading(h, softmax(logits(parameters, h)))


def strip(parameters: Parameters, ids: Array, start: int, h: Array | None = None) -> Strip:
    """Read ids (N,) from the zero state; report on the columns ids[start:], those before being context.

    With start 0 the first column's prediction comes from the zero state alone. ``h`` (N + 1, S H): the
    states along ids, where they are known already.
    """
    h = states(parameters, ids) if h is None else h
    came = ids[start:]
    log_p = log_softmax(logits(parameters, h[start:-1]))
    top_ids = np.argsort(-log_p, axis=1, kind="stable")[:, :TOP]
    log_came = log_p[np.arange(len(came)), came]
    top_probabilities = np.exp(np.take_along_axis(log_p, top_ids, axis=1))
    hidden = h[start + 1 :, : len(parameters.W_hh)]
    return Strip(came, top_ids, top_probabilities, np.exp(log_came), -log_came / np.log(2), hidden)


def most_varying(hidden: Array, n: int = 5, shown: Array | None = None) -> Array:
    """The n units whose values (N, H) vary most over the text, in ascending order of their number.

    Units already `shown` stay as long as they are among the 4n most varying, so that a picture drawn several times a
    second does not exchange its rows with every small change of rank.
    """
    ranked = np.argsort(-hidden.var(axis=0), kind="stable")
    if shown is not None:
        kept = ranked[: 4 * n][np.isin(ranked[: 4 * n], shown)]
        ranked = np.concatenate([kept, ranked[~np.isin(ranked, kept)]])
    return np.sort(ranked[:n])


def sentence(text: str, held_out_start: int, cells: int = 84, context: int = 200) -> tuple[str, int]:
    """The strip's sentence with its context before it, and where the sentence begins in what is returned.

    `cells` characters of text[held_out_start:], fewer where it is shorter, from the beginning of a sentence, else of a
    line, else anywhere; up to `context` characters before them, held out too where there are enough. Where nothing is
    held out, the last sentence or line of the text, else its first characters: what is one thing again and again is
    learned as a clock, which is right only from where training sets it going. The same text gives the same sentence.
    """
    last = len(text) - cells  # the last place from which all cells are filled
    if held_out_start >= len(text):
        begin = (_beginnings(text, max(0, last - SEARCH), last) or [0])[-1]
    else:
        first = held_out_start + context if held_out_start + context <= last else held_out_start
        begin = (_beginnings(text, first, last) or [first])[0]
    low = max(0, begin - context)
    return text[low : begin + cells], begin - low


def _beginnings(text: str, first: int, last: int) -> list[int]:
    """Places from `first` to `last` where a sentence begins, else where a line does."""
    last = max(first, min(last, first + SEARCH))
    before = max(0, first - 40)  # enough to see the sentence end that a beginning follows
    for pattern in (_SENTENCE, _LINE):
        ends = (match.end() for match in pattern.finditer(text, before, last))
        if places := [end for end in ends if end >= first]:
            return places
    return []
