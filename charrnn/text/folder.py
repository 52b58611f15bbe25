"""The folder of texts: each `*.txt` in it is a choice under a title of its own, whatever its file is called."""

from collections import Counter
from itertools import chain, count
from pathlib import Path

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
            title = f"{title} ({shown(path.name)})"
            others = (f"{title} {number}" for number in count(2))
            title = next(one for one in chain([title], others) if one not in found and one not in plain)
        found[title] = path
    return sorted(found.items())


def shown(name: str) -> str:
    """A file's name as text: bytes that are no UTF-8 become U+FFFD."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _title(path: Path) -> str:
    """'pride_and_prejudice.txt' becomes 'Pride and Prejudice'; capitals that are there already stay."""
    words = shown(path.stem).replace("_", " ").split()
    small = [index > 0 and word in _SMALL_WORDS for index, word in enumerate(words)]
    capital = (word if keep else word[:1].upper() + word[1:] for word, keep in zip(words, small, strict=True))
    return " ".join(capital) or shown(path.name)
