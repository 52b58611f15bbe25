"""A corpus is a text and what training needs of it: its alphabet, its characters as ids, its last part held out.

    bytes ─ decode ─▶ text ─ line ends, case ─▶ text ─ alphabet ─▶ Vocabulary ─ encode ─▶ train_ids | held_out_ids

U+FFFD stands for what could not be read or was too rare to be kept: nobody is taught to predict it, and no loss counts
it. A network that has it among its characters reads it for all that it does not know.

Everything that was guessed, dropped or replaced on the way stands in the report, one plain sentence each. What cannot
be trained on raises CorpusError with a sentence that names the value and the remedy. N is the number of characters.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from charrnn.environment import number
from charrnn.sentence import Sentence
from charrnn.shown import table
from charrnn.text.cleaning import by_frequency, hints, limited, normalised
from charrnn.text.decoding import REPLACEMENT, CorpusError, Decoded, joined

MAX_BYTES = 20_000_000
MIN_HELD_OUT = 100
MIN_TRAINING = 500
BEFORE = 40  # characters read before a beginning: from a zero state a young network may write what no text has

Ids = npt.NDArray[np.int32]

_CHUNK = 1 << 20  # characters encoded at once, so that a text never exists four bytes wide as a whole


@dataclass(frozen=True)
class Vocabulary:
    """The characters a network knows, sorted; a character's id is its place among them."""

    characters: str

    @classmethod
    def of(cls, text: str) -> Vocabulary:
        """The distinct characters of a text."""
        return cls("".join(sorted(set(text))))

    def __len__(self) -> int:
        return len(self.characters)

    def encode(self, text: str) -> Ids:
        """Ids (N,) of the characters of `text`. Those that are unknown (`unseen` names them) are read as U+FFFD where
        that is one of the characters, as rare ones were in training, else left out."""
        ids = np.empty(len(text), np.int32)
        for start in range(0, len(text), _CHUNK):
            codes = _code_points(text[start : start + _CHUNK])
            ids[start : start + len(codes)] = self._id_of[np.minimum(codes, len(self._id_of) - 1)]
        unknown = ids < 0
        if not unknown.any():
            return ids
        if self.replacement is None:
            return ids[~unknown]
        ids[unknown] = self.replacement
        return ids

    def decode(self, ids: npt.ArrayLike) -> str:
        """The text of ids (N,)."""
        chosen = _code_points(self.characters)[np.asarray(ids, dtype=np.intp)]
        return chosen.tobytes().decode("utf-32-le", "surrogatepass")

    def primed(self, prime: str, beginning: str, after: str = "") -> Ids:
        """Ids (N,) of what a sample continues from: what is known of a prime; without one, or after a sign, as in the
        text that the `beginning` is from."""
        if after:
            return self.encode(beginning.removesuffix(after) + after + prime)
        ids = self.encode(prime)
        return ids if len(ids) else self.encode(beginning)

    def unseen(self, text: str) -> str:
        """The distinct characters of `text` that are unknown here, in order of appearance."""
        known = set(self.characters)
        return "".join(character for character in dict.fromkeys(text) if character not in known)

    @cached_property
    def replacement(self) -> int | None:
        """The id of U+FFFD, None where it is not among the characters."""
        place = self.characters.find(REPLACEMENT)
        return None if place < 0 else place

    @cached_property
    def _id_of(self) -> Ids:
        """Id by code point, -1 where unknown; the last entry stands for every higher code point."""
        codes = _code_points(self.characters)
        table = np.full(int(codes.max(initial=0)) + 2, -1, np.int32)
        table[codes] = np.arange(len(codes))
        return table


