"""Below the first screen: what is seen inside a trained network, and that it is what the network says."""

import json
import re

import numpy as np
import pytest
from app_page import SECONDS, SMALL, Page

from charrnn.dashboard import words
from charrnn.dashboard.controls.player import NOW
from charrnn.dashboard.inside import works
from charrnn.dashboard.inside.where_else import AROUND
from charrnn.dashboard.session import server
from charrnn.insight.probing import named_units
from charrnn.insight.reading import states
from charrnn.insight.unrolled import unrolled, update
from charrnn.insight.weights import embedding
from charrnn.network.evaluate import surprisal
from charrnn.network.layers import log_softmax, logits
from charrnn.network.optimizers import OPTIMIZERS
from charrnn.text.synthetic import Quotes
from charrnn.training.trainer import Trainer

KNOWS = {"heatmap", "on-the-text"}
SUBJECTS = {  # what is shown of the units, one at a time
    "verdicts": {"verdicts"},
    "extremes": {"most-on", "most-off"},
    "elsewhere": {"which-way"},
    "silence": {"harder", "beside", "costs"},
}
REMEMBERS = {"connected", "reach", "eigenvalues", "guesses-here"}
LEARNS = {"matrix", "histogram", "gradient-norm", "gradient-clipped", "saturated", "proof-rows", "points"}
WORKS = {"step-drawn", "step-sheet", "step-characters", "step-units", "step-columns", "mistakes"}
PLANTED = '<img src=x onerror="alert(1)"> ![seen](http://example.invalid/spy.png) **bold**'
DRAWN_PLAINLY = {"code", "text", "bidi_component", "text_input", "text_area"}


@pytest.fixture
def panels():
    return ("text",)


@pytest.fixture
def folded():
    return ()


@pytest.fixture
def opened(page):
    return trained(page)


@pytest.fixture(scope="module")
def seen():
    """The same for all who only look at it."""
    yield trained(Page(SMALL, panels=()))
    server.engine().close()
    server.engine.clear()


def trained(page):
    """A small trained network with all questions unfolded and everything measured."""
    for unfolded in ("remembers", "learns", "step-as-tables"):
        page.at.session_state[unfolded] = True
    return measured(page.step("1,000 steps"))


def measured(page):
    for measurement in list(page.session.measurements.values()):
        measurement.future.result(SECONDS)
    return page.look()


def measured_of(page, subject):
    """What is shown of the units, chosen and measured."""
    return measured(page.turn_to(subject))


def drawn(page):
    """Charts by what they say in place of a picture, tables and components by their keys."""
    return {getattr(element, "key", None) for element in page.elements}


def written(page):
    return [element.value for element in page.at.text]


def test_every_view_stands_there_once_a_network_is_trained(seen):
    assert (KNOWS | REMEMBERS | LEARNS | WORKS) - drawn(seen) == set()


def test_of_the_units_is_shown_what_is_chosen_alone_and_their_ranking_names_them_all_the_same(opened):
    assert SUBJECTS["verdicts"] <= drawn(opened)
    parts = {"verdicts": "which-unit", "extremes": "unit-text", "elsewhere": "where-else", "silence": "silence-drawn"}
    for subject, views in SUBJECTS.items():
        others = set.union(*SUBJECTS.values()) - views
        there = drawn(measured_of(opened, subject))
        assert (views - there, others & there) == (set(), set())
        assert [each for each, part in parts.items() if opened.session.channel.standing(part)] == [subject]
    opened.session.measurements.pop("which-unit")
    assert not opened.session.names
    assert measured(opened.look()).session.names


def test_a_question_that_is_folded_away_costs_nothing(page):
    page.step("100 steps")
    assert not {"memory", "over-time"} & set(page.session.measurements)
    assert "matrix" not in drawn(page)


