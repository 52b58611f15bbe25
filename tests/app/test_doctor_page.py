"""The doctor on the page: nothing where all is well; what is not, with one click that does something about it."""

import pytest
from app_page import SECONDS
from serving import soon
from test_inside import drawn

from charrnn.insight.doctor import Finding, Remedy


@pytest.fixture
def panels():
    return ("stop-at",)


def examined(page):
    """The page once the doctor has looked at what is there now."""
    examination = page.look().session.remembered["doctor"]
    examination.future.result(SECONDS)
    page.at.session_state["doctor-says"] = True
    return page.look()


def test_a_healthy_run_has_no_doctor_and_asks_for_nothing(page):
    examined(page.step("100 steps"))
    assert "doctor-says" not in {getattr(element, "key", None) for element in page.elements}
    assert not any(label.startswith("Doctor") for label in page.shown_labels)
    page.session.channel.outdated([])

    def examined_once():
        before = page.session.remembered["doctor"].future
        return page.look().session.remembered["doctor"].future is before

    assert soon(examined_once)  # at rest, once its held-out loss has come


def test_what_is_clipped_away_is_told_and_one_click_sets_the_limit(open_page):
    page = open_page(clip="0.001", batch_size="8")
    page.step("100 steps").step("100 steps")
    examined(page)
    assert "Doctor: everything clipped" in page.shown_labels
    told = [one.value for one in page.at.markdown if one.value.startswith("**Everything clipped.**")]
    assert "were cut at ±0.001" in told[0].replace("\\", "")
    page.click("remedy-everything-clipped")
    assert page.run.in_force.clip == 5.0
    examined(page)
    assert not any(label.startswith("Doctor") for label in page.shown_labels)


@pytest.mark.parametrize(
    ("remedy", "asks"),
    [
        (Remedy("Start over with 4 units", "start over", {"hidden_size": 4}), True),
        (Remedy("Back to step 30", "back", {}, 30), False),
    ],
)
def test_each_remedy_is_what_it_says(page, remedy, asks):
    page.step("100 steps")
    examined(page).session.remembered["doctor"].findings = (Finding("seen", "in 1 of 2 cases.", remedy),)
    page.look().click("remedy-seen")
    if asks:
        assert page.session.proposal[1].hidden_size == 4  # nothing is thrown away unasked
    else:
        assert page.run.snapshot.step == remedy.step


def test_who_watches_is_told_nothing_of_what_only_its_owner_can_do(page, open_page):
    page.step("100 steps")
    watcher = open_page(watch=page.run.watch_token)
    examined(page).session.remembered["doctor"].findings = (Finding("seen", "1", Remedy("x", "set", {})),)
    assert any(label.startswith("Doctor") for label in page.look().shown_labels)
    assert not any(label.startswith("Doctor") for label in watcher.look().shown_labels)


def test_training_while_held_out_loss_improves_is_a_choice_under_stop_at(page):
    page.click("train-improving").wait(lambda run: run.snapshot.step > 50)
    assert page.run.improving_since == 0
    assert "stops when held-out loss stops improving" in page.figures
    page.click("pause").wait(lambda run: run.status == "paused")
    page.click("train").wait(lambda run: run.status == "training")
    assert page.run.improving_since is None
    assert "curve" in drawn(page)
