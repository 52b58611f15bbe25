"""What is done to a decoded text before it is learned from, each change noted in one sentence; and what is only hinted.

text ─ marks, line ends, broken pairs ─▶ text ─ lower case, if asked ─▶ text ─ rare characters, if asked ─▶ text
"""

import re
import unicodedata
from collections import Counter

from charrnn.sentence import Counted, Sentence
from charrnn.text.decoding import REPLACEMENT, CorpusError

MAX_ALPHABET = 10_000
SHORT = 2_000  # characters that are learned by heart within seconds
FEW_LINES = 4
LISTED = 6  # invisible characters that a note names

_MARK = "\ufeff"
_LFS = "version https://git-lfs.github.com/spec/"
_HTML = re.compile(r"\s*(<!doctype html|<html|<\?xml[^>]*>\s*<(!doctype )?html)", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")


def normalised(text: str, notes: list[str]) -> str:
    """Without byte order marks, with plain line ends and whole characters. Raises CorpusError where nothing is left."""
    if text.startswith(_MARK):
        text = text[1:]
        notes.append(Sentence("A byte order mark at the beginning was dropped."))
    if marks := text.count(_MARK):
        text = text.replace(_MARK, "")
        notes.append(
            Counted(
                "{n:,} byte order mark within the text, as joined files have, dropped.",
                "{n:,} byte order marks within the text, as joined files have, dropped.",
                marks,
            )
        )
    if ends := text.count("\r"):
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        notes.append(
            Counted(
                "{n:,} line end of Windows or old Mac kind became plain new lines.",
                "{n:,} line ends of Windows or old Mac kind became plain new lines.",
                ends,
            )
        )
    try:
        text.encode()
    except UnicodeEncodeError:
        # A pasted emoji can arrive as two surrogates, which join; a lone one is no character and cannot be stored.
        joined = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if broken := joined.count(REPLACEMENT) - text.count(REPLACEMENT):
            notes.append(
                Counted(
                    "{n:,} broken character became {sign}.",
                    "{n:,} broken characters became {sign}.",
                    broken,
                    sign=REPLACEMENT,
                )
            )
        text = joined
    if not text:
        raise CorpusError("The text is empty: paste or upload one with at least two different characters.")
    return text


def limited(text: str, keep_frequent: int | None, notes: list[str]) -> str:
    """With the most frequent characters only, if asked, and U+FFFD for the others. Raises CorpusError for too many."""
    if keep_frequent is None:
        if (distinct := len(set(text) - {REPLACEMENT})) > MAX_ALPHABET:
            raise CorpusError(
                "The text has {distinct:,} distinct characters and the limit is {MAX_ALPHABET:,}: keep only "
                "the frequent ones, with {REPLACEMENT} for the others, or bring a text in fewer.",
                distinct=distinct,
                MAX_ALPHABET=MAX_ALPHABET,
                REPLACEMENT=REPLACEMENT,
            )
        return text
    if not 1 <= keep_frequent <= MAX_ALPHABET:
        raise CorpusError(
            "Keeping {keep_frequent:,} characters is not possible: choose 1 to {MAX_ALPHABET:,}.",
            keep_frequent=keep_frequent,
            MAX_ALPHABET=MAX_ALPHABET,
        )
    rare = by_frequency(text)[keep_frequent:]
    if not rare:
        return text
    lost = sum(times for _, times in rare)
    notes.append(
        Counted(
            "The {kept:,} most frequent characters were kept; {n:,} rare one, together {places} in the text "
            "({share:.2%}), became {sign}.",
            "The {kept:,} most frequent characters were kept; {n:,} rare ones, together {places} in the text "
            "({share:.2%}), became {sign}.",
            len(rare),
            kept=keep_frequent,
            places=Counted("{n:,} place", "{n:,} places", lost),
            share=lost / len(text),
            sign=REPLACEMENT,
        )
    )
    return text.translate({ord(character): REPLACEMENT for character, _ in rare})


def by_frequency(text: str) -> list[tuple[str, int]]:
    """The characters of a text and how often each occurs, the most frequent first; U+FFFD, which is none, apart."""
    ranked = sorted(Counter(text).items(), key=lambda item: (-item[1], item[0]))
    return [item for item in ranked if item[0] != REPLACEMENT]


def is_invisible(character: str) -> bool:
    """Whether nothing of a character is to be seen, and it is no plain space, tab or line end."""
    if character in " \n\t":
        return False
    return unicodedata.category(character) in ("Cc", "Cf", "Zs", "Zl", "Zp") or "\ufe00" <= character <= "\ufe0f"


def name_of(character: str) -> str:
    """What Unicode calls a character: "ZERO WIDTH JOINER", "U+0085" where it has no name."""
    return unicodedata.name(character, f"U+{ord(character):04X}")


def hints(text: str, alphabet: str) -> list[str]:
    """What a text looks like that may not be meant: a pointer, a web page, a few lines; and letters nobody sees."""
    found: list[str] = []
    if text.startswith(_LFS):
        found.append(
            Sentence(
                "This is a Git LFS pointer, not the file that it stands for: fetch that with git lfs pull, "
                "and bring it."
            )
        )
    elif _HTML.match(text[:2_000]):
        tags = sum(map(len, _TAG.findall(text))) / len(text)
        found.append(
            Sentence(
                "This is a web page ({tags:.0%} of it are tags), and tags are what would be learned: save it "
                "as text in the browser, and bring that.",
                tags=tags,
            )
        )
    lines = len(text.splitlines())
    if len(text) < SHORT or lines < FEW_LINES:
        found.append(
            Sentence(
                "The text has {characters} in {lines}: {hint}",
                characters=Counted("{n:,} character", "{n:,} characters", len(text)),
                lines=Counted("{n:,} line", "{n:,} lines", lines),
                hint=Sentence(
                    "so little is learned by heart within seconds; some ten thousand characters teach a language."
                )
                if len(text) < SHORT
                else Sentence("where lines are meant, they may have been lost on the way."),
            )
        )
    if invisible := [character for character in alphabet if is_invisible(character)]:
        named = ", ".join(map(name_of, invisible[:LISTED])) + (" …" if len(invisible) > LISTED else "")
        found.append(
            Counted(
                "{n:,} character that nobody sees: {named}.",
                "{n:,} characters that nobody sees: {named}.",
                len(invisible),
                named=named,
            )
        )
    return found
