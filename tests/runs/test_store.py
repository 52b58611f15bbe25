"""What was saved comes back to the last bit, and a store that fails is told without stopping anything."""

import errno
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from killing import same_history
from runs_helpers import SECONDS, alive, assert_same_parameters, assert_same_state, soon, until

from charrnn.runs import history as histories
from charrnn.runs import housekeeping, local, reading
from charrnn.runs.database import reason
from charrnn.runs.description import describe
from charrnn.runs.earlier import BLOCK
from charrnn.runs.history import row_a_step, thinned
from charrnn.runs.messages import Message
from charrnn.runs.recorder import Recorder
from charrnn.runs.store import Store, home
from charrnn.runs.store_types import Note, Progress, Saved, StoredCheckpoint, StoreError, Tidied
from charrnn.text.corpus import Corpus
from charrnn.text.folder import DATA, corpora
from charrnn.training.settings import Settings
from charrnn.training.trainer import Step, Trainer

NOTHING = histories.joined([])


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "home")
    assert not store.trouble()  # the file is there
    return store


@pytest.fixture
def make_saving_engine(make_engine, store):
    """Engines that know one another through the store only."""
    return lambda **options: make_engine(store=store, **options)


def history(n: int, seed: int = 0, first: int = 1) -> np.ndarray:
    """A row a step. Sums of such numbers are the same to the last bit, however they are cut."""
    reported = np.random.default_rng(seed).integers(0, 2**20, (4, n)) / np.float32(2**20)
    return row_a_step(np.arange(first, first + n), *reported)


def assert_empty(saved: Saved) -> None:
    assert (len(saved.history), saved.notes, saved.checkpoints) == (0, [], [])


def begin(store: Store, token: str = "token", step: int = 0, text: str = "text") -> None:
    store.begin(token, str(hash(text)), text, {"settings": {}}, step)


def test_history_saved_in_pieces_of_any_size_comes_back_as_the_curve_of_the_whole(tmp_path_factory):
    store = Store(tmp_path_factory.mktemp("home"))

    @given(st.lists(st.integers(1, 2500), min_size=1, max_size=6), st.data())
    def check(sizes, data):
        begin(store)
        whole, steps = history(sum(sizes)), np.cumsum(sizes).tolist()
        for first, step in zip([0, *steps], steps, strict=False):
            kept = data.draw(st.booleans())
            store.add("token", Progress(whole[first:step], [], [StoredCheckpoint(step, b"s", kept)]))
        saved = store.load("token")
        np.testing.assert_array_equal(thinned(saved.history), thinned(whole))
        back = data.draw(st.sampled_from([checkpoint.step for checkpoint in saved.checkpoints]))
        begin(store, step=back)
        np.testing.assert_array_equal(thinned(store.load("token").history), thinned(whole[:back]))
        again = history(10, seed=1, first=back + 1)
        store.add("token", Progress(again, [], []))
        expected = thinned(histories.joined([whole[:back], again]))
        np.testing.assert_array_equal(thinned(store.load("token").history), expected)

    check()


def test_going_on_from_a_step_forgets_what_came_after_it(store):
    begin(store)
    notes = [Note(step, "sample", f"at {step}") for step in (10, 20, 30)]
    store.add("token", Progress(history(30), notes, [StoredCheckpoint(step, b"s", True) for step in (10, 20, 30)]))
    begin(store, step=20)
    saved = store.load("token")
    assert saved.notes == notes[:2]
    assert [checkpoint.step for checkpoint in saved.checkpoints] == [10, 20]
    begin(store, step=0)
    assert_empty(store.load("token"))


def test_the_latest_checkpoint_is_replaced_and_the_kept_ones_stay(store):
    begin(store)
    for step, kept in ((10, True), (15, False), (20, False), (30, True), (30, False), (40, False)):
        store.add("token", Progress(NOTHING, [], [StoredCheckpoint(step, bytes([step]), kept)]))
    assert store.load("token").checkpoints == [
        StoredCheckpoint(10, bytes([10]), True),
        StoredCheckpoint(30, bytes([30]), True),
        StoredCheckpoint(40, bytes([40]), False),
    ]


