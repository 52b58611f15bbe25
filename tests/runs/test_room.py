"""However long a run is, what is kept of it stays small; and where room must be made, the right things go first."""

import os
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import numpy as np
import pytest
from killing import same_history
from runs_helpers import soon, until

from charrnn.runs import history as histories
from charrnn.runs import housekeeping, room
from charrnn.runs import worker as workers
from charrnn.runs.checkpoint_schedule import PAUSES
from charrnn.runs.description import describe
from charrnn.runs.history import row_a_step
from charrnn.runs.messages import Message
from charrnn.runs.record import ON_THEIR_WAY, Record
from charrnn.runs.recorder import Recorder
from charrnn.runs.store import Store
from charrnn.runs.store_types import Note, Progress, StoredCheckpoint, StoreError
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer

MB = 1_000_000
A_STATE = 25_000  # steps of a small network between two states


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "home")


def steps(first, last):
    reported = np.random.default_rng(first).random((4, last - first + 1))
    return histories.thinned(row_a_step(np.arange(first, last + 1), *reported))


def begin(store, token, text="text"):
    store.begin(token, str(hash(text)), text, {"settings": {}}, 0)


def hold(store, token, *sizes):
    """Have a run hold stored steps of so many bytes, the oldest first."""
    begin(store, token)
    for step, size in enumerate(sizes, 1):
        store.add(token, Progress(histories.joined([]), [], [StoredCheckpoint(step, os.urandom(size), True)]))


def stored(store, token):
    return [checkpoint.step for checkpoint in store.load(token).checkpoints]


def test_two_million_steps_take_no_more_room_than_a_small_checkpoint(store):
    begin(store, "token")
    for last in range(A_STATE, 2 * MB + 1, A_STATE):
        notes = [Note(last, "seconds", 1.0), Note(last, "held_out", 2.5)]
        state = [StoredCheckpoint(last, b"s", False)]
        store.add("token", Progress(steps(last - A_STATE + 1, last), notes, state))
    saved = store.load("token")
    assert saved.history["step"][-1] == 2 * MB
    assert len(saved.history) < 700
    for kind in ("seconds", "held_out"):
        found = [note.step for note in saved.notes if note.kind == kind]
        assert len(set(histories.bins(np.array(found)).tolist())) == len(found)
        assert found[-1] == 2 * MB
    with closing(sqlite3.connect(store.folder / "runs.sqlite")) as database:
        assert database.execute("SELECT sum(length(rows)) FROM thinned").fetchone()[0] < 50_000


@pytest.mark.parametrize("saving", [True, False])
def test_the_server_remembers_no_more_of_a_long_run_whether_or_not_it_can_be_saved(corpus, settings, saving):
    record, kept = Record.untrained(Trainer(corpus, settings)), 0
    for last in range(A_STATE, 10 * MB + 1, A_STATE):
        arrays = {"history": steps(last - A_STATE + 1, last).view(np.uint8), "state": np.zeros(1, np.uint8)}
        record = record.after(Message("state", {"step": last}, arrays))
        if saving and last % (3 * A_STATE) == 0:
            record = record.after(Message("saved", {"step": last, "removed": []}, {}))
        kept = max(kept, len(record.history))
    assert kept < 800 + ON_THEIR_WAY
    assert record.history["step"][-1] == record.curve.steps[-1] == 10 * MB
    assert histories.until(record.history, 10 * MB - A_STATE)["step"][-1] == 10 * MB - A_STATE


def test_a_worker_whose_messages_nobody_takes_remembers_little_and_tells_all_of_it_later(corpus, monkeypatch):
    monkeypatch.setattr(workers, "UNTHINNED", 500)
    told = []
    outbox = SimpleNamespace(idle=False, send=lambda kind, fields, arrays=None: told.append(arrays))
    settings = Settings(hidden_size=2, sequence_length=2, batch_size=1)
    worker = workers.Worker(Trainer(corpus, settings), outbox, 0.0)
    worker.until = 5_000
    while worker.until:
        worker.train()
        assert len(worker.unpublished) <= 500
        assert len(worker.thinned) < 450
    rows = histories.joined([arrays["history"].view(histories.ROW) for arrays in told if "history" in (arrays or {})])
    assert same_history(rows, Trainer(corpus, settings).train(5_000))


