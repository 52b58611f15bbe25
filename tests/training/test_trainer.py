"""What a trainer promises: exactness, reproducibility, and that looking does not disturb."""

import re

import numpy as np
import pytest

from charrnn import Corpus, Settings, Trainer
from charrnn.network.evaluate import evaluate
from charrnn.network.optimizers import OPTIMIZERS
from charrnn.text.corpus import BEFORE, CorpusError

TEXT = "the cat sat on the mat; the dog lay by the door. " * 40
SMALL = {"hidden_size": 12, "sequence_length": 8}
EVERY_KIND = pytest.mark.parametrize(
    "settings",
    [
        Settings(optimizer=optimizer, dtype=dtype, batch_size=B, learning_rate=1e-2, decay=1e3, **SMALL)
        for optimizer in OPTIMIZERS
        for dtype in ("float32", "float64")
        for B in (1, 3)
    ]
    + [Settings(cell=cell, batch_size=B, learning_rate=1e-2, **SMALL) for cell in ("gru", "lstm") for B in (1, 3)]
    + [Settings(cell=cell, batch_size=3, dropout=0.5, weight_decay=0.3, **SMALL) for cell in ("rnn", "gru", "lstm")],
    ids=lambda settings: (
        f"{settings.cell}-{settings.optimizer}-{settings.dtype}-{settings.batch_size}-{settings.dropout}"
    ),
)


def corpus(**changes):
    return Corpus.from_text(TEXT, **{"held_out": 0.1, **changes})


def trainer(**changes):
    return Trainer(corpus(), Settings(**{**SMALL, "batch_size": 2, **changes}))


def assert_same(one, other):
    """Two trainers in the same state, bit for bit."""
    assert one.state().values == other.state().values
    for name, array in one.state().arrays.items():
        np.testing.assert_array_equal(array, other.state().arrays[name], err_msg=name)


@EVERY_KIND
def test_the_same_seed_settings_and_text_give_the_same_training_bit_for_bit(settings):
    one, other = Trainer(corpus(), settings), Trainer(corpus(), settings)
    assert one.train(60) == other.train(60)
    assert_same(one, other)


@EVERY_KIND
def test_restore_then_train_is_the_run_that_was_never_interrupted(settings):
    whole, half, resumed = (Trainer(corpus(), settings) for _ in range(3))
    half.train(37)
    half.sample(5)
    resumed.train(5)  # whatever it was before
    resumed.restore(half.state())
    whole.train(37)
    whole.sample(5)
    assert resumed.train(40) == whole.train(40)
    assert resumed.sample(20) == whole.sample(20)
    assert_same(resumed, whole)


@EVERY_KIND
def test_sampling_and_evaluating_never_disturb_training(settings):
    watched, alone = Trainer(corpus(), settings), Trainer(corpus(), settings)
    for _ in range(30):
        watched.evaluate()
        watched.sample(9)
        watched.sample(9, prime="the", top_k=2, seed=1)
        watched.sample(3, temperature=0, prime="")
        assert watched.step() == alone.step()
    np.testing.assert_array_equal(watched.parameters.flat, alone.parameters.flat)


def test_two_half_runs_are_one_whole_run():
    one, other = trainer(), trainer()
    assert one.train(10) + one.train(15) == other.train(25)


def test_another_seed_is_another_run():
    assert trainer(seed=1).train(3) != trainer(seed=2).train(3)


def test_a_state_is_a_picture_that_further_training_does_not_change():
    watched = trainer()
    watched.learning_rate = 1e-3
    state = watched.state()
    values, arrays = repr(state.values), {name: array.copy() for name, array in state.arrays.items()}
    watched.train(5)
    watched.clip = 1.0
    watched.sample(5)
    assert repr(state.values) == values
    for name, array in state.arrays.items():
        np.testing.assert_array_equal(array, arrays[name])


@pytest.mark.parametrize("settings", [Settings(**SMALL), Settings.classic(**SMALL)], ids=["default", "classic"])
def test_training_learns(settings):
    learner = Trainer(corpus(), settings)
    guess = learner.evaluate()
    assert guess == pytest.approx(np.log(len(learner.corpus.vocabulary)), rel=0.2)
    learner.train(1500)
    assert learner.evaluate() < guess * 0.6


def test_the_first_steps_cost_about_the_logarithm_of_the_alphabet():
    first = trainer(init="gaussian", init_scale=0.01).step()
    assert first.step == 1
    assert first.loss == pytest.approx(np.log(len(corpus().vocabulary)), rel=0.01)