def test_a_run_that_was_removed_is_not_saved_in_part(store):
    begin(store)
    store.remove("token")
    with pytest.raises(StoreError, match="removed to make room"):
        store.add("token", Progress(history(5), [], []))
    begin(store)
    assert len(store.load("token").history) == 0


def test_a_text_is_stored_once_and_goes_with_its_last_run(store):
    text = "a text that two runs share " * 1000
    begin(store, "one", text=text)
    begin(store, "two", text=text)
    database = sqlite3.connect(store.folder / "runs.sqlite")
    count = "SELECT count(*) FROM corpora"
    assert database.execute(count).fetchone() == (1,)
    store.remove("one")
    assert store.load("one") is None
    assert store.load("two").text == text
    store.remove("two")
    assert database.execute(count).fetchone() == (0,)
    database.close()


def test_the_run_touched_last_is_the_last_to_go_though_the_clock_was_set_back(store, monkeypatch):
    for token, now in (("old", 2e9), ("new", 1e9)):
        monkeypatch.setattr(time, "time", lambda now=now: now)
        begin(store, token)
        store.add(token, Progress(NOTHING, [], [StoredCheckpoint(1, os.urandom(400_000), True)]))
    assert store.tidy(600_000).removed == 1
    assert store.tokens() == ["new"]


def test_the_longest_untouched_runs_go_first_and_their_room_is_given_back(store):
    for token in ("old", "middle", "new"):
        begin(store, token)
        store.add(token, Progress(NOTHING, [], [StoredCheckpoint(1, os.urandom(400_000), True)]))
    store.add("old", Progress(NOTHING, [], []))
    assert store.tidy(1_000_000).removed == 1
    assert [store.load(token) is None for token in ("old", "middle", "new")] == [False, True, False]
    assert store.tidy(1_000_000).removed == 0
    database = sqlite3.connect(store.folder / "runs.sqlite")
    assert database.execute("PRAGMA freelist_count").fetchone()[0] == 0
    database.close()


def test_the_folder_is_where_the_environment_says(monkeypatch, tmp_path):
    monkeypatch.setenv("CHARRNN_HOME", str(tmp_path / "elsewhere"))
    assert home() == tmp_path / "elsewhere"
    monkeypatch.delenv("CHARRNN_HOME")
    assert home().name == "charrnn"


def test_a_saved_run_is_opened_by_another_engine_exactly_as_it_was(make_saving_engine, corpus, settings):
    run = make_saving_engine().create(corpus, settings)
    run.train(until=350)
    until(run, lambda run: run.snapshot.held_out_step == 350)
    run.set(learning_rate=1e-3)
    run.train(until=1234)
    until(run, lambda run: run.status == "paused" and run.saved_step == 1234)
    other = make_saving_engine().find(run.token)
    assert other is not run
    assert (other.status, other.snapshot.step, other.settings, other.log) == ("paused", 1234, settings, run.log)
    assert (other.corpus.digest, other.corpus.held_out, other.corpus.report) == (
        corpus.digest,
        corpus.held_out,
        corpus.report,
    )
    assert_same_parameters(other.snapshot.parameters, run.snapshot.parameters)
    assert other.snapshot.learning_rate == 1e-3
    assert other.samples == run.samples
    assert [one.step for one in other.checkpoints] == [one.step for one in run.checkpoints]
    for one, same in zip(other.checkpoints, run.checkpoints, strict=True):
        assert_same_parameters(one.parameters, same.parameters)
    figures = ["step", "smooth", "low", "high", "norm_low", "norm_high", "known"]
    np.testing.assert_array_equal(other.curve.rows[figures], run.curve.rows[figures])
    np.testing.assert_allclose(other.curve.norm, run.curve.norm, rtol=1e-12)
    np.testing.assert_allclose(other.curve.clipped, run.curve.clipped, rtol=1e-12)
    other.train(until=1300)
    until(other, lambda run: run.status == "paused" and run.snapshot.step == 1300)
    trainer = Trainer(corpus, settings)
    trainer.train(350)
    trainer.learning_rate = 1e-3
    trainer.train(950)
    assert_same_state(other.state, trainer)


