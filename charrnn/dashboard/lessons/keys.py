"""What may stand in a lesson's heads, each key with its check: it returns what a value means, or raises ValueError."""

from collections.abc import Mapping
from typing import Any

from charrnn.dashboard.lessons.points import POINTS
from charrnn.dashboard.session.links import KINDS
from charrnn.dashboard.terms.document import Check, a_text
from charrnn.dashboard.terms.sentences import Condition, condition, sentence
from charrnn.dashboard.terms.vocabulary import SECTIONS
from charrnn.training.settings import CHOICES, Settings

OWN_TEXT = 50_000  # characters of a text within a lesson
OF_THE_TEXT = ("text", "own_text", "lowercase", "held_out", "trained")  # what a run's table has beside settings
SAME_IN_FORKS = ("decay", "init", "dtype")


def whole(value: Any) -> int:
    """A whole number from 0 on."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError(f"{value!r} should be a whole number from 0 on")
    return value


def listed(value: Any) -> list[str]:
    """One text or several."""
    return [a_text(each) for each in (value if isinstance(value, list) else [value])]


def one_of(names: Mapping[str, str], what: str) -> Check:
    """A name of a closed list."""

    def check(value: Any) -> str:
        if a_text(value) not in names:
            raise ValueError(f"there is no {what} “{value}”; there is {', '.join(names)}")
        return str(value)

    return check


def table(value: Any) -> Mapping[str, Any]:
    """Names, and what each is to be."""
    if not isinstance(value, dict):
        raise ValueError(f'{value!r} should be a table, as {{ step = "at least 100" }}')
    return value


def run(value: Any) -> Mapping[str, Any]:
    """A run, by the names and within the limits that links have."""
    known = (*OF_THE_TEXT, *KINDS)
    for name in table(value):
        if name not in known:
            raise ValueError(f"a run has no “{name}”; it has {', '.join(known)}")
        if name in ("text", "own_text") and not a_text(value[name]).strip():
            raise ValueError(f"“{name}” is empty")
    if not isinstance(value.get("trained", True), bool):
        raise ValueError("“trained” is true or false")
    if len(value.get("own_text", "")) > OWN_TEXT:
        raise ValueError(f"“own_text” has more than {OWN_TEXT:,} characters")
    if not isinstance(value.get("lowercase", 0), int) or not 0 <= share(value.get("held_out", 0)) < 1:
        raise ValueError("“lowercase” is true or false, “held_out” a share from 0 to 0.9")
    checked(value)
    return value


def share(value: Any) -> float:
    """A number."""
    if not isinstance(value, int | float):
        raise ValueError(f"{value!r} should be a number")
    return value


def checked(value: Mapping[str, Any]) -> None:
    """The settings in a table. Raises ValueError where one is outside its limits."""
    given = {name: entry for name, entry in value.items() if name in KINDS}
    for name in given.keys() & CHOICES.keys():
        a_text(given[name])
    Settings(**given)


def forks(value: Any) -> list[Mapping[str, Any]]:
    """What is otherwise in runs that begin beside this one, at its start."""
    found = [table(each) for each in (value if isinstance(value, list) else [value])]
    for each in found:
        if wrong := each.keys() - (KINDS.keys() - set(SAME_IN_FORKS)):
            raise ValueError(f"a fork cannot have another “{min(wrong)}”")
        checked(each)
    return found


def conditions(value: Any) -> tuple[Condition, ...]:
    """When a step is done: all of these hold."""
    return tuple(condition(name, said) for name, said in table(value).items())


LESSON: dict[str, Check] = {"number": whole, "run": run}
STEP: dict[str, Check] = {
    "run": run,
    "fork": forks,
    "open": lambda value: [one_of(SECTIONS, "section")(each) for each in listed(value)],
    "pin": whole,
    "sentence": a_text,
    "do": a_text,
    "point": one_of(POINTS, "thing to point at"),
    "question": a_text,
    "choices": listed,
    "answer": whole,
    "because": sentence,
    "done": conditions,
    "found": sentence,
    "words": listed,
}
