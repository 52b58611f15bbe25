"""Where somebody is in which lesson: as a link says it, and as a browser keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from charrnn.dashboard.lessons.lesson import Lesson
from charrnn.refusal import in_a_line
from charrnn.sentence import Sentence

LINK = ("lesson", "place")  # names in the address; places count from 1


@dataclass
class Place:
    """A lesson, its present step, the steps that are done, and what was guessed."""

    lesson: Lesson
    step: int = 0
    done: set[int] = field(default_factory=set)
    guesses: dict[int, int] = field(default_factory=dict)  # by step
    run: str = ""  # the token of the run that it was at
    anew: bool = False  # whether the lesson is about to begin beside a run that has learned something already

    @property
    def finished(self) -> bool:
        """Whether all of it is done."""
        return len(self.done) == len(self.lesson.steps)

    def link(self) -> dict[str, str]:
        """As the address has it."""
        return dict(zip(LINK, (self.lesson.name, str(self.step + 1)), strict=True))

    def to_keep(self) -> dict[str, Any]:
        """As the browser keeps it."""
        guesses = {str(step): guess for step, guess in self.guesses.items()}
        return {"step": self.step, "done": sorted(self.done), "guesses": guesses, "run": self.run}


def kept(lesson: Lesson, said: Any) -> Place:
    """The place that a browser tells; whatever cannot be one is left out."""
    place, last = Place(lesson), len(lesson.steps) - 1
    if not isinstance(said, Mapping):
        return place
    step, done, guesses, run = (said.get(name) for name in ("step", "done", "guesses", "run"))
    place.step = step if isinstance(step, int) and 0 <= step <= last else 0
    known = done if isinstance(done, list) else []
    place.done = {each for each in known if isinstance(each, int) and 0 <= each <= last}
    for number, one in enumerate(lesson.steps):
        guess = guesses.get(str(number)) if isinstance(guesses, Mapping) else None
        if one.question and isinstance(guess, int) and 0 <= guess < len(one.question.choices):
            place.guesses[number] = guess
    place.run = run if isinstance(run, str) else ""
    return place


def linked(query: Mapping[str, str], lessons: Sequence[Lesson]) -> tuple[Place | None, str]:
    """The place that a link names, None where it names none; and a sentence where it had to be corrected."""
    name, number = (query.get(name) for name in LINK)
    if name is None:
        return None, ""
    lesson = next((lesson for lesson in lessons if lesson.name == name), None)
    if lesson is None:
        return None, Sentence("There is no lesson called “{named}”: here is the list.", named=in_a_line(name[:60]))
    if number is None:
        return Place(lesson), ""
    steps = len(lesson.steps)
    if not (number.isascii() and number.isdigit() and len(number) < 5 and 1 <= int(number) <= steps):
        named = in_a_line(number[:20])
        return Place(lesson), Sentence(
            "The lesson has {steps} steps, and no place “{named}”: here is its beginning.", steps=steps, named=named
        )
    return Place(lesson, int(number) - 1), ""
