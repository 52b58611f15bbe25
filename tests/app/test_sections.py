"""Each section stands by itself, whichever others are folded; what was chosen in a folded one still counts."""

from itertools import combinations

import pytest
import streamlit as st
from app_page import SECONDS
from test_inside import SUBJECTS

from charrnn.dashboard.inside import learns

SECTIONS = {  # key: something that stands in it
    "works": "step-drawn",
    "watched": "four-temperatures",
    "guessing": "guessing-begin",
    "knows": "heatmap",
    "remembers": "connected",
    "learns": "matrix",
    "film": "film-passages",
    "compare": "fork",
}


def unfolded(page, *sections):
    for key in SECTIONS:
        page.at.session_state[key] = key in sections
    return page.look()


def drawn(page):
    there = {getattr(element, "key", None) for element in page.elements}
    return {section for section, part in SECTIONS.items() if part in there}


@pytest.mark.parametrize("trained", [False, True], ids=["untrained", "trained"])
def test_each_section_and_each_pair_stands_with_all_others_folded(page, trained):
    if trained:
        page.step("100 steps")
    for number in (1, 2):
        for sections in combinations(SECTIONS, number):
            assert drawn(unfolded(page, *sections)) == {*sections}
    for page.session.subject in SUBJECTS:
        assert drawn(unfolded(page, "knows")) == {"knows"}


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_needs_none_that_was_never_unfolded(page, section):
    assert drawn(unfolded(page, section)) == {section}


def test_what_a_click_has_cut_short_is_drawn_whole(page, monkeypatch):
    """A click outside all parts has Streamlit break off what it draws: as here, where it stops by itself."""
    at = page.step("10 steps").at
    with monkeypatch.context() as patched:
        patched.setattr(learns, "saturation_and_gradients", lambda _: st.stop())
        at.session_state["learns"] = True
        at.run()
        assert "points" not in {getattr(element, "key", None) for element in page.elements}
    at.segmented_control(key="array").set_value("W_xh").run()
    assert {"matrix", "points", "player"} <= {getattr(element, "key", None) for element in page.elements}


def test_what_was_chosen_in_a_section_outlives_its_folding(page):
    at = unfolded(page, "knows").at
    at.selectbox(key="order").set_value("variance")
    at.selectbox(key="length").set_value(200)
    at.segmented_control(key="colour").set_value("surprise")
    unfolded(page, "knows", "learns", "film")
    at.segmented_control(key="array").set_value("W_xh")
    at.text_input(key="film-prime").set_value("An")
    unfolded(page)
    unfolded(page, "knows", "learns", "film")
    assert (at.selectbox(key="order").value, at.selectbox(key="length").value) == ("variance", 200)
    assert (at.segmented_control(key="colour").value, at.segmented_control(key="array").value) == ("surprise", "W_xh")
    assert at.text_input(key="film-prime").value == "An"


def test_the_text_typed_in_one_section_is_read_in_the_others_while_that_is_folded(page):
    unfolded(page, "knows")
    page.at.text_input(key="heatmap-text").set_value("johanna")
    unfolded(page, "knows", "remembers")
    assert page.component("connected")[0]["text"] == "johanna"
    unfolded(page, "remembers", "learns")
    assert page.component("connected")[0]["text"] == "johanna"


def test_nothing_folded_asks_to_be_drawn_anew_with_every_step(page):
    page.click("train").wait(lambda run: run.saved_step)  # that it can be shared is said once
    parts = page.session.channel._parts

    def told():
        return {name: part.depends() for name, part in parts.items()}

    before, stored, step = told(), len(page.run.checkpoints), page.run.snapshot.step
    page.run.wait(lambda run: run.snapshot.step > step, SECONDS)
    changed = {name for name, value in told().items() if value != before[name]}
    of_stored_steps = {"scrubbing", "starting-over"} if len(page.run.checkpoints) != stored else set()
    assert "curved" in changed
    assert changed <= {"curved", "doctor", *of_stored_steps}
    page.click("pause")
