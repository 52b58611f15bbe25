"""Below the first screen: what is seen inside a trained network, and that it is what the network says."""

import re

import numpy as np
import pytest
from app_page import SECONDS

from charrnn.dashboard import words
from charrnn.insight.probing import named_units
from charrnn.insight.reading import states
from charrnn.insight.weights import embedding
from charrnn.network.evaluate import surprisal
from charrnn.text.synthetic import Quotes

KNOWS = {"heatmap", "on-the-text", "verdicts", "harder", "beside", "costs"}
REMEMBERS = {"connected", "reach", "eigenvalues", "guessed"}
LEARNS = {"matrix", "histogram", "gradient-norm", "gradient-clipped", "saturated", "points"}
PLANTED = '<img src=x onerror="alert(1)"> ![seen](http://example.invalid/spy.png) **bold**'
DRAWN_PLAINLY = {"code", "text", "bidi_component", "arrow_data_frame", "text_input", "text_area"}


@pytest.fixture
def opened(page):
    """A small trained network with all three questions unfolded and everything measured."""
    page.at.session_state["remembers"] = page.at.session_state["learns"] = True
    return measured(page.step("1,000 steps"))


def measured(page):
    for measurement in list(page.session.measurements.values()):
        measurement.future.result(SECONDS)
    return page.look()


def drawn(page):
    """Charts by what they say in place of a picture, tables and components by their keys."""
    return {getattr(element, "key", None) for element in page.elements}


def written(page):
    return [element.value for element in page.at.text]


def test_every_view_stands_there_once_a_network_is_trained(opened):
    there = drawn(opened)
    assert (KNOWS | REMEMBERS | LEARNS) - there == set()


def test_a_question_that_is_folded_away_costs_nothing(page):
    page.step("100 steps")
    assert not {"memory", "over-time"} & set(page.session.measurements)
    assert "matrix" not in drawn(page)


def test_the_colours_of_the_text_are_the_units_values(opened):
    header, body = opened.component("on-the-text")
    text, start = opened.session.sentence()
    assert header["text"] == text[start:]
    hidden = states(opened.session.view.parameters, opened.run.corpus.vocabulary.encode(text))[1 + start :]
    sent = np.frombuffer(body, "u1")[-hidden.size :].reshape(hidden.shape[::-1])
    units = [int(re.match(r"unit (\d+)", row)[1]) for row in header["rows"]]
    assert sorted(units) == list(range(hidden.shape[1]))
    np.testing.assert_allclose((sent.astype(float) - 128) / 127, hidden[:, units].T, atol=0.005)


def test_the_characters_stand_where_their_rows_of_the_input_weights_lie(opened):
    drawn = opened.frames("points")["characters"]
    characters = opened.run.corpus.vocabulary.characters
    assert drawn["sign"].tolist() == [words.visible(character) for character in characters]
    assert any(caption.startswith("Step 1,000. The two axes show") for caption in opened.captions)
    points = drawn[["first", "second"]].to_numpy()
    np.testing.assert_allclose(points, embedding(opened.session.view.parameters.W_xh, points).points, atol=1e-4)


def test_a_picked_unit_is_followed_by_text_and_silence(opened):
    opened.session.unit = 11
    opened.look()
    header, _ = opened.component("on-the-text")
    assert header["rows"][header["chosen"]["row"]].startswith("unit 11")
    assert any(element.value.startswith("Unit 11 held at 0") for element in opened.at.markdown)
    assert opened.component("heatmap")[0]["picked"]["unit"] == 11


def test_the_best_units_bear_their_concepts_names_in_the_strip(opened):
    ranked = opened.session.measurements["which-unit"].value
    names = [f"{named.name} {named.unit}" for named in named_units(ranked.verdicts)]
    assert names, "a network of 16 units knows a vowel after 1,000 steps"
    assert opened.strip()["units"][: len(names)] == names


def test_names_hold_only_for_networks_near_the_one_that_was_ranked(opened):
    assert opened.session.names
    opened.session.at = 100
    assert not opened.session.names
    opened.session.at = None
    assert opened.session.names


def test_silencing_every_unit_says_what_it_costs(opened):
    opened.at.multiselect(key="silenced").set_value(list(range(16)))
    opened.look()
    said = next(element.value for element in opened.at.markdown if element.value.startswith("16 units held at 0"))
    assert re.search(r"costs \*\*\+\d\.\d{4} nats\*\* a character", said)


