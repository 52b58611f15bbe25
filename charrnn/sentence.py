"""Sentences that are made where no page is known: English, and yet to be said in another language where one is."""

from typing import Any


class Sentence(str):
    """What is said, in English, with the pattern and the values that it was made from: what makes it needs no more."""

    pattern: str
    values: dict[str, Any]

    def __new__(cls, pattern: str, /, **values: Any) -> "Sentence":
        """A pattern in which values stand in braces, as in str.format; without values it is the sentence as it is."""
        made = super().__new__(cls, pattern.format(**values) if values else pattern)
        made.pattern, made.values = pattern, values
        return made

    def parts(self) -> dict[str, Any]:
        """What it was made from, JSON-able where its values are; `of` makes it again."""
        values = {name: value.parts() if isinstance(value, Sentence) else value for name, value in self.values.items()}
        return {"pattern": self.pattern, "values": values}

    @classmethod
    def of(cls, parts: Any) -> "Sentence":
        """The sentence of these parts. Raises ValueError."""
        try:
            values = {
                name: cls.of(value) if isinstance(value, dict) else value for name, value in parts["values"].items()
            }
            pattern: str = "".join([parts["pattern"]])  # no text raises TypeError
            return Sentence(pattern, **values)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{parts!r} makes no sentence") from error


class Counted(Sentence):
    """One of two sentences, by how many there are: `n`, which may stand in them."""

    several: str

    def __new__(cls, one: str, several: str, n: int, /, **values: Any) -> "Counted":
        """The first where it is one, the second else."""
        chosen = one if n == 1 else several
        made = super().__new__(cls, chosen, n=n, **values)
        made.pattern, made.several = one, several  # type: ignore[attr-defined]
        return made  # type: ignore[return-value]
