"""A run that is damaged where it is saved opens as far as it can, or is one sentence; the rest is as it was."""

import json
import random
import shutil
import sqlite3
from contextlib import closing

import damaging
import pytest
from runs_helpers import assert_same_state, until

from charrnn.runs.engine import Engine
from charrnn.runs.store import Store
from charrnn.runs.store_types import StoreError
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer

CASES = 60


@pytest.fixture(scope="module")
def whole(tmp_path_factory, corpus):
    """A folder with a run at step 350 that was paused at 45, and its token."""
    folder = tmp_path_factory.mktemp("whole")
    engine = Engine(store=Store(folder))
    run = engine.create(corpus, Settings(hidden_size=12, sequence_length=8, batch_size=2))
    for step in (45, 350):
        run.train(until=step)
        until(run, lambda run, step=step: run.status == "paused" and run.saved_step == step)
        run.set(clip=float(step))
        until(run, lambda run, step=step: run.snapshot.held_out_step == step and run.saved_step == step)
    engine.close()
    with closing(sqlite3.connect(folder / "runs.sqlite")) as database:  # all of it in one file, or what lies beside it
        assert database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0  # may go while it is copied
    return folder, run.token


@pytest.fixture
def broken(whole, tmp_path):
    """A copy of it to be damaged: its folder, its token, and a way to have SQL done there."""
    beside = shutil.ignore_patterns("*-wal", "*-shm")
    folder, token = shutil.copytree(whole[0], tmp_path / "home", ignore=beside), whole[1]

    def do(statement, *values):
        with closing(sqlite3.connect(folder / "runs.sqlite", isolation_level=None)) as database:
            return database.execute(statement, values).fetchall()

    return folder, token, do


def flip(do, table, column, where):
    """Change one byte in the middle of something packed."""
    [[data]] = do(f"SELECT {column} FROM {table} WHERE {where}")
    middle = len(data) // 2
    changed = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
    do(f"UPDATE {table} SET {column} = ? WHERE {where}", changed)


def test_the_newest_checkpoint_damaged_leaves_the_one_before_it_and_all_that_belongs_there(make_engine, broken, corpus):
    folder, token, do = broken
    flip(do, "checkpoints", "state", "step = 350")
    run = make_engine(store=Store(folder)).find(token)
    assert "step 350" in run.message
    assert "It stands at step 300." in run.message
    assert [checkpoint.step for checkpoint in run.checkpoints] == [0, 10, 30, 45, 100, 300]
    assert (run.status, run.snapshot.step, run.curve.steps[-1], run.samples[-1][0]) == ("paused", 300, 300, 300)
    run.steps(20)
    until(run, lambda run: run.status == "paused" and run.saved_step == 320)
    trainer = Trainer(corpus, run.settings)
    trainer.train(45)
    trainer.clip = 45.0
    trainer.train(275)
    assert_same_state(run.state, trainer)
    again = make_engine(store=Store(folder)).find(token)
    assert (again.snapshot.step, again.message) == (320, None)


def test_an_older_checkpoint_damaged_is_left_out_and_cannot_be_gone_back_to_or_forked(make_engine, broken):
    folder, token, do = broken
    engine = make_engine(store=Store(folder))
    run = engine.find(token)
    flip(do, "checkpoints", "state", "step = 100")
    for go_back in (lambda: run.rewind(100), lambda: engine.fork(run, 100, run.settings)):
        with pytest.raises(StoreError, match="Step 100 is damaged"):
            go_back()
    assert run.snapshot.step == 350
    again = make_engine(store=Store(folder)).find(token)
    assert (again.snapshot.step, "step 100" in again.message) == (350, True)
    assert [checkpoint.step for checkpoint in again.checkpoints] == [0, 10, 30, 45, 300, 350]


def test_a_run_without_any_readable_checkpoint_starts_over_with_its_own_text_and_settings(make_engine, broken, corpus):
    folder, token, do = broken
    for [step] in do("SELECT step FROM checkpoints"):
        flip(do, "checkpoints", "state", f"step = {step}")
    run = make_engine(store=Store(folder)).find(token)
    assert (run.status, run.snapshot.step, len(run.curve.steps), run.corpus.digest) == ("ready", 0, 0, corpus.digest)
    assert "It stands at step 0." in run.message


def test_a_damaged_history_or_note_costs_nothing_but_itself(make_engine, broken):
    folder, token, do = broken
    flip(do, "thinned", "rows", "true")
    do("UPDATE notes SET value = '{' WHERE kind = 'sample' AND step = 20")
    run = make_engine(store=Store(folder)).find(token)
    assert (run.snapshot.step, len(run.curve.steps), run.log) == (
        350,
        0,
        ((45, {"clip": 45.0}), (350, {"clip": 350.0})),
    )
    assert [step for step, _ in run.samples] == [0, 1, 2, 3, 5, 10, 30, 50, 100, 200, 300]
    assert "its loss curve" in run.message
    assert "a note at step 20" in run.message


def test_a_text_that_cannot_be_unpacked_is_one_sentence(make_engine, broken):
    folder, token, do = broken
    flip(do, "corpora", "text", "true")
    with pytest.raises(StoreError, match="its text or its settings are damaged"):
        make_engine(store=Store(folder)).find(token)


@pytest.mark.parametrize("name", ["hidden_size", "batch_size"])
def test_a_missing_setting_that_the_network_does_not_agree_with_is_one_sentence_and_loses_nothing(
    make_engine, broken, name
):
    folder, token, do = broken
    [[about]] = do("SELECT about FROM runs")
    changed = json.loads(about)
    del changed["settings"][name]
    do("UPDATE runs SET about = ?", json.dumps(changed))
    with pytest.raises(StoreError, match="its settings are damaged"):
        make_engine(store=Store(folder)).find(token)
    do("UPDATE runs SET about = ?", about)
    assert make_engine(store=Store(folder)).find(token).snapshot.step == 350


def test_a_run_in_a_list_that_is_damaged_is_counted_and_the_others_are_listed(broken):
    folder, token, do = broken
    do("INSERT INTO runs VALUES ('bad', 'digest', '{\"settings\"', 1)")
    do("INSERT INTO runs SELECT 'worse', digest, about, touched FROM runs WHERE token = ?", token)
    do("INSERT INTO thinned VALUES ('worse', 'odd')")
    listing = Store(folder).summaries(["bad", token, "worse", "another"])
    assert ([*listing.lines], listing.unreadable) == ([token], 2)
    assert listing.lines[token].history["step"][-1] == 350


def test_a_store_of_whose_damage_sqlite_complains_in_bytes_that_are_no_text_is_damaged(broken):
    folder, token, _ = broken
    file = folder / "runs.sqlite"
    file.write_bytes(file.read_bytes().replace(b"CREATE TABLE notes", b"CREATE \x91ABLE notes"))
    with pytest.raises(StoreError, match="the file is damaged"):
        Store(folder).load(token)


@pytest.mark.parametrize("seed", range(CASES))
def test_a_store_damaged_at_random_opens_or_is_one_sentence(broken, seed):
    folder, token, _ = broken
    what = damaging.damage(folder, random.Random(seed))
    try:
        damaging.opened(folder, token)
    except Exception as error:
        raise AssertionError(what) from error
