"""The folder of texts: whatever files are dropped there, each is a choice, and no two are called alike."""

import os
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from charrnn.text.corpus import Corpus
from charrnn.text.folder import DATA, corpora
from charrnn.text.synthetic import SOURCES


def test_each_text_file_in_the_folder_is_a_choice_and_nothing_else_is(tmp_path):
    folder, outside = tmp_path / "data", tmp_path / "secret.txt"
    folder.mkdir()
    outside.write_text("secret")
    for name in ("the_old_man_and_the_sea.txt", "War_and_Peace.txt", ".hidden.txt", "README.md", "notes.text"):
        (folder / name).write_text("text")
    (folder / "folder.txt").mkdir()
    (folder / "link.txt").symlink_to(outside)
    (folder / "inside.txt").symlink_to(folder / "War_and_Peace.txt")
    assert [title for title, _ in corpora(folder)] == ["Inside", "The Old Man and the Sea", "War and Peace"]
    assert all(path.read_text() == "text" for _, path in corpora(folder))


def test_the_texts_that_come_along_are_what_their_readme_says():
    rows = re.findall(
        r"^\| `(\w+\.txt)` \| ([\d,]+) \| (\d+) \| (\d+) \|", (DATA / "README.md").read_text("utf-8"), re.M
    )
    files = {path.name: path for _, path in corpora()}
    assert {"alice.txt", "names.txt", "shakespeare.txt"} <= {name for name, *_ in rows} <= set(files)
    for name, characters, alphabet, lower in rows:
        corpus = Corpus.from_bytes(files[name].read_bytes(), name=name)
        lowered = Corpus.from_text(corpus.text, lowercase=True)
        figures = f"{len(corpus.text):,}", f"{len(corpus.vocabulary)}", f"{len(lowered.vocabulary)}"
        assert figures == (characters, alphabet, lower)
        assert corpus.report.notes == ()


LIKELY = [
    b"my_text",
    b"my text",
    b"My Text",
    b"Additions",
    b"additions",
    b"Additions (kinds=2)",
    b"caf\xe9",
    b"caf\xe8",
]
file_names = st.one_of(
    st.sampled_from(LIKELY),
    st.binary(min_size=1, max_size=40).map(lambda name: name.translate(None, b"/\0")).filter(bool),
).map(lambda stem: stem + b".txt")


def may_be_called(folder, name):
    """Whether the system allows a file of this name."""
    try:
        Path(folder, os.fsdecode(name)).write_text("text")
    except (OSError, ValueError):
        return False
    return not name.startswith(b".")


@given(st.sets(file_names, max_size=8))
def test_every_file_is_a_choice_under_a_title_that_is_its_own_and_can_be_shown(names):
    with TemporaryDirectory() as folder:
        written = {name for name in names if may_be_called(folder, name)}
        found = corpora(Path(folder))
        assert {os.fsencode(path.name) for _, path in found} == written
    titles = [title for title, _ in found]
    assert len(set(titles)) == len(titles)
    assert all(title.strip() and title.encode() for title in titles)
    assert not {source.title for source in SOURCES} & set(titles)


def test_files_of_one_title_are_told_apart_by_their_names_and_others_keep_theirs(tmp_path):
    for name in ("my_text.txt", "my text.txt", "Additions.txt", "alone.txt"):
        (tmp_path / name).write_text("text")
    assert [title for title, _ in corpora(tmp_path)] == [
        "Additions (Additions.txt)",
        "Alone",
        "My Text (my text.txt)",
        "My Text (my_text.txt)",
    ]
