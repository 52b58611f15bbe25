"""What may be changed in a generated text: each parameter with its words and limits, and the name that tells them.

Brackets in brackets                          the title alone: a source with its defaults
Brackets in brackets (kinds=2, open=0.4)      and what differs from them, so that a name is a text
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any, TypeVar

from charrnn.sentence import Sentence
from charrnn.text.decoding import CorpusError

S = TypeVar("S", bound=Any)  # a source: a frozen dataclass with a title, whose fields are parameters


@dataclass(frozen=True)
class Parameter:
    """A number that a generated text depends on, whole where its default is."""

    name: str
    default: float
    words: str
    low: float
    high: float

    def read(self, written: str | float) -> float:
        """The number that is written. Raises ValueError where it is none, or out of bounds."""
        value = type(self.default)(written)
        if not self.low <= value <= self.high:  # so that not-a-number is refused
            raise ValueError(f"{value} is not from {self.low} to {self.high}.")
        return round(value, 4)


def parameter(default: float, words: str, low: float, high: float) -> Any:
    """A field of a source that a page may offer: what it is, from where to where."""
    return field(default=default, metadata={"words": words, "low": low, "high": high})


def parameters_of(source: Any) -> list[Parameter]:
    """Those of a source, in its own order."""
    return [Parameter(f.name, f.default, **f.metadata) for f in fields(source) if f.default is not MISSING]


def changed(source: S, values: Mapping[str, str | float]) -> S:
    """The source with other values. Raises CorpusError, one sentence, for what it has not or cannot be."""
    known = {parameter.name: parameter for parameter in parameters_of(source)}
    read = {}
    for name, written in values.items():
        shown = f"{name}={written}"[:60]
        if name not in known:
            raise CorpusError(
                "“{title}” cannot have {shown}: what can be changed is {known}.",
                title=source.title,
                shown=shown,
                known=", ".join(known),
            )
        kind = Sentence("whole number") if isinstance(known[name].default, int) else Sentence("number")
        try:
            read[name] = known[name].read(written)
        except (ValueError, OverflowError):
            low, high = known[name].low, known[name].high
            raise CorpusError(
                "“{title}” cannot have {shown}: choose a {kind} from {low:g} to {high:g}.",
                title=source.title,
                shown=shown,
                kind=kind,
                low=low,
                high=high,
            ) from None
    return replace(source, **read)


def name_of(source: Any) -> str:
    """The title, and the parameters that are not the default."""
    others = [p for p in parameters_of(source) if getattr(source, p.name) != p.default]
    told = ", ".join(f"{p.name}={getattr(source, p.name):g}" for p in others)
    return f"{source.title} ({told})" if told else source.title
