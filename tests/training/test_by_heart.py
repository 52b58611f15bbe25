"""Against learning by heart: what weight decay and dropout do to a run, and what they leave alone."""

import numpy as np
import pytest

from charrnn import Corpus, Settings, Trainer
from charrnn.network.cells import CELLS
from charrnn.network.optimizers import OPTIMIZERS
from charrnn.text.folder import corpora

TEXT = "the cat sat on the mat; the dog lay by the door. " * 40
MANY = TEXT + "".join(map(chr, range(0x4E00, 0x4E00 + 700)))  # whose rows are updated only where they were read
SMALL = {"hidden_size": 12, "sequence_length": 8, "batch_size": 2}


def pair(text=TEXT, optimizer="adam", cell="rnn", **changes):
    """A trainer without these changes and one with them, both from the same state after some steps."""
    corpus, common = Corpus.from_text(text), {**SMALL, "dtype": "float64", "optimizer": optimizer, "cell": cell}
    plain, changed = (Trainer(corpus, Settings(**common, **more)) for more in ({}, changes))
    plain.train(5)
    changed.restore(plain.state())
    return plain, changed


@pytest.mark.parametrize("text", [TEXT, MANY], ids=["few", "many"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_weight_decay_takes_its_share_of_every_weight_off_beside_the_optimisers_step_and_spares_biases(optimizer, text):
    plain, decaying = pair(text, optimizer=optimizer, weight_decay=0.3)
    before, rate = plain.parameters.copy(), plain.rate
    assert plain.step() == decaying.step()
    for name, W in before._asdict().items():
        off = getattr(plain.parameters, name) - getattr(decaying.parameters, name)
        expected = np.zeros_like(W) if name in ("b_h", "b_y") else rate * 0.3 * W
        np.testing.assert_allclose(off, expected, rtol=0, atol=1e-15 * np.abs(W).max() + 1e-17, err_msg=name)
    for one, other in zip(plain.state().arrays.items(), decaying.state().arrays.items(), strict=True):
        assert one[0] == other[0]  # what the optimiser remembers knows nothing of it
        if one[0].startswith("memory_"):
            np.testing.assert_array_equal(one[1], other[1])


def test_the_weights_of_a_character_that_is_never_read_shrink_by_the_formula_alone():
    settings = Settings(**SMALL, optimizer="sgd", weight_decay=0.5, learning_rate=0.1, decay=100.0, dtype="float64")
    learner, factor = Trainer(Corpus.from_text(MANY), settings), 1.0
    never = np.setdiff1d(learner.corpus.held_out_ids, learner.corpus.train_ids)
    start = learner.parameters.W_xh[never]
    for _ in range(50):
        factor *= 1 - learner.rate * 0.5
        learner.step()
    assert factor < 0.5
    np.testing.assert_allclose(learner.parameters.W_xh[never], factor * start, rtol=1e-12)


@pytest.mark.parametrize("cell", CELLS)
def test_evaluating_and_writing_are_those_of_the_same_weights_without_dropout(cell):
    plain, dropping = pair(cell=cell, dropout=0.5)
    assert dropping.step().loss != plain.step().loss
    plain.restore(dropping.state())
    assert dropping.evaluate() == plain.evaluate()
    assert dropping.sample(50, prime="the") == plain.sample(50, prime="the")
    assert dropping.sample(50) == plain.sample(50)


def test_a_short_text_is_learned_by_heart_and_less_with_either_of_them():
    """6,000 characters of Alice, a fifth held out: all at the same step."""
    alice = {path.stem: path for _, path in corpora()}["alice"].read_text(encoding="utf-8")
    corpus = Corpus.from_text(alice[20_000:26_000], lowercase=True, held_out=0.2)
    choices = ({}, {"dropout": 0.5}, {"weight_decay": 1.0})
    plain, *others = (Trainer(corpus, Settings(hidden_size=64, sequence_length=25, **one)) for one in choices)
    plain.train(300)
    early = plain.evaluate()
    plain.train(300)
    assert plain.evaluate() > early + 0.1  # by heart: it gets worse at what it has not read
    for other in others:
        other.train(600)
        assert other.evaluate() < plain.evaluate() - 0.2
        assert other.smooth_loss > plain.smooth_loss
