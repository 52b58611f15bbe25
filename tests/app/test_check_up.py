"""A text is looked through before it is learned from: what was found, what each choice would do, and the choices."""

import pytest

SIGNS = "".join(map(chr, range(0x4E00, 0x4E00 + 300)))


@pytest.fixture
def panels():
    return ("text",)


def said(page):
    """All that is read in captions, notes and hints."""
    return " ".join([*page.captions, *(one.value for one in (*page.at.text, *page.at.info))])


def test_what_each_choice_would_do_is_said_before_and_what_is_chosen_is_done(page):
    text = ("THE cat sat. " * 120 + SIGNS + "\u200d") * 2
    page.at.file_uploader(key="uploaded").upload("mixed.txt", text.encode("utf-8"))
    found = said(page.look())
    assert "310 different ones" in found
    assert "In lower case 310 different characters would become 309" in found
    assert "301 of them occur 5 times or less" in found
    assert "100 kept: 11.3% lost" in found
    assert "ZERO WIDTH JOINER" in found
    token = page.run.token
    assert page.run.corpus.name == "Names"  # nothing has happened yet
    page.at.select_slider(key="frequent").set_value(100)
    page.look().click("use-uploaded")
    assert page.run.token == token
    assert len(page.run.corpus.vocabulary) == 101
    assert any("of the text is \ufffd" in caption for caption in page.captions)


def test_an_encoding_can_be_chosen_by_its_first_lines(page):
    page.at.file_uploader(key="uploaded").upload("old.txt", "Az őrült hegedűs fütyült.\n".encode("cp1250") * 40)
    page.look()
    (choice,) = (radio for radio in page.at.radio if radio.label.startswith("Encoding"))
    assert choice.options[0] == "as found: cp1250"
    assert "őrült" in choice.proto.captions[0]
    assert any("õrült" in caption for caption in choice.proto.captions)
    other = next(name for name, lines in zip(choice.options, choice.proto.captions, strict=True) if "õrült" in lines)
    choice.set_value(other)
    page.look().click("use-uploaded")
    assert "õ" in page.run.corpus.text


def test_what_may_not_be_meant_is_hinted_at_and_can_be_learned_from_all_the_same(page):
    page.at.text_area(key="pasted").set_value("<!DOCTYPE html><html><body>" + "<p>One line.</p>\n" * 90)
    assert "web page" in said(page.look())
    page.click("use-pasted")
    assert page.labels[0] == "Text: pasted text"


def test_where_another_text_was_gone_on_with_stands_on_the_curve_until_it_starts_over(page):
    page.step("10 steps").paste("über den Bergen " * 100)
    page.click("confirm-on")
    marks = page.frames("curve")["marks"]
    assert list(zip(marks["step"], marks["label"], strict=True)) == [(10, "now pasted text")]
    assert any("It has learned from Names up to step 10" in caption for caption in page.captions)
    page.click("start-over").click("confirm-yes")
    assert not len(page.frames("curve")["marks"])
    assert not any("It has learned from" in caption for caption in page.captions)
