"""Conditions on what is known, and sentences with figures in them.

    held_out = "below counting triples"        a fact, how it is to stand to what
    It hesitates between {hesitates}.          a sentence with the fact's number in it

`known` gives a fact's value by its name, None where it is not known (yet).
"""

import operator
import re
from collections.abc import Callable
from contextlib import suppress
from string import Formatter
from typing import Any, NamedTuple

from charrnn.dashboard import words
from charrnn.dashboard.language import _
from charrnn.dashboard.terms.document import a_text
from charrnn.dashboard.terms.vocabulary import fact
from charrnn.sentence import Sentence

Value = float | str | None
Known = Callable[[str], Value]

RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    Sentence("at least"): operator.ge,
    Sentence("at most"): operator.le,
    Sentence("above"): operator.gt,
    Sentence("below"): operator.lt,
}
UNKNOWN = "…"
_SAID = re.compile(rf"({'|'.join(RELATIONS)}) (.+)")


class Condition(NamedTuple):
    """How a fact is to stand: to a number, to another fact, or as a word, which it is to be."""

    fact: str
    relation: str  # "" for a word
    value: float | str

    def holds(self, known: Known) -> bool:
        """Whether it does; what is not known holds in no way."""
        now = known(self.fact)
        if not self.relation:
            return now == self.value
        bound = known(self.value) if isinstance(self.value, str) else self.value
        if not isinstance(now, float | int) or not isinstance(bound, float | int):
            return False
        return RELATIONS[self.relation](now, bound)

    def missing(self, known: Known) -> str:
        """How things stand, beside how they are to."""
        if not self.relation:
            return _("Not yet: {words}.", words=fact(self.fact).words)
        bound = _(self.value) if isinstance(self.value, str) else written(self.fact, self.value)
        now = known(self.fact)
        return _(
            "Goal – {words}: {relation} {bound}. Now: {written}.",
            words=fact(self.fact).words,
            written=_("not known yet") if now is None else written(self.fact, now),
            relation=_(self.relation),
            bound=bound,
        )


def condition(name: str, said: Any) -> Condition:
    """A condition as a file says it. Raises ValueError, one sentence."""
    is_word = not fact(name).form
    if is_word:
        if not isinstance(said, str):
            raise ValueError(f"“{name}” is a word, and not {said!r}")
        return Condition(name, "", said)
    found = _SAID.fullmatch(said) if isinstance(said, str) else None
    if not found:
        raise ValueError(f'“{name}” must be {", ".join(RELATIONS)} something, as in "at least 100", and not {said!r}')
    relation, value = found.groups()
    with suppress(ValueError):
        return Condition(name, relation, float(value.replace(",", "")))
    fact(value)
    return Condition(name, relation, value)


def all_hold(conditions: tuple[Condition, ...], known: Known) -> bool:
    """Whether every one does."""
    return all(one.holds(known) for one in conditions)


def written(name: str, value: Value) -> str:
    """A fact as people read it."""
    form = fact(name).form
    if value is None:
        return UNKNOWN
    if form and not isinstance(value, str):
        return words.number(float(value), form)
    return str(value) if name.partition(" of ")[0] == "text" else _(str(value))


def pieces(sentence: str) -> list[tuple[str, str | None]]:
    """What stands in a sentence: words, and after them the name of a fact or None. Raises ValueError, one sentence."""
    try:
        parsed = list(Formatter().parse(sentence))
    except ValueError as error:
        raise ValueError(f"a brace is left alone in “{sentence[:60]}” ({error})") from None
    for __, name, form, conversion in parsed:
        if name is not None:
            fact(name)
        if form or conversion:
            raise ValueError(f"in braces stands the name of a fact alone, and not “{name}:{form}”")
    return [(literal, name) for literal, name, *_ in parsed]


def sentence(value: Any) -> str:
    """A sentence with figures in it."""
    pieces(a_text(value))
    return str(value)


def told(sentence: str, known: Known) -> str:
    """The sentence, with what is known in it."""
    return "".join(literal + (written(name, known(name)) if name else "") for literal, name in pieces(sentence))
