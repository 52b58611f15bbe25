"""Lessons beside the page: nothing of them without one, the run that one needs, and bad links corrected."""

from dataclasses import replace

import pytest

from charrnn.dashboard.components.kept import Kept
from charrnn.dashboard.controls import my_runs
from charrnn.dashboard.lessons import sidebar
from charrnn.dashboard.lessons.lesson import lessons
from charrnn.dashboard.lessons.points import PART
from charrnn.dashboard.lessons.staging import begin, fits
from charrnn.dashboard.session.facts import Facts
from charrnn.dashboard.session.showing import ALL
from charrnn.dashboard.terms.vocabulary import FACTS


@pytest.fixture
def folded():
    return ()


def beside(page):
    """What stands in the sidebar."""
    return list(page.at.sidebar)


def test_without_a_lesson_there_is_no_sidebar_and_the_list_is_put_away_again(page):
    assert [element for element in beside(page) if element.type != "sidebar"] == []
    page.click("lessons")
    assert {f"lesson-{lesson.name}" for lesson in lessons()[0]} <= set(page.buttons)
    page.click("close-lessons")
    assert "close-lessons" not in page.buttons


def test_who_is_here_for_the_first_time_is_told_what_this_is_until_something_is_trained(open_page, monkeypatch):
    monkeypatch.setattr(my_runs, "kept_runs", lambda *_, key: Kept([], first=True))
    page = open_page()
    assert {"first-lesson", "welcomed"} <= set(page.buttons)
    assert any("guesses the next" in text.value for text in page.at.markdown)
    assert "welcomed" not in page.step("1 step").buttons
    assert "welcomed" not in page.click("start-over").click("confirm-yes").buttons  # never again
    page = open_page()
    assert "welcomed" not in page.click("welcomed").buttons
    page = open_page(lesson="what-temperature-does")  # who comes for a lesson is told by it
    assert "welcomed" not in page.buttons


def test_a_link_sets_up_the_run_that_its_lesson_needs(open_page):
    page = open_page(lesson="why-it-forgets", place="2")
    step = page.at.session_state["desk"].step
    assert step.title == "Look further back"
    assert fits(page.session, step)
    assert page.run.corpus.name == "Delayed recall (lag=12)"
    assert page.warnings == []


def test_what_a_browser_has_kept_of_a_lesson_is_not_written_over_before_it_has_told_it(open_page, monkeypatch):
    put, told = [], []

    def kept_lessons(notes, *, key):
        put.append(dict(notes))
        return told[0] if told else None

    monkeypatch.setattr(sidebar, "kept_lessons", kept_lessons)
    page = open_page(lesson="why-it-forgets", place="2").look()
    assert put
    assert not any(put)
    told.append({"why-it-forgets": {"step": 0, "done": [0], "guesses": {}, "run": None}, "why-gates": {"done": [1]}})
    page.look().look()
    note = put[-1]["why-it-forgets"]
    assert (note["step"], note["done"], put[-1]["why-gates"]) == (1, [0], {"done": [1]})


def test_bad_links_are_corrected_with_a_sentence(open_page):
    page = open_page(lesson="../etc")
    assert page.warnings == ["There is no lesson called “../etc”: here is the list."]
    assert "close-lessons" in page.buttons
    page = open_page(lesson="why-it-forgets", place="99")
    assert page.warnings == ["The lesson has 3 steps, and no place “99”: here is its beginning."]


def test_a_run_that_has_learned_something_stays_as_it_is(page):
    page.step("10 steps").click("lessons").click("lesson-why-it-forgets")
    before = page.run
    assert before.corpus.name == "Names"
    page.click("lesson-run")
    assert page.run is not before
    assert before.snapshot.step == 10
    assert page.run.corpus.name == "Delayed recall (lag=12)"


def test_a_lesson_begins_with_a_network_that_has_read_nothing_unless_it_is_gone_on_with(open_page):
    page = open_page(lesson="why-it-forgets").step("10 steps").click("all-lessons")
    assert "lesson-run" not in page.click("lesson-why-it-forgets").buttons  # it was at this run
    page.click("all-lessons").at.session_state["desk"].notes.clear()
    before = page.run
    assert "lesson-run" in page.click("lesson-why-it-forgets").buttons
    assert page.click("lesson-run").run.snapshot.step == 0
    assert before.snapshot.step == 10
    assert "lesson-run" not in page.step("10 steps").buttons


def test_every_fact_can_be_asked_for_on_a_page_and_what_stands_there_is_known(page):
    page.step("10 steps")
    facts = Facts(page.session, {"blind guess": 3.3}, False)
    for name, fact in FACTS.items():
        for of in ("", *(f" of {one}" for one in fact.of)):
            if of or not fact.needed:
                facts(name + of)  # raises where the page has it in another form
    assert 0 < facts("own_surprise") < 20
    assert (facts("step"), facts("pinned"), facts("knows open"), facts("step of B")) == (10, "no", "yes", None)


def test_a_lesson_may_begin_with_a_network_from_the_box(open_page):
    page = open_page()
    step = replace(lessons()[0][0].steps[0], run={"text": "Delayed recall", "trained": True})
    begin(page.session, step)
    assert page.look().run.snapshot.step == 20_000
    assert fits(page.session, step)
    page.click("start-over").click("confirm-another")
    assert not fits(page.session, step)
    begin(page.session, replace(step, run={"text": "Names", "trained": True}))
    assert page.look().warnings == ["There is no trained network of “Names”, read so, in the box."]


def test_what_a_step_points_at_is_shown_whatever_its_link_leaves_out(open_page):
    assert set(PART.values()) <= ALL
    page = open_page(lesson="one-step-by-hand", show="player,strip")
    assert page.session.shown == {"player", "strip", "works"}
    page.click("lesson-next")
    assert not page.failed
