"""Train, and what moves; pause, and nothing does."""

import re
from time import monotonic

from playwright.sync_api import expect
from serving import cpu_seconds, soon

# Counts the animation frames in which a part of the page is seen to be dimmed, as Streamlit would dim what has waited
# for half a second to be redrawn, were it not for a rule in streamlit_fixes.py.
WATCH_FRAMES = """
    window.frames = 0; window.dimmed = 0;
    const look = () => {
      const parts = document.querySelectorAll('[data-testid=stElementContainer], [data-testid=stVerticalBlock]');
      window.frames += 1;
      if ([...parts].some((part) => part.checkVisibility() && getComputedStyle(part).opacity < 0.9)) window.dimmed += 1;
      requestAnimationFrame(look);
    };
    look();
"""


def test_training_moves_the_step_the_strip_the_headline_and_the_curve(lab):
    before, curve = lab.strip_says, lab.curve.screenshot()
    lab.train()
    assert lab.soon(lambda: lab.strip_says != before)
    assert lab.soon(lambda: lab.curve.screenshot() != curve)
    expect(lab.page.get_by_text("It now hesitates between")).to_be_visible()
    step = lab.step
    assert lab.soon(lambda: lab.step > step)


def test_a_paused_run_stands_still_and_uses_no_processor(server, lab):
    others = server.workers()
    lab.train()
    (worker,) = server.workers() - others
    lab.pause()
    step = lab.step

    used, since = cpu_seconds(worker), monotonic()

    def idle():  # for a second; the held-out loss may still be measured for a moment
        nonlocal used, since
        if cpu_seconds(worker) - used > 0.02:
            used, since = cpu_seconds(worker), monotonic()
        return monotonic() - since >= 1

    assert soon(idle)
    assert lab.step == step


def test_step_by_10_adds_exactly_10(lab):
    for steps in (10, 20):
        lab.choose_steps("10 steps")
        assert lab.soon(lambda steps=steps: lab.step >= steps)
        expect(lab.figures).to_contain_text("paused")
        assert lab.step == steps


def test_no_frame_is_dimmed_while_training(lab):
    lab.train()
    lab.page.evaluate(f"() => {{ {WATCH_FRAMES} }}")
    step = lab.step
    lab.page.wait_for_function("() => window.frames > 150")
    assert lab.soon(lambda: lab.step > step)
    assert lab.page.evaluate("window.dimmed") == 0


def test_the_watch_on_dimmed_frames_sees_one(lab):
    lab.page.evaluate(f"() => {{ {WATCH_FRAMES} }}")
    lab.key("headline").evaluate("part => { part.style.opacity = 0.33; }")
    lab.page.wait_for_function("() => window.dimmed > 0")


def test_what_streamlit_takes_for_outdated_is_not_dimmed(lab):
    """By the rule alone: without it, and only then, such a part turns pale."""
    part = lab.page.locator("[data-stale]:visible").first
    part.evaluate("part => { part.style.opacity = 0.33; part.style.transition = 'none'; }")  # as it would be
    opacity = "part => getComputedStyle(part).opacity"
    assert part.evaluate(opacity) == "0.33"
    part.evaluate("part => { part.dataset.stale = 'true'; }")
    assert part.evaluate(opacity) == "1"


def test_start_over_returns_to_step_0_with_the_sample_of_the_beginning(lab):
    first = lab.sample.inner_text()
    lab.train().pause()
    expect(lab.sample).not_to_have_text(first)
    lab.button("start-over").click()
    lab.button("confirm-yes").click()
    expect(lab.figures).to_contain_text(re.compile(r"step 0\b"))
    expect(lab.page.get_by_text("a blind guess")).to_be_visible()
    assert lab.soon(lambda: lab.sample.inner_text() == first)


def test_an_upload_is_what_it_trains_on(lab, tmp_path):
    rhyme = tmp_path / "rhyme.txt"
    rhyme.write_text("The cat sat on the mat; the dog lay on the log. " * 80)
    lab.button("text").first.click()
    lab.page.locator(".st-key-uploaded input[type=file]").set_input_files(rhyme)
    lab.button("use-uploaded").click()
    expect(lab.key("text")).to_contain_text("rhyme.txt")
    lab.page.keyboard.press("Escape")
    assert lab.soon(lambda: "the mat" in lab.strip_says)
    lab.train()
    assert lab.soon(lambda: lab.step > 20)


def test_a_network_saved_in_the_page_and_dropped_there_goes_on(lab, tmp_path):
    lab.choose_steps("100 steps")
    expect(lab.figures).to_contain_text("paused")
    token, step = lab.token, lab.step
    lab.button("share").first.click()
    with lab.page.expect_download() as saving:
        lab.button("take-network").click()
    saved = tmp_path / saving.value.suggested_filename
    saving.value.save_as(saved)
    assert saved.name == f"Names-step-{step}.safetensors"
    lab.page.keyboard.press("Escape")
    lab.button("text").first.click()
    lab.page.locator(".st-key-uploaded input[type=file]").set_input_files(saved)
    expect(lab.page.get_by_text("exactly where it stopped")).to_be_visible()
    lab.button("open-network").click()
    assert lab.soon(lambda: lab.token != token)
    assert lab.step == step
    lab.train()


def test_earlier_samples_are_kept_with_their_steps(lab):
    lab.choose_steps("10 steps")
    expect(lab.figures).to_contain_text("paused")
    lab.button("earlier").first.click()
    for step in (0, 1, 5, 10):
        expect(lab.page.get_by_text(f"step {step}", exact=True)).to_be_visible()


def test_hasty_clicks_on_train_and_pause_are_all_obeyed_and_leave_the_page_whole(lab):
    for _ in range(6):
        for pressed, other in (("train", "pause"), ("pause", "train")):
            lab.button(pressed).click()
            expect(lab.button(other)).to_be_visible()
            expect(lab.key(pressed)).to_have_count(0)
    expect(lab.figures).to_contain_text("paused")
    expect(lab.strip).to_be_visible()


def test_the_sample_follows_a_slider_that_is_moved_hastily(lab):
    first = lab.sample.inner_text()
    lab.button("sampling").click()
    slider = lab.page.get_by_role("slider", name="Temperature")
    for _ in range(8):
        slider.press("ArrowLeft")
    assert lab.soon(lambda: lab.sample.inner_text() != first)
