"""The steps that are kept, what is set of a run at rest, how a loss is smoothed, and what a store may hold."""

import json

import numpy as np
import pytest

from charrnn.runs import history, run_file
from charrnn.runs.changes import Changes
from charrnn.runs.checkpoint_schedule import PAUSES, is_log_spaced, lasting, next_mark
from charrnn.runs.curve import Curve
from charrnn.runs.smoothing import smoothed_loss
from charrnn.runs.store_types import Note, Saved, StoredCheckpoint, StoreError, is_change
from charrnn.text.corpus import Corpus
from charrnn.training.checkpoint import to_bytes
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer

CORPUS = Corpus.from_text("the rain in spain " * 200)
SMALL = Settings(hidden_size=4, sequence_length=8, batch_size=2)


def test_samples_are_written_at_1_2_3_and_5_times_the_powers_of_ten():
    marks, step = [], 0
    while step < 20_000:
        marks.append(step := next_mark(step))
    assert marks == [digit * 10**power for power in range(5) for digit in (1, 2, 3, 5) if digit * 10**power <= 20_000]
    assert [next_mark(step) for step in (4, 7, 9, 99, 100, 149, 999)] == [5, 10, 10, 100, 200, 200, 1_000]


def test_the_networks_of_10_30_100_are_kept_wherever_training_goes():
    assert [step for step in range(20_000) if is_log_spaced(step)] == [0, 10, 30, 100, 300, 1_000, 3_000, 10_000]


def test_of_the_pauses_the_latest_stay_beside_them():
    pauses = list(range(401, 401 + PAUSES + 3))
    assert lasting([0, 10, 300, *pauses]) == {0, 10, 300, *pauses[3:]}
    assert lasting([0, 7, 10]) == {0, 7, 10}


def test_what_is_set_at_rest_is_given_to_the_next_process_and_what_is_set_meanwhile_is_told_it():
    changes = Changes({"clip": 1.0})
    changes.waiting |= {"learning_rate": 0.1}
    assert changes.give() == {"clip": 1.0, "learning_rate": 0.1}
    changes.waiting |= {"learning_rate": 0.2}
    assert changes.latest() == {"clip": 1.0, "learning_rate": 0.2}
    assert changes.set_since() == {"learning_rate": 0.2}
    assert changes.waiting == changes.latest() == {}


def test_what_a_process_was_told_is_in_force_until_it_has_said_so():
    changes = Changes({})
    changes.confirm()  # of nothing that it was told
    changes.tell({"clip": 1.0})
    changes.tell({"clip": 2.0, "learning_rate": 0.1})
    assert changes.latest() == {"clip": 2.0, "learning_rate": 0.1}
    changes.confirm()
    assert changes.latest() == {"clip": 2.0, "learning_rate": 0.1}
    changes.confirm()
    assert changes.latest() == {}
    changes.tell({"clip": 3.0})
    assert changes.give() == {}
    assert changes.latest() == {}


def curve_of(settings):
    return Curve().extended(history.of(Trainer(CORPUS, settings).train(60)))


@pytest.mark.parametrize(("smoothing", "windows"), [("light", 100), ("usual", 1_000), ("strong", 10_000)])
def test_a_smoothed_loss_is_of_so_many_windows_of_one_stream(smoothing, windows):
    curve = curve_of(SMALL)
    V, characters = len(CORPUS.vocabulary), len(CORPUS.train_ids)
    kept, keep = (1 - 1 / 1_000) ** 2, (1 - 1 / windows) ** 2  # of two streams
    expected = curve.smoothed(np.log(V), kept, keep)
    np.testing.assert_array_equal(smoothed_loss(curve, SMALL, V, characters, smoothing), expected)
    if smoothing == "usual":
        np.testing.assert_array_equal(smoothed_loss(curve, SMALL, V, characters), expected)
    assert not np.allclose(expected, curve.smooth)


@pytest.mark.parametrize("changes", [{}, {"seed": 7}, {"dtype": "float64"}])
def test_the_classic_experiment_usually_has_the_classic_smoothing_and_others_where_they_ask_for_it(changes):
    classic = Settings.classic(**changes)
    curve = curve_of(SMALL)
    given = len(CORPUS.vocabulary), len(CORPUS.train_ids)
    np.testing.assert_array_equal(smoothed_loss(curve, classic, *given), curve.smooth)
    np.testing.assert_array_equal(smoothed_loss(curve, SMALL, *given, "classic"), curve.smooth)
    assert not np.allclose(smoothed_loss(curve, classic, *given, "light"), curve.smooth)
    assert not np.allclose(smoothed_loss(curve, Settings.classic(clip=1.0), *given), curve.smooth)


