"""Is it copying? The stretches of a sample that stand word for word in a text.

An index holds the hash of every gram of K characters beside its place, sorted: both in one number, so that a quick sort
of numbers makes it. Where grams of a sample at i, i + 1, … stand in the text at p, p + 1, … with p - i the same, they
join to one long stretch. Hashes only propose; the characters themselves decide.
N = characters of the text, M = of the sample.
"""

from functools import reduce
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from charrnn.text.corpus import Ids

GRAM = 12  # characters at most
PAIRS = 100_000  # places of a sample's grams that are joined at once; of a gram that stands in more, one by one
_BASE, _MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD6E8FEB86659FD93)  # odd, without pattern

Integers = npt.NDArray[np.signedinteger[Any]]


class Stretch(NamedTuple):
    """Characters start … end - 1 of a sample stand in the text from `place` on, and no longer stretch around them."""

    start: int
    end: int
    place: int

    @property
    def length(self) -> int:
        """How many characters."""
        return self.end - self.start


class Index(NamedTuple):
    """All grams of a text, sorted by their hash."""

    ids: Ids  # (N,)
    K: int  # characters of a gram
    grams: npt.NDArray[np.uint64]  # (N - K + 1,) hash in the upper bits, place in the lower
    bits: int  # of the place

    def places(self, first: int, last: int) -> Integers:
        """Where the grams first … last - 1 stand."""
        return (self.grams[first:last] & np.uint64((1 << self.bits) - 1)).astype(np.int64)


def index(ids: Ids, K: int = GRAM) -> Index:
    """The index of a text (N,) for stretches of K characters or more: 8 bytes a character."""
    bits = max(1, len(ids).bit_length())
    hashed = _hashes(ids, K, bits)
    grams = hashed | np.arange(len(hashed), dtype=np.uint64)
    grams.sort()
    return Index(ids, K, grams, bits)


def ngram_writing(text: Index, length: int, rng: np.random.Generator) -> Ids:
    """What an n-gram writes that looks K characters back: each of (length,) is one that follows those in the text.

    It begins with the K characters of a place, and begins anew where the text ends after them.
    """
    ids, K = text.ids, text.K
    if len(ids) <= K:
        return ids[np.arange(length) % len(ids)]
    written: list[int] = []
    recent = ids[:0]
    while len(written) < length:
        places = _places_of(text, recent) if len(recent) else np.zeros(0, np.int64)
        if not len(places):
            place = int(rng.integers(len(ids) - K))
            recent = ids[place : place + K]
            written += recent.tolist()
            continue
        following = ids[places[rng.integers(len(places))] + K]
        written.append(int(following))
        recent = np.append(recent[1:], following)
    return np.array(written[:length], ids.dtype)


def _places_of(text: Index, gram: Ids) -> Integers:
    """Where a gram stands with a character behind it."""
    hashed = _hashes(gram, text.K, text.bits)[0]
    last = np.searchsorted(text.grams, hashed | np.uint64((1 << text.bits) - 1), "right")
    places = text.places(int(np.searchsorted(text.grams, hashed)), int(last))
    places = places[places + text.K < len(text.ids)]
    return places[(text.ids[places[:, None] + np.arange(text.K)] == gram).all(axis=1)]


def copied(text: Index, sample: Ids, shortest: int = GRAM) -> list[Stretch]:
    """The stretches of a sample (M,), of `shortest` characters or more, that stand in the text; none within another.

    They may overlap, and come in their order. `shortest` is at least the index's K.
    """
    K, longest = text.K, np.zeros(len(sample), np.int64)
    place = np.zeros(len(sample), np.int64)
    if len(sample) < shortest or not len(text.grams):
        return []
    hashed = _hashes(sample, K, text.bits)
    first = np.searchsorted(text.grams, hashed)
    last = np.searchsorted(text.grams, hashed | np.uint64((1 << text.bits) - 1), "right")
    many = last - first
    order = np.argsort(many, kind="stable")
    joined = order[np.cumsum(many[order]) <= PAIRS]
    _join(text, sample, joined, first, many, longest, place)
    _one_by_one(text, sample, np.setdiff1d(np.flatnonzero(many), joined), longest, place)
    ends = np.arange(len(sample)) + longest
    before = np.maximum.accumulate(np.concatenate([[0], ends[:-1]]))
    starts = np.flatnonzero((longest >= shortest) & (ends > before))
    return [Stretch(int(i), int(ends[i]), int(place[i])) for i in starts]


def _hashes(ids: Ids, K: int, bits: int) -> npt.NDArray[np.uint64]:
    """(N - K + 1,) the upper bits of a hash of each gram, the lower ones 0."""
    count = max(0, len(ids) - K + 1)
    codes = ids.astype(np.uint64) + np.uint64(1)
    hashed = reduce(lambda h, k: h * _BASE + codes[k : k + count], range(K), np.zeros(count, np.uint64))
    hashed = (hashed ^ (hashed >> np.uint64(32))) * _MIX
    return hashed >> np.uint64(bits) << np.uint64(bits)


def _join(
    text: Index, sample: Ids, at: Integers, first: Integers, many: Integers, longest: Integers, place: Integers
) -> None:
    """Write down the longest stretch from each of the places `at` of the sample, and where it stands."""
    at = np.sort(at[many[at] > 0])
    i = np.repeat(at, many[at])
    p = np.concatenate([np.zeros(0, np.int64), *(text.places(first[k], first[k] + many[k]) for k in at)])
    gram = np.arange(text.K)
    same = (text.ids[p[:, None] + gram] == sample[i[:, None] + gram]).all(axis=1)
    i, p = i[same], p[same]
    order = np.lexsort((i, p - i))
    i, p = i[order], p[order]
    last = np.flatnonzero(np.append((np.diff(p - i) != 0) | (np.diff(i) != 1), [True])[: len(i)])  # of each run
    ends = _extended(text.ids, sample, i[last] + text.K, p[last] + text.K)
    length = ends[np.searchsorted(last, np.arange(len(i)))] - i
    by_length = np.argsort(length, kind="stable")  # of several the longest is written last
    longest[i[by_length]], place[i[by_length]] = length[by_length], p[by_length]


def _extended(ids: Ids, sample: Ids, i: Integers, p: Integers) -> Integers:
    """Where stretches end that have come to i in the sample and p in the text: a gram left out may follow."""
    ends, going = i.copy(), np.arange(len(i))
    while len(going):
        going = going[(i[going] < len(sample)) & (p[going] < len(ids))]
        going = going[sample[i[going]] == ids[p[going]]]
        i[going] += 1
        p[going] += 1
        ends[going] = i[going]
    return ends


def _one_by_one(text: Index, sample: Ids, at: Integers, longest: Integers, place: Integers) -> None:
    """The same for grams that stand in very many places, as in a text that repeats itself, by searching the text."""
    if not len(at):
        return
    whole, part = (ids.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass") for ids in (text.ids, sample))
    end = 0
    for i in at.tolist():  # the stretch from one place ends where that from the place before does, or later
        length, where = max(text.K, end - i), 0
        while i + length <= len(part) and (where := whole.find(part[i : i + length], where)) >= 0:
            longest[i], place[i], length = length, where, length + 1
        end = max(end, i + int(longest[i]))
