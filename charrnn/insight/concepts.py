"""Concepts as labels on a text: what a unit might know after it has read each character.

Every label is about the moment after reading the character, so that it can be held against the hidden state there.
N = characters of the text.
"""

import re
import unicodedata
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from charrnn.insight.pattern import matches
from charrnn.network.parameters import Array
from charrnn.sentence import Sentence
from charrnn.shown import displayed

ENOUGH = 50  # characters of either kind, or off the commonest value, for a search to mean something

VOWELS = frozenset("aeiouαεηιουωаеёиоуыэюяіїє")
BRACKETS = ("([{", ")]}")
# From the opening mark to just before the closing one, never past an empty line, after which a new speech begins.
# A straight mark that touches the end of a word can only close: a text may begin within a quotation.
_QUOTATION = re.compile(
    r"""(?<![\w.,;:!?…'’-])("(?:[^"\n]|\n(?!\n))*)"?"""
    r"|(“(?:[^”\n]|\n(?!\n))*)|(«(?:[^»\n]|\n(?!\n))*)|(`(?:(?!'\W)[^\n]|\n(?!\n))*)"
)


@displayed
class Concept(NamedTuple):
    """A name a person understands and a label for each character."""

    name: str
    labels: Array  # (N,) bool where the concept is either there or not, else float: how much of it
    graded: bool

    @property
    def enough(self) -> bool:
        """Whether there are examples of both kinds (or of different values) in number."""
        _, counts = np.unique(self.labels, return_counts=True)
        return len(self.labels) - int(counts.max(initial=0)) >= ENOUGH


def concepts(text: str) -> list[Concept]:
    """All concepts that have enough examples in the text: a lower-cased one has no capitals."""
    return [concept for concept in _all_concepts(text) if concept.enough]


def _all_concepts(text: str) -> list[Concept]:
    space, line_end = _are(text, " ".__eq__), _are(text, "\n".__eq__)
    return [
        Concept(Sentence("inside quotes"), inside_quotes(text), False),
        Concept(Sentence("after a space"), space, False),
        Concept(Sentence("space comes next"), np.append(space[1:], False), False),
        Concept(Sentence("line end comes next"), np.append(line_end[1:], False), False),
        Concept(Sentence("capital"), _are(text, str.isupper), False),
        Concept(Sentence("vowel"), _are(text, _is_vowel), False),
        Concept(Sentence("digit"), _are(text, str.isdigit), False),
        Concept(Sentence("place in line"), _since(line_end), True),
        Concept(Sentence("place in word"), _since(~_are(text, _in_word)), True),
        Concept(Sentence("bracket depth"), bracket_depth(text), True),
    ]


def own_concept(text: str, pattern: str, deadline: float = 2.0, *, any_case: bool = False) -> Concept:
    """The characters within a match of a learner's regular expression. Raises PatternError (see pattern.matches)."""
    labels = np.zeros(len(text), bool)
    for start, end in matches(pattern, text, deadline, any_case=any_case):
        labels[start:end] = True
    return Concept(pattern, labels, False)


def inside_quotes(text: str) -> Array:
    """(N,) whether a quotation is open after each character: true at the opening mark, false at the closing one."""
    labels = np.zeros(len(text), bool)
    for match in _QUOTATION.finditer(text):
        labels[slice(*match.span(match.lastindex or 0))] = True
    return labels


def bracket_depth(text: str) -> Array:
    """(N,) how many brackets are open after each character, as seen from the least depth so far.

    Angles count as brackets only where both kinds are about as frequent: elsewhere they mean "less" and "arrow".
    """
    opening, closing = BRACKETS
    angles = text.count("<"), text.count(">")
    if max(angles) <= 1.1 * min(angles) + 8:
        opening, closing = opening + "<", closing + ">"
    height = np.cumsum(_are(text, opening.__contains__).astype(int) - _are(text, closing.__contains__))
    return (height - np.minimum.accumulate(np.minimum(height, 0))).astype(float)


def base_letter(character: str) -> str:
    """The small letter without its accents: é is an e."""
    return unicodedata.normalize("NFD", character.lower())[0]


def _are(text: str, kind: Callable[[str], bool]) -> Array:
    """(N,) whether each character is of a kind; asked once for each distinct one."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    return np.isin(codes, [ord(character) for character in set(text) if kind(character)])


def _since(mark: Array) -> Array:
    """(N,) characters read since the last marked one: 0 at a mark, counted from the text's start before the first."""
    place = np.arange(len(mark))
    return (place - np.maximum.accumulate(np.where(mark, place, -1))).astype(float)


def _is_vowel(character: str) -> bool:
    return base_letter(character) in VOWELS


def _in_word(character: str) -> bool:
    return character.isalnum() or character in "'’"


NAMES = tuple(concept.name for concept in _all_concepts(""))
