"""What a network is compared to: what the loss is for those who guess, count letters, or compress.

The n-gram models interpolate all orders with the weights of Witten and Bell (1991; Chen and Goodman 1998, section 2.6):

    P_k(c | context) = [n(context, c) + D(context) P_{k-1}(c | shorter context)] / [n(context) + D(context)]

where n counts in the training part, D is the number of distinct characters seen after the context, and P_{-1} = 1/V;
after a context never seen, P_k = P_{k-1}. There is nothing to tune, and the probabilities sum to one. U+FFFD is never
predicted, by the network neither, so that it is left out of all counts but as context.
V is the vocabulary size, N the number of characters measured on.
"""

from __future__ import annotations

import bz2
from math import log
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from charrnn.sentence import Sentence
from charrnn.text.corpus import Corpus, Ids
from charrnn.text.decoding import REPLACEMENT

_BLOCK = 850_000  # bytes: bzip2 looks at 900,000 at once (a little less where runs are long), and forgets all before


class Baseline(NamedTuple):
    """A competitor's loss, in nats per character, and which part of the text that was measured on."""

    name: str
    nats: float
    measured_on: str


def baselines(corpus: Corpus) -> list[Baseline]:
    """From the weakest to the strongest of their kind: a blind guess, n-grams of order 0 to 2, a file compressor.

    They learn from the training part and are measured on the held-out one. Without one they are measured on the text
    that they learnt from, which flatters the n-grams; `measured_on` says so. The compressor is left out where it does
    worse than a blind guess: a short file is mostly its header.
    """
    held_out = len(corpus.held_out_ids) > 0
    measured_on = Sentence("held-out text") if held_out else Sentence("training text")
    measured = corpus.held_out_ids if held_out else corpus.train_ids
    before = corpus.train_ids[-2:] if held_out else corpus.train_ids[:0]
    V = len(corpus.vocabulary)
    ignored = corpus.vocabulary.replacement
    probabilities = ngram_probabilities(corpus.train_ids, measured, V, before=before, ignored=ignored)
    losses = -np.log(probabilities[:, measured != ignored] if ignored is not None else probabilities).mean(axis=1)
    names = ("counting letters", "counting pairs", "counting triples")
    found = [("blind guess", log(V)), *zip(names, losses.tolist(), strict=True)]
    if (compressed := compressed_nats(corpus)) < log(V):
        found.append(("file compression", compressed))
    return [Baseline(name, nats, measured_on) for name, nats in found]


def ngram_probabilities(
    train: Ids, text: Ids, size: int, *, before: Ids | None = None, order: int = 2, ignored: int | None = None
) -> npt.NDArray[np.float64]:
    """Probability of each character of `text` (N,) under the models of order 0 to `order`: (order + 1, N).

    `before` holds the characters that come before `text`; where there are none, as at the beginning of `train`,
    the character of id 0 stands in for them. The character `ignored` is context only: it has no probability of its own.
    """
    start = np.zeros(order, np.int32)
    train = np.concatenate([start, train])
    text = np.concatenate([start, *([] if before is None else [before]), text])[-(len(text) + order) :]
    longest, counts = np.unique(_grams(train, order, size), return_counts=True)
    if ignored is not None:
        longest, counts = longest[longest % size != ignored], counts[longest % size != ignored]
    wanted = _grams(text, order, size)
    probability = np.full(len(wanted), 1 / size)
    rows = []
    for k in range(order + 1):
        shorter = size ** (k + 1)  # the remainder drops what is further back; only the longest had to be counted
        grams, which = np.unique(longest % shorter, return_inverse=True)
        n = np.bincount(which, counts)
        contexts, first = np.unique(grams // size, return_index=True)
        gram, context = wanted % shorter, wanted % shorter // size
        n_context = _look_up(contexts, np.add.reduceat(n, first), context)
        distinct = _look_up(contexts, np.diff(first, append=len(grams)), context)
        mixed = (_look_up(grams, n, gram) + distinct * probability) / np.maximum(n_context + distinct, 1)
        probability = np.where(n_context > 0, mixed, probability)
        rows.append(probability)
    return np.stack(rows)


def compressed_nats(corpus: Corpus) -> float:
    """What the measured part adds to the length of a bzip2 file, in nats per character.

    That is, length of bzip2(training text + held-out text) less that of bzip2(training text), the training text being
    the last of it that fits with the held-out one into a block. Without held-out text: the whole text's file. U+FFFD
    is left out of both.
    """
    split = len(corpus.train_ids) if len(corpus.held_out_ids) else 0
    text = corpus.text[split:].replace(REPLACEMENT, "")
    measured = text.encode()
    before = corpus.text[max(0, split - _BLOCK) : split].replace(REPLACEMENT, "").encode()
    before = before[-max(1, _BLOCK - len(measured)) :]
    added = len(bz2.compress(before + measured)) - (len(bz2.compress(before)) if before else 0)
    return 8 * log(2) * max(0, added) / max(1, len(text))  # a file with more of the same may be shorter


def _grams(ids: Ids, order: int, size: int) -> npt.NDArray[np.int64]:
    """Each character from place `order` on with those before it, as one number in base `size`, the character last."""
    grams = np.zeros(len(ids) - order, np.int64)
    for back in range(order, -1, -1):
        grams = grams * size + ids[order - back : len(ids) - back]
    return grams


def _look_up(keys: npt.NDArray[np.int64], values: npt.NDArray[Any], wanted: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """The value of each wanted key, 0 where there is none; keys ascend."""
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0)
