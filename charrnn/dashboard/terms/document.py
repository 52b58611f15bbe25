"""A Markdown file with a title and headings, each of which may have a head in TOML: how lessons and words are written.

# Why it forgets                  the title
```toml                           its head: the first such block below a heading
number = 5
```
What this is about.               its text
## A key to keep                  the next part, with a head and a text of its own
"""

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from charrnn.dashboard.language import spoken
from charrnn.refusal import RefusalError
from charrnn.sentence import Sentence
from charrnn.text.folder import DATA

LIMIT = 200_000  # bytes of a file
FENCE = "```"
_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")


class LessonError(RefusalError):
    """A file that cannot be read: its name, the line and what is wrong there, in one sentence."""


@dataclass
class Part:
    """A heading, its head in TOML, and the text below it."""

    title: str
    line: int
    head: list[str] = field(default_factory=list)
    head_line: int = 0  # on which the head is opened, 0 where there is none
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What stands below the heading, its head apart."""
        return "\n".join(self.lines).strip()

    def line_of(self, key: str) -> int:
        """The line of the file on which a key of the head stands."""
        for number, line in enumerate(self.head, 1):
            if re.match(rf"\s*[\"']?{re.escape(key)}\b", line):
                return self.head_line + number
        return self.line


def load(path: Path) -> str:
    """The text of a file. Raises LessonError."""
    try:
        data = path.read_bytes()
        text = data.decode("utf-8")
    except OSError as error:
        raise LessonError("{name} cannot be read: {strerror}.", name=path.name, strerror=error.strerror) from None
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise LessonError(
            "{name}, line {line}: this is no UTF-8, save the file as such.", name=path.name, line=line
        ) from None
    if len(data) > LIMIT:
        raise LessonError("{name} has more than {limit:,} bytes: make two of it.", name=path.name, limit=LIMIT)
    return text


def translated(path: Path) -> Path | None:
    """The file of the same name in the language spoken, data/de/lessons/x.md for data/lessons/x.md; None where there is
    none."""
    own = DATA / spoken() / path.relative_to(DATA) if path.is_relative_to(DATA) else path
    return own if own != path and own.is_file() else None


def parts(name: str, text: str) -> list[Part]:
    """The title and the parts below it. Raises LessonError."""
    found: list[Part] = []
    fenced = 0  # the line on which a block was opened
    for number, line in enumerate(text.splitlines(), 1):
        mark, _, title = line.partition(" ")
        if fenced:
            in_head = bool(found) and fenced == found[-1].head_line
            ends = line.strip() == FENCE
            if found and not (ends and in_head):
                (found[-1].head if in_head else found[-1].lines).append(line)
            fenced = 0 if ends else fenced
        elif mark in ("#", "##"):
            if (mark == "#") == bool(found):
                wanted = (
                    Sentence("a second title; a step begins with “## ”")
                    if found
                    else Sentence("a step before the title, “# …”")
                )
                raise LessonError("{name}, line {number}: here is {wanted}.", name=name, number=number, wanted=wanted)
            found.append(Part(title.strip(), number))
        elif line.startswith(FENCE):
            fenced = number
            if found and line.strip() == f"{FENCE}toml" and not found[-1].head_line:
                found[-1].head_line = number
            elif found:
                found[-1].lines.append(line)
        elif found:
            found[-1].lines.append(line)
    if fenced:
        raise LessonError(
            "{name}, line {line}: what is opened here with {fence} is never closed.",
            name=name,
            line=fenced,
            fence=FENCE,
        )
    if not found:
        raise LessonError("{name}, line 1: a title is missing, “# …”.", name=name)
    return found


Check = Callable[[Any], Any]  # returns what a value means, or raises ValueError, one sentence


def a_text(value: Any) -> str:
    """Words."""
    if not isinstance(value, str):
        raise ValueError(f"{value!r} should be words between quotation marks")
    return value


def head_of(name: str, part: Part, keys: Mapping[str, Check]) -> dict[str, Any]:
    """What the head of a part says, each key as it is checked. Raises LessonError."""
    try:
        said = tomllib.loads("\n".join(part.head))
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        line = part.head_line + int((at and at[1]) or len(part.head))
        raise LessonError(
            "{name}, line {line}: this is no TOML ({error}).", name=name, line=line, error=_AT_LINE.sub("", str(error))
        ) from None
    found = {}
    for key, value in said.items():
        try:
            if key not in keys:
                raise ValueError(f"there is nothing called “{key}”; there is {', '.join(keys)}")
            found[key] = keys[key](value)
        except ValueError as error:
            raise LessonError(
                "{name}, line {line}: {wrong}.",
                name=name,
                line=part.line_of(key),
                wrong=str(error).removesuffix("."),
            ) from None
    return found
