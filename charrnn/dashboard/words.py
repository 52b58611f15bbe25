"""Numbers and characters as people read them; one wording each, wherever they appear."""

import re
from collections.abc import Sequence
from math import exp, log

from charrnn.dashboard.language import _, figure
from charrnn.sentence import Sentence
from charrnn.text.cleaning import is_invisible, name_of
from charrnn.training.settings import WORDS

GLYPHS = {" ": "␣", "\n": "↵", "\t": "⇥"}

# A backslash takes the meaning from a sign of Markdown; line ends and deep indents have none on one line.
_SIGNS = re.compile(r"([!-/:-@\[-`{-~])")
_BLANK = re.compile(r"\s+")
# What Streamlit looks for once Markdown has been read, past all backslashes: addresses (https://, www., a@b), :emoji:
# and :material/icons:, arrows and dashes. A word joiner, which nobody sees, breaks each of them.
_FOUND_LATER = re.compile(r"(?<=:)(?=[\w+/-])|(?<=@)(?=[\w-])|(?<=www)(?=\.)|(?<=[-<>~])(?=[->=])", re.IGNORECASE)
JOINER = "\u2060"


def plain(text: str) -> str:
    """What people brought, for places where Streamlit reads Markdown: it is shown as it stands, on one line."""
    return _SIGNS.sub(r"\\\1", _FOUND_LATER.sub(JOINER, _BLANK.sub(" ", text)))


def called(name: str) -> str:
    """The name of a run as it is said: one that nobody gave is a sentence."""
    return _(name) if isinstance(name, Sentence) else name


def visible(character: str) -> str:
    """A character as a symbol: space, new line and tab get a glyph, others that nobody sees their name."""
    return GLYPHS.get(character) or (f"[{name_of(character)}]" if is_invisible(character) else character)


def seen(text: str) -> str:
    """A text as it stands; one of which nothing would be seen, in symbols, its lines kept."""
    return text if text.strip() else "".join(visible(c) + "\n" * (c == "\n") for c in text)


def number(value: float, form: str) -> str:
    """A number by one of Python's formats, with the true minus."""
    return figure(value, form).replace("-", "−")


def bits(nats: float) -> float:
    """Nats as bits: divided by ln 2."""
    return nats / log(2)


def choices(nats: float) -> str:
    """A loss as the number of equally likely characters that would be as hard to choose from: e to the loss."""
    number = exp(min(nats, 20))
    if number >= 1e6:
        return _("more than a million")
    return figure(number, ",.0f" if number >= 10 else ".1f")


def between(nats: float) -> str:
    """How it hesitates at a loss, as the sentence goes on."""
    return _("hardly at all") if knows(nats) else _("between {number} characters", number=choices(nats))


def knows(nats: float) -> bool:
    """Whether a loss is that of one who hardly hesitates: between 1.0 characters."""
    return nats < log(1.05)


def short(step: int) -> str:
    """A round step as on an axis: 300, 1k, 30k, 1M."""
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if step >= size and step % (size // 10) == 0:
            return figure(step / size, "g") + letter
    return figure(step, ",")


def rate(value: float) -> str:
    """A learning rate without needless zeros."""
    return figure(value, ".3g")


def change(changes: dict[str, float]) -> str:
    """What was set to what: "learning rate 0.002"."""
    return ", ".join(f"{_(WORDS[name])} {figure(value, 'g')}" for name, value in changes.items())


def learned(before: Sequence[tuple[str, int]]) -> str:
    """What was learned from, one after the other: "Alice up to step 100, then Names up to step 300"."""
    return _(", then ").join(_("{name} up to step {step:,}", name=name, step=step) for name, step in before)


def duration(seconds: float) -> str:
    """A time left, in the unit a person would say it in."""
    if seconds < 1:
        return _("less than a second")
    if seconds < 90:
        return _("{seconds:.0f} s", seconds=seconds)
    if seconds < 5400:
        return _("{minutes:.0f} min", minutes=seconds / 60)
    return _("{hours:.1f} h", hours=seconds / 3600)
