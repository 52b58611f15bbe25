"""What lasts: a run through reload, rewind and fork, the list of one's runs, a killed server, and links to watch."""

import os
import re
import signal
import xml.etree.ElementTree as ElementTree

import pytest
from playwright.sync_api import Locator, expect
from serving import Server, command_line, soon
from visit import SMALL, Visit, choose, rows

from charrnn.dashboard.words import short

MARKS = [0, *(digit * 10**power for power in range(1, 7) for digit in (1, 3))]  # the steps that are stored
OWN_BROWSER = {"viewport": {"width": 1280, "height": 800}}


def look_back(lab: Visit) -> int:
    """Move the scrubber one stored step back; return the step that the headline then speaks of."""
    headline = lab.page.get_by_text(re.compile(r"hesitated|now hesitates"))
    slider = lab.key("scrubber").get_by_role("slider")

    stored = sum(mark < lab.step for mark in MARKS)  # with a step stored just now it becomes another slider
    expect(slider).to_have_attribute("max", str(stored))
    before = headline.inner_text()
    slider.press("ArrowLeft")
    then = lab.soon(lambda: headline.inner_text() != before and re.search(r"At step ([\d,]+)", headline.inner_text()))
    return int(then[1].replace(",", ""))


def saved_step(lab: Visit) -> int:
    """The step that the page calls saved."""
    return int(re.search(r"saved at ([\d,]+)", lab.figures.inner_text())[1].replace(",", ""))


def paused_at(lab: Visit, step: int) -> None:
    expect(lab.figures).to_contain_text(re.compile(rf"step {step:,}\b.*paused.*saved at {step:,}\b"))


def my_runs(lab: Visit, count: int) -> Locator:
    """Open the list, and wait until it has so many runs."""
    table = lab.key("runs")
    if not table.is_visible():
        lab.button("my-runs").first.click()
    assert lab.soon(lambda: len(rows(table)) == count)
    return table


def test_looking_back_shows_the_network_as_it_was_and_training_goes_on_from_there(lab):
    lab.train()
    token, before = lab.token, lab.step
    lab.reload()
    assert lab.token == token
    assert lab.step >= before
    assert lab.soon(lambda: lab.step > 110)
    lab.pause()
    end, sample = lab.step, lab.sample.inner_text()
    later = look_back(lab)
    stored = look_back(lab)
    assert end > later > stored > 0
    assert lab.soon(lambda: f"at step {short(stored)}:" in lab.strip_says)
    assert lab.soon(lambda: lab.sample.inner_text() != sample)
    lab.button("go-on").first.click()
    lab.button("rewind").click()
    expect(lab.figures).to_contain_text(re.compile(rf"step {stored:,}\b.*paused"))
    assert lab.soon(lambda: "its guess now:" in lab.strip_says)
    lab.choose_steps("10 steps")
    assert lab.soon(lambda: lab.step == stored + 10)
    assert lab.token == token


def test_a_fork_with_another_rate_is_trained_and_compared_beside_the_first(lab):
    lab.choose_steps("100 steps")
    paused_at(lab, 100)
    assert look_back(lab) == 30
    lab.button("go-on").first.click()
    lab.button("fork-here").click()
    form = lab.page.get_by_role("dialog")
    rate = form.get_by_role("spinbutton", name="Learning rate")

    lab.at_rest()  # while the page is still being drawn, an empty form may come once more
    rate.fill("0.02")
    form.get_by_role("button", name="Fork", exact=True).click()
    expect(form).to_be_hidden()
    section = lab.key("compare")  # opened by itself
    expect(section.get_by_text("B: Names, forked at 30: learning rate 0.02")).to_be_visible()
    results = lab.key("results")
    lab.button("train-all").click()
    results.scroll_into_view_if_needed()  # what moves is redrawn in sight alone
    assert lab.soon(lambda: ["training" in row for row in rows(results)] == [True, True])
    lab.button("pause-all").click()
    results.scroll_into_view_if_needed()  # what moves is redrawn in sight alone
    assert lab.soon(lambda: ["paused" in row for row in rows(results)] == [True, True])
    assert "learning rate 0.02 instead of 0.004" in rows(results)[1]
    expect(lab.key("overlay").locator("svg.marks")).to_contain_text("hesitates between so many characters")


