"""Generated lines whose end follows from what stood far before it, at a distance one chooses; entropies as synthetic.py
says: every line has the same probability.

The tasks are those on which cells with gates were shown first: recall and temporal order (Hochreiter and Schmidhuber
1997, sections 5.3 and 5.6, with fewer signs), copying after a delay (the same authors' question as posed by Arjovsky,
Shah and Bengio 2016, section 5.1), parity (a state that every bit may turn).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import log2
from typing import ClassVar

import numpy as np

from charrnn.sentence import Sentence
from charrnn.text.parameters import parameter
from charrnn.text.resampling import BLOCK, EqualLines


@dataclass(frozen=True)
class Recall(EqualLines):
    """`G:yxzy…zz:G`: a key of `keys` (at most 26), `lag` random fillers of x, y, z, and the key again.

    Entropy (log2 keys + lag log2 3) / (lag + 5); another log2 keys a line for a model without memory.
    """

    title: ClassVar[str] = "Delayed recall"
    teaches: ClassVar[str] = Sentence(
        "Vanishing gradients: learning cannot reach the key from further than it looks back."
    )
    keys: int = parameter(8, Sentence("Symbols, of which one is to be recalled"), 2, 26)
    lag: int = parameter(20, Sentence("Distance: characters between the two times it is written"), 1, 400)

    @property
    def line_length(self) -> float:
        return self.lag + 5

    @property
    def line_bits(self) -> float:
        return log2(self.keys) + self.lag * log2(3)

    def lines(self, rng: np.random.Generator) -> Iterator[str]:
        while True:
            keys = rng.integers(self.keys, size=BLOCK).tolist()
            fillers = rng.integers(ord("x"), ord("z") + 1, size=(BLOCK, self.lag), dtype=np.uint8)
            for key, filler in zip(map(chr, (ord("A") + k for k in keys)), fillers, strict=True):
                yield f"{key}:{filler.tobytes().decode('ascii')}:{key}\n"


@dataclass(frozen=True)
class Copy(EqualLines):
    """`CABDA....:CABDA`: a word of `length` random letters of `symbols`, `delay` dots, and the word again.

    Entropy length log2 symbols / (2 length + delay + 2); twice that for a model without memory.
    """

    title: ClassVar[str] = "Copy after a delay"
    teaches: ClassVar[str] = Sentence("Carrying several characters at once: a vanilla network soon mixes them up.")
    symbols: int = parameter(4, Sentence("Letters there are"), 2, 26)
    length: int = parameter(5, Sentence("Letters to be carried"), 1, 50)
    delay: int = parameter(10, Sentence("Distance: dots between the word and its copy"), 1, 400)

    @property
    def line_length(self) -> float:
        return 2 * self.length + self.delay + 2

    @property
    def line_bits(self) -> float:
        return self.length * log2(self.symbols)

    def lines(self, rng: np.random.Generator) -> Iterator[str]:
        between = "." * self.delay + ":"
        while True:
            letters = rng.integers(ord("A"), ord("A") + self.symbols, size=(BLOCK, self.length), dtype=np.uint8)
            for row in letters:
                word = row.tobytes().decode("ascii")
                yield f"{word}{between}{word}\n"


@dataclass(frozen=True)
class Parity(EqualLines):
    """`0110100=1`: so many random `bits`, and 1 where the number of ones among them is odd, else 0.

    Entropy bits / (bits + 3); one more bit a line for a model that misses a single one of them.
    """

    title: ClassVar[str] = "Parity of a row of bits"
    teaches: ClassVar[str] = Sentence("A unit that turns over with every 1: nothing is learned until all bits count.")
    bits: int = parameter(6, Sentence("Bits in a row: the first is so far from the answer"), 2, 400)

    @property
    def line_length(self) -> float:
        return self.bits + 3

    @property
    def line_bits(self) -> float:
        return self.bits

    def lines(self, rng: np.random.Generator) -> Iterator[str]:
        while True:
            rows = rng.integers(2, size=(BLOCK, self.bits), dtype=np.uint8)
            for row, odd in zip(rows, (rows.sum(axis=1) % 2).tolist(), strict=True):
                yield f"{(row + ord('0')).tobytes().decode('ascii')}={odd}\n"


@dataclass(frozen=True)
class Order(EqualLines):
    """`abXdcaaYbd:Q`: `length` random letters of a to d, two of them replaced by X or Y each, and a letter that says
    which came first and which second: XX P, XY Q, YX R, YY S.

    The first stands in the first half, the second in the other. Entropy [2 + log2 f + log2 s + 2 (length - 2)] /
    (length + 3), where f and s are the places in either half; two more bits a line for a model without memory.
    """

    title: ClassVar[str] = "Which came first"
    teaches: ClassVar[str] = Sentence(
        "Temporal order: two signs far apart, and all that counts is which stood before which."
    )
    length: int = parameter(16, Sentence("Letters before the answer"), 2, 400)

    @property
    def line_length(self) -> float:
        return self.length + 3

    @property
    def line_bits(self) -> float:
        half = self.length // 2
        return 2 + log2(half) + log2(self.length - half) + 2 * (self.length - 2)

    def lines(self, rng: np.random.Generator) -> Iterator[str]:
        half, every = self.length // 2, np.arange(BLOCK)
        while True:
            rows = rng.integers(ord("a"), ord("d") + 1, size=(BLOCK, self.length), dtype=np.uint8)
            signs = rng.integers(2, size=(BLOCK, 2))
            rows[every, rng.integers(half, size=BLOCK)] = ord("X") + signs[:, 0]
            rows[every, rng.integers(half, self.length, size=BLOCK)] = ord("X") + signs[:, 1]
            for row, answer in zip(rows, (2 * signs[:, 0] + signs[:, 1]).tolist(), strict=True):
                yield f"{row.tobytes().decode('ascii')}:{'PQRS'[answer]}\n"
