"""Panels in a real browser: what was entered just before a press counts, and a panel stays where one works in it."""

import re

import pytest
from playwright.sync_api import expect
from test_lasting import look_back, my_runs, paused_at
from visit import SMALL, choose, rows

OWN_BROWSER = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


def within(part, whole):
    """Whether a part is seen without scrolling in what scrolls around it."""
    inner, outer = part.bounding_box(), whole.bounding_box()
    return outer["y"] <= inner["y"] and inner["y"] + inner["height"] <= outer["y"] + outer["height"]


def panel(lab, key):
    lab.button(key).first.click()
    opened = lab.page.get_by_test_id("stPopoverBody")
    expect(opened).to_be_visible()
    return opened


def test_a_text_is_learned_that_was_pasted_just_before_the_press(lab):
    for text in ("the cat sat on the mat. ", "a dog lay on a log! "):
        opened = panel(lab, "text")
        lab.page.get_by_label("or paste a text").fill(text * 40)
        lab.button("use-pasted").click()
        expect(opened).to_be_hidden()
        expect(lab.key("text")).to_contain_text("Text: pasted text")
        assert lab.soon(lambda text=text: text[5:15] in lab.strip_says)


def test_a_text_that_cannot_be_had_is_refused_in_sight_within_the_panel(lab):
    opened = panel(lab, "text")
    lab.page.get_by_label("or paste a text").press_sequentially("too short")
    lab.button("use-pasted").click()
    refusal = opened.get_by_test_id("stAlert")
    expect(refusal).to_contain_text("9 characters")
    assert within(refusal, opened)
    lab.page.keyboard.press("Escape")
    expect(lab.page.get_by_test_id("stAlert")).to_have_count(0)


@pytest.mark.parametrize("options", [OWN_BROWSER, PHONE], ids=["laptop", "phone"])
def test_the_button_to_learn_from_a_file_is_in_sight_once_the_file_is_there(visit, tmp_path, options):
    lab = visit(SMALL, **options)
    rhyme = tmp_path / "rhyme.txt"
    rhyme.write_text("The cat sat on the mat; the dog lay on the log. " * 80)
    opened = panel(lab, "text")
    lab.key("uploaded").get_by_role("button").first.scroll_into_view_if_needed()
    lab.page.locator(".st-key-uploaded input[type=file]").set_input_files(rhyme)
    expect(lab.button("use-uploaded")).to_be_visible()
    assert within(lab.button("use-uploaded"), opened)


def test_the_rate_is_found_by_many_moves_of_its_slider_or_typed_while_the_panel_stays_open(lab):
    opened = panel(lab, "learning")
    slider = opened.get_by_role("slider")
    for rate in ("0.005", "0.007", "0.01"):
        slider.press("ArrowRight")
        expect(slider).to_have_attribute("aria-valuetext", rate)
        expect(opened.get_by_text(f"In force now: {rate}", exact=True)).to_be_visible()
        expect(slider).to_be_focused()
    typed = lab.key("rate-entered").locator("input")
    expect(typed).to_have_count(1)  # its key changes with its value: for a moment there are two
    expect(typed).to_have_value("0.01")
    typed.fill("2.5")
    typed.press("Enter")
    expect(opened.get_by_text("In force now: 2.5", exact=True)).to_be_visible()
    lab.page.keyboard.press("Escape")
    expect(lab.key("learning")).to_contain_text("Learning: 2.5 · Adam")


def test_a_panel_that_is_closed_just_after_a_choice_says_nothing_once_more(lab):
    lab.train()
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft"):
        opened = panel(lab, "learning")
        opened.get_by_role("slider").press(key)
        lab.page.keyboard.press("Escape")
        expect(opened).to_be_hidden()
        step = lab.step
        assert lab.soon(lambda step=step: lab.step > step + 50)
        expect(lab.page.get_by_role("dialog")).to_have_count(0)


def test_after_a_run_is_deleted_no_other_one_is_ticked(visit):
    lab = visit(SMALL, **OWN_BROWSER)
    for steps in ("1 step", "10 steps"):
        lab.open(SMALL)
        lab.choose_steps(steps)
        expect(lab.figures).to_contain_text(re.compile(r"saved at \d"))
        lab.page.wait_for_function("run => localStorage.getItem('charrnn.runs')?.includes(run)", arg=lab.token)
    choose(my_runs(lab, 2), 0)
    lab.button("run-delete").click()
    my_runs(lab, 1)
    expect(lab.button("undo-delete")).to_be_visible()
    expect(lab.button("run-delete")).to_have_count(0)


def test_a_fork_leads_to_where_both_can_be_trained(lab):
    lab.choose_steps("100 steps")
    paused_at(lab, 100)
    look_back(lab)
    lab.button("go-on").first.click()
    lab.button("fork-here").click()
    form = lab.page.get_by_role("dialog")
    form.get_by_role("button", name="Fork", exact=True).click()
    expect(form).to_be_hidden()
    announced = lab.key("compare").get_by_test_id("stAlert")
    expect(announced).to_contain_text("B was forked at step 30: the same settings.")
    both = lab.button("train-all")
    expect(both).to_have_text("Train both")
    expect(both).to_be_in_viewport()
    player = lab.key("player").bounding_box()
    assert lab.soon(lambda: both.bounding_box()["y"] + 40 < player["y"] and announced.bounding_box()["y"] > 0)
    both.click()
    lab.key("results").scroll_into_view_if_needed()  # what moves is redrawn in sight alone
    assert lab.soon(lambda: sum("training" in row for row in rows(lab.key("results"))) == 2)
    expect(announced).to_have_count(0)


def test_who_looks_back_is_told_so_and_who_trains_sees_the_present(lab):
    lab.choose_steps("100 steps")
    paused_at(lab, 100)
    step = look_back(lab)
    expect(lab.key("headline")).to_contain_text(f"Looking back. At step {step} it hesitated")
    expect(lab.page.get_by_text(f"At step {step} it wrote")).to_be_visible()
    curve, strip = lab.curve.screenshot(), lab.strip_says
    lab.train()
    expect(lab.key("headline")).to_contain_text("hesitate")
    expect(lab.key("headline")).not_to_contain_text("Looking back")
    expect(lab.page.get_by_text("It writes", exact=True)).to_be_visible()
    assert lab.soon(lambda: "its guess now:" in lab.strip_says and lab.strip_says != strip)
    assert lab.soon(lambda: lab.curve.screenshot() != curve)
