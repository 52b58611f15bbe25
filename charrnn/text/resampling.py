"""What the generated sources share: drawing units until a text is long enough, and counting their bits."""

from collections.abc import Iterator
from math import log2

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


def equal_lines(text: str, line_bits: float) -> float:
    """Bits per character where every line has the same probability."""
    text = complete(text, "\n")
    return text.count("\n") * line_bits / len(text)


def mean_length(words: tuple[str, ...]) -> float:
    return sum(map(len, words)) / len(words)
