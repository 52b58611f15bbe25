"""The list of one's runs: what is ticked in it is a run, not a place."""

import pytest
from app_page import Page

from charrnn.dashboard.components.kept import Kept
from charrnn.dashboard.controls import my_runs
from charrnn.dashboard.session import server


@pytest.fixture
def panels():
    return ("my-runs",)


@pytest.fixture
def listed(open_page, page, monkeypatch):
    """Three runs that the browser keeps; the last is the page's own."""
    runs = []
    for _ in range(3):
        page.step("10 steps").wait(lambda run: run.saved_step == 10)
        runs.append(page.run)
        page.session.start_another(page.run.corpus, page.run.settings)
        page.look()
    kept = [run.token for run in runs]

    def answer(add, drop, greets, key):
        return Kept([token for token in kept if token not in drop], first=False)

    monkeypatch.setattr(my_runs, "kept_runs", answer)
    page.look().look()
    return page, kept


def tick(page, row):
    table = next(element for element in page.elements if element.type == "dataframe")
    page.at.session_state[table.key] = {"selection": {"rows": [row]}}
    return page.look()


def test_a_ticked_run_can_be_deleted_and_then_none_is_ticked(listed):
    page, kept = listed
    tick(page, 0)
    assert "run-delete" in page.buttons
    page.click("run-delete")
    assert page.session.dropped == kept[:1]
    assert "run-delete" not in page.buttons
    page.click("undo-delete")
    assert "run-delete" not in page.buttons


def test_who_deletes_the_run_that_is_open_is_told_that_it_will_be_gone_until_it_is_brought_back(listed):
    page, kept = listed
    page.session.open(server.engine().find(kept[0]))
    page.look().look()
    tick(page, 0).click("run-delete")
    assert page.warnings == [
        "You have deleted this run: in some minutes it is gone for good, unless My runs brings it back."
    ]
    page.click("undo-delete")
    assert page.warnings == []


def test_a_deleted_run_is_out_of_the_list_before_the_browser_has_answered(listed, monkeypatch):
    page, kept = listed
    monkeypatch.setattr(my_runs, "kept_runs", lambda *_, key: Kept(kept, first=False))
    tick(page, 1).click("run-delete")
    table = next(element for element in page.elements if element.type == "dataframe")
    assert len(table.value) == 2


def test_what_cannot_be_done_with_a_run_is_said_in_the_list(listed):
    page, kept = listed
    tick(page, 0)
    server.engine().remove(kept[0], 0)
    assert page.run.wait(lambda run: server.engine().find(kept[0]) is None, 10)
    page.at.button(key="run-open").click()
    page.look()
    assert page.warnings_in("My runs") == page.warnings == ["This run is not kept any more."]


def test_who_comes_back_to_the_bare_address_is_offered_the_last_run_and_who_follows_a_link_is_not(listed, open_page):
    _, kept = listed
    bare = Page({}, ("works", "knows"))
    assert "Your last run: Names, step 10." in [text.value for text in bare.at.markdown]
    bare.step("1 step").click("start-over").click("confirm-yes")
    assert "last-run-open" not in bare.buttons
    bare = Page({}, ("works", "knows"))
    bare.click("last-run-open")
    assert bare.run.token == kept[0]
    assert "last-run-open" not in bare.look().buttons
    assert "last-run-open" not in open_page().look().buttons