def test_the_colours_of_the_text_are_the_units_values(seen):
    header, body = seen.component("on-the-text")
    text, start = seen.session.sentence()
    assert header["text"] == text[start:]
    hidden = states(seen.session.view.parameters, seen.run.corpus.vocabulary.encode(text))[1 + start :]
    sent = np.frombuffer(body, "u1")[-hidden.size :].reshape(hidden.shape[::-1])
    units = [int(re.match(r"unit (\d+)", row)[1]) for row in header["rows"]]
    assert sorted(units) == list(range(hidden.shape[1]))
    np.testing.assert_allclose((sent.astype(float) - 128) / 127, hidden[:, units].T, atol=0.005)


def test_the_characters_stand_where_their_rows_of_the_input_weights_lie(seen):
    drawn = seen.frames("points")["characters"]
    characters = seen.run.corpus.vocabulary.characters
    assert drawn["sign"].tolist() == [words.visible(character) for character in characters]
    assert any(caption.startswith("Step 1,000. The two axes show") for caption in seen.captions)
    points = drawn[["first", "second"]].to_numpy()
    np.testing.assert_allclose(points, embedding(seen.session.view.parameters.W_xh, points).points, atol=1e-4)


def test_the_heatmap_puts_first_the_units_that_know_best_what_it_is_ordered_by(opened):
    verdict = opened.session.ranked.value.verdicts[0]
    opened.at.session_state["order"] = verdict.name
    rows = [int(row) for row in opened.look().component("heatmap")[0]["axes"][0]["signs"]]
    assert rows == np.argsort(-np.abs(verdict.strengths), kind="stable").tolist()


def test_a_picked_unit_is_followed_by_text_and_silence(opened):
    opened.session.unit = 11
    measured_of(opened, "silence")
    header, _ = opened.component("on-the-text")
    assert header["rows"][header["chosen"]["row"]].startswith("unit 11")
    assert any(element.value.startswith("Unit 11 held at 0") for element in opened.at.markdown)
    assert opened.component("heatmap")[0]["picked"]["row"] == "11"


def test_the_best_units_bear_their_concepts_names_in_the_strip(seen):
    ranked = seen.session.measurements["which-unit"].value
    names = [f"{named.name} {named.unit}" for named in named_units(ranked.verdicts)]
    assert names, "a network of 16 units knows a vowel after 1,000 steps"
    assert seen.strip()["units"][: len(names)] == names


def test_names_hold_only_for_networks_near_the_one_that_was_ranked(opened):
    assert opened.session.names
    opened.session.at = 100
    assert not opened.session.names
    opened.session.at = None
    assert opened.session.names


def test_silencing_every_unit_says_what_it_costs(opened):
    opened.turn_to("silence").at.multiselect(key="silenced").set_value(list(range(16)))
    opened.look()
    said = next(element.value for element in opened.at.markdown if element.value.startswith("16 units held at 0"))
    assert re.search(r"costs \*\*\+\d\.\d{4} nats\*\* a character", said)


def test_the_bars_are_what_silencing_each_unit_costs_the_dearest_first(opened):
    measured_of(opened, "silence")
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
    judged = opened.table("verdicts").set_index("concept")
    own, vowel = judged.loc["[aeiou]"], judged.loc["vowel"]
    assert own["unit"] == vowel["unit"]
    assert own["score"] == pytest.approx(vowel["score"], abs=0.02)


def ticked(page):
    """The verdict whose row is ticked, None where none is."""
    rows = page.at.session_state[page.shown("verdict")]["selection"]["rows"]
    return page.table("verdicts").iloc[rows[0]] if rows else None


def test_the_verdicts_are_those_of_the_search_each_with_its_figures(seen):
    table, ranked = seen.table("verdicts"), seen.session.measurements["which-unit"].value.verdicts
    assert table["concept"].tolist() == [verdict.name + (" (r)" if verdict.graded else "") for verdict in ranked]
    assert table["unit"].tolist() == [verdict.unit for verdict in ranked]
    assert table["its value"].tolist() == ["falls" if verdict.sign < 0 else "rises" for verdict in ranked]
    assert table["known"].tolist() == [
        "yes" if verdict.knows else "together" if verdict.together else "no" for verdict in ranked
    ]
    figures = [(verdict.score, verdict.luck, verdict.untrained, verdict.probe) for verdict in ranked]
    np.testing.assert_array_equal(table[["score", "luck", "untrained", "all together"]], figures)
    drawn = columns(seen, "verdicts")
    assert all(drawn[name]["help"] for name in table)