@pytest.mark.parametrize(
    ("kind", "value", "sound"),
    [
        ("sample", "to be", True),
        ("sample", 7, False),
        ("change", {"clip": 1.0}, True),
        ("change", [1], False),
        ("held_out", 2.5, True),
        ("held_out", 2, True),
        ("held_out", "2.5", False),
        ("held_out", True, False),
        ("seconds", 0.5, True),
        ("seconds", float("nan"), False),
        ("seconds", float("inf"), False),
        ("weather", 2.5, False),
    ],
)
def test_a_note_is_sound_where_its_value_is_what_its_kind_says(kind, value, sound):
    assert Note(3, kind, value).sound is sound


@pytest.mark.parametrize(
    ("value", "may"),
    [
        ({}, True),
        ({"clip": 1e-3, "learning_rate": 10.0}, True),
        ({"clip": 1e6, "learning_rate": 1e-6}, True),
        ({"clip": 5}, True),
        ({"clip": 9e-4}, False),
        ({"learning_rate": 10.1}, False),
        ({"clip": True}, False),
        ({"clip": "5"}, False),
        ({"clip": 1.0, "seed": 3}, False),
        ([], False),
        (None, False),
    ],
)
def test_a_change_is_of_what_may_be_set_in_training_within_its_limits(value, may):
    assert is_change(value) is may


def saved():
    trainer, checkpoints, steps = Trainer(CORPUS, SMALL), [], []
    for step in (10, 17):
        steps += trainer.train(step - trainer.steps)
        checkpoints.append(StoredCheckpoint(step, to_bytes(trainer.state()), True))
    checkpoints.append(StoredCheckpoint(20, b"damaged", True))
    notes = [Note(step, "sample", "to be") for step in (5, 17, 18)]
    return Saved({"pending": [17, {"clip": 1.0}]}, "", "", history.of(steps), notes, checkpoints)


def test_a_run_as_it_was_at_a_stored_step_has_what_there_was_by_then():
    whole, back = saved(), saved().until(17)
    assert [one.step for one in back.checkpoints] == [10, 17]
    assert [note.step for note in back.notes] == [5, 17]
    assert back.history["step"][-1] == 17
    assert whole.until(10).history["step"][-1] == 10


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (9, "Step 9 is not stored any more: choose another one."),
        (12, "Step 12 is not stored any more: choose another one."),
        (1_000, "Step 1,000 is not stored any more: choose another one."),
        (20, "Step 20 is damaged where it is stored: choose another one."),
    ],
)
def test_a_step_that_cannot_be_had_is_said_to_be_so(step, said):
    with pytest.raises(StoreError) as refused:
        saved().until(step)
    assert str(refused.value) == said


@pytest.mark.parametrize(
    ("pending", "found"),
    [
        ([17, {"clip": 1.0}], {"clip": 1.0}),
        ([16, {"clip": 1.0}], {}),
        ([17, {"seed": 1}], {}),
        ([17], {}),
        ([17, {"clip": 1.0}, 3], {}),
        ("17", {}),
        (None, {}),
    ],
)
def test_what_was_set_at_rest_counts_at_the_step_where_it_was_set(pending, found):
    assert saved()._replace(about={"pending": pending}).pending(17) == found


def test_numbers_of_32_bits_are_told_in_as_few_digits_as_tell_them_and_what_is_none_as_none():
    assert run_file._plain(np.array([0.1, np.nan], np.float32)) == [0.1, None]
    assert run_file._plain(np.array([1 / 3, np.nan])) == [1 / 3, None]
    assert run_file._plain(np.array([3], np.int64)) == [3]


def test_a_history_told_in_plain_numbers_is_the_same_again():
    rows = history.row_a_step(np.arange(1, 4), *np.full((3, 3), 1 / 3, np.float32), np.full(3, np.nan))
    columns = {name: run_file._plain(rows[name]) for name in rows.dtype.names}
    assert json.loads(json.dumps(columns)) == columns
    again = run_file._history(columns, 3)
    for name in columns:
        np.testing.assert_array_equal(again[name], rows[name])
    with pytest.raises(ValueError, match=r"^its steps are none of its run$"):
        run_file._history(columns, 2)
    with pytest.raises(ValueError, match=r"^its losses are none$"):
        run_file._history(columns | {"low": [-1.0, 0.0, 0.0]}, 3)
