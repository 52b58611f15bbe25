"""Reloads, closed tabs, two browsers, a worker that dies: what lasts and what ends."""

import os
import re
import signal

from playwright.sync_api import expect
from serving import soon


def test_a_reload_continues_the_same_run(lab):
    lab.train()
    token, step = lab.token, lab.step
    lab.reload()
    assert lab.token == token
    assert lab.step >= step
    expect(lab.button("pause")).to_be_visible()
    later = lab.step
    assert lab.soon(lambda: lab.step > later)


def test_a_closed_tab_lets_its_worker_go(server, lab):
    others = server.workers()
    lab.train()
    mine = server.workers() - others
    assert len(mine) == 1
    lab.page.close()
    assert soon(lambda: not server.workers() & mine)


def test_the_link_of_a_closed_tab_goes_on_where_it_stopped(server, visit, lab):
    others = server.workers()
    lab.train().pause()
    token, step = lab.token, lab.step
    lab.page.close()
    assert soon(lambda: not server.workers() - others)
    again = visit(f"run={token}")
    assert again.step == step
    again.train()


def test_two_browsers_on_one_run_both_see_the_last_command(visit, lab):
    other = visit(f"run={lab.token}")
    lab.train()
    expect(other.button("pause")).to_be_visible()
    expect(other.figures).to_contain_text("another browser: train")
    other.pause()
    expect(lab.button("train")).to_be_visible()
    expect(lab.figures).to_contain_text("another browser: pause")
    assert lab.soon(lambda: lab.step == other.step)  # each gets the last steps when its next picture is due


def test_a_worker_that_is_killed_is_noticed_and_training_goes_on_when_asked(server, lab):
    others = server.workers()
    lab.train()
    assert lab.soon(lambda: lab.step > 100)
    (worker,) = server.workers() - others
    os.kill(worker, signal.SIGKILL)
    warning = lab.page.get_by_test_id("stAlert")
    expect(warning).to_contain_text("died", timeout=5000)
    expect(warning).to_contain_text(re.compile(r"All up to step [\d,]+ is kept"))
    kept = int(re.search(r"up to step ([\d,]+)", warning.inner_text())[1].replace(",", ""))
    lab.train()
    expect(warning).to_be_hidden()
    assert lab.soon(lambda: lab.step > kept)