def columns(page, key):
    """How each column of a table is drawn."""
    frame = next(element for element in page.elements if getattr(element, "key", None) == key)
    return json.loads(next(element.proto.columns for element in frame if element.type == "dataframe"))


def test_the_unit_that_is_looked_at_is_ticked_among_the_verdicts_wherever_it_was_picked(opened):
    assert ticked(opened)["unit"] == opened.session.best_known
    units = opened.table("verdicts")["unit"].tolist()
    for unit in units:
        opened.session.unit = unit
        assert ticked(opened.look())["unit"] == unit
    opened.session.unit = next(unit for unit in range(16) if unit not in units)
    assert ticked(opened.look()) is None


def test_a_row_that_is_ticked_stays_so_when_another_one_is_of_the_same_unit(opened):
    table = opened.table("verdicts")
    (first, *_, last), unit = max(
        ((rows, unit) for unit, rows in table.groupby("unit").groups.items()), key=lambda each: len(each[0])
    )
    assert first != last, "the test needs a unit that is the best of two concepts"
    opened.session.unit = unit
    opened.look()
    opened.at.session_state[opened.shown("verdict")] = {"selection": {"rows": [last]}}
    assert ticked(opened.look()).name == last


def test_where_a_unit_is_most_on_and_off_is_what_the_network_says(opened):
    opened.session.unit = 11
    measured_of(opened, "extremes")
    on, off = (opened.table(key) for key in ("most-on", "most-off"))
    assert [opened.titles(key) for key in ("most-on", "most-off")] == [["Unit 11 is most on"], ["Unit 11 is most off"]]
    ids, _, hidden = opened.session.measurements["unit-text"].value
    text, values = opened.run.corpus.vocabulary.decode(ids), hidden[:, 11].astype(float)
    assert on["value"].is_monotonic_decreasing
    assert off["value"].is_monotonic_increasing
    assert (on["value"].iloc[0], off["value"].iloc[0]) == (values.max(), values.min())
    signs = text.replace("\n", "↵").replace("\t", "⇥")
    assert opened.written("most-off")["value"].iloc[0] == f"−{-values.min():.2f}"  # with the true minus
    for row in (*on.itertuples(), *off.itertuples()):
        places = np.flatnonzero(values == row.value).tolist()
        parts = [
            (signs[max(0, at - AROUND) : at], words.visible(signs[at]), signs[at + 1 : at + 1 + AROUND])
            for at in places
        ]
        assert (row.before, row.here, row.after) in parts


def test_the_guesses_are_the_likeliest_at_the_place_and_the_one_that_came_is_marked(seen):
    text, start = seen.session.sentence()
    ids = seen.run.corpus.vocabulary.encode(text)
    t = start + 3 * (len(text) - start) // 4
    h = states(seen.session.view.parameters, ids)[t]
    p = np.exp(log_softmax(logits(seen.session.view.parameters, h)))
    top = np.argsort(-p, kind="stable")[:5]
    signs = [words.visible(character) for character in seen.run.corpus.vocabulary.characters]
    table = seen.table("guesses-here")
    assert table["next"].tolist() == [signs[i] for i in top]
    np.testing.assert_allclose(table["probability"], p[top], rtol=1e-6)
    assert table["came"].tolist() == ["← came" if i == ids[t] else "" for i in top]
    assert seen.titles("guesses-here") == [f"Guesses here; {signs[ids[t]]} came:"]


