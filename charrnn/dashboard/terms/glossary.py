"""The words that are not everyday, read from data/glossary.md: a heading each, and below it what it means."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from charrnn.dashboard.terms.document import a_text, head_of, load, parts, translated
from charrnn.dashboard.terms.sentences import sentence
from charrnn.text.folder import DATA

GLOSSARY = DATA / "glossary.md"


class Term(NamedTuple):
    """What a word means, and how things stand with it now: a sentence with figures, "" where there is none."""

    meaning: str
    now: str
    title: str  # what it is called in the language of the file


def glossary(path: Path = GLOSSARY) -> Mapping[str, Term]:
    """Each term by what it is in English, in its order; in the language spoken where a file of that has it, which is
    read anew once it was changed. Raises LessonError."""
    own = translated(path)
    return _as_it_is(path) | (_as_it_is(own) if own else {})


def _as_it_is(path: Path) -> dict[str, Term]:
    return _read(path, path.stat().st_mtime_ns if path.exists() else 0)


@lru_cache(8)
def _read(path: Path, changed: int) -> dict[str, Term]:
    terms = {}
    for part in parts(path.name, load(path))[1:]:
        head = head_of(path.name, part, {"now": sentence, "term": a_text})
        terms[head.get("term", part.title)] = Term(part.text, head.get("now", ""), part.title)
    return terms
