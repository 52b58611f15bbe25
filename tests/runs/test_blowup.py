"""Training that has blown up is told at once, with its cause and a way back; training that has not is left in peace."""

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.dashboard.session import texts
from charrnn.runs import history
from charrnn.runs.blowup import (
    MARGIN,
    BlowUp,
    Raised,
    blow_up,
    has_unlearned,
    is_worse_than_blind,
    last_sound,
    likely_cause,
    recent_loss,
    windows,
)
from charrnn.runs.curve import Curve
from charrnn.runs.record import Checkpoint, Record
from charrnn.text.corpus import Corpus
from charrnn.text.synthetic import SOURCES
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer

CALM = {"learning_rate": 0.004, "clip": 5.0}
SMALL = Settings(hidden_size=32, sequence_length=20, batch_size=2)


def verdicts(trainer, steps, losses):
    """After each of so many steps: whether it is worse than blind, and whether it has lost what it had learned."""
    V, characters = len(trainer.corpus.vocabulary), trainer.batches.T * trainer.batches.B
    for _ in range(steps):
        losses.append(trainer.step().loss)
        recent = recent_loss(losses, characters)
        worse = is_worse_than_blind(trainer.smooth_loss if recent is None else recent, V)
        yield worse, has_unlearned(recent, trainer.smooth_loss, V)


@pytest.mark.parametrize("name", [*texts.names(), *(source.title for source in SOURCES)])
def test_healthy_training_is_never_said_to_have_blown_up(name):
    trainer = Trainer(texts.find(name, texts.Choices()), Settings())
    assert not any(map(any, verdicts(trainer, 150, [])))


@pytest.mark.parametrize(
    "settings",
    [
        Settings(hidden_size=8, sequence_length=1, batch_size=1),
        Settings(hidden_size=16, sequence_length=3, batch_size=1, seed=3),
        Settings.classic(hidden_size=16),
    ],
    ids=["one character a window", "three", "the classic experiment"],
)
def test_small_windows_are_not_taken_for_a_blow_up(settings):
    trainer = Trainer(texts.find("Shakespeare", texts.Choices()), settings)
    assert not any(map(any, verdicts(trainer, 2_000, [])))


@pytest.mark.parametrize("rate", [0.3, 1.0, 10.0])
def test_a_blow_up_is_told_within_a_few_windows_of_its_cause(rate):
    trainer = Trainer(texts.find("Names", texts.Choices()), SMALL)
    losses = []
    assert not any(map(any, verdicts(trainer, 300, losses)))
    trainer.learning_rate = rate
    worse = [verdict for verdict, _ in verdicts(trainer, 3 * windows(40), losses)]
    assert worse[-1]
    assert trainer.steps - 300 == len(worse)


def test_what_was_measured_before_counts_no_longer_once_half_of_it_is_lost():
    blind = log(50)
    assert has_unlearned(3.0, 1.5, 50)
    assert not has_unlearned(2.0, 1.5, 50)
    assert not has_unlearned(blind, blind, 50)
    assert not has_unlearned(None, 1.5, 50)


@given(st.lists(st.floats(0, 100), max_size=600), st.integers(1, 10_000))
def test_the_recent_loss_is_the_mean_of_the_last_few_windows_and_unknown_before_these(losses, characters):
    count, recent = windows(characters), recent_loss(losses, characters)
    assert count >= 3
    assert count * characters >= 500
    if len(losses) < count:
        assert recent is None
    else:
        assert recent == pytest.approx(np.mean(losses[-count:]))


def curve_of(losses, held_out=(), V=50):
    """The curve of a run with these losses, from step 1 on."""
    steps, losses = np.arange(1, len(losses) + 1), np.asarray(losses, float)
    smooth, kept = np.empty(len(losses)), log(V)
    for i, loss in enumerate(losses):
        smooth[i] = kept = 0.99 * kept + 0.01 * loss
    unknown = np.full(len(losses), np.nan)
    rows = history.row_a_step(steps, losses, smooth, unknown, unknown)
    return Curve().extended(rows)._replace(held_out=tuple(held_out))


STORED = [0, 10, 30, 100, 300, 540, 560, 1000]


@pytest.mark.parametrize(("onset", "sound"), [(5, 0), (12, 10), (99, 30), (545, 540), (1100, 1000)])
def test_the_way_back_leads_to_the_last_stored_step_before_the_trouble(onset, sound):
    losses = np.where(np.arange(1, 1200) > onset, 40.0, 2.0)
    assert last_sound(curve_of(losses), STORED, 50) == sound


def test_what_was_measured_on_held_out_text_at_a_stored_step_tells_it_from_the_step_after():
    losses = np.where(np.arange(1, 1200) > 540, 40.0, 2.0)
    assert last_sound(curve_of(losses), STORED, 50) == 300
    assert last_sound(curve_of(losses, [(540, 2.5), (560, 30.0)]), STORED, 50) == 540


def test_a_text_learned_by_heart_is_no_blow_up_however_badly_it_reads_others():
    assert last_sound(curve_of(np.full(1200, 0.1), [(300, 3.0), (1000, 9.0)]), STORED, 50) == 1000


