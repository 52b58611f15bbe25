"""What each control does to the run: exactly that, and nothing that was not asked for."""

import numpy as np
import pytest
import streamlit as st

from charrnn.dashboard.controls import settings
from charrnn.dashboard.session import fields
from charrnn.dashboard.views import writing
from charrnn.network import sampling
from charrnn.training.settings import LIMITS, Settings


@pytest.fixture
def panels():
    return ("text", "network", "learning", "stop-at")


@pytest.mark.parametrize(("choice", "steps"), [("1 step", 1), ("10 steps", 10), ("100 steps", 100)])
def test_a_step_button_adds_exactly_its_steps(page, choice, steps):
    page.step(choice)
    assert page.run.snapshot.step == steps
    page.step(choice)
    assert page.run.snapshot.step == 2 * steps
    assert page.figures.startswith(f"step {2 * steps:,} ")


def test_train_turns_into_pause_and_back(page):
    page.click("train")
    assert "pause" in page.buttons
    assert "train" not in page.buttons
    page.wait(lambda run: run.snapshot.step > 0)
    page.click("pause").wait(lambda run: run.status == "paused")
    assert "train" in page.buttons
    step = page.run.snapshot.step
    assert page.look().run.snapshot.step == step


def test_training_up_to_a_step_ends_exactly_there(page):
    page.at.number_input(key="goal").set_value(137)
    page.look().click("train-until").wait(lambda run: run.status == "paused")
    assert page.run.snapshot.step == 137


def test_a_goal_that_lies_behind_is_refused_and_nothing_moves(page):
    page.step("100 steps")
    page.at.number_input(key="goal").set_value(50)
    page.look().click("train-until")
    assert page.warnings_in("Stop at") == page.warnings == ["The run is at step 100 already: choose a later one."]
    assert page.run.status == "paused"
    assert page.run.snapshot.step == 100


def test_that_a_goal_lies_behind_is_said_only_while_it_does(page):
    page.step("100 steps")
    page.at.number_input(key="goal").set_value(50)
    page.look().click("train-until")
    page.at.number_input(key="goal").set_value(150)
    assert not page.look().warnings
    page.at.number_input(key="goal").set_value(50)
    page.look().click("train-until")
    assert page.warnings
    page.step("10 steps")
    assert not page.warnings


def test_the_headline_tells_how_far_the_guess_has_come(page):
    page.train(500).wait(lambda run: run.snapshot.held_out_step == run.snapshot.step)
    assert "It now hesitates between" in page.headline
    assert f"down from {len(page.run.corpus.vocabulary)}" in page.headline


def test_the_classic_experiment_takes_one_click(page):
    page.click("classic")
    assert page.run.settings == Settings.classic()
    assert page.run.corpus.lowercase
    assert len(page.run.corpus.held_out_ids) == 0
    assert page.labels[:3] == ["Text: Names", "Network: 128 units · 30 back", "Learning: 0.01 · Adagrad"]


def test_the_defaults_are_one_click_away_from_the_classic_experiment(page):
    page.click("classic").click("defaults")
    assert page.run.settings == Settings()


def test_a_change_of_the_learning_rate_acts_at_once_and_is_logged(page):
    page.step("10 steps")
    page.at.select_slider(key="rate").set_value(0.01)
    page.look().wait(lambda run: run.log)
    assert page.run.snapshot.learning_rate == 0.01
    assert page.run.log == ((10, {"learning_rate": 0.01}),)
    assert page.run.log == ((10, {"learning_rate": 0.01}),)
    assert page.labels[2] == "Learning: 0.01 · Adam"
    assert page.run.snapshot.step == 10


def test_a_panel_is_not_another_one_while_it_is_open_and_its_label_states_the_value_once_it_is_closed(page):
    for rate in (0.01, 0.02):
        page.at.select_slider(key="rate").set_value(rate)
        page.look()
        assert page.shown_labels[2] == "Learning: 0.004 · Adam"
    assert page.labels[2] == "Learning: 0.02 · Adam"


