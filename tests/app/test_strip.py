"""What the strip shows is what the network of that step says about text that it never trained on."""

from dataclasses import replace

import numpy as np
import pytest

from charrnn.dashboard.session.session import CELLS, WIDE_CELLS
from charrnn.dashboard.views import first_screen
from charrnn.insight.reading import sentence


@pytest.fixture
def panels():
    return ("text",)


def expect(parameters, vocabulary, context, sentence):
    """Read context and sentence one character at a time: p (S, V) before each of the sentence, h (S, H) after it."""
    W_xh, W_hh, W_hy, b_h, b_y = (np.asarray(array, np.float64) for array in parameters)
    h, predictions, states = np.zeros(len(b_h)), [], []
    for place, character in enumerate(context + sentence):
        y = h @ W_hy + b_y
        p = np.exp(y) / np.exp(y).sum()
        h = np.tanh(W_xh[vocabulary.index(character)] + h @ W_hh + b_h)
        if place >= len(context):
            predictions.append(p)
            states.append(h)
    return np.array(predictions), np.array(states)


def chosen(corpus):
    """The sentence of the first screen with its context before it, and where it begins."""
    return sentence(corpus.text, len(corpus.train_ids), CELLS)


def assert_is_a_fresh_reading(strip, page, parameters):
    corpus = page.run.corpus
    text, start = chosen(page.run.corpus)
    assert strip["text"] == text[start:]
    vocabulary = corpus.vocabulary.characters
    p, h = expect(parameters, vocabulary, text[:start], text[start:])
    came = [vocabulary.index(character) for character in strip["text"]]
    shown = np.array([[vocabulary.index(character) for character in column] for column in strip["top"]])
    np.testing.assert_allclose(strip["top_p"], -np.sort(-p, axis=1)[:, :5], atol=1e-4)
    np.testing.assert_allclose(np.take_along_axis(p, shown, axis=1), strip["top_p"], atol=1e-4)
    np.testing.assert_allclose(strip["surprise"], -np.log2(p[np.arange(len(came)), came]), atol=2e-3)
    units = [int(name.split()[-1]) for name in strip["units"]]
    np.testing.assert_allclose(strip["values"], h[:, units].T, atol=1e-3)


def test_the_sentence_was_held_out(page):
    corpus = page.run.corpus
    assert page.strip()["text"] in corpus.text[len(corpus.train_ids) :]


def test_in_a_wide_window_it_goes_on(page):
    before = page.strip()["text"]
    page.session.channel.width = "wide"
    wide = page.look().strip()["text"]
    assert (len(before), len(wide)) == (CELLS, WIDE_CELLS)
    assert wide.startswith(before)


def test_the_strip_is_a_fresh_reading_by_the_untrained_network(page):
    assert_is_a_fresh_reading(page.strip(), page, page.run.snapshot.parameters)


def test_the_strip_is_a_fresh_reading_at_the_step_that_the_page_is_at(page):
    page.train(300)
    assert page.run.snapshot.parameters_step == page.run.snapshot.step
    assert_is_a_fresh_reading(page.strip(), page, page.run.snapshot.parameters)


def test_the_rows_of_the_past_are_what_the_networks_of_those_steps_guessed(page):
    page.step("100 steps").step("1 step")
    strip, vocabulary = page.strip(), page.run.corpus.vocabulary.characters
    text, start = chosen(page.run.corpus)
    stored = [checkpoint for checkpoint in page.run.checkpoints if checkpoint.step in (10, 30, 100)]
    past = {f"at step {checkpoint.step}": checkpoint.parameters for checkpoint in stored}
    assert list(past) == ["at step 10", "at step 30", "at step 100"]
    rows = {row["label"]: row["guess"] for row in strip["rows"]}
    assert list(rows)[:3] == list(past)
    for label, parameters in past.items():
        p, _ = expect(parameters, vocabulary, text[:start], text[start:])
        guessed = [vocabulary.index(character) for character in rows[label]]
        np.testing.assert_allclose(p[np.arange(len(p)), guessed], p.max(axis=1), atol=1e-4)


def test_steps_still_to_come_have_rows_once_the_first_is_done_and_keep_them_empty(page):
    assert page.strip()["rows"] == []
    page.step("10 steps").step("1 step")
    assert len(page.strip()["rows"]) == 6
    assert [row["label"] for row in page.strip()["rows"] if row["guess"]] == ["at step 10"]


def test_an_upload_is_what_the_strip_reads_from_then_on(page):
    page.upload("rhyme.txt", b"The cat sat on the mat; the dog sat on the log. " * 60)
    assert page.labels[0] == "Text: rhyme.txt"
    assert page.strip()["text"] in page.run.corpus.text
    assert "The cat sat" in page.strip()["text"]


def test_rows_of_the_past_are_the_new_network_s_though_another_browser_started_over(open_page, page):
    page.step("100 steps")
    page.run.reset(replace(page.run.settings, seed=7))
    page.step("100 steps")
    fresh = open_page(run=page.run.token)
    assert page.strip()["rows"][:2] == fresh.strip()["rows"][:2]


def test_a_sentence_typed_while_the_strip_is_made_is_for_the_next_one(page, monkeypatch):
    page.step("100 steps").look()
    session, read = page.session, first_screen.reading.strip
    text = page.strip()["text"]
    session.remembered.clear()  # no row of the past has been made yet

    def typing(*given):
        session.typed = "annabel"
        return read(*given)

    monkeypatch.setattr(first_screen.reading, "strip", typing)
    drawn = first_screen.read(session, 3)
    monkeypatch.undo()
    typed = first_screen.read(session, 3)
    assert (drawn["text"], typed["text"]) == (text, "annabel")
    for frame in (drawn, typed):
        assert {len(row["guess"]) for row in frame["rows"] if row["guess"]} == {len(frame["text"])}


def test_remarks_above_the_strip_take_of_its_rows_and_not_of_the_curve_below_it(open_page):
    rows = []
    for times in (1_000, 200, 50):  # no remark; nothing is held out; and it is read in fewer streams
        page = open_page(batch_size="16").paste("ha ha ha " * times)
        rows.append((len(first_screen.remarks(page.run)), len(page.step("1 step").look().strip()["rows"])))
    assert rows == [(0, 6), (1, 4), (2, 2)]