def test_what_cannot_be_saved_waits_thinned_and_is_saved_whole_once_it_can(store, corpus, monkeypatch):
    def full(*_):
        raise StoreError("The disk is full.")

    told: list[str] = []
    outbox = SimpleNamespace(idle=True, send=lambda kind, *_: told.append(kind))
    place = {"folder": str(store.folder), "token": "token", "digest": "digest"}
    fields = {"store": place, "corpus": describe(corpus), "settings": {}, "title": ""}
    arrays = {
        name: np.frombuffer(value, np.uint8) for name, value in (("text", b"t"), ("history", b""), ("notes", b"[]"))
    }
    recorder = Recorder(outbox, Message("start", fields, arrays), 0)

    def state(last):
        values = {"step": last, "seconds": 1.0}
        rows = steps(last - A_STATE + 1, last).view(np.uint8)
        recorder.send("paused", values, {"history": rows, "state": np.zeros(1, np.uint8)})
        assert soon(lambda: len(told) and told.count("saved") + told.count("unsaved") == last // A_STATE)

    with monkeypatch.context() as patched:
        patched.setattr(Store, "begin", full)
        for last in range(A_STATE, MB, A_STATE):
            state(last)
    waiting = len(recorder._history), len(recorder._checkpoints)
    state(MB)
    assert waiting[0] < 650
    assert waiting[1] <= PAUSES + 3  # the pauses, two log-spaced steps and the newest
    saved = store.load("token")
    assert (saved.history["step"][-1], saved.history["known"].sum()) == (MB, MB)


def test_the_largest_runs_give_up_their_oldest_steps_before_anybody_elses_run_goes(store, monkeypatch):
    monkeypatch.setattr(room, "MODEST", MB)
    hold(store, "small and old", MB // 2, MB // 2)
    hold(store, "large", *[MB] * 5)
    hold(store, "larger", *[MB] * 8)
    tidied = store.tidy(8 * MB)
    assert tidied.removed == 0
    assert tidied.given_up == {"larger": [1, 2, 3, 4, 5], "large": [1, 2]}
    assert [stored(store, token) for token in ("small and old", "large", "larger")] == [[1, 2], [3, 4, 5], [6, 7, 8]]


def test_a_run_that_is_at_work_is_never_removed_and_the_newest_step_never_given_up(store):
    hold(store, "at work", 3 * MB)
    hold(store, "at rest", 3 * MB)
    hold(store, "at rest too", 3 * MB)
    assert store.tidy(MB, at_work=["at work"]).removed == 2
    assert store.tokens() == ["at work"]
    assert store.tidy(MB, at_work=["at work"]).removed == 0
    assert stored(store, "at work") == [1]


def test_texts_without_a_run_go_before_any_run(store):
    hold(store, "token", MB)
    with closing(sqlite3.connect(store.folder / "runs.sqlite", isolation_level=None)) as database:
        database.execute("INSERT INTO corpora VALUES ('orphan', ?)", (os.urandom(5 * MB),))
        assert store.tidy(2 * MB) == (0, {})
        assert database.execute("SELECT count(*) FROM corpora WHERE digest = 'orphan'").fetchone() == (0,)


def test_a_text_that_a_start_over_replaced_goes_at_once(store):
    begin(store, "token", "one text")
    begin(store, "token", "another text")
    with closing(sqlite3.connect(store.folder / "runs.sqlite")) as database:
        assert database.execute("SELECT count(*) FROM corpora").fetchone() == (1,)


def test_a_store_that_is_too_full_leaves_a_run_in_training_what_it_saves(make_engine, store, corpus, monkeypatch):
    monkeypatch.setattr(housekeeping, "TIDY_SECONDS", 0.05)
    tidy = Store.tidy
    monkeypatch.setattr(Store, "tidy", lambda self, at_work=(): tidy(self, 0, at_work))
    hold(store, "somebody's", MB)
    run = make_engine(store=store).create(corpus, Settings(hidden_size=12, sequence_length=8, batch_size=2))
    run.train()
    assert soon(lambda: "somebody's" not in store.tokens())
    for _ in range(3):  # between two of them it is looked at again and again
        saved = run.saved_step or 0
        until(run, lambda run, saved=saved: (run.saved_step or 0) > saved)
    assert (store.tokens(), run.unsaved) == ([run.token], None)


@pytest.mark.parametrize(("cores", "a_second"), [(1.0, 5), (0.25, 5), (0.1, 2), (0.01, 1)])
def test_who_has_little_of_a_core_tells_less_often_and_once_a_second_in_any_case(corpus, monkeypatch, cores, a_second):
    """Clocks that stand, but for what a chunk of training takes: 10 ms of the processor, and so much more of time."""
    clock = SimpleNamespace(now=100.0, effort=0.0)
    monkeypatch.setattr(workers, "perf_counter", lambda: clock.now)
    monkeypatch.setattr(workers, "thread_time", lambda: clock.effort)
    told = []
    outbox = SimpleNamespace(idle=True, send=lambda kind, *_: told.append(kind))
    worker = workers.Worker(Trainer(corpus, Settings(hidden_size=2, sequence_length=2)), outbox, 0.0)
    worker.until = np.inf

    def train():
        clock.now, clock.effort = clock.now + 0.01 / cores, clock.effort + 0.01

    worker.train = train
    while clock.now < 130:
        worker.advance()
    assert (told.count("progress") + told.count("state")) / 30 == pytest.approx(a_second, rel=0.25)
    assert told.count("state") >= 14  # what is at stake is handed over as often as ever, between two chunks
