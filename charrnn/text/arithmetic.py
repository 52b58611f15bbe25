"""Generated texts that are worked out: additions and dates; entropies as synthetic.py says."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import log2
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from charrnn.sentence import Sentence
from charrnn.text.parameters import parameter
from charrnn.text.resampling import BLOCK, EqualLines

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Additions(EqualLines):
    """`49+97=146`: both numbers uniform from 0 to `largest`; the sum follows from them.

    Entropy 2 log2(largest + 1) / mean line length.
    """

    title: ClassVar[str] = "Additions"
    teaches: ClassVar[str] = Sentence("Copying digits and carrying, which a small network learns in part.")
    largest: int = parameter(99, Sentence("Largest number that is added"), 9, 9_999)

    @property
    def line_length(self) -> float:
        numbers = np.arange(self.largest + 1)
        sums = np.arange(2 * self.largest + 1)
        pairs = len(numbers) - np.abs(sums - self.largest)  # so many have each sum
        return float(2 * _digits(numbers).mean() + pairs @ _digits(sums) / pairs.sum() + len("+=\n"))

    @property
    def line_bits(self) -> float:
        return 2 * log2(self.largest + 1)

    def lines(self, rng: np.random.Generator) -> Iterator[str]:
        while True:
            yield from (_addition(a, b) for a, b in rng.integers(self.largest + 1, size=(BLOCK, 2)).tolist())


@dataclass(frozen=True)
class Dates(EqualLines):
    """`5 December 2050 = 2050-12-05 Mon`: a day uniform over `years` years from `first` on, then the same day again.

    Entropy log2(days) / mean line length.
    """

    title: ClassVar[str] = "Dates, written twice"
    teaches: ClassVar[str] = Sentence("Copying over a distance.")
    first: int = parameter(1900, Sentence("First year"), 1000, 9000)
    years: int = parameter(200, Sentence("Years from there on"), 1, 400)

    @cached_property
    def line_length(self) -> float:
        return sum(len(_date(day)) for day in self._days) / len(self._days)

    @property
    def _days(self) -> range:
        end = datetime.date(self.first + self.years, 1, 1)
        return range(datetime.date(self.first, 1, 1).toordinal(), end.toordinal())

    @property
    def line_bits(self) -> float:
        return log2(len(self._days))

    def lines(self, rng: np.random.Generator) -> Iterator[str]:
        while True:
            yield from (_date(self._days[i]) for i in rng.integers(len(self._days), size=BLOCK).tolist())


def _digits(numbers: npt.NDArray[np.int_]) -> npt.NDArray[np.int_]:
    """How many digits each number (N,) has."""
    return np.strings.str_len(numbers.astype(str))


def _addition(a: int, b: int) -> str:
    return f"{a}+{b}={a + b}\n"


def _date(ordinal: int) -> str:
    day = datetime.date.fromordinal(ordinal)
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year} = {day.isoformat()} {_DAYS[day.weekday()]}\n"
