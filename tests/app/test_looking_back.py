"""Looking back at a stored step: what the page shows is that network, and it says so."""

import pytest


@pytest.fixture
def panels():
    return ("stop-at",)


@pytest.fixture
def back(page):
    """A run of 110 steps, looked back at step 30."""
    return page.step("100 steps").step("10 steps").look_back(30)


def marks(page):
    """What is marked on the curve: (step, label)."""
    marked = page.frames("curve")["marks"]
    return list(zip(marked["step"], marked["label"], strict=True))


def titles(page):
    return [markdown.value for markdown in page.at.markdown]


def test_that_one_looks_back_is_said_where_one_looks_and_marked_on_the_curve(back):
    assert back.headline.startswith("Looking back. At step 30 it hesitated")
    assert "**At step 30 it wrote**" in titles(back)
    assert marks(back) == [(30, "looking back")]


def test_back_at_the_present_nothing_says_so_any_more(back):
    back.look_back(-1)
    assert back.headline.startswith("It now hesitates")
    assert "**It writes**" in titles(back)
    assert marks(back) == []


def now_trained(page, step):
    page.wait(lambda run: run.snapshot.step >= step)
    assert page.session.at is None
    assert "Looking back" not in page.headline
    assert page.at.select_slider(key=page.shown("scrubber")).value == -1


def test_who_trains_sees_the_present(back):
    now_trained(back.click("train"), 200)


def test_who_adds_steps_sees_the_present(back):
    now_trained(back.step("10 steps"), 120)


def test_who_trains_up_to_a_step_sees_the_present(back):
    back.at.number_input(key="goal").set_value(150)
    now_trained(back.look().click("train-until"), 150)


def test_one_may_look_back_while_it_trains_and_the_page_says_so(back):
    back.click("train").wait(lambda run: run.snapshot.step > 200)
    back.look_back(10)
    assert back.run.status == "training"
    assert back.headline.startswith("Looking back. At step 10 it hesitated")
    assert (10, "looking back") in marks(back)


def test_a_new_slider_begins_at_the_present_though_of_two_drawings_only_the_last_arrives(page):
    page.step("100 steps").look()
    slider = page.at.select_slider(key=page.shown("scrubber"))
    assert list(slider.proto.default) == [len(slider.proto.options) - 1]
