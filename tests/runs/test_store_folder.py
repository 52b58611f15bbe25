"""The folder of saved runs: private, said where it cannot be had, made anew where removed; lists and deletions."""

import os
import shutil
import sqlite3

import pytest
from runs_helpers import SECONDS, assert_same_state, soon, until

from charrnn.runs import database as databases
from charrnn.runs.description import is_untouched
from charrnn.runs.store import Store
from charrnn.runs.store_types import StoreError
from charrnn.text.corpus import Corpus
from charrnn.text.folder import DATA, corpora
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "above" / "home")


def modes(folder):
    return {path.name: oct(path.stat().st_mode & 0o777) for path in (folder, *folder.iterdir())}


def trained(run, step):
    run.train(until=step)
    until(run, lambda run: run.status == "paused" and run.saved_step == step)
    return run


PRIVATE = {"home": "0o700", "runs.sqlite": "0o600", "runs.sqlite-wal": "0o600", "runs.sqlite-shm": "0o600"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_nobody_else_can_read_the_store(store):
    before = os.umask(0)
    try:
        assert store.tokens() == []
    finally:
        os.umask(before)
    assert modes(store.folder) == PRIVATE


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_files_that_an_earlier_version_left_open_to_all_are_closed_to_others(store):
    assert store.tokens() == []
    for path in store.folder.iterdir():
        path.chmod(0o644)
    assert Store(store.folder).tokens() == []
    assert modes(store.folder) == PRIVATE


@pytest.fixture
def barred(tmp_path):
    """A store whose folder cannot be made, since a file is in its way."""
    (tmp_path / "above").write_text("a file")
    return Store(tmp_path / "above" / "home")


def test_a_folder_that_cannot_be_made_is_told_by_every_run_and_by_a_fork_and_training_goes_on(
    make_engine, barred, corpus, settings
):
    engine = make_engine(store=barred)
    title, _ = corpora(DATA)[0]
    untouched = engine.create(Corpus.from_text(corpus.text, name=title), Settings())
    assert is_untouched(untouched.corpus, untouched.settings)
    chosen = engine.create(corpus, settings)
    for run in (untouched, chosen):
        assert f"Runs cannot be saved or opened in {barred.folder}: Not a directory." in run.unsaved
    chosen.steps(20)
    until(chosen, lambda run: run.status == "paused" and run.snapshot.step == 20)
    for go_on in (lambda: engine.fork(chosen, 10, settings), lambda: chosen.rewind(10)):
        with pytest.raises(StoreError, match="Not a directory"):
            go_on()


def test_what_was_trained_while_the_folder_could_not_be_made_is_saved_once_it_can(
    make_engine, barred, corpus, settings
):
    run = make_engine(store=barred).create(corpus, settings)
    run.train()
    until(run, lambda run: run.unsaved and run.state_step > 100)
    barred.folder.parent.unlink()
    until(run, lambda run: run.saved_step)
    run.pause()
    until(run, lambda run: run.status == "paused" and run.saved_step == run.snapshot.step)
    assert run.unsaved is None
    assert make_engine(store=barred).find(run.token).curve.rows["known"].sum() == run.saved_step


def test_a_folder_removed_while_a_run_trains_is_told_and_the_run_is_saved_there_anew_with_all_it_had(
    make_engine, store, corpus, settings
):
    run = trained(make_engine(store=store).create(corpus, settings), 100)
    run.train()
    until(run, lambda run: run.saved_step > 100)
    shutil.rmtree(store.folder)
    until(run, lambda run: run.message and "removed or replaced" in run.message)
    assert store.tokens() == [run.token]
    run.pause()
    until(run, lambda run: run.status == "paused" and run.saved_step == run.snapshot.step)
    other = make_engine(store=Store(store.folder)).find(run.token)
    assert [checkpoint.step for checkpoint in other.checkpoints] == [checkpoint.step for checkpoint in run.checkpoints]
    assert other.samples == run.samples
    assert other.curve.rows["known"].sum() == run.snapshot.step
    trainer = Trainer(corpus, settings)
    trainer.train(run.snapshot.step)
    assert_same_state(other.state, trainer)


def test_a_folder_removed_while_a_run_is_paused_is_filled_by_the_next_process_with_all_that_is_known(
    make_engine, store, corpus, settings, workers
):
    run = trained(make_engine(store=store).create(corpus, settings), 100)
    until(run, lambda run: run.snapshot.held_out_step == 100)
    run.rest()
    workers[0].join(SECONDS)
    shutil.rmtree(store.folder)
    trained(run, 150)
    other = make_engine(store=Store(store.folder)).find(run.token)
    assert other.curve.rows["known"].sum() == 150
    assert other.samples == run.samples
    assert other.curve.held_out[0] == run.curve.held_out[0]


def test_a_paused_run_whose_folder_is_removed_is_said_to_be_saved_no_longer_until_it_trains_on(
    make_engine, store, corpus, settings, workers
):
    run = trained(make_engine(store=store).create(corpus, settings), 100)
    until(run, lambda run: run.snapshot.held_out_step == 100)
    run.rest()
    workers[0].join(SECONDS)  # with it went the last that was to be saved
    shutil.rmtree(store.folder)
    until(run, lambda run: run.saved_step is None)
    assert run.unsaved == "What was saved of this run was removed. It is in memory, and saved again as it trains on."
    trained(run, 150)
    assert run.unsaved is None
    run.rest()
    workers[1].join(SECONDS)
    shutil.rmtree(store.folder)  # once more: it is looked for again and again
    until(run, lambda run: run.saved_step is None)


def test_the_state_of_a_removed_file_is_never_taken_for_that_of_the_new_one(store):
    store.begin("old", "digest", "text", {}, 0)
    (store.folder / "runs.sqlite").unlink()  # what SQLite keeps beside it stays
    assert Store(store.folder).tokens() == store.tokens() == []
    store.begin("new", "digest", "text", {}, 0)
    assert Store(store.folder).tokens() == ["new"]


def test_a_list_that_cannot_be_had_says_so_without_waiting_for_each_run(store, monkeypatch):
    tokens = [f"run {number}" for number in range(6)]
    for token in tokens:
        store.begin(token, "digest", "text", {}, 0)
    waits = []
    connection = databases.Database._connection
    monkeypatch.setattr(
        databases.Database, "_connection", lambda self, seconds: (waits.append(seconds), connection(self, seconds))[1]
    )
    assert [*store.summaries(tokens[::-1]).lines] == tokens[::-1]
    assert waits == [databases.READ_SECONDS]
    another = Store(store.folder)
    holder = sqlite3.connect(store.folder / "runs.sqlite", isolation_level=None)
    with store._database.left() as own:
        own.close()  # or it could not be held alone
    holder.execute("PRAGMA locking_mode = EXCLUSIVE")
    holder.execute("BEGIN EXCLUSIVE")
    try:
        with pytest.raises(StoreError, match="another program holds the file"):
            another.summaries(tokens)
    finally:
        holder.close()
    assert waits == [databases.READ_SECONDS] * 2


def test_a_run_deleted_kept_and_deleted_again_is_there_for_the_time_promised_last(make_engine, store, corpus, settings):
    engine = make_engine(store=store)
    run = engine.create(corpus, settings)
    engine.remove(run.token, after=0.2)
    engine.keep(run.token)
    engine.remove(run.token, after=3600)
    other = engine.create(corpus, settings)
    engine.remove(other.token, after=0.4)  # later than the first deletion would have been
    assert soon(lambda: engine.find(other.token) is None)
    assert engine.find(run.token) is run


def test_a_deletion_outlasts_the_server_and_what_is_kept_there_stays(make_engine, store, corpus, settings):
    first = make_engine(store=store)
    deleted, kept, late = (first.create(corpus, settings) for _ in range(3))
    for run in (deleted, kept, late):
        first.remove(run.token, after=0.5)
    first.keep(kept.token)
    first.close()  # before anything was due
    assert {*store.tokens()} == {deleted.token, kept.token, late.token}
    store.delete(late.token, 1.0)
    make_engine(store=Store(store.folder))
    another = make_engine(store=Store(store.folder))
    assert soon(lambda: deleted.token not in store.tokens())
    another.keep(late.token)  # the other server, which was to delete it too, does not
    later = another.create(corpus, settings)
    another.remove(later.token, after=1.5)
    assert soon(lambda: later.token not in store.tokens())
    assert {*store.tokens()} == {kept.token, late.token}
