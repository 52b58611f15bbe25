"""Texts in folders: all that lies in one; and of the project's own each `*.txt`, a choice under a title of its own,
whatever its file is called."""

from collections import Counter
from collections.abc import Sequence
from itertools import chain, count
from pathlib import Path

from charrnn.refusal import in_a_line
from charrnn.sentence import Sentence
from charrnn.text.decoding import CorpusError, decode
from charrnn.text.synthetic import SOURCES

DATA = Path(__file__).resolve().parents[2] / "data"

_SMALL_WORDS = frozenset(["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"])
_GENERATED = {source.title for source in SOURCES}


def corpora(folder: Path = DATA) -> list[tuple[str, Path]]:
    """Title and path of each `*.txt` that lies in `folder` itself (a link that leads out of it does not), by title.

    No two titles are alike, and none is a generated text's: those that would be have their file's name behind them.
    """
    home = folder.resolve()
    files = (path for path in folder.glob("*.txt") if not path.name.startswith("."))
    inside = sorted(path for path in files if path.is_file() and path.resolve().parent == home)
    plain = Counter(_title(path) for path in inside)
    found: dict[str, Path] = {}
    for path in inside:
        title = _title(path)
        if plain[title] > 1 or title.partition(" (")[0] in _GENERATED:
            title = f"{title} ({in_a_line(path.name)})"
            others = (f"{title} {number}" for number in count(2))
            title = next(one for one in chain([title], others) if one not in found and one not in plain)
        found[title] = path
    return sorted(found.items())


def _title(path: Path) -> str:
    """'pride_and_prejudice.txt' becomes 'Pride and Prejudice'; capitals that are there already stay."""
    words = in_a_line(path.stem).replace("_", " ").split()
    small = [index > 0 and word in _SMALL_WORDS for index, word in enumerate(words)]
    capital = (word if keep else word[:1].upper() + word[1:] for word, keep in zip(words, small, strict=True))
    return " ".join(capital) or in_a_line(path.name)


def files_of(paths: Sequence[Path], encoding: str | None = None) -> tuple[list[tuple[str, bytes]], list[str]]:
    """Names and bytes of files and of all that lies in folders, hidden files apart, and notes on what was left out.

    What a folder holds beside texts is left out; a file that is named itself is taken as it is.
    """
    found: dict[str, bytes] = {}
    left_out: list[str] = []
    for path in paths:
        if not path.is_dir():
            found[str(path)] = path.read_bytes()
            continue
        inside = (one.relative_to(path) for one in path.rglob("*"))
        for one in sorted(one for one in inside if not any(part.startswith(".") for part in one.parts)):
            if (path / one).is_file():
                data = (path / one).read_bytes()
                if is_text(data, encoding):
                    found[str(path / one)] = data
                else:
                    left_out.append(in_a_line(str(one)))
    names = ", ".join(left_out[:3]) + (" …" if len(left_out) > 3 else "")
    notes: list[str] = (
        [Sentence("Left out, since it is no text: {names} ({left_out:,} in all).", names=names, left_out=len(left_out))]
        if left_out
        else []
    )
    return [(in_a_line(name), data) for name, data in found.items()], notes


def is_text(data: bytes, encoding: str | None = None) -> bool:
    """Whether these bytes can be read as a text, and hold any."""
    try:
        return bool(decode(data, encoding).text)
    except CorpusError:
        return False
