"""What people brought is text where Streamlit reads Markdown: shown as it stands, with nothing made of it."""

import ast
import re
from math import log
from pathlib import Path

import hostile
from hypothesis import given
from hypothesis import strategies as st

from charrnn.dashboard import words
from charrnn.dashboard.words import JOINER, plain
from charrnn.training.settings import WORDS, Settings

MADE = (  # what Streamlit 1.67 makes something of after Markdown has been read (its StreamlitMarkdown script)
    r"(?i)(https?:\/\/|www(?=\.))([-.\w]+)([^ \t\r\n]*)",
    r"([-.\w+]+)@([-\w]+(?:\.[-\w]+)+)",
    r":\+1:|:-1:|:[\w-]+:",
    r":material[_/](\w+):",
    r"(^|\s)(<->|->|<-|--|>=|<=|~=)(\s|$)",
)
SIGN = re.compile(r"[!-/:-@\[-`{-~]")
brought = st.lists(st.one_of(st.sampled_from(hostile.PIECES), st.text(max_size=5)), max_size=8).map("".join)


@given(brought)
def test_every_sign_of_markdown_is_escaped_and_nothing_that_is_looked_for_later_is_left(text):
    written = plain(text)
    read, at = "", 0
    while at < len(written):  # as CommonMark reads it: a backslash makes the sign behind it a sign like any other
        assert "\n" not in written
        if SIGN.match(written[at]):
            assert written[at] == "\\"
            at += 1
        read, at = read + written[at], at + 1
    assert not [pattern for pattern in MADE if re.search(pattern, read)]
    assert read.replace(JOINER, "").split() == text.replace(JOINER, "").split()


FOLDER = Path(words.__file__).parent
OTHER_WORDS = (
    r"(?i)\bunroll|\bwindows?\b|\bsize, |hidden size|sequence length|batch size"  # for steps, units, looks back
)


def said(file: Path) -> list[str]:
    """The strings of a module that may stand on the page: all but its docstrings."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    statements = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    strings = [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    return [node.value for node in strings if node not in statements]


def test_what_a_setting_or_a_step_is_called_is_one_word_everywhere_on_the_page():
    found = {(file.name, text) for file in FOLDER.rglob("*.py") for text in said(file) if re.search(OTHER_WORDS, text)}
    assert found == set()
    assert set(WORDS) == set(Settings().to_dict())


def test_what_is_known_by_heart_is_not_hesitated_over_between_1_0_characters():
    assert [words.between(log(number)) for number in (1, 1.04, 1.06, 12)] == [
        "hardly at all",
        "hardly at all",
        "between 1.1 characters",
        "between 12 characters",
    ]


def test_of_a_text_of_which_nothing_would_be_seen_signs_are_seen_in_its_lines():
    assert words.seen(" \n\t") == "␣↵\n⇥"
    assert words.seen(" a\n") == " a\n"