@pytest.mark.parametrize("B", [1, 2, 5])
def test_the_smooth_loss_forgets_by_characters_read_not_by_steps(B):
    """Alike in every stream, the loss a step is that of one stream; it keeps 0.999 of itself a stream and step."""
    learner = trainer(batch_size=B)
    smooth = np.log(len(learner.corpus.vocabulary))
    for step in learner.train(20):
        smooth = 0.999**B * smooth + (1 - 0.999**B) * step.loss
        assert step.smooth_loss == pytest.approx(smooth, rel=1e-12)
    assert learner.smooth_loss == step.smooth_loss


def test_a_step_reports_the_gradient_before_clipping_and_how_much_was_cut():
    loose, tight = trainer(clip=1e6), trainer(clip=1e-3)
    free, cut = loose.step(), tight.step()
    assert free.gradient_norm == cut.gradient_norm > 0
    assert free.clipped == 0
    assert 0 < cut.clipped <= 1


def test_clipping_bounds_the_update():
    learner = trainer(optimizer="sgd", learning_rate=1.0, clip=1e-3, dtype="float64", decay=0)
    before = learner.parameters.flat.copy()
    learner.step()
    change = np.abs(learner.parameters.flat - before)
    assert change.max() == pytest.approx(1e-3, rel=1e-9)


def test_a_change_of_learning_rate_or_clip_acts_at_once_and_is_logged():
    learner = trainer(optimizer="sgd", decay=0)
    learner.train(2)
    learner.learning_rate = 0.0
    learner.clip = 2.5
    before = learner.parameters.flat.copy()
    learner.step()
    np.testing.assert_array_equal(learner.parameters.flat, before)
    assert learner.log == [(2, {"learning_rate": 0.0}), (2, {"clip": 2.5})]
    assert (learner.learning_rate, learner.clip, learner.rate) == (0.0, 2.5, 0.0)


def test_a_changed_clip_bounds_the_next_update():
    learner = trainer(optimizer="sgd", learning_rate=1.0, dtype="float64", decay=0)
    learner.clip = 1e-3
    before = learner.parameters.flat.copy()
    learner.step()
    assert np.abs(learner.parameters.flat - before).max() == pytest.approx(1e-3, rel=1e-9)


def test_the_schedule_falls_with_the_characters_read():
    learner = trainer(learning_rate=0.1, decay=100)
    assert learner.rate == 0.1
    learner.train(20)
    assert learner.characters == 20 * 8 * 2
    assert learner.rate == pytest.approx(0.1 / np.sqrt(1 + 320 / 100))
    learner.learning_rate = 0.2
    assert learner.rate == pytest.approx(0.2 / np.sqrt(1 + 320 / 100))


def test_without_decay_the_rate_is_constant():
    learner = trainer(learning_rate=0.1, decay=0)
    learner.train(20)
    assert learner.rate == 0.1


def test_epochs_count_how_often_the_text_was_read():
    learner = trainer()
    learner.train(30)
    assert learner.epochs == pytest.approx(30 * 16 / len(learner.corpus.train_ids))


def test_the_state_is_carried_from_window_to_window_and_zero_at_the_start_of_the_text():
    learner = Trainer(corpus(held_out=0), Settings.classic(learning_rate=1e-6, dtype="float64", **SMALL))
    ids, T = learner.corpus.train_ids, 8
    learner.parameters.W_hh[:] *= 50
    nats = []
    while not learner.batches.at_end:
        nats.append(learner.step().loss)
    kept = Trainer(corpus(held_out=0), Settings.classic(learning_rate=1e-6, dtype="float64", **SMALL))
    kept.parameters.W_hh[:] *= 50
    assert np.mean(nats) == pytest.approx(evaluate(kept.parameters, ids[: len(nats) * T + 1]), abs=1e-3)
    learner.hidden[:] = 0.9  # the next window starts the text again, so this must not be seen
    assert learner.step().loss == pytest.approx(nats[0], abs=1e-2)


def test_parameters_may_be_written_in_place():
    learner = trainer()
    for array in learner.parameters:
        array[:] = 0
    assert learner.step().loss == pytest.approx(np.log(len(learner.corpus.vocabulary)), rel=1e-6)


