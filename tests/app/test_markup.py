"""Text that people bring is never markup: it appears as code, as plain text, in a table's cells, or on a canvas."""

import pytest
from app_page import PANELS

SCRIPT = '<img src=x onerror="alert(1)"> <script>alert(2)</script> '
IMAGE = "![seen](http://example.invalid/spy.png) [here](javascript:alert(3)) $x^2$ :red[loud] **bold**\n# big\n"
PLAIN = {"code", "text", "bidi_component", "text_area", "text_input", "file_uploader"}


@pytest.fixture
def panels():
    return PANELS


@pytest.fixture
def folded():
    return ()


def assert_drawn_plainly(page, *pieces):
    for words in page.markup(PLAIN):
        for piece in pieces:
            assert piece not in words


@pytest.mark.parametrize("text", [SCRIPT, IMAGE], ids=["script", "image"])
def test_a_pasted_text_is_drawn_as_text(page, text):
    page.paste(text * 80).step("100 steps")
    assert page.run.corpus.text.startswith(text[:20])
    assert_drawn_plainly(page, "onerror", "<script", "example.invalid", "javascript:", "# big")


def test_what_the_network_writes_is_drawn_as_text(page):
    page.paste(IMAGE * 80).step("100 steps")
    assert page.sample
    assert not [element.type for element in page.elements if page.sample in str(getattr(element, "value", ""))]


def test_a_prime_and_a_text_to_read_are_drawn_as_text(page):
    page.at.text_input(key="prime").set_value(IMAGE)
    page.at.text_input(key="heatmap-text").set_value(SCRIPT)
    page.look()
    assert_drawn_plainly(page, "onerror", "<script", "example.invalid")


def test_the_name_of_an_uploaded_file_is_no_markup(page):
    page.upload("![seen](http:example.invalid).txt", b"she sells sea shells on the sea shore. " * 60)
    assert_drawn_plainly(page, "![seen](http")
    page.upload("**bold**.txt", b"")
    assert_drawn_plainly(page, "**bold**")


def test_the_name_of_a_text_in_a_link_is_no_markup(open_page):
    page = open_page(text="![seen](http://example.invalid/spy.png)")
    assert len(page.warnings) == 1
    assert_drawn_plainly(page, "![seen](http")
