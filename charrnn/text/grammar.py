"""Generated texts of words: sentences whose verbs agree, within one another too, and quotes; entropies as synthetic.py
says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import log2
from typing import Any, ClassVar

import numpy as np

from charrnn.sentence import Sentence
from charrnn.text.parameters import parameter
from charrnn.text.resampling import BLOCK, binary_entropy, complete, mean_length, take

_WORDS = (
    *("a", "of", "in", "on", "the", "and", "old", "sun", "sea", "stone", "river", "tree", "bird", "wind", "cold"),
    *("dark", "light", "green", "small", "house", "road", "hill", "moon", "rain", "under", "over", "stands"),
    *("falls", "sings", "sleeps", "waits", "turns"),
)
_NOUNS = ("dog", "cat", "bird", "boy", "girl", "king", "horse", "friend")
_VERBS = ("run", "sleep", "sing", "wait", "smile", "fall", "jump", "swim")
_PLACES = ("near", "behind", "above", "beside")


@dataclass(frozen=True)
class Agreement:
    """`the dogs near the cat run.`: the verb takes the number of the first noun, whatever stands between.

    A noun of 8 in one of two numbers; with probability q = `attractor` a place (of 4) and another noun, again and
    again; a verb of 8. With n = log2(2 * 8) bits a noun, a line has n + 3 + E[m] (n + 2) + h(q) / (1 - q) bits, where
    m, the attractors, is geometric with mean q / (1 - q). Entropy: those bits / mean line length.
    """

    title: ClassVar[str] = "Subject and verb agree"
    teaches: ClassVar[str] = Sentence("Remembering a number past the nouns that distract from it.")
    attractor: float = parameter(0.5, Sentence("Chance of one more noun between subject and verb"), 0.05, 0.9)

    @property
    def entropy_bits(self) -> float:
        mean = self.attractor / (1 - self.attractor)
        noun = mean_length(_NOUNS) + 0.5  # half of them end in s, as half of the verbs
        verb = mean_length(_VERBS) + 0.5
        between = len("  the ") + mean_length(_PLACES) + noun
        characters = len("the ") + noun + mean * between + len(" ") + verb + len(".\n")
        return self._bits(1, mean) / characters

    def generate(self, length: int, rng: np.random.Generator) -> str:
        return take(length, self._lines(rng))

    def log_loss_bits(self, text: str) -> float:
        text = complete(text, "\n")
        lines = text.count("\n")
        return self._bits(lines, text.count("the ") - lines) / len(text)

    def _bits(self, lines: float, attractors: float) -> float:
        noun = log2(2 * len(_NOUNS))
        each_line = noun + log2(len(_VERBS)) - log2(1 - self.attractor)
        return lines * each_line + attractors * (noun + log2(len(_PLACES)) - log2(self.attractor))

    def _lines(self, rng: np.random.Generator) -> Iterator[str]:
        nouns = [*_NOUNS, *(noun + "s" for noun in _NOUNS)]
        while True:
            counts = rng.geometric(1 - self.attractor, BLOCK) - 1
            noun = iter(rng.integers(len(nouns), size=BLOCK + counts.sum()).tolist())
            place = iter(rng.integers(len(_PLACES), size=counts.sum()).tolist())
            for count, verb in zip(counts.tolist(), rng.integers(len(_VERBS), size=BLOCK).tolist(), strict=True):
                subject = next(noun)
                between = "".join(f" {_PLACES[next(place)]} the {nouns[next(noun)]}" for _ in range(count))
                ending = "s" if subject < len(_NOUNS) else ""
                yield f"the {nouns[subject]}{between} {_VERBS[verb]}{ending}.\n"


@dataclass(frozen=True)
class Clauses:
    """`boys who the dog sees run.`: sentences within sentences, after Elman (1991, section 3), each verb in the number
    of its own noun.

        sentence     noun verb-part .
        noun         one of 8 in one of two numbers, then with r = `relative` a clause
        clause       who verb-part, or who noun verb: one as likely as the other
        verb-part    one of 8 verbs, then with t = `object` a noun

    What comes next always tells which rule it was, so that a sentence's bits are those of its choices. A noun stands
    for N = 1 / (1 - r (1 + t) / 2) nouns in all, itself and those in its clauses; with the object a sentence has
    (1 + t) N nouns, r / 2 times as many clauses of either kind, and a verb for it and for each clause. Entropy: bits /
    mean characters of a sentence.
    """

    title: ClassVar[str] = "Sentences in sentences"
    teaches: ClassVar[str] = Sentence(
        "Keeping the number of several nouns at once, the last one first to be asked for."
    )
    relative: float = parameter(0.3, Sentence("Chance that a noun has a clause of its own"), 0.0, 0.6)
    object: float = parameter(0.5, Sentence("Chance that a verb has an object"), 0.0, 0.9)

    @property
    def entropy_bits(self) -> float:
        nouns = (1 + self.object) / (1 - self.relative * (1 + self.object) / 2)
        own = nouns * self.relative / 2  # clauses about what their noun does; as many about what is done to it
        verbs = 1 + 2 * own
        word = 0.5 + mean_length(_NOUNS), 0.5 + mean_length(_VERBS)  # half of either end in s
        characters = nouns * (1 + word[0]) + verbs * (1 + word[1]) + 2 * own * len("who ") + len(".\n") - 1
        return self._bits(nouns, verbs, 2 * own, own) / characters

    def generate(self, length: int, rng: np.random.Generator) -> str:
        return take(length, self._sentences(rng))

    def log_loss_bits(self, text: str) -> float:
        text = complete(text, "\n")
        words = text.replace(".\n", " ").split()
        nouns = {*_NOUNS, *(noun + "s" for noun in _NOUNS)}
        named = sum(word in nouns for word in words)
        clauses = words.count("who")
        own = sum(word == "who" and following not in nouns for word, following in pairwise(words))
        return self._bits(named, len(words) - named - clauses, clauses, own) / len(text)

    def _bits(self, nouns: float, verbs: float, clauses: float, own: float) -> float:
        """Bits of so many words: of the clauses, `own` are about what their noun does."""
        parts = verbs - (clauses - own)  # verbs that may have an object
        objects = nouns - (parts - own) - (clauses - own)  # the other nouns begin a sentence, or a clause about them
        words = nouns * log2(2 * len(_NOUNS)) + verbs * log2(len(_VERBS)) + clauses
        return words + _told(clauses, nouns, self.relative) + _told(objects, parts, self.object)

    def _sentences(self, rng: np.random.Generator) -> Iterator[str]:
        chances = _each(lambda: rng.random(BLOCK))
        nouns = _each(lambda: rng.integers(2 * len(_NOUNS), size=BLOCK))
        verbs = _each(lambda: rng.integers(len(_VERBS), size=BLOCK))

        def noun() -> tuple[str, str]:
            """A noun with its clauses, and how its verb ends."""
            number, kind = divmod(next(nouns), len(_NOUNS))
            said, ending = _NOUNS[kind] + "s" * number, "s" * (1 - number)
            if next(chances) < self.relative:
                if next(chances) < 0.5:
                    return f"{said} who {verb_part(ending)}", ending
                other, others = noun()
                return f"{said} who {other} {_VERBS[next(verbs)]}{others}", ending
            return said, ending

        def verb_part(ending: str) -> str:
            verb = _VERBS[next(verbs)] + ending
            return f"{verb} {noun()[0]}" if next(chances) < self.object else verb

        while True:
            said, ending = noun()
            yield f"{said} {verb_part(ending)}.\n"


def _told(yes: float, of: float, chance: float) -> float:
    """Bits of so many choices, of which so many came out with this chance."""
    return -sum(count * log2(p) for count, p in ((yes, chance), (of - yes, 1 - chance)) if count and p)


def _each(draw: Callable[[], np.ndarray]) -> Iterator[Any]:
    """What is drawn in blocks, one by one."""
    while True:
        yield from draw().tolist()


@dataclass(frozen=True)
class Quotes:
    """Random words wrapped to `width` characters, some between quotation marks: only the marks tell which.

    Each word is one of 32, uniformly. Outside, the next word opens a quote with probability a = `open`; inside, each
    word closes it with b = `close`. Before a word the chain is outside with x = b / (1 - (1 - a)(1 - b)), and the word
    is quoted with y = 1 - x (1 - a). A word has log2 32 + x h(a) + y h(b) bits and a mean of length + 1 + x a + y b
    characters. Whether the separator is a space or a new line follows from the width and the words, and adds nothing.
    """

    title: ClassVar[str] = "Quotes over several lines"
    teaches: ClassVar[str] = Sentence("A unit that is on inside quotes, and one for the place in the line.")
    open: float = parameter(0.2, Sentence("Chance that a word opens a quote"), 0.02, 0.9)
    # four words a quote: with ten, longer than the default unroll, no unit was born in 40 s
    close: float = parameter(
        0.25, Sentence("Chance that a word ends it: 1 / this is the mean number of words a quote"), 0.02, 0.9
    )
    width: int = parameter(40, Sentence("Characters a line"), 20, 200)

    @property
    def entropy_bits(self) -> float:
        outside = self.close / (1 - (1 - self.open) * (1 - self.close))
        quoted = 1 - outside * (1 - self.open)
        bits = log2(len(_WORDS)) + outside * binary_entropy(self.open) + quoted * binary_entropy(self.close)
        return bits / (mean_length(_WORDS) + 1 + outside * self.open + quoted * self.close)

    def generate(self, length: int, rng: np.random.Generator) -> str:
        return take(length, self._wrapped(rng))

    def log_loss_bits(self, text: str) -> float:
        text = complete(text, " \n")
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
            words = rng.integers(len(_WORDS), size=BLOCK).tolist()
            for word, (first, second) in zip(words, rng.random((BLOCK, 2)).tolist(), strict=True):
                opens = not inside and first < self.open
                closes = (inside or opens) and second < self.close
                inside = (inside or opens) and not closes
                yield '"' * opens + _WORDS[word] + '"' * closes
