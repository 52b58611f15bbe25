"""What passages of text send to the browser."""

import json

from hypothesis import given
from hypothesis import strategies as st

from charrnn.dashboard.components.passages import Passage, encode_passages


@given(st.lists(st.builds(Passage, title=st.text(), text=st.text(), prime=st.text(), changed=st.text())))
def test_every_passage_comes_back_character_for_character(listed: list[Passage]):
    header, payload = encode_passages(listed, across=3).split(b"\0")
    assert json.loads(header)["passages"] == listed
    assert payload == b""


def test_how_passages_are_laid_out_goes_with_them():
    header = json.loads(encode_passages([], across=4, wrap=False, height=150).rstrip(b"\0"))
    assert (header["across"], header["wrap"], header["height"]) == (4, False, 150)


def test_half_a_character_that_no_text_can_hold_does_not_stop_the_others():
    header = json.loads(encode_passages([Passage(title="", text="a\ud800b")]).rstrip(b"\0"))
    assert header["passages"][0]["text"] == "a?b"
