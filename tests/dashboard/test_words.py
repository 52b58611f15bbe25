"""What people brought is text where Streamlit reads Markdown: shown as it stands, with nothing made of it."""

import re

import hostile
from hypothesis import given
from hypothesis import strategies as st

from charrnn.dashboard.words import JOINER, plain

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
