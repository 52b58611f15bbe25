"""A run forked at a stored step with one knob turned, and compared with what it was forked from."""

import pytest
from app_page import SECONDS, as_read

from charrnn.dashboard.channel import PAGE
from charrnn.dashboard.controls import my_runs
from charrnn.dashboard.session import server, session
from charrnn.dashboard.views import compare
from charrnn.runs.store_types import StoreError


@pytest.fixture
def turned(page):
    """A run of 30 steps whose rate was set at step 10; the section that compares is open."""
    page.step("10 steps").run.set(learning_rate=0.001)
    page.wait(lambda run: run.log)
    page.at.session_state["compare"] = True
    return page.step("10 steps").step("10 steps")


def asked(page, step):
    """The dialog that asks how to fork, at a step."""
    page.click("fork")
    page.at.select_slider(key="fork-step").set_value(step)
    return page.look()


def entry(page, label):
    """A number in the dialog."""
    return next(box for box in page.at.number_input if box.label == label)


def differences(page):
    """What the table says that each run has otherwise than the first."""
    return page.table("results")["differs"].tolist()


@pytest.mark.parametrize(("step", "rate"), [(30, 0.001), (10, 0.001), (0, 0.004)])
def test_the_dialog_offers_the_rate_that_was_in_force_at_the_step(turned, step, rate):
    assert entry(asked(turned, step), "Learning rate").value == rate


def test_while_a_dialog_asks_something_the_page_is_not_redrawn_below_it(turned):
    """A browser takes a dialog away while the page is redrawn, and what was being typed in it is gone."""
    page = asked(turned, 30)
    page.run.steps(10)
    assert page.run.wait(lambda run: run.status == "paused" and run.snapshot.step == 40, SECONDS)
    assert PAGE not in page.session.channel.outdated([])
    page.session.forking = False
    assert page.session.channel.outdated([]) == [PAGE]


def test_a_fork_with_nothing_turned_has_the_same_settings(turned):
    asked(turned, 30).click("FormSubmitter:fork-form-Fork")
    (fork,) = turned.session.compared
    assert fork.in_force == turned.run.in_force
    assert fork.name == "Names, forked at 30"
    assert differences(turned) == ["", "the same settings"]


def test_the_comparison_names_what_is_in_force_on_both_sides(turned):
    asked(turned, 30)
    entry(turned, "Learning rate").set_value(0.02)
    turned.click("FormSubmitter:fork-form-Fork")
    assert differences(turned) == ["", "learning rate 0.02 instead of 0.001"]
    turned.run.set(learning_rate=0.02)
    turned.look()
    assert differences(turned) == ["", "the same settings"]


def test_the_results_are_where_each_run_has_come_to(turned):
    asked(turned, 10).click("FormSubmitter:fork-form-Fork")
    turned.click("train-all")
    for run in turned.session.compared_runs():
        assert run.wait(lambda run: run.snapshot.step > 40, SECONDS)
    turned.click("pause-all")
    for run in (runs := turned.session.compared_runs()):
        assert run.wait(lambda run: run.status == "paused" and run.snapshot.held_out_step == run.snapshot.step, SECONDS)
    table = turned.look().table("results")
    assert table["run"].tolist() == ["A", "B"]
    assert table["name"].tolist() == [run.name for run in runs]
    assert table["step"].tolist() == [run.snapshot.step for run in runs]
    assert table["characters"].tolist() == [run.snapshot.characters for run in runs]
    assert table["smoothed, nats"].tolist() == [compare.last_smoothed(run) for run in runs]
    assert table["held out, nats"].tolist() == [run.snapshot.held_out for run in runs]
    assert table["state"].tolist() == ["paused", "paused"]


def test_a_duplicate_goes_on_with_the_rate_in_force(turned):
    turned.wait(lambda run: run.saved_step == 30)
    original = turned.run
    turned.session.kept = [original.token]
    my_runs.duplicate(turned.session, original.token)
    assert turned.run is not original
    assert turned.run.in_force == original.in_force


def announced(page):
    return [as_read(success.value) for success in page.at.success]


def test_a_fork_is_announced_where_it_is_compared_and_both_can_be_trained(page):
    page.step("10 steps").wait(lambda run: run.saved_step == 10)
    assert "train-all" not in page.buttons
    page.look_back(0).click("fork-here")
    entry(page, "Learning rate").set_value(0.02)
    page.click("FormSubmitter:fork-form-Fork")
    assert page.at.session_state["compare"]
    assert page.at.session_state[compare.ARRIVAL] > 0
    assert announced(page) == ["B was forked at step 0: learning rate 0.02 instead of 0.004."]
    assert page.at.button(key="train-all").label == "Train both"
    page.click("train-all")
    for run in page.session.compared_runs():
        assert run.wait(lambda run: run.snapshot.step > 10, SECONDS)
    page.click("pause-all")
    assert not announced(page)


def test_a_fork_that_cannot_be_had_is_refused_in_the_dialog(turned, monkeypatch):
    def refuse(*_):
        raise StoreError("The disk is full.")

    asked(turned, 10)
    monkeypatch.setattr(server.engine(), "fork", refuse)
    turned.click("FormSubmitter:fork-form-Fork")
    assert turned.warnings == ["The disk is full."]
    assert entry(turned, "Learning rate").value == 0.001  # the dialog is still there
    assert not turned.session.compared


def test_of_two_questions_one_is_asked_after_the_other(turned):
    turned.session.proposal = (turned.run.corpus, turned.run.settings)
    turned.click("fork")
    assert turned.session.forking
    assert not turned.failed
    assert turned.at.button(key="confirm-no")
    turned.click("confirm-no")
    assert turned.at.select_slider(key="fork-step")


@pytest.mark.parametrize("button", ["fork", "fork-here"])
def test_a_seventh_run_is_refused_in_words(turned, button):
    turned.session.compared = [server.engine().fork(turned.run, 0, turned.run.settings) for _ in range(5)]
    turned.look_back(10).click(button)
    assert turned.warnings == ["6 runs are compared, as many as there is room for: take one out first."]
    assert not turned.session.forking
    assert len(differences(turned)) == session.LIMIT == len(compare.LETTERS)
