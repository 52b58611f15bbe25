"""Bytes that a person brings become text, or are refused in one sentence; what had to be guessed or mended is noted.

A byte order mark decides, else UTF-8 where it fits, else the likeliest of what chardet finds. Its figures are close for
sister encodings and for short texts, so that they are weighed: a common encoding before a rare one, and none in which
words mix scripts (Czech read as ISO-8859-7 has Greek letters amid Latin ones).
"""

from __future__ import annotations

import codecs
import contextlib
import itertools
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import chardet
from chardet import DetectionDict, EncodingEra

from charrnn.refusal import RefusalError, in_a_line
from charrnn.sentence import Counted, Sentence

REPLACEMENT = "\ufffd"

_BOMS = (  # the UTF-32 marks first: the UTF-16 one is the beginning of theirs
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_MARKED = frozenset(encoding for _, encoding in _BOMS)
_PLAIN = Sentence("open it, save its text as plain text (.txt) in UTF-8, and bring that")
_SIGNATURES = (  # what a file begins with, what it is, and what to do with it
    (b"%PDF", "a PDF", _PLAIN),
    (b"PK\x03\x04", Sentence("a packed file (.docx, .odt, .epub, .xlsx or .zip)"), _PLAIN),
    (b"\xd0\xcf\x11\xe0", Sentence("an old Office file (.doc or .xls)"), _PLAIN),
    (b"{\\rtf", Sentence("an RTF file"), _PLAIN),
    (b"\x1f\x8b", Sentence("a compressed file (.gz)"), Sentence("unpack it first, and bring the text within")),
    (b"BZh", Sentence("a compressed file (.bz2)"), Sentence("unpack it first, and bring the text within")),
    (b"\xfd7zXZ", Sentence("a compressed file (.xz)"), Sentence("unpack it first, and bring the text within")),
    (b"7z\xbc\xaf", Sentence("a packed file (.7z)"), Sentence("unpack it first, and bring the text within")),
    (b"\x89PNG", Sentence("a picture (PNG)"), Sentence("bring the text itself")),
    (b"\xff\xd8\xff", Sentence("a picture (JPEG)"), Sentence("bring the text itself")),
    (b"GIF8", Sentence("a picture (GIF)"), Sentence("bring the text itself")),
    (b"SQLite format 3", Sentence("a database"), Sentence("bring plain text")),
    (b"\x7fELF", Sentence("a program"), Sentence("bring plain text")),
)
_CONTROLS = frozenset(map(chr, [*range(32), *range(127, 160)])) - frozenset("\t\n\v\f\r\x85")
_NO_TEXT = frozenset(["Cn", "Co", "Cs", "Cc"])  # unassigned, private, half a pair, controls
_SEEN = 1_000_000  # bytes that the detector looks at
_READ = 20_000  # characters in which a reading is judged
_FEW = 10  # bytes beyond ASCII that tell nothing of rare encodings
_SURE = 0.9  # how much of what an unlikely encoding reads has to be text
_RARE_ZERO = 1_000  # a text may hold one zero byte in so many
_ISO = frozenset(["iso8859-1", "iso8859-2", "iso8859-5", "iso8859-7", "iso8859-9", "iso8859-15"])
_SUPERSETS = {"big5": "cp950", "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932"}
_SUPERSETS |= {"iso8859-1": "cp1252"}
_SEVEN_BIT = re.compile(rb"\x1b\$|\x1b\(|~\{|\+[A-Za-z0-9+/]{3}")  # what begins other letters amid ASCII
_NOT_CHINESE = "\u2100"  # letters and signs of the scripts that have few, and dashes and quotation marks, lie before it
_FOUR_BYTES = re.compile(rb"[\x81-\xfe][0-9][\x81-\xfe][0-9]")
_COMMON_ERAS = EncodingEra.MODERN_WEB | EncodingEra.LEGACY_MAC
_JOINING = frozenset("’‘´`·-–—…")  # between letters in what people write
_SPACED = frozenset(["LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW"])  # scripts that put spaces between words
_WEIGHTS = {"common": 1.0, "rare": 0.65}


class CorpusError(RefusalError):
    """A text that cannot be used, with one sentence for the person who brought it."""


class Decoded(NamedTuple):
    """A text, a byte order mark still in front, how it was read (None: it came as text), and what had to be guessed or
    mended."""

    text: str
    encoding: str | None
    notes: list[str]


def decode(data: bytes, encoding: str | None = None) -> Decoded:
    """The text of a file's bytes, in the encoding that is named or else in the one that they are likeliest in.

    Raises CorpusError for what is no text: another kind of file, no known encoding, many zero bytes or controls.
    """
    for signature, kind, remedy in _SIGNATURES:
        if data.startswith(signature):
            raise CorpusError("This is {kind}, not a plain text: {remedy}.", kind=kind, remedy=remedy)
    notes: list[str] = []
    if encoding is None:
        encoding = next((name for mark, name in _BOMS if data.startswith(mark)), None)
    else:
        encoding = known(encoding)
    if encoding is None:
        encoding, data = _found(data, notes)
    text = data.decode(encoding, "replace")
    mended = _mended(data, text, encoding)
    if mended:
        notes.append(
            Counted(
                "{n:,} damaged place that {encoding} cannot read became {sign}.",
                "{n:,} damaged places that {encoding} cannot read became {sign}.",
                mended,
                encoding=encoding.upper(),
                sign=REPLACEMENT,
            )
        )
    controls = sum(map(text.count, set(text) & _CONTROLS))
    if zeros := text.count("\0"):
        if zeros * _RARE_ZERO > len(text):
            raise _binary(Sentence("zero bytes: {zeros:,} of {text:,}", zeros=zeros, text=len(text)))
        text, controls = text.replace("\0", ""), controls - zeros
        notes.append(Counted("{n:,} zero byte was dropped.", "{n:,} zero bytes were dropped.", zeros))
    if 50 * controls + 10 * mended > len(text):
        raise _binary(
            Sentence(
                "control or broken characters: {controls:,} of {text:,}", controls=controls + mended, text=len(text)
            )
        )
    return Decoded(text, encoding, notes)


def joined(files: Sequence[tuple[str, bytes]], encoding: str | None = None) -> Decoded:
    """The text of several files, (name, bytes) each, in the order of their names, each beginning on a line of its own.

    Raises CorpusError, which names the file, for one that is no text.
    """
    if len(files) == 1:
        return decode(files[0][1], encoding)
    texts: list[str] = []
    encodings: dict[str, None] = {}
    notes: list[str] = []
    for name, data in sorted(files):
        try:
            read = decode(data, encoding)
        except CorpusError as error:
            raise CorpusError("{name}: {error}", name=name, error=error.said) from None
        text = read.text.removeprefix("\ufeff")
        texts.append(text if text.endswith(("\n", "\r")) or not text else text + "\n")
        encodings[str(read.encoding)] = None
        notes += [in_a_line(f"{name}: {note}") for note in read.notes]
    notes.append(Sentence("{n:,} files were joined in the order of their names.", n=len(files)))
    return Decoded("".join(texts), ", ".join(encodings), notes)


def known(encoding: str) -> str:
    """Python's name of a text encoding. Raises CorpusError for one that it does not know."""
    try:
        name = codecs.lookup(encoding).name
        "".encode(name)
    except (LookupError, ValueError, UnicodeError):
        raise CorpusError(
            "No encoding is called {encoding!r}: name one such as utf-8, gb18030 or cp1252.", encoding=encoding[:40]
        ) from None
    return name


def readings(data: bytes) -> list[tuple[str, str]]:
    """The likeliest encodings, the one that `decode` finds first, each with two lines as they would read in it, the
    first that hold more than ASCII; at most five."""
    encodings = [next((name for mark, name in _BOMS if data.startswith(mark)), None), _seven_bit(data), _utf8(data)]
    encodings += [name for name, _ in _weighed(data)]
    sample = _sample(data)[:4_000]
    listed: dict[str, str] = {}
    for encoding in filter(None, encodings):
        lines = sample.decode(encoding, "replace").lstrip("\ufeff").splitlines()[:2]
        if encoding not in listed and "\n".join(lines) not in listed.values():
            listed[encoding] = "\n".join(lines)
    return list(listed.items())[:5]


def _found(data: bytes, notes: list[str]) -> tuple[str, bytes]:
    """The encoding of what bears no mark, and its bytes, a few stray zero bytes apart."""
    zeros = data.count(b"\0")
    stray = 0 < zeros * _RARE_ZERO <= len(data)
    seven_bit = _seven_bit(data)
    if not seven_bit and (encoding := _utf8(data.replace(b"\0", b"") if stray else data)):
        return encoding, data
    ranked = [(seven_bit, 1.0)] if seven_bit else _weighed(data)
    if stray and not (ranked and ranked[0][0].startswith("utf")):
        ranked = _weighed(data.replace(b"\0", b""))
    if not ranked:
        raise _binary(
            Sentence("zero bytes: {zeros:,} of {data:,}", zeros=zeros, data=len(data))
            if zeros
            else Sentence("no known encoding fits its bytes")
        )
    encoding = ranked[0][0]
    notes.append(
        Sentence("The encoding was guessed: {encoding}. If letters look wrong, choose another one.", encoding=encoding)
    )
    return encoding, data


def _utf8(data: bytes) -> str | None:
    """UTF-8, also where a few bytes are damaged, as in a file cut in the middle of a character."""
    if b"\0" in data:
        return None
    with contextlib.suppress(UnicodeDecodeError):
        data.decode("utf-8")
        return "utf-8"
    sample = _sample(data)
    text = sample.decode("utf-8", "replace")
    damaged = _mended(sample, text, "utf-8")
    ascii = len(sample) - len(sample.translate(None, bytes(range(128))))
    beyond_ascii = len(text) - damaged - ascii
    return "utf-8" if damaged * 4 <= beyond_ascii else None


def _seven_bit(data: bytes) -> str | None:
    """The encoding of what is ASCII and yet writes more, as UTF-7 and some of East Asia do, None for none."""
    sample = data[:_SEEN]
    if not sample.isascii():
        return None
    if _SEVEN_BIT.search(sample):
        detected = (codecs.lookup(found["encoding"] or "").name for found in _detected(sample, EncodingEra.ALL))
        for name in ("hz", *detected):
            if (text := _reads(sample, name)) and not text.isascii() and _plausible(sample, name) > _SURE:
                return name
        # Rarely a letter or dash in UTF-7, which chardet does not see. Chinese it does, but a number behind a plus
        # sign would be Chinese too.
        if beyond := [sign for sign in _reads(sample, "utf-7") if not sign.isascii()]:
            return "utf-7" if all(sign < _NOT_CHINESE and sign.isprintable() for sign in beyond) else None
    elif b"@" in sample and not re.search(rb"\s", sample):  # as a space is in EBCDIC, where Hebrew letters are ASCII
        text = _reads(sample, "cp424")
        return "cp424" if 2 * sum(_script(sign) == "HEBREW" for sign in text[:_READ]) > len(text[:_READ]) else None
    return None


def _reads(sample: bytes, encoding: str) -> str:
    """A sample in an encoding, "" where it is none of it."""
    with contextlib.suppress(UnicodeDecodeError):
        return codecs.getincrementaldecoder(encoding)().decode(sample)
    return ""


def _has_four_bytes(sample: bytes) -> bool:
    """Whether it is of GB18030 with letters that are not Chinese: these have four bytes, as nobody else writes them."""
    return bool(_reads(sample, "gb18030")) and len(_FOUR_BYTES.findall(sample)) >= _FEW // 2


def _in_order(sample: bytes, encoding: str) -> str:
    """Of UTF-16 the order of its bytes in which there are spaces and line ends: chardet goes by the letters alone."""
    if not encoding.startswith("utf-16-"):
        return encoding

    def spaces(name: str) -> int:
        return len(re.findall(r"[ \n]", sample.decode(name, "replace")))

    return max(encoding, "utf-16-le", "utf-16-be", key=spaces)


def _weighed(data: bytes) -> list[tuple[str, float]]:
    """Encodings that fit, the likeliest first."""
    sample = _sample(data)
    sample = sample[: max(len(sample) // 4 * 4, len(sample) % 4)]  # a file cut amid a character of UTF-16 or UTF-32
    few = len(re.findall(rb"[\x80-\xff]", sample[: 100 * _FEW * 100])) < _FEW
    modern = {found["encoding"] for found in _detected(sample, EncodingEra.MODERN_WEB)}
    ranked: list[tuple[str, float]] = [("gb18030", 1.0)] if _has_four_bytes(sample) else []
    for found in _detected(sample, _COMMON_ERAS if few else EncodingEra.ALL):
        encoding = _in_order(sample, codecs.lookup(found["encoding"] or "").name)
        encoding = _SUPERSETS.get(encoding, encoding)  # beyond the sample a character of the larger set may come
        kind = "common" if found["encoding"] in modern or encoding in _ISO else "rare"
        plausible = _plausible(sample, encoding)
        if plausible > 0:
            ranked.append((encoding, found["confidence"] * _WEIGHTS[kind] * plausible))
    if not ranked and 20 * data.count(0) < len(data):  # Chinese in UTF-16 may hold no zero byte to be known by
        ranked = [(name, _plausible(sample, name)) for name in ("utf-16-le", "utf-16-be")]
        ranked = [(name, weight) for name, weight in ranked if weight > _SURE]
    return sorted(((name, weight) for name, weight in ranked if weight > 0), key=lambda one: -one[1])


def _sample(data: bytes) -> bytes:
    """What is looked at: the bytes from the first line on that holds more than ASCII."""
    first = re.search(rb"[\x80-\xff]", data)
    start = data.rfind(b"\n", 0, first.start()) + 1 if first else 0
    return data[start : start + _SEEN] if not data.count(b"\0", 0, start) else data[:_SEEN]


def _detected(sample: bytes, era: EncodingEra) -> Iterator[DetectionDict]:
    for found in chardet.detect_all(sample, max_bytes=_SEEN, encoding_era=era, prefer_superset=False):
        try:
            codecs.lookup(found["encoding"] or "")
        except LookupError:
            continue
        yield found


def _plausible(sample: bytes, encoding: str) -> float:
    """How much of what a sample would read as is text, from 0 to 1: no controls, and words as words are written."""
    text = codecs.getincrementaldecoder(encoding)("replace").decode(sample[: 4 * _READ])[:_READ]
    characters, words = Counter(text), Counter(word for word in text.split() if not word.isascii())
    odd = sum(n for c, n in characters.items() if unicodedata.category(c) in _NO_TEXT and c not in "\t\n\v\f\r\x85\0")
    broken = sum(n for word, n in words.items() if _broken(word))
    return max(0.0, 1 - 20 * odd / (len(text) + 1)) * (1 - broken / (words.total() + 1)) ** 4  # a few tell much


def _broken(word: str) -> bool:
    """Whether no one would write a word so: letters of two scripts, a capital or a foreign sign amid small letters."""
    letters = [character for character in word if character.isalpha()]
    inner = word.strip("".join(set(word) - set(letters)))
    signs = any(not c.isascii() and unicodedata.category(c)[0] in "SP" and c not in _JOINING for c in inner)
    capital = any(a.islower() and b.isupper() for a, b in itertools.pairwise(letters))
    scripts = {_script(letter) for letter in letters}
    return capital or len(scripts) > 1 or (signs and scripts <= _SPACED)


def _script(letter: str) -> str:
    """The first word of a letter's name: LATIN, GREEK, CYRILLIC, CJK …; those of Japanese are one."""
    script = unicodedata.name(letter, "?").partition(" ")[0]
    return (
        "CJK" if script in ("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HALFWIDTH", "FULLWIDTH", "HANGUL") else script
    )


def _mended(data: bytes, text: str, encoding: str) -> int:
    """How many replacement characters decoding put into `text`, beside those that were there before."""
    if REPLACEMENT not in text:
        return 0
    before = data.count(REPLACEMENT.encode(encoding)) if encoding.startswith("utf") else 0
    return max(0, text.count(REPLACEMENT) - before)


def _binary(reason: str) -> CorpusError:
    return CorpusError("This is not a text ({reason}): save it as plain text in UTF-8 and bring that.", reason=reason)
