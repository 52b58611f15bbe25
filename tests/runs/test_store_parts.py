"""What a store does with a run's parts, by itself: limits, notes that go for newer ones, what it tells in a line."""

import sqlite3
from contextlib import closing

import pytest

from charrnn.runs import reading, room
from charrnn.runs import store as stores
from charrnn.runs.history import bins, of
from charrnn.runs.store import Store
from charrnn.runs.store_types import Note, Progress, StoredCheckpoint, StoreError
from charrnn.training.trainer import Step

NOTHING = of([])


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "a" / "home")
    store.begin("token", "digest", "the text", {"settings": {"seed": 3}}, 0)
    return store


def checkpoints(*steps, size=10, kept=True):
    return Progress(NOTHING, [], [StoredCheckpoint(step, b"s" * size, kept) for step in steps])


def stored(store):
    return [one.step for one in store.load("token").checkpoints]


def change(store, statement, *values):
    with closing(sqlite3.connect(store.folder / "runs.sqlite", isolation_level=None)) as database:
        database.execute(statement, values)


def test_what_was_begun_is_what_is_loaded(store):
    saved = store.load("token")
    assert (saved.digest, saved.text, saved.about["settings"]) == ("digest", "the text", {"seed": 3})
    assert (saved.notes, saved.checkpoints, saved.damaged, len(saved.history)) == ([], [], (), 0)


@pytest.mark.parametrize(("limit", "removed"), [(30, []), (29, [10]), (20, [10]), (19, [20, 10]), (1, [20, 10])])
def test_a_run_beyond_its_limit_gives_up_its_oldest_steps_and_never_the_newest(store, monkeypatch, limit, removed):
    store.add("token", checkpoints(10, 20))
    monkeypatch.setattr(stores, "RUN_LIMIT", limit)
    assert store.add("token", checkpoints(30)) == removed
    assert stored(store) == [step for step in (10, 20, 30) if step not in removed]


def test_of_the_pauses_the_latest_twenty_stay(store):
    pauses = list(range(401, 425))
    store.add("token", checkpoints(100, *pauses))
    assert stored(store) == [100, *pauses[-20:]]


def test_a_step_that_was_kept_stays_so_though_it_is_saved_again_as_one_that_is_not(store):
    store.add("token", checkpoints(10))
    store.add("token", checkpoints(10, kept=False))
    store.add("token", checkpoints(20, kept=False))
    store.add("token", checkpoints(30, kept=False))
    assert stored(store) == [10, 30]


@pytest.mark.parametrize(("kind", "stays"), [("held_out", False), ("seconds", False), ("sample", True)])
def test_of_measures_in_one_bin_the_last_stays_since_the_last_stored_step(store, kind, stays):
    assert bins(1_000) == bins(1_001) != bins(1_200)
    value = "x" if kind == "sample" else 1.0
    for step in (1_000, 1_001, 1_200):
        store.add("token", Progress(NOTHING, [Note(step, kind, value)], []))
    assert [note.step for note in store.load("token").notes] == ([1_000] if stays else []) + [1_001, 1_200]
    store.add("token", checkpoints(1_200))
    store.add("token", Progress(NOTHING, [Note(1_201, kind, value)], []))
    assert [note.step for note in store.load("token").notes][-2:] == [1_200, 1_201]


def test_a_run_in_a_line_has_its_latest_step_and_the_last_loss_that_was_measured(store):
    line = store.summaries(["token"]).lines["token"]
    assert (line.step, line.held_out, len(line.history)) == (0, None, 0)
    notes = [Note(5, "held_out", 3.0), Note(20, "held_out", 2.5), Note(25, "sample", "x")]
    rows = of([Step(step, 2.0, 2.0, 1.0, 0.0) for step in range(1, 31)])
    store.add("token", Progress(rows, notes, checkpoints(10, 30).checkpoints))
    found = store.summaries(["nobody", "token"])
    line = found.lines["token"]
    assert (line.step, line.held_out, line.history["step"][-1], line.about["settings"]) == (30, 2.5, 30, {"seed": 3})
    assert (list(found.lines), found.unreadable) == (["token"], 0)


def test_the_state_of_a_stored_step_is_its_bytes_and_of_another_there_is_none(store):
    store.add("token", checkpoints(10))
    assert store.state("token", 10) == b"s" * 10
    assert store.state("token", 11) is store.state("nobody", 10) is None
    change(store, "UPDATE checkpoints SET state = 'text'")
    assert store.state("token", 10) is None


def test_what_is_damaged_is_left_out_and_named(store):
    rows = of([Step(step, 2.0, 2.0, 1.0, 0.0) for step in range(1, 3_001)])
    notes = [Note(5, "sample", "x"), Note(7, "sample", "y"), Note(9, "sample", "z")]
    store.add("token", Progress(rows, notes, checkpoints(10, 3_000).checkpoints))
    change(store, "UPDATE thinned SET rows = x'00'")
    change(store, "UPDATE notes SET value = '{' WHERE step = 5")
    change(store, "UPDATE notes SET kind = 'weather' WHERE step = 7")
    change(store, "UPDATE checkpoints SET state = 7 WHERE step = 3000")
    saved = Store(store.folder).load("token")
    assert saved.damaged == ("its loss curve", "a note at step 5", "a note at step 7", "step 3,000")
    assert (len(saved.history), [note.step for note in saved.notes]) == (0, [9])
    assert [one.step for one in saved.checkpoints] == [10]


