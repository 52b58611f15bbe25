"""The language in which the page is drawn: its words from a catalogue, and how it writes numbers.

What is said stands in the code in English, which is also its name in the catalogues (gettext's way):

    _("It now hesitates {between}", between=…)      said now; a number has its marks by the language
    _n("{n} line", "{n} lines", n)                  by how many there are
    Sentence("The text is empty.")                  said later, by _: where something is kept, or no page is known

A language is a file, languages/de.po, and what Babel has made of it, languages/de.mo; languages/README.md says how to
add one. Which is spoken belongs to the thread: who draws says so first (use), also for pictures made in other threads.
"""

import gettext
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from functools import cache
from numbers import Real
from pathlib import Path
from string import Formatter
from typing import Any, NamedTuple, TypeVar

from charrnn.refusal import SaidError
from charrnn.sentence import Counted, Sentence

FOLDER = Path(__file__).with_name("languages")
ENGLISH = "en"
LANGUAGES = (ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.mo")))  # those that are spoken
NUMBER = Sentence("1,234.5%")  # is written otherwise in other languages, and shows how
NAME = Sentence("English")  # each catalogue has its own language's name for it
Made = TypeVar("Made")


class Language(NamedTuple):
    """What a language has: its words, and the marks in its numbers."""

    code: str
    words: gettext.NullTranslations
    marks: dict[int, str]


@cache
def named(code: str) -> Language:
    """The language of a code, one of LANGUAGES."""
    if code == ENGLISH:
        return Language(code, gettext.NullTranslations(), {})
    with (FOLDER / f"{code}.mo").open("rb") as file:
        words = gettext.GNUTranslations(file)
    number = words.gettext(NUMBER)  # 1.234,5 %
    thousands, decimal, percent = number[1], number[5], number[7:]
    return Language(code, words, {ord(","): thousands, ord("."): decimal, ord("%"): percent})


_SPOKEN: ContextVar[str] = ContextVar("language", default=ENGLISH)


def use(code: str) -> None:
    """Speak this language in this thread from here on."""
    _SPOKEN.set(code)


def spoken() -> str:
    """The code of the language that is spoken."""
    return _SPOKEN.get()


def within(code: str, make: Callable[[], Made]) -> Made:
    """What is made where this language is spoken."""
    before = _SPOKEN.set(code)
    try:
        return make()
    finally:
        _SPOKEN.reset(before)


def of_browser(locale: str | None) -> str:
    """The language for who reads as a browser says, "de-AT"; English where there is none."""
    code = (locale or "").replace("_", "-").partition("-")[0].lower()
    return code if code in LANGUAGES else ENGLISH


def name_of(code: str) -> str:
    """What a language calls itself."""
    return within(code, lambda: _(NAME))


class _Said(Formatter):
    """Values in a pattern, as the language spoken writes them."""

    def format_field(self, value: Any, form: str) -> str:
        if isinstance(value, Real):
            return figure(value, form)
        return format(_(value) if isinstance(value, Sentence) else value, form)


def figure(value: Any, form: str) -> str:
    """A number by one of Python's formats, with the marks of the language spoken."""
    return format(value, form).translate(named(spoken()).marks)


def marks() -> tuple[str, str]:
    """What stands between thousands, and before decimals."""
    return figure(1_000, ",")[1], figure(0.5, ".1f")[1]


def _(said: Any, /, **values: Any) -> str:
    """What is said, in the language spoken, with values in it; what has no words in it stays as it is."""
    words = named(spoken()).words
    if isinstance(said, Counted):
        pattern, values = words.ngettext(said.pattern, said.several, said.values["n"]), said.values | values
    elif isinstance(said, Sentence):
        pattern, values = words.gettext(said.pattern) if said else "", said.values | values
    else:
        pattern = words.gettext(said) if said else ""
    return _Said().vformat(pattern, (), values) if values else pattern


def by_name(called: Mapping[Any, str]) -> Callable[[Any], str]:
    """What tells how each of some things is called."""
    return lambda name: _(called[name])


def sentence_of(error: Exception) -> str:
    """What an error says: to be said by _ where it is shown."""
    return error.said if isinstance(error, SaidError) else str(error)


def _n(one: str, several: str, n: int, /, **values: Any) -> str:
    """One of two sentences, by how many there are: `n`, which may stand in them."""
    return _(Counted(one, several, n, **values))
