"""What is wrong with saved runs is a sentence on the page, and the rest of the page and of the list stands."""

import json
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest

from charrnn.dashboard.session import listing, server
from charrnn.runs.engine import Engine
from charrnn.runs.store import Store, home


@pytest.fixture
def panels():
    return ("my-runs",)


@pytest.fixture
def do(page):
    """Train a run until it is saved, end the server, and have SQL done in the store."""
    page.step("100 steps").wait(lambda run: run.saved_step == 100)
    server.engine().close()
    server.engine.clear()

    def done(statement, *values):
        with closing(sqlite3.connect(home() / "runs.sqlite", isolation_level=None)) as database:
            return database.execute(statement, values).fetchall()

    return done


def test_the_link_of_a_run_whose_newest_checkpoint_is_damaged_shows_the_one_before_it_and_says_so(page, open_page, do):
    token = page.run.token
    do("UPDATE checkpoints SET state = 'damaged' WHERE token = ? AND step = 100", token)
    again = open_page(run=token)
    (said,) = again.warnings
    assert "step 100" in said
    assert "It stands at step 30." in said
    assert (again.run.token, again.run.snapshot.step) == (token, 30)
    assert again.train(40).run.snapshot.step >= 40


def test_the_link_of_a_run_that_cannot_be_opened_shows_a_sentence_and_a_new_run(page, open_page, do):
    token = page.run.token
    do("INSERT INTO corpora VALUES ('its own', 'damaged')")  # other tests' runs have the same text
    do("UPDATE runs SET digest = 'its own' WHERE token = ?", token)
    again = open_page(run=token)
    (said,) = again.warnings
    assert said.startswith("This run cannot be opened: its text or its settings are damaged")
    assert again.run.token != token


@pytest.mark.parametrize(
    "about",
    ["{", "[]", '{"settings": {}, "corpus": {"name": "x"}}', json.dumps({"settings": 1, "corpus": {"name": "x"}})],
)
def test_one_bad_row_in_my_runs_is_left_out_and_said(page, do, about):
    token = page.run.token
    do("INSERT OR REPLACE INTO runs SELECT 'bad', digest, ?, 1 FROM runs WHERE token = ?", about, token)
    rows, said = listing.lines([token, "bad", "gone"])
    assert [row["token"] for row in rows] == [token]
    assert said == "One of these runs is damaged, and left out here."
    do("DELETE FROM runs WHERE token = 'bad'")
    assert listing.lines([token, "gone"])[1] == ""


def test_a_list_that_cannot_be_read_is_one_sentence(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    barred = SimpleNamespace(store=Store(tmp_path / "file"))
    monkeypatch.setattr(listing, "engine", lambda: barred)
    rows, said = listing.lines(["token"])
    assert (rows, "cannot be saved or opened" in said) == ([], True)


def test_a_folder_that_cannot_be_made_is_said_on_arrival(open_page, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CHARRNN_HOME", str(tmp_path / "file" / "home"))
    page = open_page()
    assert isinstance(server.engine(), Engine)
    said = [caption.value for caption in page.at.caption if "cannot be saved" in caption.value]
    assert ["Not a directory" in sentence for sentence in said] == [True, True]  # under the headline, and in My runs
