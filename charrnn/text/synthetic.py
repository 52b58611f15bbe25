"""Texts generated from small sources whose entropy is known exactly: a floor that no network can pass for long.

Each source is a frozen description with its parameters: `generate` draws a text, `entropy_bits` is the exact entropy
rate in bits per character (1 bit = ln 2 nats), and `log_loss_bits` is the mean of -log2 P(character | all before it)
over a text the source itself drew, up to its last complete line (or word), where P is the source's own; as the text
grows, it tends to the entropy. The sources are made of units (lines, words) that end themselves, so by renewal

    entropy rate = E[-log2 P(unit)] / E[characters of a unit]

(Cover and Thomas, Elements of Information Theory, section 4.2, for the stationary chains). The floor holds for a state
carried across windows, and for text not seen in training: the last part of a generated text is a fresh draw already,
so `Corpus.from_text(source.generate(n, rng))` holds out what it should. A longer draw from the same seed begins with
the shorter one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import log2
from typing import ClassVar, Protocol

import numpy as np

_BLOCK = 1024  # units drawn at once: a call of the generator costs more than a draw
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WORDS = (
    *("a", "of", "in", "on", "the", "and", "old", "sun", "sea", "stone", "river", "tree", "bird", "wind", "cold"),
    *("dark", "light", "green", "small", "house", "road", "hill", "moon", "rain", "under", "over", "stands"),
    *("falls", "sings", "sleeps", "waits", "turns"),
)
_NOUNS = ("dog", "cat", "bird", "boy", "girl", "king", "horse", "friend")
_VERBS = ("run", "sleep", "sing", "wait", "smile", "fall", "jump", "swim")
_PLACES = ("near", "behind", "above", "beside")


class Source(Protocol):
    """What each source below offers."""

    title: ClassVar[str]
    teaches: ClassVar[str]

    @property
    def entropy_bits(self) -> float: ...

    def generate(self, length: int, rng: np.random.Generator) -> str: ...

    def log_loss_bits(self, text: str) -> float: ...


@dataclass(frozen=True)
class Counting:
    """a^n b^n on a line, n >= 1 geometric with mean 1 / `stop`.

    After each a the line turns with probability p = stop: h(p) bits, 1/p times a line; the b's and the line end
    follow. Entropy [h(p) / p] / (2/p + 1); twice that for a model that cannot count.
    """

    title: ClassVar[str] = "a's, then as many b's"
    teaches: ClassVar[str] = "A unit that counts up, then down."
    stop: float = 0.15

    @property
    def entropy_bits(self) -> float:
        return (_h(self.stop) / self.stop) / (2 / self.stop + 1)

    def generate(self, length: int, rng: np.random.Generator) -> str:
        return _take(length, self._lines(rng))

    def log_loss_bits(self, text: str) -> float:
        text = _complete(text, "\n")
        turns = text.count("\n")
        return -(turns * log2(self.stop) + (text.count("a") - turns) * log2(1 - self.stop)) / len(text)

    def _lines(self, rng: np.random.Generator) -> Iterator[str]:
        while True:
            yield from ("a" * n + "b" * n + "\n" for n in rng.geometric(self.stop, _BLOCK).tolist())


@dataclass(frozen=True)
class Brackets:
    """Balanced brackets of `kinds` (1 to 4) kinds, never deeper than `deepest` (at least 1).

    At depth 0 the line ends with probability `end`, else a bracket opens; deeper, one opens with `open`, else the last
    one closes; at `deepest` it must close. Depth d is a birth-death chain with stationary pi_d; which bracket closes
    is known. Entropy sum_d pi_d [h(o_d) + o_d log2 kinds], o_d the probability to open; a model that knows the depth
    but not the kinds pays another sum_{d>0} pi_d (1 - o_d) log2 kinds (2.476 bits in all with the defaults).
    """

    title: ClassVar[str] = "Brackets in brackets"
    teaches: ClassVar[str] = "Units for the depth, and a stack of what is open."
    kinds: int = 3
    deepest: int = 8
    end: float = 0.25
    open: float = 0.5

    @property
    def entropy_bits(self) -> float:
        opens = self._opening
        # Detailed balance: pi_d o_d = pi_{d+1} (1 - o_{d+1}); the line end leaves depth 0 where it is.
        weights = np.cumprod([1.0, *(opens[:-1] / (1 - opens[1:]))])
        branch = np.array([_h(probability) for probability in opens])
        return float(weights @ (branch + opens * log2(self.kinds)) / weights.sum())

    def generate(self, length: int, rng: np.random.Generator) -> str:
        return _take(length, self._characters(rng))

    def log_loss_bits(self, text: str) -> float:
        text = _complete(text, "\n")
        codes = np.frombuffer(text.encode("ascii"), np.uint8)
        opened = np.isin(codes, list(b"([{<"))
        ended = codes == ord("\n")
        change = np.where(opened, 1, np.where(ended, 0, -1))
        chance = self._opening[np.cumsum(change) - change]  # by the depth before each character
        return float(-np.log2(np.where(opened, chance / self.kinds, 1 - chance)).mean())

    @property
    def _opening(self) -> np.ndarray:
        """The probability that a bracket opens, by depth: (deepest + 1,)."""
        return np.array([1 - self.end, *[self.open] * (self.deepest - 1), 0.0])

    def _characters(self, rng: np.random.Generator) -> Iterator[str]:
        pairs = ("()", "[]", "{}", "<>")
        opening = self._opening.tolist()
        stack: list[str] = []
        while True:
            kinds = rng.integers(self.kinds, size=_BLOCK).tolist()
            for chance, kind in zip(rng.random(_BLOCK).tolist(), kinds, strict=True):
                if chance < opening[len(stack)]:
                    stack.append(pairs[kind][1])
                    yield pairs[kind][0]
                else:
                    yield stack.pop() if stack else "\n"


@dataclass(frozen=True)
class Additions:
    """`49+97=146`: both numbers uniform from 0 to `largest`; the sum follows from them.

    Entropy 2 log2(largest + 1) / mean line length.
    """

    title: ClassVar[str] = "Additions"
    teaches: ClassVar[str] = "Copying digits and carrying, which a small network learns in part."
    largest: int = 99

    @cached_property
    def entropy_bits(self) -> float:
        numbers = range(self.largest + 1)
        characters = sum(len(_addition(a, b)) for a in numbers for b in numbers)
        return self._line_bits * len(numbers) ** 2 / characters

    def generate(self, length: int, rng: np.random.Generator) -> str:
        return _take(length, self._lines(rng))

    def log_loss_bits(self, text: str) -> float:
        return _equal_lines(text, self._line_bits)

    @property
    def _line_bits(self) -> float:
        return 2 * log2(self.largest + 1)

    def _lines(self, rng: np.random.Generator) -> Iterator[str]:
        while True:
            yield from (_addition(a, b) for a, b in rng.integers(self.largest + 1, size=(_BLOCK, 2)).tolist())


@dataclass(frozen=True)
class Dates:
    """`5 December 2050 = 2050-12-05 Mon`: a day uniform over the years `first` to `last`, then the same day again.

    Entropy log2(days) / mean line length.
    """

    title: ClassVar[str] = "Dates, written twice"
    teaches: ClassVar[str] = "Copying over a distance."
    first: int = 1900
    last: int = 2099

    @cached_property
    def entropy_bits(self) -> float:
        return self._line_bits * len(self._days) / sum(len(_date(day)) for day in self._days)

    def generate(self, length: int, rng: np.random.Generator) -> str:
        return _take(length, self._lines(rng))

    def log_loss_bits(self, text: str) -> float:
        return _equal_lines(text, self._line_bits)

    @property
    def _days(self) -> range:
        return range(datetime.date(self.first, 1, 1).toordinal(), datetime.date(self.last, 12, 31).toordinal() + 1)

    @property
    def _line_bits(self) -> float:
        return log2(len(self._days))

    def _lines(self, rng: np.random.Generator) -> Iterator[str]:
        while True:
            yield from (_date(self._days[i]) for i in rng.integers(len(self._days), size=_BLOCK).tolist())


@dataclass(frozen=True)
class Agreement:
    """`the dogs near the cat run.`: the verb takes the number of the first noun, whatever stands between.

    A noun of 8 in one of two numbers; with probability q = `attractor` a place (of 4) and another noun, again and
    again; a verb of 8. With n = log2(2 * 8) bits a noun, a line has n + 3 + E[m] (n + 2) + h(q) / (1 - q) bits, where
    m, the attractors, is geometric with mean q / (1 - q). Entropy: those bits / mean line length.
    """

    title: ClassVar[str] = "Subject and verb agree"
    teaches: ClassVar[str] = "Remembering a number past the nouns that distract from it."
    attractor: float = 0.5

    @property
    def entropy_bits(self) -> float:
        mean = self.attractor / (1 - self.attractor)
        noun = _mean_length(_NOUNS) + 0.5  # half of them end in s, as half of the verbs
        verb = _mean_length(_VERBS) + 0.5
        between = len("  the ") + _mean_length(_PLACES) + noun
        characters = len("the ") + noun + mean * between + len(" ") + verb + len(".\n")
        return self._bits(1, mean) / characters

    def generate(self, length: int, rng: np.random.Generator) -> str:
        return _take(length, self._lines(rng))

    def log_loss_bits(self, text: str) -> float:
        text = _complete(text, "\n")
        lines = text.count("\n")
        return self._bits(lines, text.count("the ") - lines) / len(text)

    def _bits(self, lines: float, attractors: float) -> float:
        noun = log2(2 * len(_NOUNS))
        each_line = noun + log2(len(_VERBS)) - log2(1 - self.attractor)
        return lines * each_line + attractors * (noun + log2(len(_PLACES)) - log2(self.attractor))

    def _lines(self, rng: np.random.Generator) -> Iterator[str]:
        nouns = [*_NOUNS, *(noun + "s" for noun in _NOUNS)]
        while True:
            counts = rng.geometric(1 - self.attractor, _BLOCK) - 1
            noun = iter(rng.integers(len(nouns), size=_BLOCK + counts.sum()).tolist())
            place = iter(rng.integers(len(_PLACES), size=counts.sum()).tolist())
            for count, verb in zip(counts.tolist(), rng.integers(len(_VERBS), size=_BLOCK).tolist(), strict=True):
                subject = next(noun)
                between = "".join(f" {_PLACES[next(place)]} the {nouns[next(noun)]}" for _ in range(count))
                ending = "s" if subject < len(_NOUNS) else ""
                yield f"the {nouns[subject]}{between} {_VERBS[verb]}{ending}.\n"


@dataclass(frozen=True)
class Quotes:
    """Random words wrapped to `width` characters, some between quotation marks: only the marks tell which.

    Each word is one of 32, uniformly. Outside, the next word opens a quote with probability a = `open`; inside, each
    word closes it with b = `close`. Before a word the chain is outside with x = b / (1 - (1 - a)(1 - b)), and the word
    is quoted with y = 1 - x (1 - a). A word has log2 32 + x h(a) + y h(b) bits and a mean of length + 1 + x a + y b
    characters. Whether the separator is a space or a new line follows from the width and the words, and adds nothing.
    """

    title: ClassVar[str] = "Quotes over several lines"
    teaches: ClassVar[str] = "A unit that is on inside quotes, and one for the place in the line."
    open: float = 0.2
    close: float = 0.25  # four words a quote: with ten, longer than the default unroll, no unit was born in 40 s
    width: int = 40

    @property
    def entropy_bits(self) -> float:
        outside = self.close / (1 - (1 - self.open) * (1 - self.close))
        quoted = 1 - outside * (1 - self.open)
        bits = log2(len(_WORDS)) + outside * _h(self.open) + quoted * _h(self.close)
        return bits / (_mean_length(_WORDS) + 1 + outside * self.open + quoted * self.close)

    def generate(self, length: int, rng: np.random.Generator) -> str:
        return _take(length, self._wrapped(rng))

    def log_loss_bits(self, text: str) -> float:
        text = _complete(text, " \n")
        words = text.split()
        opened = np.array([word[0] == '"' for word in words])
        closed = np.array([word[-1] == '"' for word in words])
        quoted = np.cumsum(opened) - np.cumsum(closed) + closed > 0
        before = ~quoted | opened  # outside before the word
        opening = np.where(opened, log2(self.open), log2(1 - self.open))[before].sum()
        closing = np.where(closed, log2(self.close), log2(1 - self.close))[quoted].sum()
        return float(len(words) * log2(len(_WORDS)) - opening - closing) / len(text)

    def _wrapped(self, rng: np.random.Generator) -> Iterator[str]:
        """Words, each after the first with the separator in front of it."""
        column = 0
        for word in self._words(rng):
            fits = column + 1 + len(word) <= self.width
            if column:
                yield " " if fits else "\n"
            column = column + 1 + len(word) if column and fits else len(word)
            yield word

    def _words(self, rng: np.random.Generator) -> Iterator[str]:
        inside = False
        while True:
            words = rng.integers(len(_WORDS), size=_BLOCK).tolist()
            for word, (first, second) in zip(words, rng.random((_BLOCK, 2)).tolist(), strict=True):
                opens = not inside and first < self.open
                closes = (inside or opens) and second < self.close
                inside = (inside or opens) and not closes
                yield '"' * opens + _WORDS[word] + '"' * closes


@dataclass(frozen=True)
class Recall:
    """`G:yxzy…zz:G`: a key of `keys` (at most 26), `lag` random fillers of x, y, z, and the key again.

    Entropy (log2 keys + lag log2 3) / (lag + 5); another log2 keys a line for a model without memory.
    """

    title: ClassVar[str] = "Delayed recall"
    teaches: ClassVar[str] = "Vanishing gradients: learning cannot reach the key from further than it looks back."
    keys: int = 8
    lag: int = 20

    @property
    def entropy_bits(self) -> float:
        return self._line_bits / (self.lag + 5)

    def generate(self, length: int, rng: np.random.Generator) -> str:
        return _take(length, self._lines(rng))

    def log_loss_bits(self, text: str) -> float:
        return _equal_lines(text, self._line_bits)

    @property
    def _line_bits(self) -> float:
        return log2(self.keys) + self.lag * log2(3)

    def _lines(self, rng: np.random.Generator) -> Iterator[str]:
        while True:
            keys = rng.integers(self.keys, size=_BLOCK).tolist()
            fillers = rng.integers(ord("x"), ord("z") + 1, size=(_BLOCK, self.lag), dtype=np.uint8)
            for key, filler in zip(map(chr, (ord("A") + k for k in keys)), fillers, strict=True):
                yield f"{key}:{filler.tobytes().decode('ascii')}:{key}\n"


SOURCES: tuple[Source, ...] = (Counting(), Brackets(), Additions(), Dates(), Agreement(), Quotes(), Recall())


def _h(p: float) -> float:
    """The entropy of a choice with probability p, in bits."""
    return 0.0 if p in (0, 1) else -p * log2(p) - (1 - p) * log2(1 - p)


def _take(length: int, units: Iterator[str]) -> str:
    """The first `length` characters of the units joined."""
    taken, total = [], 0
    while total < length:
        taken.append(next(units))
        total += len(taken[-1])
    return "".join(taken)[:length]


def _complete(text: str, separators: str) -> str:
    """The text up to its last separator, that one included."""
    return text[: 1 + max(map(text.rfind, separators))]


def _equal_lines(text: str, line_bits: float) -> float:
    """Bits per character where every line has the same probability."""
    text = _complete(text, "\n")
    return text.count("\n") * line_bits / len(text)


def _mean_length(words: tuple[str, ...]) -> float:
    return sum(map(len, words)) / len(words)


def _addition(a: int, b: int) -> str:
    return f"{a}+{b}={a + b}\n"


def _date(ordinal: int) -> str:
    day = datetime.date.fromordinal(ordinal)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year} = {day.isoformat()} {_DAYS[day.weekday()]}\n"
