"""Generated texts that are worked out: additions and dates; entropies as synthetic.py says."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import log2
from typing import ClassVar

import numpy as np

from charrnn.text.renewal import BLOCK, equal_lines, take

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


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
        return take(length, self._lines(rng))

    def log_loss_bits(self, text: str) -> float:
        return equal_lines(text, self._line_bits)

    @property
    def _line_bits(self) -> float:
        return 2 * log2(self.largest + 1)

    def _lines(self, rng: np.random.Generator) -> Iterator[str]:
        while True:
            yield from (_addition(a, b) for a, b in rng.integers(self.largest + 1, size=(BLOCK, 2)).tolist())


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
        return take(length, self._lines(rng))

    def log_loss_bits(self, text: str) -> float:
        return equal_lines(text, self._line_bits)

    @property
    def _days(self) -> range:
        return range(datetime.date(self.first, 1, 1).toordinal(), datetime.date(self.last, 12, 31).toordinal() + 1)

    @property
    def _line_bits(self) -> float:
        return log2(len(self._days))

    def _lines(self, rng: np.random.Generator) -> Iterator[str]:
        while True:
            yield from (_date(self._days[i]) for i in rng.integers(len(self._days), size=BLOCK).tolist())


def _addition(a: int, b: int) -> str:
    return f"{a}+{b}={a + b}\n"


def _date(ordinal: int) -> str:
    day = datetime.date.fromordinal(ordinal)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year} = {day.isoformat()} {_DAYS[day.weekday()]}\n"
