"""Texts of two and three characters, of thousands, one known by heart: every view stands, and what it says is right."""

import re

import numpy as np
import pytest
from test_inside import KNOWS, LEARNS, REMEMBERS, SUBJECTS, WORKS, drawn, measured, measured_of

NO_FIGURE = re.compile(r"(?i)\b(nan|inf|none)\b")
BY_HEART = "ha ha ha " * 200
VIEWS = KNOWS | REMEMBERS | LEARNS | WORKS


@pytest.fixture
def panels():
    return "text", "network"


@pytest.fixture
def folded():
    return ()


def unfolded(page):
    for section in ("watched", "remembers", "learns", "film", "compare", "step-as-tables"):
        page.at.session_state[section] = True
    return page


def said(page):
    """All that stands on the page as words."""
    at = page.at
    elements = [*at.caption, *at.markdown, *at.text, *at.warning]
    return [page.headline, page.figures, *(element.value for element in elements)]


def assert_whole(page, missing=()):
    """All of it, at last with a unit silenced; the list of what became harder is there where something did."""
    for subject, views in SUBJECTS.items():
        measured_of(page, subject)
        assert not [name for name, found in page.session.measurements.items() if found.failed]
        assert (VIEWS | views) - {"harder"} - drawn(page) == views & {*missing}
        assert not [words for words in said(page) if NO_FIGURE.search(words)]


@pytest.mark.parametrize(("text", "missing"), [("ab", ["verdicts"]), ("aab", ["verdicts"]), (BY_HEART, [])])
def test_every_view_stands_whatever_little_there_is_to_learn(open_page, text, missing):
    page = unfolded(open_page(sequence_length="1", learning_rate="0.05")).paste(text)
    assert page.run.corpus.text == text
    assert_whole(measured(page.step("100 steps")), missing)
    assert_whole(measured(page.look_back(10)), missing)
    if len(text) == 2:
        assert "The text is too short to tell how far back it reaches." in said(page)


def test_what_is_said_at_a_loss_of_exactly_0_is_right(open_page):
    page = unfolded(open_page(learning_rate="0.05")).paste(BY_HEART)
    page.step("100 steps").wait(lambda run: run.saved_step == 100)
    certain = page.run.snapshot.parameters.copy()
    certain.W_hy[:] *= 1e5
    certain.b_y[:] *= 1e5
    page.run.record = page.run.record._replace(snapshot=page.run.snapshot._replace(parameters=certain))
    page.session.measurements.clear()
    assert_whole(measured(page.look()))
    assert page.session.measurements["ablation"].value[0].before == 0
    assert "There is no gradient any more: it knows this text by heart." in said(page)
    assert any("the loss goes from 0.000 to " in words for words in said(page))


def test_what_was_chosen_of_a_larger_network_or_text_takes_no_view_with_it(open_page):
    page = measured(unfolded(open_page()).step("100 steps"))
    at, last = page.at, page.run.settings.hidden_size - 1
    at.number_input(key="top-k").set_value(len(page.run.corpus.vocabulary))
    page.turn_to("silence")
    at.multiselect(key="silenced").set_value([last - 1, last])
    at.session_state["step-at"] = 60
    at.selectbox(key="order").set_value("vowel")
    page.session.unit = last
    page.look()
    next(box for box in at.number_input if box.label == "Units").set_value(4)
    page.click("FormSubmitter:network-form-Start over with these").click("confirm-yes")
    assert_whole(measured(page.step("100 steps")))
    page.paste("abba cab " * 200).click("confirm-yes")
    assert_whole(measured(page.step("100 steps")))
    assert (page.run.settings.hidden_size, len(page.run.corpus.vocabulary)) == (4, 4)


def test_what_is_drawn_of_thousands_of_characters_is_of_the_frequent_and_small(page):
    rng, signs = np.random.default_rng(0), np.arange(0x4E00, 0x4E00 + 3_000)
    drawn = rng.choice(signs, 20_000, p=(weights := 1 / np.arange(1, 3_001)) / weights.sum())
    text = "".join(map(chr, [*drawn, *signs]))
    unfolded(page).upload("signs.txt", text.encode()).step("10 steps")
    for array in ("W_hh", "W_xh", "W_hy", "b_y"):
        page.at.segmented_control(key="array").set_value(array)
        page.look()
        sizes = {str(getattr(each, "key", "") or each.type): each.proto.ByteSize() for each in leaves(page)}
        assert max(sizes.values()) <= 40_000, sorted(sizes.items(), key=lambda item: -item[1])[:5]
    frequent = page.run.corpus.vocabulary.encode("".join(map(chr, signs[:5])))
    assert set(frequent) <= set(page.session.drawn_characters)
    assert any("for the 300 most frequent of 3,000 characters" in caption for caption in page.captions)


def leaves(page):
    """All that is sent to be drawn but what holds other parts."""
    return [each for each in page.elements if getattr(each, "proto", None) and not getattr(each, "children", None)]
