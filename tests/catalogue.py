"""The catalogues of the page's words, from the code: `python tests/catalogue.py` brings them up to date.

What is new is empty in each .po then, and what is gone is gone; of a .po that says all, the .mo is made that the page
reads. `python tests/catalogue.py fr` begins another language.
"""

import re
import sys
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parents[1] / "charrnn"
LANGUAGES = PACKAGE / "dashboard" / "languages"
ERRORS = ("CorpusError", "SettingsError", "CheckpointError", "StoreError", "PatternError", "LessonError")
KEYWORDS = {"_": None, "_n": (1, 2), "Sentence": None, "Counted": (1, 2), **dict.fromkeys(ERRORS)}
COMMANDS = ("__main__.py", "training/export.py", "training/keep.py")  # what they say, no page does


NO_DAY = datetime(2000, 1, 1, tzinfo=UTC)
DATED = re.compile(rb'"(?!Language:|Plural|MIME|Content)')  # what says when and by whom, which history does
PLACED = re.compile(r"{(\w+)(?:![rsa])?(?::[^}]*)?}")  # a value in a sentence, by its name


def in_html(file, keywords, comment_tags, options):
    """What a page of HTML says: in double brackets."""
    yield from ((1, "_", said, []) for said in re.findall(r"\[\[(.+?)\]\]", file.read().decode()))


METHODS = [
    *((file, "ignore") for file in COMMANDS),
    ("**.py", "python"),
    ("**/assets/**.js", "javascript"),
    ("**/assets/**.html", in_html),
]


def extracted() -> Catalog:
    """All that the page says."""
    found = Catalog(charset="utf-8", fuzzy=False, creation_date=NO_DAY)
    for file, __, said, comments, __ in extract_from_dir(PACKAGE, METHODS, keywords=KEYWORDS):
        if said and said != ("",):
            found.add(said, None, [(f"charrnn/{file}", None)], auto_comments=comments)
    return found


def read(path: Path) -> Catalog:
    """A language's catalogue."""
    with path.open("rb") as file:
        found = read_po(file, path.stem)
    found.creation_date = found.revision_date = NO_DAY  # the same catalogue is the same file, on any day
    found.header_comment = "# The page's words: tests/catalogue.py brings them up to date."
    return found


def written(catalogue: Catalog) -> bytes:
    """A catalogue as it stands in its file."""
    made = BytesIO()
    write_po(made, catalogue, width=120, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    head, _, entries = made.getvalue().partition(b"\n\n")
    kept = [line for line in head.splitlines() if not DATED.match(line)]
    return b"\n".join([*kept, b"", entries])


def compiled(catalogue: Catalog) -> bytes:
    """What the page reads of it."""
    made = BytesIO()
    write_mo(made, catalogue)
    return made.getvalue()


def texts(said: str | tuple[str, ...] | list[str]) -> list[str]:
    """One sentence or two, as a list."""
    return [said] if isinstance(said, str) else list(said)


def wrong(catalogue: Catalog) -> list[str]:
    """What of a catalogue is missing, unsure, or has other values than what it stands for."""
    found = []
    for message in catalogue:
        if not message.id:
            continue
        asked, answers = texts(message.id), texts(message.string or "")
        if not all(answers) or message.fuzzy:
            found.append(f"not said: {asked[0]}")
        elif any(set(PLACED.findall(answer)) - {"n"} != set(PLACED.findall(asked[-1])) - {"n"} for answer in answers):
            found.append(f"other values: {asked[0]} / {answers[0]}")
    return found


def main(*begun: str) -> None:
    """Bring all catalogues up to date, and begin others."""
    now = extracted()
    for code in begun:
        (LANGUAGES / f"{code}.po").write_bytes(written(Catalog(locale=code, charset="utf-8", fuzzy=False)))
    for path in sorted(LANGUAGES.glob("*.po")):
        catalogue = read(path)
        catalogue.update(now, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        path.write_bytes(written(catalogue))
        missing = wrong(catalogue)
        print(f"{path.stem}: {len(catalogue)} sentences, {len(missing)} to be done", *missing[:5], sep="\n  ")
        if not missing:
            path.with_suffix(".mo").write_bytes(compiled(catalogue))


if __name__ == "__main__":
    main(*sys.argv[1:])