def test_the_step_by_hand_lists_every_character_and_every_unit(seen):
    by_character, by_unit = (seen.table(key) for key in ("step-characters", "step-units"))
    assert sorted(by_character["next"]) == sorted(map(words.visible, seen.run.corpus.vocabulary.characters))
    assert by_character["p"].sum() == pytest.approx(1, abs=1e-5)
    assert by_character["p"].is_monotonic_decreasing
    assert by_character["came"].sum() == 1
    np.testing.assert_allclose(by_character["dy"], by_character["p"] - by_character["came"], atol=1e-6)
    assert by_unit["unit"].tolist() == list(range(16))
    np.testing.assert_allclose(by_unit["h"], np.tanh(by_unit["z"] + by_unit["r"]), atol=1e-6)
    np.testing.assert_allclose(by_unit["dz"], by_unit["dh"] * (1 - by_unit["h"] ** 2), atol=1e-6)
    sheet = seen.passages("step-sheet")[0]["text"]
    came = by_character.loc[by_character["came"], "p"].item()
    assert f"= {came:.4f}" in sheet


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
    for pattern in (PLANTED, PLANTED[:20]):
        page.at.text_input(key="pattern").set_value(pattern)
        marked_up = page.look().markup(DRAWN_PLAINLY)
        for piece in ("onerror", "example.invalid"):
            assert not any(piece in words for words in marked_up)
    assert PLANTED[:20] in page.table("verdicts")["concept"].tolist()  # a table's cells are not read as Markdown


def test_the_step_by_hand_has_the_loss_of_the_network(seen):
    text, start = seen.session.sentence()
    ids = seen.run.corpus.vocabulary.encode(text)
    expected = surprisal(seen.session.view.parameters, ids)[start + works.FIRST - 1]
    sheet = seen.passages("step-sheet")[0]["text"]
    assert sheet.startswith("It reads")
    loss = float(re.search(r"= ([\d.]+) nats", sheet)[1])
    assert loss == pytest.approx(expected, abs=1e-3)


def test_the_drawn_step_is_that_of_the_network_looked_at_untrained_stored_and_now(open_page):
    page = open_page(weight_decay="0.5", dropout="0.2").step("10 steps").step("10 steps")
    trainer = Trainer(page.run.corpus, page.run.settings)
    assert (trainer.settings.weight_decay, trainer.settings.dropout) == (0.5, 0.2)
    assert any("without the dropout" in caption.value for caption in page.at.caption)

    def drawn(step):
        page.look_back(step) if step < 20 else page.at.select_slider(key=page.shown("scrubber")).set_value(NOW)
        return page.look().component("step-drawn")[0]

    (ids, start), T = page.session.ids(), trainer.settings.sequence_length
    ids = ids[: start + works.FIRST + 1]
    pictures = [drawn(step) for step in (0, 10, 20)]
    assert [picture["step"] for picture in pictures] == ["step 0", "step 10", "step 20"]
    assert {picture["optimizer"] for picture in pictures} == {"Adam with weight decay 0.5"}
    for picture in pictures:
        step = unrolled(trainer.parameters, ids, states(trainer.parameters, ids[:-1]), T, last=True)
        arrays, name = trainer.state().arrays, trainer.settings.optimizer
        memory = [arrays[f"memory_{i}"] for i in range(OPTIMIZERS[name][1])]
        made = update(
            trainer.parameters, step.gradients, memory, step.x[step.cut :],
            optimizer=name, rate=trainer.rate, limit=trainer.clip, step=trainer.steps + 1, weight_decay=0.5,
        )  # fmt: skip
        norms = [np.linalg.norm(array) for array in step.gradients]
        assert [one["norm"] for one in picture["summed"]] == pytest.approx(norms, rel=1e-4)
        moves = [np.linalg.norm(array) for array in made.change]
        assert [one["change"] for one in picture["summed"]] == pytest.approx(moves, rel=1e-4)
        trainer.train(10)


def test_saturation_is_measured_at_each_stored_step_and_now(seen):
    steps = {checkpoint.step for checkpoint in seen.run.checkpoints} | {seen.session.view.step}
    assert seen.frames("saturated")["figures"]["step"].tolist() == sorted(steps)
    assert any(markdown.value.startswith("Values with |h| > 0.9: ") for markdown in seen.at.markdown)


def test_the_memory_is_told_in_sentences(seen):
    assert any("hundredth of the gradient" in m.value or "of the gradient is left" in m.value for m in seen.at.markdown)
    assert any(m.value.startswith("Spectral radius") for m in seen.at.markdown)
