"""Texts that cannot be had: one sentence a person can act on, and nothing lost of the run in progress."""

import pytest


@pytest.fixture
def trained(page):
    return page.train(50)


def refuse(page, bring, words):
    """Bring a text; it must be refused with one sentence that holds these words, the run left as it was."""
    token, step, corpus = page.run.token, page.run.snapshot.step, page.run.corpus
    parameters = page.run.snapshot.parameters
    bring(page)
    (sentence,) = page.warnings
    for word in words:
        assert word in sentence, sentence
    assert (page.run.token, page.run.snapshot.step, page.run.corpus) == (token, step, corpus)
    assert page.run.snapshot.parameters is parameters
    assert "confirm-yes" not in page.buttons


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ["empty"]),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ["one distinct character", "'a'"]),
        ("too short", ["9 characters", "21", "longer text"]),
        ("".join(map(chr, range(0x4E00, 0x4E00 + 1200))), ["1,200", "1,000", "frequent"]),
    ],
    ids=["empty", "one character", "short of a window", "large alphabet"],
)
def test_a_pasted_text_that_cannot_be_used_is_refused_with_its_reason(trained, text, words):
    refuse(trained, lambda page: page.paste(text), words)


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("empty.txt", b"", ["empty"]),
        ("picture.png", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, ["text"]),
        ("short.txt", b"only this", ["9 characters", "21"]),
    ],
    ids=["empty", "binary", "short of a window"],
)
def test_an_uploaded_file_that_cannot_be_used_is_refused_with_its_reason(trained, name, data, words):
    refuse(trained, lambda page: page.upload(name, data), words)


def test_a_text_over_the_limit_is_refused_with_both_sizes_named(trained, monkeypatch):
    monkeypatch.setenv("CHARRNN_MAX_TEXT_MB", "0.01")
    refuse(trained, lambda page: page.upload("large.txt", b"how large it is. " * 700), ["11,900", "0.01 MB"])


def test_a_running_run_goes_on_while_a_text_is_refused(page):
    page.click("train").wait(lambda run: run.snapshot.step > 0)
    step = page.run.snapshot.step
    page.paste("")
    assert page.warnings
    assert page.run.status == "training"
    page.wait(lambda run: run.snapshot.step > step)


def test_the_next_text_that_can_be_used_takes_the_refusal_away(page):
    page.paste("")
    assert page.warnings
    page.paste("the quick brown fox jumps over the lazy dog. " * 40)
    assert not page.warnings
    assert page.labels[0] == "Text: pasted text"


def test_the_frequent_characters_of_a_large_alphabet_can_be_kept(page):
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 1200))) + "abc " * 500
    page.at.file_uploader(key="uploaded").upload("signs.txt", text.encode())
    page.look().click("use-uploaded")
    assert page.warnings
    page.at.toggle(key="frequent").set_value(True)
    page.look().click("use-uploaded")
    assert not page.warnings
    assert len(page.run.corpus.vocabulary) == 201
