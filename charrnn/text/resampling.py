"""What the generated sources share: drawing units until a text is long enough, and counting their bits."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from math import log2

import numpy as np

BLOCK = 1024  # units drawn at once: a call of the generator costs more than a draw


def binary_entropy(p: float) -> float:
    """The entropy of a choice with probability p, in bits."""
    return 0.0 if p in (0, 1) else -p * log2(p) - (1 - p) * log2(1 - p)


def take(length: int, units: Iterator[str]) -> str:
    """The first `length` characters of the units joined."""
    taken, total = [], 0
    while total < length:
        taken.append(next(units))
        total += len(taken[-1])
    return "".join(taken)[:length]


def complete(text: str, separators: str) -> str:
    """The text up to its last separator, that one included."""
    return text[: 1 + max(map(text.rfind, separators))]


def mean_length(words: tuple[str, ...]) -> float:
    return sum(map(len, words)) / len(words)


class EqualLines(ABC):
    """What a source has whose lines all have the same probability: its entropy, its texts and their log loss."""

    @property
    @abstractmethod
    def line_bits(self) -> float:
        """-log2 of that probability."""

    @property
    @abstractmethod
    def line_length(self) -> float:
        """Characters of a line, its end among them, on average."""

    @abstractmethod
    def lines(self, rng: np.random.Generator) -> Iterator[str]:
        """One line after the other."""

    @property
    def entropy_bits(self) -> float:
        return self.line_bits / self.line_length

    def generate(self, length: int, rng: np.random.Generator) -> str:
        return take(length, self.lines(rng))

    def log_loss_bits(self, text: str) -> float:
        text = complete(text, "\n")
        return text.count("\n") * self.line_bits / len(text)
