"""The words that are not everyday, read from data/glossary.md: a heading each, and below it what it means."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from charrnn.dashboard.terms.document import head_of, load, parts
from charrnn.dashboard.terms.sentences import sentence
from charrnn.text.folder import DATA

GLOSSARY = DATA / "glossary.md"


class Term(NamedTuple):
    """What a word means, and how things stand with it now: a sentence with figures, "" where there is none."""

    meaning: str
    now: str


def glossary(path: Path = GLOSSARY) -> Mapping[str, Term]:
    """Each term, in its order; read anew once the file was changed. Raises LessonError."""
    return _read(path, path.stat().st_mtime_ns if path.exists() else 0)


@lru_cache(2)
def _read(path: Path, changed: int) -> Mapping[str, Term]:
    terms = {}
    for part in parts(path.name, load(path))[1:]:
        head = head_of(path.name, part, {"now": sentence})
        terms[part.title] = Term(part.text, head.get("now", ""))
    return terms
