"""A lesson, read from its file; data/lessons/README.md describes these for those who write one."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from charrnn.dashboard.lessons import keys
from charrnn.dashboard.terms.document import LessonError, Part, head_of, load, parts, translated
from charrnn.dashboard.terms.sentences import Condition
from charrnn.sentence import Sentence
from charrnn.text.folder import DATA

LESSONS = DATA / "lessons"
ABOUT = "README.md"  # for those who write lessons, and none itself
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")


class Question(NamedTuple):
    """Asked before the answer can be seen."""

    asked: str
    choices: Sequence[str]
    right: int  # the place of the right one among them
    because: str  # what is said once one was chosen


@dataclass(frozen=True)
class Step:
    """One thing: what is said, what it sets, what is to be done, and when that is done."""

    title: str
    text: str
    question: Question | None
    run: Mapping[str, Any]  # the run that it needs, as links describe one; that of the step before where it is empty
    fork: Sequence[Mapping[str, Any]] = ()  # settings of runs beside it
    open: Sequence[str] = ()  # sections
    pin: int | None = None  # a column of the strip
    sentence: str = ""  # for the strip to read
    do: str = ""  # what to do, in a sentence
    point: str = ""  # the key of what is pointed at
    done: tuple[Condition, ...] = ()
    found: str = ""  # a sentence with the figures that were promised
    words: Sequence[str] = ()  # terms of the glossary


class Lesson(NamedTuple):
    """A title, what it is about, and its steps."""

    name: str  # of its file, and in links
    title: str
    about: str
    number: int  # lessons are listed by it
    steps: Sequence[Step]


def lessons(folder: Path = LESSONS) -> tuple[list[Lesson], list[str]]:
    """All lessons of a folder in their order, and what is wrong with those that cannot be read."""
    found: list[Lesson] = []
    wrong: list[str] = []
    for path in sorted(folder.glob("*.md")):
        if path.name != ABOUT:
            try:
                found.append(read(path))
            except LessonError as error:
                wrong.append(error.said)
    return sorted(found, key=lambda lesson: (lesson.number, lesson.name)), wrong


def read(path: Path) -> Lesson:
    """The lesson of a file, in the words of its translation where there is one. Raises LessonError."""
    if not _NAME.fullmatch(path.stem):
        raise LessonError(
            "{name}: its name stands in links, so it may have small letters, digits and - alone.", name=path.name
        )
    (title, head), *others = heads(path)
    if not others:
        raise LessonError(
            "{name}, line {line}: a lesson needs a step, which begins with “## ”.", name=path.name, line=title.line
        )
    if own := translated(path):
        said = heads(own)
        if len(said) != 1 + len(others):
            raise LessonError("{name}: it has other steps than the lesson that it translates.", name=own.name)
        (title, head), *others = [
            (part, as_it_is | head) for (__, as_it_is), (part, head) in zip([(title, head), *others], said, strict=True)
        ]
    steps: list[Step] = []
    run = head.get("run", {})
    for part, head_of_step in others:
        steps.append(step_of(path.name, part, {"run": run} | head_of_step))
        run = steps[-1].run
    return Lesson(path.stem, title.title, title.text, head.get("number", 0), steps)


def heads(path: Path) -> list[tuple[Part, dict[str, Any]]]:
    """The title and the steps of a file, each with what its head says. Raises LessonError."""
    title, *others = parts(path.name, load(path))
    return [
        (title, head_of(path.name, title, keys.LESSON)),
        *((one, head_of(path.name, one, keys.STEP)) for one in others),
    ]


def step_of(name: str, part: Part, head: dict[str, Any]) -> Step:
    """A step. Raises LessonError."""
    if not part.text:
        raise LessonError("{name}, line {line}: the step says nothing.", name=name, line=part.line)
    asked, choices, answer, because = (head.pop(key, None) for key in ("question", "choices", "answer", "because"))
    question = None
    if asked or choices or answer or because:
        if not asked or not choices or not answer or not 2 <= len(choices) >= answer:
            wanted = Sentence("“question”, two or more “choices”, and “answer”, which of them is right, counted from 1")
            raise LessonError(
                "{name}, line {line}: a question needs {wanted}.",
                name=name,
                line=part.line_of("question"),
                wanted=wanted,
            )
        question = Question(asked, choices, answer - 1, because or "")
    return Step(part.title, part.text, question, **head)