def test_evaluate_reads_the_held_out_text_from_a_zero_state():
    learner = trainer()
    learner.train(5)
    assert learner.evaluate() == evaluate(learner.parameters, learner.corpus.held_out_ids)


def test_without_held_out_text_there_is_no_held_out_loss():
    assert Trainer(corpus(held_out=0), Settings(**SMALL)).evaluate() is None


def test_a_text_shorter_than_a_window_is_refused_in_words():
    with pytest.raises(CorpusError, match="longer"):
        Trainer(Corpus.from_text("abcdefgh", held_out=0), Settings(sequence_length=8))


def test_a_sample_goes_on_from_the_present_state_and_character_of_the_first_stream():
    learner = trainer(dtype="float64")
    learner.train(9)
    parameters, batches = learner.parameters, learner.batches
    h = np.tanh(
        parameters.W_xh[batches.streams[batches.position, 0]] + learner.hidden[0] @ parameters.W_hh + parameters.b_h
    )
    likeliest = int((h @ parameters.W_hy + parameters.b_y).argmax())
    assert learner.sample(1, temperature=0) == learner.corpus.vocabulary.decode([likeliest])


def test_a_sample_at_the_end_of_the_text_starts_where_the_next_window_will():
    learner = trainer(dtype="float64")
    while not learner.batches.at_end:
        learner.step()
    first = learner.corpus.vocabulary.decode([learner.batches.streams[0, 0]])
    assert learner.sample(30, seed=1) == learner.sample(30, prime=first, seed=1)


def test_a_prime_is_read_but_not_returned_and_a_seed_repeats_the_sample():
    learner = trainer()
    learner.train(50)
    one = learner.sample(40, prime="the c", seed=7)
    assert len(one) == 40
    assert one == learner.sample(40, prime="the c", seed=7)
    assert one != learner.sample(40, prime="the c", seed=8)
    assert learner.sample(40, prime="the c") != learner.sample(40, prime="the c")


def test_a_prime_goes_on_from_a_zero_state_whatever_was_read_before():
    learner = trainer()
    learner.train(3)
    one = learner.sample(30, prime="the", temperature=0)
    learner.hidden[:] = 0.7
    assert learner.sample(30, prime="the", temperature=0) == one


@pytest.mark.parametrize("prime", ["", "雪", "雪\N{SNOWMAN}"])
def test_a_prime_of_nothing_that_is_known_begins_as_the_text_goes_on(prime):
    learner = trainer()
    assert 0 < len(learner.corpus.beginning) <= BEFORE
    assert learner.sample(20, prime=prime, seed=3) == learner.sample(20, prime=learner.corpus.beginning, seed=3)


def test_characters_never_seen_are_left_out_of_a_prime():
    learner = trainer()
    assert learner.sample(20, prime="t雪he", seed=3) == learner.sample(20, prime="the", seed=3)


def test_top_k_and_length_hold_for_samples():
    learner = trainer()
    assert learner.sample(0) == ""
    for prime in ("a", None):
        assert learner.sample(30, prime=prime, top_k=1, seed=1) == learner.sample(30, prime=prime, temperature=0)


def test_a_notebook_shows_what_it_is_where_it_stands_and_what_it_writes():
    trainer = Trainer(Corpus.from_text("a rose is a rose. " * 300, name="roses"), Settings(hidden_size=8))
    trainer.train(1_000)
    shown = re.sub(r"<[^>]*>", "|", trainer._repr_html_())
    nats = trainer.smooth_loss
    rows = {
        "Trainer": "",
        "text": "roses",
        "network": f"rnn, 8 units, {trainer.parameters.flat.size:,} parameters",
        "learning": f"adam, rate {trainer.rate:.3g}, 8 streams, 50 back",
        "steps": f"1,000: {trainer.characters:,} characters, {trainer.epochs:.2f} epochs",
        "smoothed loss": f"{nats:.3f} nats: it hesitates between {np.exp(nats):.1f} characters",
        "it writes": trainer.sample(100, seed=0),
    }
    assert [part for part in shown.split("|") if part] == [part for row in rows.items() for part in row if part]


def test_a_loss_beyond_all_numbers_is_shown_too():
    trainer = Trainer(Corpus.from_text("a rose is a rose. " * 300), Settings(hidden_size=8))
    trainer.smooth_loss = 1e6
    assert f"1000000.000 nats: it hesitates between {np.exp(700.0):.0f}"[:150] in trainer._repr_html_()