def test_a_rate_can_be_typed_and_slider_and_number_show_the_same(page):
    page.at.number_input(key="rate-typed").set_value(2.34)
    page.look()
    assert page.run.snapshot.learning_rate == 2.34
    assert page.at.select_slider(key=page.shown("rate")).value == 2.34
    page.at.select_slider(key=page.shown("rate")).set_value(0.005)
    page.look()
    slider, typed = (page.shown(role) for role in ("rate", "rate-typed"))
    assert page.at.number_input(key=typed).value == page.at.select_slider(key=slider).value == 0.005


def test_what_was_set_elsewhere_is_shown_by_a_new_widget_and_the_one_that_was_used_stays(page):
    for rate in (0.005, 0.007, 0.01):
        before = page.shown("rate-typed")
        page.at.select_slider(key="rate").set_value(rate)
        page.look()
        assert page.shown("rate-typed") != before
        assert page.at.number_input(key=page.shown("rate-typed")).value == rate
        assert page.shown("rate") == "rate"
    page.run.set(learning_rate=0.02)  # in another browser
    page.look()
    slider, typed = (page.shown(role) for role in ("rate", "rate-typed"))
    assert page.at.number_input(key=typed).value == page.at.select_slider(key=slider).value == 0.02
    assert page.run.in_force.learning_rate == 0.02


def test_a_widget_that_has_been_replaced_turns_nothing_back(monkeypatch):
    """A browser that has not yet heard of it tells of it once more, and Streamlit takes that for a change."""
    state, done = {}, []
    monkeypatch.setattr(fields.st, "session_state", state)
    first = fields.key_of("rate", 0.004)
    state[first] = 0.004
    second = fields.key_of("rate", 0.005)
    state[second] = 0.005
    fields.acts("rate", first, lambda: 0.01, done.append)()
    fields.acts("rate", second, lambda: 0.005, done.append)()  # nor does one that says what is so
    assert done == []
    fields.acts("rate", second, lambda: 0.01, done.append)()
    assert done == [0.005]


def test_the_rate_in_force_is_that_of_the_schedule_at_once(page):
    page.step("100 steps")
    page.at.number_input(key="rate-typed").set_value(0.5)
    page.look()
    falling = 0.5 / (1 + page.run.snapshot.characters / page.run.settings.decay) ** 0.5
    assert f"In force now: {falling:.3g}" in [caption.value for caption in page.at.caption]


def test_the_limits_are_the_same_wherever_a_setting_is_entered(page):
    slider, panels = page.at.select_slider(key="rate").options, list(page.at.number_input)
    assert (float(slider[0]), float(slider[-1])) == LIMITS["learning_rate"]
    page.session.ask_for_fork("")
    dialog = list(page.look().at.number_input)
    names = {label: name for name, (label, _, _) in fields.NUMBERS.items()}
    for boxes in (panels, dialog):
        entered = {names[box.label]: (box.min, box.max) for box in boxes if box.label in names}
        assert entered == {name: LIMITS[name] for name in fields.NUMBERS}


def test_a_change_of_the_learning_rate_while_training_does_not_stop_it(page):
    page.click("train").wait(lambda run: run.snapshot.step > 0)
    page.at.select_slider(key="rate").set_value(0.005)
    page.look().wait(lambda run: run.log)
    ((step, change),) = page.run.log
    assert change == {"learning_rate": 0.005}
    page.wait(lambda run: run.snapshot.step > step)
    assert page.run.status == "training"


def test_another_optimiser_asks_first_once_something_has_been_learned(page):
    page.step("10 steps")
    page.at.selectbox(key="optimizer").set_value("sgd")
    page.look()
    assert "confirm-yes" in page.buttons
    assert page.run.snapshot.step == 10
    page.click("confirm-yes")
    assert (page.run.snapshot.step, page.run.settings.optimizer) == (0, "sgd")
    page.at.number_input(key="dropout").set_value(0.5)
    page.look().at.number_input(key="weight_decay").set_value(0.1)
    settings = page.look().run.settings
    assert (settings.optimizer, settings.dropout, settings.weight_decay) == ("sgd", 0.5, 0.1)