def test_the_bars_are_what_silencing_each_unit_costs_the_dearest_first(opened):
    bars = opened.frames("costs")["costs"]
    costs, _ = opened.session.measurements["unit-costs"].value
    units = bars["unit"].astype(int)
    assert sorted(units) == list(range(16))
    np.testing.assert_allclose(bars["cost"], costs[units], rtol=1e-6)
    assert bars["cost"].is_monotonic_decreasing


def test_the_chosen_array_is_the_one_whose_entries_are_drawn_and_counted(opened):
    opened.at.segmented_control(key="array").set_value("b_h")
    opened.look()
    header, body = opened.component("matrix")
    sent = np.frombuffer(body, "<i2") / 32767 * header["limit"]
    np.testing.assert_allclose(sent, opened.session.view.parameters.b_h, atol=header["limit"] / 30_000)
    assert "How the entries of **b_h** are spread" in [element.value for element in opened.at.markdown]
    spread = opened.frames("histogram")["spread"].query("shown")
    b_h = opened.session.view.parameters.b_h
    assert (spread["share"] @ spread["value"]) == pytest.approx(b_h.mean(), abs=float(np.ptp(b_h)) / 20)


def test_a_pattern_that_would_never_end_is_refused_in_words(opened):
    opened.at.text_input(key="pattern").set_value(r"(\w+\s*)+!")
    opened.look()
    assert any("was stopped after 2 s" in text for text in written(opened))


def test_a_pattern_that_is_none_is_refused_in_words(opened):
    opened.at.text_input(key="pattern").set_value("(")
    opened.look()
    assert any("cannot be read as a regular expression" in text for text in written(opened))


def test_a_concept_of_ones_own_is_judged_like_the_others(opened):
    opened.at.text_input(key="pattern").set_value("[aeiou]")
    opened.look()
    names, *rows = opened.rows("verdicts")
    judged = {row[0]: dict(zip(names, row, strict=True)) for row in rows}
    own, vowel = judged["[aeiou]"], judged["vowel"]
    assert own["unit"] == vowel["unit"]
    assert float(own["score"]) == pytest.approx(float(vowel["score"]), abs=0.02)


def test_where_no_unit_knows_the_page_says_so_and_offers_a_text_where_one_is_born(page):
    text = Quotes().generate(40_000, np.random.default_rng(7))
    measured(page.paste(text).step("10 steps"))
    assert any(re.search(r"No unit here .*“inside quotes”: best 0\.\d\d", said) for said in written(page))
    page.click("twin-inside quotes")
    assert page.session.proposal[0].name == Quotes.title


def test_planted_text_is_never_markup_inside(open_page):
    page = open_page()
    page.at.session_state["remembers"] = page.at.session_state["learns"] = True
    measured(page.paste(PLANTED * 80).step("100 steps"))
    page.at.text_input(key="heatmap-text").set_value(PLANTED)
    page.at.text_input(key="pattern").set_value(PLANTED)
    page.look()
    marked_up = [str(getattr(e, "proto", "")) for e in page.elements if e.type not in DRAWN_PLAINLY]
    for piece in ("onerror", "example.invalid"):
        assert not any(piece in words for words in marked_up)


def test_the_step_by_hand_has_the_loss_of_the_network(opened):
    text, start = opened.session.sentence()
    ids = opened.run.corpus.vocabulary.encode(text)
    expected = surprisal(opened.session.view.parameters, ids)[start]
    sheet = opened.passages("step-sheet")[0]["text"]
    assert sheet.startswith("It reads")
    loss = float(re.search(r"= ([\d.]+) nats", sheet)[1])
    assert loss == pytest.approx(expected, abs=1e-3)


def test_saturation_is_measured_at_each_stored_step_and_now(opened):
    steps = {checkpoint.step for checkpoint in opened.run.checkpoints} | {opened.session.view.step}
    assert opened.frames("saturated")["figures"]["step"].tolist() == sorted(steps)
    assert any(markdown.value.startswith("Values with |h| > 0.9: ") for markdown in opened.at.markdown)


def test_the_memory_is_told_in_sentences(opened):
    assert any(
        "hundredth of the gradient" in m.value or "of the gradient is left" in m.value for m in opened.at.markdown
    )
    assert any(m.value.startswith("Spectral radius") for m in opened.at.markdown)
