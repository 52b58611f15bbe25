"""Bytes that a person brings become text, or are refused in one sentence; what had to be guessed or mended is noted."""

from __future__ import annotations

import codecs
import re

import numpy as np

REPLACEMENT = "\ufffd"

_BOMS = (  # the UTF-32 marks first: the UTF-16 one is the beginning of theirs
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROLS = frozenset(map(chr, [*range(32), *range(127, 160)])) - frozenset("\t\n\v\f\r\x85")
_SAMPLE = 1 << 16  # bytes shown to the encoding detector, whose time grows with them


class CorpusError(ValueError):
    """A text that cannot be used, with one sentence for the person who brought it."""


def decode(data: bytes) -> tuple[str, str, list[str]]:
    """Text (a byte order mark still in front), encoding, notes. A mark decides, else UTF-16, UTF-8, a guess, in turn.

    Raises CorpusError for what is no text: zero bytes, no known encoding, many control characters.
    """
    notes: list[str] = []
    marked = next((encoding for mark, encoding in _BOMS if data.startswith(mark)), None)
    encoding = marked or _utf16_without_mark(data) or _utf8(data) or _legacy(data, notes)
    text = data.decode(encoding, "replace")
    mended = _mended(data, text, encoding)
    if mended:
        notes.append(f"{count(mended, 'damaged place')} that {encoding.upper()} cannot read became {REPLACEMENT}.")
    controls = sum(map(text.count, set(text) & _CONTROLS))
    if "\0" in text or 50 * controls + 10 * mended > len(text):
        raise _binary(f"control or broken characters: {controls + mended:,} of {len(text):,}")
    return text, encoding, notes


def count(number: int, noun: str) -> str:
    """'1 line', '2 lines'."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _utf16_without_mark(data: bytes) -> str | None:
    """UTF-16 when it is plainly so: hardly a zero low byte, and two high bytes, zero among them, make nine tenths."""
    if b"\0" not in data or len(data) % 2:
        return None
    pairs = np.frombuffer(data, np.uint8).reshape(-1, 2)
    for high, low, encoding in ((1, 0, "utf-16-le"), (0, 1, "utf-16-be")):
        counts = np.bincount(pairs[:, high], minlength=256)
        frequent = np.sort(counts)[-2:]
        rare_zero = np.count_nonzero(pairs[:, low] == 0) * 100 <= len(pairs)
        if rare_zero and counts[0] >= frequent[0] and frequent.sum() * 10 >= len(pairs) * 9:
            return encoding
    return None


def _utf8(data: bytes) -> str | None:
    """UTF-8, also where a few bytes are damaged, as in a file cut in the middle of a character."""
    if b"\0" in data:
        return None
    text = data.decode("utf-8", "replace")
    damaged = _mended(data, text, "utf-8")
    beyond_ascii = len(text) - damaged - np.count_nonzero(np.frombuffer(data, np.uint8) < 128)
    return "utf-8" if damaged * 4 <= beyond_ascii else None


def _legacy(data: bytes, notes: list[str]) -> str:
    """The likeliest encoding that is not Unicode."""
    if b"\0" in data:
        raise _binary(f"zero bytes: {data.count(0):,} of {len(data):,}")
    import charset_normalizer  # here, since most texts never need it and it is slow to load

    matches = charset_normalizer.from_bytes(_telling(data))
    best = matches.best()
    if best is None:
        raise _binary("no known encoding fits its bytes")
    for match in matches:
        # Sister encodings score nearly alike (a French text came back as mac_latin2): then the commonest is the one.
        if match.encoding == "cp1252" and match.chaos < best.chaos + 0.05 and match.coherence > best.coherence - 0.05:
            best = match
    notes.append(f"The encoding was guessed: {best.encoding}. If letters look wrong, save the text as UTF-8.")
    return best.encoding


def _telling(data: bytes) -> bytes:
    """The first lines with a byte beyond ASCII, each from shortly before it on: all else fits nearly any encoding."""
    beyond_ascii = re.compile(rb"[\x80-\xff]")
    sample, end = bytearray(), 0
    while len(sample) < _SAMPLE and (found := beyond_ascii.search(data, end)):
        start = max(end, found.start() - 100)
        end = data.find(b"\n", found.start()) + 1 or len(data)
        sample += data[start:end]
    return bytes(sample[:_SAMPLE])


def _mended(data: bytes, text: str, encoding: str) -> int:
    """How many replacement characters decoding put into `text`, beside those that were there before."""
    if REPLACEMENT not in text:
        return 0
    before = data.count(REPLACEMENT.encode(encoding)) if encoding.startswith("utf") else 0
    return max(0, text.count(REPLACEMENT) - before)


def _binary(reason: str) -> CorpusError:
    return CorpusError(f"This is not a text ({reason}): save it as plain text in UTF-8 and bring that.")