def test_a_killed_worker_and_server_leave_a_sound_store_from_which_training_goes_on(
    make_saving_engine, corpus, settings, store, workers
):
    run = make_saving_engine().create(corpus, settings)
    for _ in range(5):
        saved = run.saved_step or 0
        run.train()
        until(run, lambda run, saved=saved: (run.saved_step or 0) > saved + 50)
        os.kill(workers[-1].pid, signal.SIGKILL)
        until(run, lambda run: run.status == "died")
        database = sqlite3.connect(store.folder / "runs.sqlite")
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        database.close()
    other = make_saving_engine().find(run.token)
    step = other.snapshot.step
    assert step == other.state_step == other.curve.steps[-1] >= run.saved_step
    trainer = Trainer(corpus, settings)
    trainer.train(step)
    assert_same_state(other.state, trainer)


def test_starting_over_replaces_what_was_saved(make_saving_engine, corpus, settings):
    run = make_saving_engine().create(corpus, settings)
    run.steps(40)
    until(run, lambda run: run.status == "paused" and run.saved_step == 40)
    run.reset()
    assert run.saved_step == 0
    assert make_saving_engine().find(run.token).snapshot.step == 0
    run.steps(12)
    until(run, lambda run: run.status == "paused" and run.saved_step == 12)
    other = make_saving_engine().find(run.token)
    assert (other.snapshot.step, other.curve.steps[-1], other.samples[-1][0]) == (12, 12, 10)


def test_a_blow_up_leaves_no_history_that_has_not_happened(make_saving_engine, corpus, settings, before_each_chunk):
    before_each_chunk("self.steps >= 200 and self.learning_rate > 1e-3 and self.parameters.W_hy.fill(float('nan'))")
    run = make_saving_engine().create(corpus, settings)
    run.train()
    until(run, lambda run: run.status == "paused" and run.saved_step == run.snapshot.step)
    other = make_saving_engine().find(run.token)
    assert other.snapshot.step == other.curve.steps[-1] == run.snapshot.step


FULL, MISTAKE = StoreError("the disk is full"), KeyError("a mistake in the program")


@pytest.mark.parametrize("outcomes", [(None, None), (None, FULL), (MISTAKE, None), (FULL, MISTAKE)])
def test_what_had_happened_before_a_blow_up_is_saved_whatever_was_on_its_way(store, corpus, monkeypatch, outcomes):
    begun, go, told, to_come = threading.Semaphore(0), threading.Semaphore(0), [], [*outcomes, None]
    add = Store.add

    def slow_add(self, token, progress):
        begun.release()
        assert go.acquire(timeout=SECONDS)
        if error := to_come.pop(0):
            raise error
        return add(self, token, progress)

    monkeypatch.setattr(Store, "add", slow_add)
    place = {"folder": str(store.folder), "token": "token", "digest": "digest"}
    fields = {"store": place, "corpus": describe(corpus), "settings": {}, "title": ""}
    outbox = SimpleNamespace(send=lambda kind, *_: told.append(kind), idle=True)
    arrays = {"text": b"text", "history": b"", "notes": b"[]"}
    start = Message("start", fields, {name: np.frombuffer(array, np.uint8) for name, array in arrays.items()})
    recorder = Recorder(outbox, start, 0)
    state, whole = np.frombuffer(b"state", np.uint8), history(60)

    def tell(kind, first, last, **arrays):
        part = whole[first - 1 : last]
        values = {"step": last, "seconds": 0.0}
        recorder.send(kind, values, arrays | {"history": part.view(np.uint8)})

    tell("state", 1, 10, state=state)
    assert begun.acquire(timeout=SECONDS)  # steps 1 … 10 are on their way
    tell("state", 11, 30, state=state)
    tell("progress", 31, 50)
    go.release()
    assert begun.acquire(timeout=SECONDS)  # so are those up to 30; the 20 after it will not have happened
    tell("diverged", 31, 30, state=state)
    go.release()
    assert begun.acquire(timeout=SECONDS)
    go.release()
    assert soon(lambda: told[-1] == "saved")
    to_come.append(None)
    tell("state", 31, 40, state=state)
    assert begun.acquire(timeout=SECONDS)
    go.release()
    recorder.close()
    saved = store.load("token")
    np.testing.assert_array_equal(thinned(saved.history), thinned(whole[:40]))
    assert [checkpoint.step for checkpoint in saved.checkpoints] == [40]
    assert told.count("unsaved") == len(outcomes) - outcomes.count(None)


