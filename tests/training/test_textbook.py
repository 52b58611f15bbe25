"""The classic experiment in float64 is the textbook's algorithm, step for step."""

import numpy as np
import pytest

from charrnn import Corpus, Settings, Trainer
from charrnn.network.textbook import Textbook
from charrnn.text.folder import DATA

# Prose: on 400 random characters a network in upheaval would multiply a rounding error of 1e-14 by 1e5 in 300 steps.
TEXT = (DATA / "alice.txt").read_text(encoding="utf-8")[20_000:22_000]


@pytest.mark.parametrize(
    "changes",
    [{}, {"hidden_size": 20, "clip": 0.5}, {"hidden_size": 20, "sequence_length": 7, "init_scale": 0.1}],
    ids=str,
)
def test_classic_training_in_float64_is_the_textbooks_over_many_sweeps(changes):
    settings = Settings.classic(dtype="float64", **changes)
    corpus, T = Corpus.from_text(TEXT, held_out=0), settings.sequence_length
    trainer = Trainer(corpus, settings)
    textbook = Textbook(trainer.parameters, corpus.train_ids, T, clip=settings.clip)
    clipped = 0.0
    for _ in range(300):
        step = trainer.step()
        assert step.loss * T == pytest.approx(textbook.step(), abs=1e-9)
        assert step.smooth_loss * T == pytest.approx(textbook.smooth_loss, abs=1e-9)
        clipped += step.clipped
    assert trainer.epochs > 1  # the end of the text was passed
    assert clipped > 0 or "clip" not in changes
    for ours, theirs in zip(trainer.parameters, textbook.weights, strict=True):
        np.testing.assert_allclose(ours, theirs.T.reshape(ours.shape), rtol=0, atol=1e-9)


@pytest.mark.parametrize("extra", range(-2, 4))
def test_the_sweep_turns_where_the_textbooks_does_at_every_length_of_text(extra):
    T = 6
    corpus = Corpus.from_text(("abcdefg" * 10)[: 5 * T + extra], held_out=0)
    trainer = Trainer(corpus, Settings.classic(dtype="float64", hidden_size=5, sequence_length=T, init_scale=0.5))
    textbook = Textbook(trainer.parameters, corpus.train_ids, T)
    for _ in range(40):
        assert trainer.step().loss * T == pytest.approx(textbook.step(), abs=1e-10)


def test_one_window_and_its_targets_are_enough_text():
    corpus = Corpus.from_text("abcdefg", held_out=0)
    trainer = Trainer(corpus, Settings.classic(dtype="float64", hidden_size=5, sequence_length=6))
    textbook = Textbook(trainer.parameters, corpus.train_ids, 6)
    for _ in range(5):
        assert trainer.step().loss * 6 == pytest.approx(textbook.step(), abs=1e-10)


def test_it_computes_in_64_bits_and_clips_at_5_unless_told_otherwise():
    corpus = Corpus.from_text("abcdefg" * 9, held_out=0)
    parameters = Trainer(corpus, Settings.classic(hidden_size=5)).parameters
    assert parameters.W_hh.dtype == np.float32
    textbook = Textbook(parameters, corpus.train_ids, 6)
    assert {array.dtype for array in [*textbook.weights, *textbook.squares]} == {np.dtype(np.float64)}
    assert (textbook.learning_rate, textbook.clip) == (0.01, 5)


def test_logits_of_any_size_do_not_overflow():
    corpus = Corpus.from_text("abcdefg" * 9, held_out=0)
    textbook = Textbook(Trainer(corpus, Settings.classic(hidden_size=5)).parameters, corpus.train_ids, 6)
    textbook.weights[4][:] = 1_000
    assert textbook.step() == pytest.approx(6 * np.log(7), rel=0.01)