@dataclass(frozen=True)
class Report:
    """What was found in a text, and what was done to it: each note is a plain sentence, and so is each hint at what
    may not be meant."""

    encoding: str | None
    characters: int
    alphabet: int
    notes: tuple[str, ...]
    hints: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Corpus:
    """A text, its vocabulary and its two parts as ids; build it with `from_text` or `from_bytes`.

    `held_out` is the fraction in force: 0 where the text is too short to spare any. Both id arrays are read-only.
    """

    name: str
    text: str = field(repr=False)
    vocabulary: Vocabulary
    held_out: float
    lowercase: bool
    report: Report
    train_ids: Ids = field(repr=False)
    held_out_ids: Ids = field(repr=False)
    keep_frequent: int | None = None
    before: tuple[tuple[str, int], ...] = ()  # texts that a network had learned from, (name, up to which step) each

    @classmethod
    def from_text(
        cls,
        text: str,
        *,
        name: str = "text",
        lowercase: bool = False,
        held_out: float = 0.05,
        keep_frequent: int | None = None,
        max_bytes: int | None = None,
    ) -> Corpus:
        """A corpus of `text`; changes line ends (and case, if asked), nothing else. Alphabet of the whole text.

        `keep_frequent` keeps that many of the most frequent characters and replaces the others by U+FFFD;
        `max_bytes` is the limit on the size in UTF-8 (`size_limit()` if None). Raises CorpusError.
        """
        refuse_large(len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass")), max_bytes)
        return cls.from_decoded(Decoded(text, None, []), name, lowercase, held_out, keep_frequent)

    @classmethod
    def from_bytes(cls, data: bytes, *, name: str, encoding: str | None = None, **choices: Any) -> Corpus:
        """A corpus of a file's bytes, in the encoding named or else found. Otherwise as `from_text`."""
        return cls.from_files([(name, data)], name=name, encoding=encoding, **choices)

    @classmethod
    def from_files(
        cls,
        files: Sequence[tuple[str, bytes]],
        *,
        name: str,
        encoding: str | None = None,
        lowercase: bool = False,
        held_out: float = 0.05,
        keep_frequent: int | None = None,
        max_bytes: int | None = None,
    ) -> Corpus:
        """A corpus of files, (name, bytes) each, joined in the order of their names. Otherwise as `from_text`."""
        refuse_large(sum(len(data) for _, data in files), max_bytes)
        return cls.from_decoded(joined(files, encoding), name, lowercase, held_out, keep_frequent)

    @classmethod
    def from_decoded(
        cls, read: Decoded, name: str, lowercase: bool, held_out: float, keep_frequent: int | None
    ) -> Corpus:
        """A corpus of what was decoded. Otherwise as `from_text`."""
        if not 0 <= held_out < 1:
            raise CorpusError(
                "The held-out fraction is {held_out}: choose one from 0 to below 1, such as 0.05.", held_out=held_out
            )
        notes = list(read.notes)
        text = normalised(read.text, notes)
        if lowercase:
            text = text.lower()  # before the alphabet and the split, since it can change the length ("İ" becomes two)
        text = limited(text, keep_frequent, notes)
        vocabulary = Vocabulary.of(text)
        if len(vocabulary) == 1:
            raise CorpusError(
                "The text holds one distinct character only ({text!r}): bring one with at least two, or "
                "there is nothing to predict.",
                text=text[0],
            )
        hinted = tuple(hints(text, vocabulary.characters))
        ids = vocabulary.encode(text)
        ids.flags.writeable = False
        split = _split_position(len(ids), held_out, notes)
        return cls(
            name=name,
            text=text,
            vocabulary=vocabulary,
            held_out=held_out if split < len(ids) else 0.0,
            lowercase=lowercase,
            report=Report(read.encoding, len(text), len(vocabulary), tuple(notes), hinted),
            train_ids=ids[:split],
            held_out_ids=ids[split:],
            keep_frequent=keep_frequent,
        )

    def knowing(self, characters: str, before: tuple[tuple[str, int], ...] = ()) -> Corpus:
        """The same with further characters in its alphabet, for a network that knows them and is to go on with it."""
        if not before and set(characters) <= set(self.vocabulary.characters):
            return self
        return self._with(Vocabulary.of(self.vocabulary.characters + characters), before)

    def alone(self) -> Corpus:
        """The same for a network that has learned from nothing before: what does not occur here it need not know."""
        return self._with(Vocabulary.of(self.text), ()) if self.before else self

    def _repr_html_(self) -> str:
        rows = [
            ("text", self.text),
            ("characters", f"{len(self.text):,}, the last {len(self.held_out_ids):,} held out"),
            ("alphabet", f"{len(self.vocabulary):,}: {self.vocabulary.characters}"),
            ("remarks", " ".join((*self.report.notes, *self.report.hints)) or "none"),
        ]
        return table(f"Corpus {self.name}", rows)

    def _with(self, vocabulary: Vocabulary, before: tuple[tuple[str, int], ...]) -> Corpus:
        ids, split = vocabulary.encode(self.text), len(self.train_ids)
        ids.flags.writeable = False
        report = replace(self.report, alphabet=len(vocabulary))
        return replace(
            self, vocabulary=vocabulary, report=report, before=before, train_ids=ids[:split], held_out_ids=ids[split:]
        )

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hexadecimal) of the split position, the text, and what else is known: equal for corpora that
        train alike."""
        further = "".join(sorted(set(self.vocabulary.characters).difference(self.text)))
        return hashlib.sha256(f"{len(self.train_ids)}\n{self.text}{further}".encode()).hexdigest()

    @cached_property
    def replaced(self) -> float:
        """The fraction of the text that is U+FFFD."""
        return self.text.count(REPLACEMENT) / len(self.text)

    @cached_property
    def frequency_order(self) -> Ids:
        """All ids of the alphabet (V,), those first that are the most frequent in what is trained on."""
        counts = np.bincount(self.train_ids, minlength=len(self.vocabulary))
        return np.argsort(-counts, kind="stable").astype(np.int32)

    @cached_property
    def beginning(self) -> str:
        """What stands before a beginning: some of what is trained on up to its last line end; where it has none, its
        first characters up to the most frequent one: a short text that says one thing again and again is learned as a
        clock, which is right only from where training sets it going."""
        read = self.text[: len(self.train_ids)]
        if "\n" not in read:
            often = by_frequency(read)[0][0]
            read = read[: max(BEFORE, 1 + read.find(often))]
            return read[: 1 + read.rfind(often)][-BEFORE:]
        end = 1 + read.rfind("\n")
        return read[max(0, end - BEFORE) : end]

    def typed(self, text: str) -> str:
        """What a person typed, in the letter case that the text is read in."""
        return text.lower() if self.lowercase else text

    def primed(self, prime: str, after: str = "") -> Ids:
        """Ids (N,) of what a sample continues from; with nothing known to begin with, it begins as a line does."""
        return self.vocabulary.primed(self.typed(prime), self.beginning, after)

    def require_window(self, sequence_length: int) -> None:
        """Raise CorpusError unless the training part holds a window: `sequence_length` inputs and their targets."""
        if len(self.train_ids) <= sequence_length:
            raise CorpusError(
                "The text has {train_ids:,} characters to train on, but looking {sequence_length:,} back "
                "needs at least {sequence_length2:,}: bring a longer text or look less far back.",
                train_ids=len(self.train_ids),
                sequence_length=sequence_length,
                sequence_length2=sequence_length + 1,
            )


def size_limit() -> int:
    """The largest text allowed, in bytes: CHARRNN_MAX_TEXT_MB megabytes if that is set, else MAX_BYTES."""
    return int(1e6 * number("CHARRNN_MAX_TEXT_MB", MAX_BYTES / 1e6, 0.001, 1e6))


def _code_points(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")


def refuse_large(size: int, max_bytes: int | None = None) -> None:
    """Raise CorpusError for a text of more bytes than are allowed."""
    limit = size_limit() if max_bytes is None else max_bytes
    if size > limit:
        raise CorpusError(
            "The text is {size:,} bytes long and the limit is {limit:g} MB: bring a part of it, or raise "
            "CHARRNN_MAX_TEXT_MB where the page is served.",
            size=size,
            limit=limit / 1e6,
        )


def _split_position(length: int, held_out: float, notes: list[str]) -> int:
    """Where the held-out part begins: at the end (nothing held out) where either part would be too short to tell."""
    split = length - round(length * held_out)
    if held_out == 0 or (length - split >= MIN_HELD_OUT and split >= MIN_TRAINING):
        return split
    notes.append(
        Sentence(
            "Nothing is held out for testing: of {length:,} characters, {held_out:.0%} would leave "
            "{length2:,} to test on (at least {MIN_HELD_OUT} wanted) and {split:,} to train on (at least "
            "{MIN_TRAINING}).",
            length=length,
            held_out=held_out,
            length2=length - split,
            MIN_HELD_OUT=MIN_HELD_OUT,
            split=split,
            MIN_TRAINING=MIN_TRAINING,
        )
    )
    return length