def test_a_locked_store_is_told_and_training_goes_on_and_nothing_is_missing_later(
    make_saving_engine, corpus, settings, store, before_each_chunk
):
    before_each_chunk("import charrnn.runs.database as d; d.BUSY_SECONDS = 0.05")
    database = sqlite3.connect(store.folder / "runs.sqlite", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    run = make_saving_engine().create(corpus, settings)
    run.train()
    until(run, lambda run: run.unsaved)
    assert "another program holds the file" in run.unsaved
    step = run.snapshot.step
    until(run, lambda run: run.snapshot.step > step + 100)
    assert run.saved_step is None
    database.execute("ROLLBACK")
    database.close()
    until(run, lambda run: run.saved_step)
    assert run.unsaved is None
    run.pause()
    until(run, lambda run: run.status == "paused" and run.saved_step == run.snapshot.step)
    other = make_saving_engine().find(run.token)
    np.testing.assert_array_equal(other.curve.low, run.curve.low)


def test_a_worker_that_still_saves_as_it_is_let_go_is_left_the_time(
    make_saving_engine, corpus, settings, store, workers
):
    run = make_saving_engine().create(corpus, settings)
    database = sqlite3.connect(store.folder / "runs.sqlite", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    run.steps(137)
    until(run, lambda run: run.status == "paused" and run.state_step == 137)
    run.rest()
    workers[0].join(2 * local.END_SECONDS)
    assert run.at_rest
    assert not run.is_saved
    database.execute("ROLLBACK")
    database.close()
    until(run, lambda run: run.is_saved)
    assert store.newest(run.token) == 137


def test_what_could_not_be_saved_is_tried_once_more_as_a_worker_leaves(
    make_saving_engine, settings, store, before_each_chunk
):
    before_each_chunk("import charrnn.runs.database as d; d.BUSY_SECONDS = 0.05")
    text = Corpus.from_text("abc " * 500, held_out=0)  # or it would be tried again once the loss is measured
    run = make_saving_engine().create(text, settings)
    database = sqlite3.connect(store.folder / "runs.sqlite", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    run.steps(5)
    until(run, lambda run: run.status == "paused" and run.unsaved)
    database.execute("ROLLBACK")
    database.close()
    run.rest()
    until(run, lambda run: run.is_saved)
    assert store.newest(run.token) == 5


def test_what_a_killed_worker_had_told_but_not_saved_is_saved_by_the_next(
    make_saving_engine, corpus, settings, store, workers, before_each_chunk
):
    """The server goes on from a state that it has and the store has not: no step between may be missing there."""
    before_each_chunk("import charrnn.runs.database as d; d.BUSY_SECONDS = 0.05")
    run = make_saving_engine().create(corpus, settings)
    run.steps(137)
    until(run, lambda run: run.saved_step == 137)
    database = sqlite3.connect(store.folder / "runs.sqlite", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    run.train()
    until(run, lambda run: run.unsaved and run.state_step > 300)
    os.kill(workers[-1].pid, signal.SIGKILL)
    until(run, lambda run: run.status == "died")
    database.execute("ROLLBACK")
    database.close()
    assert run.saved_step == 137
    run.go_on()
    until(run, lambda run: (run.saved_step or 0) > 300)
    run.pause()
    until(run, lambda run: run.status == "paused" and run.saved_step == run.snapshot.step)
    saved, reference = store.load(run.token), Trainer(corpus, settings)
    assert same_history(saved.history, reference.train(run.saved_step))
    told = {note.step for note in saved.notes if note.kind == "sample"}
    assert told == {step for step, _ in run.samples if step}


def test_a_damaged_store_is_told_and_training_goes_on(make_saving_engine, corpus, settings, store):
    engine = make_saving_engine()
    for file in store.folder.iterdir():
        file.unlink()  # not overwritten: SQLite has parts of them mapped, and the system ends a process for those
    (store.folder / "runs.sqlite").write_bytes(b"not a database " * 1000)
    run = engine.create(corpus, settings)
    run.steps(100)
    until(run, lambda run: run.unsaved)
    assert "damaged" in run.unsaved
    until(run, lambda run: run.status == "paused" and run.snapshot.step == 100)
    with pytest.raises(StoreError, match="damaged"):
        Store(store.folder).tokens()


def test_a_full_disk_is_told_in_words(store):
    begin(store)
    with store._database.reading() as database:
        pages = database.execute("PRAGMA page_count").fetchone()[0]
        database.execute(f"PRAGMA max_page_count = {pages + 10}")
    with pytest.raises(StoreError, match="disk is full"):
        store.add("token", Progress(history(5), [], [StoredCheckpoint(5, bytes(10**6), True)]))
    assert len(store.load("token").history) == 0
    store.add("token", Progress(history(5), [], []))
    assert len(store.load("token").history) == 5


def test_a_run_that_was_never_trained_is_found_by_its_link_with_its_own_text_and_settings(
    make_saving_engine, corpus, settings
):
    run = make_saving_engine().create(corpus, settings)
    other = make_saving_engine().find(run.token)
    assert other is not run
    assert (other.status, other.snapshot.step, other.settings) == ("ready", 0, settings)
    assert (other.corpus.digest, other.corpus.text) == (corpus.digest, corpus.text)
    other.steps(25)
    until(other, lambda run: run.status == "paused" and run.saved_step == 25)
    trainer = Trainer(corpus, settings)
    trainer.train(25)
    assert_same_state(other.state, trainer)


@pytest.mark.parametrize("step", [0, 40])
def test_what_was_set_at_rest_is_in_force_when_another_server_goes_on(make_saving_engine, corpus, settings, step):
    run = make_saving_engine().create(corpus, settings)
    if step:
        run.steps(step)
        until(run, lambda run: run.status == "paused" and run.saved_step == step)
        run = make_saving_engine().find(run.token)  # without a process
    run.set(learning_rate=7e-3)
    run.set(clip=1.0)
    other = make_saving_engine().find(run.token)
    assert (other.snapshot.step, other.snapshot.learning_rate, other.snapshot.clip) == (step, 7e-3, 1.0)
    other.steps(20)
    until(other, lambda run: run.status == "paused" and run.saved_step == step + 20)
    trainer = Trainer(corpus, settings)
    trainer.train(step)
    trainer.learning_rate, trainer.clip = 7e-3, 1.0
    trainer.train(20)
    assert_same_parameters(other.snapshot.parameters, trainer.parameters)
    assert make_saving_engine().find(run.token).log == other.log == ((step, {"learning_rate": 7e-3, "clip": 1.0}),)


def test_a_rate_set_before_the_first_step_saves_a_visit_and_starting_over_takes_it_back(make_saving_engine, corpus):
    title, _ = corpora(DATA)[0]
    run = make_saving_engine().create(Corpus.from_text(corpus.text, name=title), Settings())
    run.set(learning_rate=7e-3)
    assert (run.saved_step, make_saving_engine().find(run.token).snapshot.learning_rate) == (0, 7e-3)
    run.reset()
    assert make_saving_engine().find(run.token).snapshot.learning_rate == Settings().learning_rate


def test_a_rate_that_cannot_be_saved_is_told_and_in_force(make_saving_engine, corpus, settings, monkeypatch):
    def full(*_):
        raise FULL

    run = make_saving_engine().create(corpus, settings)
    monkeypatch.setattr(Store, "keep_changes", full)
    run.set(learning_rate=7e-3)
    assert (run.unsaved, run.snapshot.learning_rate) == (str(FULL), 7e-3)


@pytest.mark.parametrize("step", [0, 40])
def test_a_rate_that_could_not_be_saved_is_once_it_can_though_nobody_trains(
    make_saving_engine, corpus, settings, monkeypatch, step
):
    monkeypatch.setattr(housekeeping, "AGAIN_SECONDS", 0.05)
    tried, keep_changes = [], Store.keep_changes

    def full(*_):
        tried.append(run.unsaved)
        raise FULL

    run = make_saving_engine().create(corpus, settings)
    if step:
        run.steps(step)
        until(run, lambda run: run.status == "paused" and run.saved_step == step)
        run = make_saving_engine().find(run.token)  # without a process
    monkeypatch.setattr(Store, "keep_changes", full)
    run.set(learning_rate=7e-3)
    assert soon(lambda: len(tried) > 2)
    assert (run.unsaved, run.is_worth_keeping) == (str(FULL), True)
    monkeypatch.setattr(Store, "keep_changes", keep_changes)
    until(run, lambda run: run.unsaved is None)
    assert run.is_saved
    assert make_saving_engine().find(run.token).snapshot.learning_rate == 7e-3


def test_another_text_takes_the_place_of_what_was_trained_as_soon_as_it_is_chosen(make_saving_engine, corpus, settings):
    run = make_saving_engine().create(corpus, settings)
    run.train()
    until(run, lambda run: run.saved_step)
    text = Corpus.from_text("a quite different text. " * 200, name="mine")
    run.reset(replace(settings, seed=7), text)
    other = make_saving_engine().find(run.token)
    assert (other.snapshot.step, other.corpus.digest, other.settings.seed) == (0, text.digest, 7)
    assert [checkpoint.step for checkpoint in other.checkpoints] == [0]


def test_a_visit_that_chooses_nothing_leaves_nothing_in_the_store(make_saving_engine, corpus, store):
    engine = make_saving_engine()
    title, _ = corpora(DATA)[0]
    named = Corpus.from_text(corpus.text, name=title)
    engine.create(named, Settings())
    assert store.tokens() == []
    chosen = engine.create(named, Settings(hidden_size=20))
    assert store.tokens() == [chosen.token]


def test_a_process_that_has_been_replaced_cannot_add_to_the_run(store):
    begin(store)
    begin(Store(store.folder))
    with pytest.raises(StoreError, match="begun anew"):
        store.add("token", Progress(history(5), [], [StoredCheckpoint(5, b"s", True)]))
    assert_empty(store.load("token"))


def test_a_start_that_cannot_be_saved_is_told_and_trains_in_memory(make_saving_engine, corpus, settings, monkeypatch):
    def full(*_):
        raise FULL

    monkeypatch.setattr(Store, "begin", full)
    run = make_saving_engine().create(corpus, settings)
    assert (run.unsaved, run.saved_step) == (str(FULL), None)
    run.reset(replace(settings, seed=7))
    assert run.unsaved == str(FULL)
    run.steps(5)
    until(run, lambda run: run.status == "paused" and run.snapshot.step == 5)


def as_earlier_versions_saved_it(store: Store, token: str, steps: list[Step], gradients: bool = True) -> None:
    """Put a run's history into the file as versions did that kept every step, the earliest ones without gradients."""
    table = np.array(steps, np.float32)[:, 1:]
    database = sqlite3.connect(store.folder / "runs.sqlite", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    database.execute("DROP TABLE thinned")
    if not gradients:
        database.execute("ALTER TABLE history DROP COLUMN gradients")
    for start in range(0, len(table), BLOCK):
        columns = np.split(table[start : start + BLOCK], 2, axis=1)
        row = (token, start // BLOCK, *(column.tobytes() for column in columns[: 1 + gradients]))
        database.execute(f"INSERT INTO history VALUES ({', '.join('?' * len(row))})", row)
    database.execute("COMMIT")
    database.close()


@pytest.mark.parametrize("gradients", [True, False])
@pytest.mark.parametrize("tidied", [True, False])
def test_a_history_as_earlier_versions_kept_it_is_loaded_thinned_and_goes_on(store, corpus, gradients, tidied):
    trainer = Trainer(corpus, Settings(hidden_size=4, sequence_length=4, batch_size=1))
    steps = trainer.train(2600)
    begin(store)
    store.add("token", Progress(NOTHING, [], [StoredCheckpoint(2200, b"s", True), StoredCheckpoint(2300, b"s", True)]))
    as_earlier_versions_saved_it(store, "token", steps[:2300], gradients)
    old, earlier = Store(store.folder), steps[:2300]
    if not gradients:
        earlier = [step._replace(gradient_norm=np.nan, clipped=np.nan) for step in earlier]
    if tidied:
        assert old.tidy() == Tidied(0, {})
    assert same_history(old.load("token").history, earlier)
    listed = old.summaries(["token"]).lines["token"].history
    assert same_history(listed, earlier if tidied else [])
    begin(old, step=2200)
    old.add("token", Progress(histories.of(steps[2200:]), [], []))
    assert same_history(old.load("token").history, earlier[:2200] + steps[2200:])
    database = sqlite3.connect(store.folder / "runs.sqlite")
    assert database.execute("SELECT count(*) FROM history").fetchone() == (0,)
    database.close()


def test_a_run_of_an_earlier_version_trains_on_goes_back_and_forks(
    make_engine, make_saving_engine, store, corpus, settings
):
    first = make_saving_engine()
    run = first.create(corpus, settings)
    run.steps(100)
    until(run, lambda run: run.status == "paused" and run.saved_step == 100)
    until(run, lambda run: run.snapshot.held_out_step == 100)
    first.close()  # what it and its processes still save would not be as an earlier version saved it
    as_earlier_versions_saved_it(store, run.token, Trainer(corpus, settings).train(100), gradients=False)
    engine = make_engine(store=Store(store.folder))
    old = engine.find(run.token)
    np.testing.assert_array_equal(old.curve.smooth, run.curve.smooth)
    assert np.isnan(old.curve.norm).all()
    old.steps(50)
    until(old, lambda run: run.status == "paused" and run.saved_step == 150)
    assert old.curve.rows["known"].sum() == 50
    fork = engine.fork(old, 150, settings)
    np.testing.assert_array_equal(fork.curve.rows["norm_high"], old.curve.rows["norm_high"])
    old.rewind(100)
    old.steps(50)
    until(old, lambda run: run.status == "paused" and run.saved_step == 150)
    np.testing.assert_array_equal(fork.curve.rows["norm_high"], old.curve.rows["norm_high"])


def test_what_is_read_is_of_one_moment_though_a_history_is_moved_meanwhile(store, corpus, monkeypatch):
    begin(store)
    steps = Trainer(corpus, Settings(hidden_size=4, sequence_length=4, batch_size=1)).train(50)
    as_earlier_versions_saved_it(store, "token", steps)
    cuts, moved = reading.cuts, []

    def meanwhile(database, token):  # what is asked between the history as it is kept now and as it was kept earlier
        if not moved:
            moved.append(True)
            with ThreadPoolExecutor(1) as another:
                another.submit(Store(store.folder).tidy).result()
        return cuts(database, token)

    monkeypatch.setattr(reading, "cuts", meanwhile)
    assert same_history(Store(store.folder).load("token").history, steps)
    assert moved


def test_many_processes_may_open_an_earlier_versions_store_at_once(store, corpus):
    begin(store)
    steps = Trainer(corpus, Settings(hidden_size=4, sequence_length=4, batch_size=1)).train(5)
    as_earlier_versions_saved_it(store, "token", steps)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: Store(store.folder).load("token"), range(8)))
    assert all(same_history(saved.history, steps) for saved in found)


def test_a_wrong_token_finds_nothing(make_saving_engine, run):
    assert make_saving_engine().find("no such token") is None


def test_a_killed_server_loses_at_most_what_was_not_yet_saved(store, make_saving_engine, corpus):
    server = (
        "import sys\nfrom pathlib import Path\n"
        "from charrnn.runs.engine import Engine\nfrom charrnn.runs.local import Local\n"
        "from charrnn.runs.store import Store\n"
        "from charrnn.text.corpus import Corpus\nfrom charrnn.training.settings import Settings\n"
        "workers = []\n"
        "def connect(*arguments):\n    workers.append(Local(*arguments))\n    return workers[-1]\n"
        f"engine = Engine(connect=connect, store=Store(Path({str(store.folder)!r})))\n"
        "run = engine.create(Corpus.from_text('abc ' * 500), Settings(hidden_size=8))\n"
        "run.train()\n"
        "run.wait(lambda run: run.saved_step, 30)\n"
        "print(run.token, workers[0].pid, run.saved_step, flush=True)\n"
        "sys.stdin.read()\n"
    )
    environment = os.environ | {"PYTHONPATH": str(local.PACKAGE_PARENT)}
    with subprocess.Popen(
        [sys.executable, "-c", server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        token, worker, saved = process.stdout.readline().decode().split()
        process.kill()
        process.wait(SECONDS)
    assert soon(lambda: not alive(int(worker)))
    run = make_saving_engine().find(token)
    assert run.snapshot.step == run.curve.steps[-1] >= int(saved)
    trainer = Trainer(run.corpus, run.settings)
    trainer.train(run.snapshot.step)
    assert_same_state(run.state, trainer)


def test_a_copied_folder_is_a_whole_store(store, tmp_path):
    begin(store)
    store.add("token", Progress(history(5), [Note(5, "held_out", 1.5)], []))
    shutil.copytree(store.folder, tmp_path / "copy")
    assert Store(tmp_path / "copy").load("token").notes == [Note(5, "held_out", 1.5)]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (sqlite3.OperationalError("database or disk is full"), "the disk is full. Make room"),
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "the disk is full. Make room"),
        (sqlite3.OperationalError("database is locked"), "another program holds the file. Close it"),
        (OSError(errno.EBUSY, os.strerror(errno.EBUSY)), "another program holds the file. Close it"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "nothing may be written there. Allow it"),
        (PermissionError(errno.EACCES, os.strerror(errno.EACCES)), "nothing may be written there. Allow it"),
        (
            sqlite3.DatabaseError("database disk image is malformed"),
            "the file is damaged. Move it away and a new one is",
        ),
        (sqlite3.DatabaseError("file is not a database"), "the file is damaged. Move it away and a new one is made"),
        (OSError(errno.EIO, os.strerror(errno.EIO)), "Input/output error. Training goes on in memory meanwhile."),
    ],
)
def test_why_a_store_fails_is_told_with_what_to_do(error, told):
    assert str(reason(error)).startswith(told)
    assert "raining goes on in memory meanwhile." in str(reason(error))