def test_my_runs_lists_opens_and_deletes_with_undo(visit):
    lab = visit(SMALL, **OWN_BROWSER)
    lab.choose_steps("10 steps")
    paused_at(lab, 10)
    first = lab.token
    my_runs(lab, 1)
    lab.open(SMALL)
    assert lab.token != first
    lab.choose_steps("100 steps")
    paused_at(lab, 100)
    choose(my_runs(lab, 2), 1)
    lab.button("run-open").click()
    expect(lab.key("runs")).to_have_count(0)  # the panel closes
    paused_at(lab, 10)
    assert lab.soon(lambda: lab.token == first)
    choose(my_runs(lab, 2), 0)
    lab.button("run-delete").click()
    my_runs(lab, 1)
    lab.button("undo-delete").click()
    my_runs(lab, 2)


def test_after_kill_9_another_server_opens_the_run_by_its_link(chromium, tmp_path):
    context = chromium.new_context(**OWN_BROWSER)
    with Server(CHARRNN_HOME=str(tmp_path)) as server:
        lab = Visit(context.new_page(), server.url).open(SMALL)
        lab.train()
        assert lab.soon(lambda: re.search(r"saved at [\d,]+", lab.figures.inner_text()))
        early = lab.step
        assert lab.soon(lambda: saved_step(lab) > early)
        workers = server.workers()
        os.kill(server.pid, signal.SIGKILL)
        assert soon(lambda: not [pid for pid in workers if command_line(str(pid))])
    with Server(CHARRNN_HOME=str(tmp_path)) as server:
        again = Visit(context.new_page(), server.url).open(f"run={lab.token}")
        assert again.step >= max(early, saved_step(lab))
        assert again.token == lab.token
        again.train()
        assert again.errors == []
    context.close()


def test_a_watch_link_shows_the_run_live_and_cannot_drive_it(visit, lab):
    lab.train()
    expect(lab.figures).to_contain_text("saved at")  # then the whole page is drawn once more
    lab.button("share").first.click()
    link = lab.page.get_by_text(re.compile(r"\?watch=")).first.inner_text()
    lab.page.keyboard.press("Escape")
    watcher = visit(link.strip().partition("?")[2], **OWN_BROWSER)
    expect(watcher.key("player")).to_contain_text("You are watching")
    step, strip = watcher.step, watcher.strip_says
    assert watcher.soon(lambda: watcher.step > step and watcher.strip_says != strip)
    for key in ("train", "pause", "step", "stop-at", "start-over", "text", "network", "learning", "my-runs"):
        expect(watcher.button(key)).to_have_count(0)
    assert lab.token not in watcher.page.url + watcher.page.content()
    lab.pause()
    expect(watcher.figures).to_contain_text("paused")
    assert watcher.soon(lambda: watcher.step == lab.step)


@pytest.mark.parametrize("name", ["run", "watch"])
def test_a_wrong_link_says_so_and_gives_a_new_run(visit, name):
    lab = visit(f"{name}=no-such-token")
    expect(lab.page.get_by_test_id("stAlert")).to_contain_text("No run is kept under this link any more")
    assert lab.token != "no-such-token"
    lab.choose_steps("1 step")
    assert lab.soon(lambda: lab.step == 1)


def test_two_sessions_on_two_runs_do_not_disturb_each_other(visit, lab):
    other = visit(f"{SMALL}&seed=2", **OWN_BROWSER)
    lab.train()
    assert other.step == 0
    other.train()
    lab.pause()
    stopped, step = lab.step, other.step
    assert other.soon(lambda: other.step > step)
    other.pause()
    other.button("start-over").click()
    other.button("confirm-yes").click()
    assert other.soon(lambda: other.step == 0)
    assert lab.step == stopped
    assert lab.token != other.token


def test_the_filmstrip_comes_as_text_and_as_a_picture(lab):
    lab.choose_steps("100 steps")
    paused_at(lab, 100)
    expect(lab.key("knows").get_by_text(re.compile(r"^Step 100, on [\d,]+ "))).to_be_visible()  # the page rests
    lab.key("film").locator("summary").click()
    saved = []
    for key in ("film-text", "film-picture"):
        with lab.page.expect_download() as download:
            lab.button(key).click()
        saved.append(download.value.path().read_text())
    text, picture = saved
    steps = ["step 0", "step 10", "step 30", "step 100"]
    assert re.findall(r"^--- (step \d+)$", text, re.MULTILINE) == steps
    drawn = [element.text for element in ElementTree.fromstring(picture).iter("{http://www.w3.org/2000/svg}text")]
    assert [words for words in drawn if words in steps] == steps
