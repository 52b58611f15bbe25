"""Texts that cannot be had: one sentence a person can act on, and nothing lost of the run in progress."""

import pytest

from charrnn.dashboard.controls.dropped import FILE_NAME
from charrnn.dashboard.session import fields
from charrnn.dashboard.session.session import CELLS, CHARACTERS
from charrnn.dashboard.views.writing import LENGTH


@pytest.fixture
def panels():
    return ("text", "network", "stop-at")


@pytest.fixture
def trained(page):
    return page.train(50)


def refuse(page, bring, words):
    """Bring a text; it must be refused with one sentence that holds these words, the run left as it was."""
    token, step, corpus = page.run.token, page.run.snapshot.step, page.run.corpus
    parameters = page.run.snapshot.parameters
    bring(page)
    (sentence,) = page.warnings_in("Text")
    assert page.warnings == [sentence]
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
        ("".join(map(chr, range(0x4E00, 0x4E00 + 10_200))), ["10,200", "10,000", "frequent"]),
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
    page.look().at.select_slider(key="frequent").set_value(200)
    page.look().click("use-uploaded")
    assert not page.warnings
    assert len(page.run.corpus.vocabulary) == 201


def test_a_refusal_goes_with_the_next_command_and_with_its_panel(page):
    page.paste("")
    page.click("train").wait(lambda run: run.snapshot.step > 0)
    assert not page.warnings
    page.paste("")
    assert page.warnings
    page.session.leave_panel()  # as the browser tells when a panel is closed
    assert not page.look().warnings


def test_a_network_that_cannot_be_had_is_refused_in_its_panel(page):
    page.paste("abc " * 12)
    next(box for box in page.at.number_input if box.label == "Looks back").set_value(900)
    page.click("FormSubmitter:network-form-Start over with these")
    (sentence,) = page.warnings_in("Network")
    assert "901" in sentence
    assert page.run.settings.sequence_length == 20


def at_once(page, key):
    """Press a button of which the page has not heard yet what was entered just before."""
    page.at.button(key=key).click()
    page.at.run()
    return page.look()


def test_a_text_that_was_pasted_a_moment_before_the_press_is_the_one_that_counts(page):
    for text in ("the cat sat on the mat. " * 40, "a dog lay on a log! " * 40):
        page.at.text_area(key="pasted").set_value(text)
        at_once(page, "use-pasted")
        assert not page.warnings
        assert page.run.corpus.text == text


def test_how_a_text_is_read_counts_as_it_stands_when_it_is_chosen(page):
    page.at.toggle(key="lowercase").set_value(True)
    page.at.select_slider(key="held_out").set_value(0.2)
    at_once(page, "text-Alice")
    assert (page.run.corpus.lowercase, page.run.corpus.held_out) == (True, 0.2)


def test_keeping_the_frequent_characters_counts_as_it_stands_when_the_file_is_chosen(page):
    text = "".join(map(chr, range(0x4E00, 0x4E00 + 1200))) + "abc " * 500
    page.at.file_uploader(key="uploaded").upload("signs.txt", text.encode())
    page.look().at.select_slider(key="frequent").set_value(200)
    at_once(page, "use-uploaded")
    assert not page.warnings
    assert len(page.run.corpus.vocabulary) == 201


def test_the_step_to_stop_at_counts_as_it_stands_when_it_is_sent(page):
    page.at.number_input(key="goal").set_value(137)
    at_once(page, "train-until").wait(lambda run: run.status == "paused")
    assert page.run.snapshot.step == 137


def test_of_a_file_s_name_no_more_counts_than_names_have(page):
    page.upload("n" * 100_000 + ".txt", b"the quick brown fox jumps over the lazy dog. " * 40)
    assert page.run.corpus.name == "n" * FILE_NAME
    assert all(len(button.label) < 2 * FILE_NAME for button in page.at.button)


def test_of_what_is_typed_no_more_counts_than_a_field_takes_whatever_a_browser_sends(page):
    """Only browsers keep to a field's limit: a million characters of a watcher's had the owner wait for his Pause."""
    page.at.session_state["film"] = page.at.session_state["knows"] = True
    page.step("100 steps")
    for key in ("typed", "heatmap-text", "prime", "film-prime"):
        page.at.text_input(key=key).set_value("ab" * 500_000)
    page.look()
    assert page.session.typed == "ab" * (CELLS // 2)
    assert len(page.sample) == fields.TYPED["prime"] + LENGTH
    frames = page.component("film-passages")[0]["passages"]
    assert {len(frame["prime"]) for frame in frames} == {fields.TYPED["film-prime"]}
    assert len(page.component("on-the-text")[0]["text"]) == CHARACTERS