def test_a_run_without_a_history_leads_back_to_its_start():
    assert last_sound(Curve(), [0], 50) == 0
    assert last_sound(Curve(), [], 50) == 0


@pytest.mark.parametrize(
    ("changes", "sound", "cause"),
    [
        ([], 300, None),
        ([(540, {"learning_rate": 1.0})], 300, Raised(540, "learning_rate", 1.0, 0.004)),
        ([(540, {"learning_rate": 1.0})], 540, Raised(540, "learning_rate", 1.0, 0.004)),
        ([(540, {"learning_rate": 0.001})], 300, None),
        ([(540, {"learning_rate": 1.0})], 560, None),
        ([(540, {"clip": 50.0})], 300, Raised(540, "clip", 50.0, 5.0)),
        (  # dragged over several values, and back in fright
            [(540, {"learning_rate": 0.1}), (541, {"learning_rate": 1.0}), (700, {"learning_rate": 0.01})],
            300,
            Raised(541, "learning_rate", 1.0, 0.004),
        ),
        (  # what was set long before is what it goes back to
            [(100, {"learning_rate": 0.01}), (540, {"learning_rate": 1.0})],
            300,
            Raised(540, "learning_rate", 1.0, 0.01),
        ),
    ],
)
def test_the_likely_cause_is_the_greatest_raise_since_the_last_sound_step(changes, sound, cause):
    assert likely_cause(CALM, changes, sound) == cause


def test_a_run_in_trouble_is_described_by_its_record():
    trainer = Trainer(Corpus.from_text("to be or not to be " * 100), SMALL)
    V, fresh = len(trainer.corpus.vocabulary), Record.untrained(trainer)
    assert blow_up(fresh, SMALL, V) is None
    losses = np.where(np.arange(1, 601) > 541, 40.0, 1.0)
    record = fresh._replace(
        snapshot=fresh.snapshot._replace(step=600, recent_loss=40.0),
        checkpoints=tuple(Checkpoint(step, fresh.snapshot.parameters) for step in (0, 100, 300, 600)),
        curve=curve_of(losses, V=V),
        log=((541, {"learning_rate": 1.0}),),
    )
    cause = Raised(541, "learning_rate", 1.0, SMALL.learning_rate)
    assert blow_up(record, SMALL, V) == BlowUp(40.0, cause, 300)
    assert blow_up(record, SMALL, V, gone={300}) == BlowUp(40.0, cause, 100)
    no_number = record._replace(diverged=600, snapshot=record.snapshot._replace(recent_loss=None, smooth_loss=1.0))
    found = blow_up(no_number, SMALL, V)
    assert found.loss != found.loss
    assert found[1:] == (cause, 300)
    assert blow_up(no_number._replace(diverged=599), SMALL, V) is None  # it has trained on since
    healed = record._replace(snapshot=record.snapshot._replace(recent_loss=1.0))
    assert blow_up(healed, SMALL, V) is None


def test_worse_than_blind_is_more_than_a_margin_above_it():
    blind = log(100) + MARGIN
    assert not is_worse_than_blind(blind, 100)
    assert is_worse_than_blind(np.nextafter(blind, 9), 100)


@pytest.mark.parametrize(("loss", "more"), [(1.0, (log(100) - 1.0) / 2), (log(100) - 0.1, 0.5)])
def test_unlearned_is_half_of_what_was_gained_and_half_a_nat_at_least(loss, more):
    assert not has_unlearned(None, loss, 100)
    assert not has_unlearned(loss + more, loss, 100)
    assert has_unlearned(np.nextafter(loss + more, 9), loss, 100)


@pytest.mark.parametrize(
    ("changes", "sound", "cause"),
    [
        ([(5, {"clip": 50.0}), (6, {"learning_rate": 0.005})], 0, Raised(6, "learning_rate", 0.005, 0.004)),
        ([(5, {"clip": 50.0}), (6, {"clip": 60.0})], 0, Raised(6, "clip", 60.0, 5.0)),
        ([(5, {"clip": 5.0, "learning_rate": 0.004})], 0, None),
        (
            [(1, {"learning_rate": 0.1}), (2, {"clip": 1.0}), (9, {"learning_rate": 0.05, "clip": 2.0})],
            5,
            Raised(9, "clip", 2.0, 1.0),
        ),
    ],
)
def test_the_likely_cause_is_the_greatest_rate_that_was_raised_else_the_greatest_limit(changes, sound, cause):
    assert likely_cause(CALM, changes, sound) == cause


def test_a_step_whose_smoothed_loss_is_worse_than_blind_is_not_sound_though_a_window_after_it_is():
    steps, ones = np.arange(1, 6), np.ones(5)
    worse = ones * (log(10) + MARGIN + 1)
    for smooth, sound in ((worse, 0), (ones, 3)):
        curve = Curve().extended(history.row_a_step(steps, ones, smooth, ones, 0 * ones))
        assert last_sound(curve, {2, 3}, 10) == sound