def test_start_over_asks_first_and_keep_keeps(page):
    page.step("10 steps")
    page.click("start-over")
    assert page.run.snapshot.step == 10
    page.click("confirm-no")
    assert page.run.snapshot.step == 10
    assert "confirm-yes" not in page.buttons
    assert "confirm-yes" not in page.look().buttons


def test_no_panel_lies_over_a_question(page):
    page.step("10 steps").click("start-over")
    page.at.session_state["network"] = True  # as a browser asks that had not yet heard of its closing
    page.at.run()
    assert "confirm-yes" in page.buttons
    assert not page.at.session_state["network"]


def test_start_over_goes_back_to_the_very_same_start(page):
    (before,) = page.run.samples
    flat = page.run.snapshot.parameters.flat.copy()
    page.step("10 steps")
    page.click("start-over").click("confirm-yes")
    assert page.run.snapshot.step == 0
    assert page.run.samples == (before,)
    assert (page.run.snapshot.parameters.flat == flat).all()


def test_another_text_asks_before_it_throws_training_away(page):
    page.step("10 steps")
    page.click("text-Alice")
    assert (page.run.corpus.name, page.run.snapshot.step) == ("Names", 10)
    page.click("confirm-yes")
    assert (page.run.corpus.name, page.run.snapshot.step) == ("Alice", 0)


def test_the_network_form_takes_effect_on_starting_over(page):
    units = next(box for box in page.at.number_input if box.label == "Units")
    units.set_value(24)
    page.click("FormSubmitter:network-form-Start over with these")
    assert page.run.settings.hidden_size == 24
    assert page.labels[1] == "Network: 24 units · 20 back"
    page.step("10 steps")
    assert page.run.snapshot.parameters.W_hh.shape == (24, 24)


def test_a_form_that_is_pressed_as_its_panel_closes_has_what_it_began_with(page, monkeypatch):
    monkeypatch.setattr(st, "session_state", {})
    settings.start_over_with_these(page.session, page.run.settings)
    assert (page.session.said("network"), page.run.settings.hidden_size) == ("", 16)


def test_of_two_browsers_on_one_run_the_last_command_wins_and_both_are_told(open_page, page):
    other = open_page(run=page.run.token)
    page.click("train").wait(lambda run: run.status == "training")
    assert "another browser: train" in other.look().figures
    other.click("pause").wait(lambda run: run.status == "paused")
    assert "another browser: pause" in page.look().figures
    assert "another browser" not in other.look().figures


def test_a_prime_is_continued_and_its_unknown_characters_are_named(page):
    page.at.text_input(key="prime").set_value("anna🦊")
    page.look()
    assert any("Left out" in caption.value and "🦊" in caption.value for caption in page.at.caption)


def test_a_sample_at_temperature_zero_is_always_the_same(page):
    page.step("100 steps")
    page.at.slider(key="temperature").set_value(0.0)
    page.look()
    first = page.sample
    page.click("new-sample")
    assert page.sample == first
    page.at.slider(key="temperature").set_value(1.0)
    page.look()
    assert page.sample != first


def written(page):
    """What the network on the page writes with the page's dice."""
    ids = sampling.sample(
        page.run.snapshot.parameters, page.run.corpus.primed(""), writing.LENGTH, np.random.default_rng(1), 0.8
    )
    return page.run.corpus.vocabulary.decode(ids)


def test_with_another_text_or_network_it_writes_what_that_one_writes_before_any_step(page):
    assert page.sample == written(page)
    page.click("text-Alice")
    assert page.sample == written(page)
    next(box for box in page.at.number_input if box.label == "Seed").set_value(7)
    page.click("FormSubmitter:network-form-Start over with these")
    assert (page.run.settings.seed, page.run.snapshot.step) == (7, 0)
    assert page.sample == written(page)