@pytest.mark.parametrize(
    "damage", ["UPDATE corpora SET text = x'00'", "UPDATE runs SET about = '{'", "UPDATE runs SET about = '7'"]
)
def test_a_run_whose_text_or_settings_cannot_be_read_is_told_so(store, damage):
    change(store, damage)
    with pytest.raises(StoreError) as refused:
        store.load("token")
    said = "This run cannot be opened: its text or its settings are damaged where it is saved."
    assert str(refused.value) == said


def test_runs_that_are_to_be_removed_are_known_with_their_seconds(store):
    store.delete("token", 600.0)
    store.delete("another", 5.5)
    assert store.deleted() == {"token": 600.0, "another": 5.5}
    store.keep("token")
    assert store.deleted() == {"another": 5.5}


def test_going_on_from_the_start_forgets_even_what_was_noted_there(store):
    store.add("token", Progress(NOTHING, [Note(0, "change", {"clip": 1.0}), Note(1, "sample", "x")], []))
    store.begin("token", "digest", "the text", {"settings": {}}, 0)
    assert store.load("token").notes == []


def test_what_another_process_shows_of_a_run_is_there_until_it_is_hidden(store):
    assert store.shown("token") == (0, None)
    store.show("token", b"first")
    store.show("another", b"other")
    assert store.shown("token") == (1, b"first")
    store.show("token", None)
    assert store.shown("token") == (2, b"first")
    store.show("token", b"second")
    assert store.shown("token") == (3, b"second")
    store.hide("token")
    assert (store.shown("token"), store.shown("another")) == ((0, None), (1, b"other"))


def test_the_newest_stored_step_is_0_where_there_is_none(store):
    assert store.newest("token") == store.newest("nobody") == 0
    store.add("token", checkpoints(10, 300))
    assert (store.newest("token"), store.newest("nobody")) == (300, 0)


def test_a_title_and_what_is_set_at_rest_are_kept_with_the_run(store):
    store.begin("another", "digest", "the text", {"settings": {}}, 0)
    store.rename("token", "mine")
    store.keep_changes("token", 10, {"clip": 2.0})
    saved, other = store.load("token"), store.load("another")
    assert (saved.about["title"], saved.pending(10), saved.about["settings"]) == ("mine", {"clip": 2.0}, {"seed": 3})
    assert ("title" in other.about, other.pending(10)) == (False, {})
    store.begin("token", "digest", "the text", {"settings": {}}, 10)
    assert store.load("token").pending(10) == {}


def test_of_a_file_that_was_removed_its_run_is_still_reached_by_who_had_it_open(store):
    store.add("token", checkpoints(10))
    for path in store.folder.iterdir():
        path.unlink()
    left = store.left("token")
    assert ([one.step for one in left.checkpoints], left.text) == ([10], "the text")
    assert store.left("nobody") is None
    assert Store(store.folder).left("token") is None


def test_what_troubles_a_store_is_one_sentence(store, tmp_path):
    assert store.trouble() is None
    (tmp_path / "a file").write_text("in its way")
    assert Store(tmp_path / "a file" / "home").trouble().startswith("Runs cannot be saved or opened in ")


@pytest.mark.parametrize(("modest", "given_up"), [(20, {}), (19, {"token": [10]}), (5, {"token": [10]})])
def test_a_run_gives_up_its_oldest_step_for_others_only_while_it_is_large_and_has_another(
    store, monkeypatch, modest, given_up
):
    store.add("token", checkpoints(10, 20))
    monkeypatch.setattr(room, "MODEST", modest)
    assert store.tidy(limit=0, at_work=["token"]) == (0, given_up)
    assert stored(store) == [step for step in (10, 20) if step not in given_up.get("token", [])]


def test_what_comes_after_a_history_that_is_damaged_is_saved_by_itself(store):
    rows = of([Step(step, 2.0, 2.0, 1.0, 0.0) for step in range(1, 11)])
    store.add("token", Progress(rows[:5], [], []))
    for damage in ("x'00'", "'text'"):
        change(store, f"UPDATE thinned SET rows = {damage}")
        store.add("token", Progress(rows[5:], [], []))
        assert store.load("token").history["step"].tolist() == [6, 7, 8, 9, 10]


def test_a_busy_store_is_no_damaged_one():
    def busy(name):
        error = sqlite3.OperationalError("of the moment")
        error.sqlite_errorname = name
        raise error

    damaged = []
    with pytest.raises(sqlite3.OperationalError):
        reading._part(damaged, "a note", lambda: busy("SQLITE_BUSY_SNAPSHOT"))
    assert reading._part(damaged, "a note", lambda: busy("SQLITE_CORRUPT")) == damaged[1:]
    assert reading._part(damaged, "a step", lambda: int("x")) == []
    assert reading._part(damaged, "a number", lambda: 7) == [7]
    assert damaged == ["a note", "a step"]


def test_notes_that_cannot_be_read_at_all_are_named_together(store):
    change(store, "DROP TABLE notes")
    change(store, "CREATE TABLE notes (token TEXT, step INTEGER)")
    assert Store(store.folder).load("token").damaged == ("what was noted of it",)
