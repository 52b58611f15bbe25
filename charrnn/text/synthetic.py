"""Texts generated from small sources whose entropy is known exactly: a floor that no network can pass for long.

Each source is a frozen description with its parameters (parameters.py): `generate` draws a text, `entropy_bits` is the
exact entropy rate in bits per character (1 bit = ln 2 nats), and `log_loss_bits` is the mean of
-log2 P(character | all before it) over a text the source itself drew, up to its last complete line (or word), where P
is the source's own; as the text grows, it tends to the entropy. The sources are made of units (lines, words) that end
themselves, so by renewal

    entropy rate = E[-log2 P(unit)] / E[characters of a unit]

(Cover and Thomas, Elements of Information Theory, section 4.2, for the stationary chains). The floor holds for a state
carried across windows, and for text not seen in training: the last part of a generated text is a fresh draw already,
so `Corpus.from_text(source.generate(n, rng))` holds out what it should. A longer draw from the same seed begins with
the shorter one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import log2
from typing import ClassVar, Protocol

import numpy as np

from charrnn.sentence import Sentence
from charrnn.text.arithmetic import Additions, Dates
from charrnn.text.decoding import CorpusError
from charrnn.text.delayed import Copy, Order, Parity, Recall
from charrnn.text.grammar import Agreement, Clauses, Quotes
from charrnn.text.parameters import changed, parameter
from charrnn.text.resampling import BLOCK, binary_entropy, complete, take

LENGTH = 400_000  # characters drawn from a source
SEED = 1


class Source(Protocol):
    """What each source below offers."""

    title: ClassVar[str]
    teaches: ClassVar[str]

    @property
    def entropy_bits(self) -> float: ...

    def generate(self, length: int, rng: np.random.Generator) -> str: ...

    def log_loss_bits(self, text: str) -> float: ...

    def __hash__(self) -> int: ...


@dataclass(frozen=True)
class Counting:
    """a^n b^n on a line, n >= 1 geometric with mean 1 / `stop`.

    After each a the line turns with probability p = stop: h(p) bits, 1/p times a line; the b's and the line end
    follow. Entropy [h(p) / p] / (2/p + 1); twice that for a model that cannot count.
    """

    title: ClassVar[str] = "a's, then as many b's"
    teaches: ClassVar[str] = Sentence("A unit that counts up, then down.")
    stop: float = parameter(
        0.15, Sentence("Chance that the a's end, after each: 1 / this is their mean number"), 0.02, 0.9
    )

    @property
    def entropy_bits(self) -> float:
        return (binary_entropy(self.stop) / self.stop) / (2 / self.stop + 1)

    def generate(self, length: int, rng: np.random.Generator) -> str:
        return take(length, self._lines(rng))

    def log_loss_bits(self, text: str) -> float:
        text = complete(text, "\n")
        turns = text.count("\n")
        return -(turns * log2(self.stop) + (text.count("a") - turns) * log2(1 - self.stop)) / len(text)

    def _lines(self, rng: np.random.Generator) -> Iterator[str]:
        while True:
            yield from ("a" * n + "b" * n + "\n" for n in rng.geometric(self.stop, BLOCK).tolist())


@dataclass(frozen=True)
class Brackets:
    """Balanced brackets of `kinds` (1 to 4) kinds, never deeper than `deepest` (at least 1).

    At depth 0 the line ends with probability `end`, else a bracket opens; deeper, one opens with `open`, else the last
    one closes; at `deepest` it must close. Depth d is a birth-death chain with stationary pi_d; which bracket closes
    is known. Entropy sum_d pi_d [h(o_d) + o_d log2 kinds], o_d the probability to open; a model that knows the depth
    but not the kinds pays another sum_{d>0} pi_d (1 - o_d) log2 kinds (2.476 bits in all with the defaults).
    """

    title: ClassVar[str] = "Brackets in brackets"
    teaches: ClassVar[str] = Sentence("Units for the depth, and a stack of what is open.")
    kinds: int = parameter(3, Sentence("Kinds of brackets"), 1, 4)
    deepest: int = parameter(8, Sentence("Depth at which brackets must close"), 1, 12)
    end: float = parameter(0.25, Sentence("Chance that the line ends where none is open"), 0.05, 0.7)
    open: float = parameter(0.5, Sentence("Chance that one more opens within another"), 0.05, 0.6)

    @property
    def entropy_bits(self) -> float:
        opens = self._opening
        # Detailed balance: pi_d o_d = pi_{d+1} (1 - o_{d+1}); the line end leaves depth 0 where it is.
        weights = np.cumprod([1.0, *(opens[:-1] / (1 - opens[1:]))])
        branch = np.array([binary_entropy(probability) for probability in opens])
        return float(weights @ (branch + opens * log2(self.kinds)) / weights.sum())

    def generate(self, length: int, rng: np.random.Generator) -> str:
        return take(length, self._characters(rng))

    def log_loss_bits(self, text: str) -> float:
        text = complete(text, "\n")
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
            kinds = rng.integers(self.kinds, size=BLOCK).tolist()
            for chance, kind in zip(rng.random(BLOCK).tolist(), kinds, strict=True):
                if chance < opening[len(stack)]:
                    stack.append(pairs[kind][1])
                    yield pairs[kind][0]
                else:
                    yield stack.pop() if stack else "\n"


SOURCES: tuple[Source, ...] = (
    *(Counting(), Brackets(), Additions(), Dates(), Agreement(), Quotes(), Clauses()),
    *(Recall(), Copy(), Parity(), Order()),
)


def named(name: str) -> Source:
    """The source with this name (parameters.name_of). Raises KeyError for no such title, CorpusError for its values."""
    title, bracket, told = name.partition(" (")
    source = {source.title: source for source in SOURCES}[title]
    if not bracket:
        return source
    values = dict(part.partition("=")[::2] for part in told.removesuffix(")").split(", "))
    return changed(source, values)


@lru_cache(32)
def drawn(source: Source) -> str:
    """The text of a source: always the same one."""
    return source.generate(LENGTH, np.random.default_rng(SEED))


def source_of(name: str, text: str) -> Source | None:
    """The source that has this name, if the text was really drawn from it: anybody can call a file like one."""
    try:
        source = named(name)
    except (KeyError, CorpusError):
        return None
    return source if len(text) == LENGTH and text in (drawn(source), drawn(source).lower()) else None
