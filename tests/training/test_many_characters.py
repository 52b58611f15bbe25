"""Alphabets of thousands, texts with characters that could not be kept, beginnings, and another text to go on with."""

from dataclasses import replace

import numpy as np
import pytest

from charrnn import Corpus, Settings, Trainer
from charrnn.network import layers
from charrnn.network.evaluate import surprisal
from charrnn.network.optimizers import OPTIMIZERS, update_rows
from charrnn.network.rnn import Workspace, initialise, loss_and_gradients
from charrnn.text.baselines import baselines, ngram_probabilities
from charrnn.text.corpus import REPLACEMENT
from charrnn.text.folder import DATA
from charrnn.training.checkpoint import CheckpointError, carried, from_bytes, resumed, to_bytes

SMALL = Settings(hidden_size=12, sequence_length=8, batch_size=2)
RNG = np.random.default_rng
SIGNS = "".join(map(chr, range(0x4E00, 0x4E00 + 700)))


def window(V, T=7, B=3, H=5, seed=1):
    rng = RNG(seed)
    parameters = initialise(V, H, rng, scale=0.5, dtype=np.float64)
    return parameters, rng.integers(0, V, (T, B)), rng.integers(0, V, (T, B)), rng.normal(size=(B, H))


def test_the_few_rows_that_a_window_read_have_the_gradient_of_the_whole_product(monkeypatch):
    for seed in (1, 2):
        parameters, inputs, targets, hidden = window(layers.MANY, seed=seed)
        inputs[1] = inputs[0]  # some of them more than once
        space = Workspace(7, 3, layers.MANY, 5, np.float64)
        for read in (targets, inputs):  # a second window leaves nothing of the first
            loss, few, _ = loss_and_gradients(parameters, read, targets, hidden, space)
        np.testing.assert_array_equal(space.rows, np.unique(inputs))
        with monkeypatch.context() as patch:
            patch.setattr(layers, "MANY", layers.MANY + 1)
            whole_loss, whole, _ = loss_and_gradients(parameters, inputs, targets, hidden)
        assert loss == whole_loss
        for one, other in zip(few, whole, strict=True):
            np.testing.assert_allclose(one, other, atol=1e-14)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_rows_that_were_read_are_updated_as_all_are_and_time_stands_still_for_the_others(name):
    optimize, memories = OPTIMIZERS[name]
    shape, size, rows = (9, 4), 50, np.array([2, 5, 8])
    rng = RNG(3)
    p, g = rng.normal(size=(2, size))
    memory = list(rng.random((memories, size)))
    g[:36].reshape(shape)[np.delete(np.arange(9), rows)] = 0
    whole, whole_memory = p.copy(), [m.copy() for m in memory]
    optimize(whole, g, whole_memory, np.empty(size), 0.1, 7)
    some, some_memory = p.copy(), [m.copy() for m in memory]
    update_rows(optimize, some, g, some_memory, 0.1, 7, rows, shape)
    read = np.r_[np.arange(36).reshape(shape)[rows].ravel(), 36:50]
    others = np.delete(np.arange(size), read)
    for before, one, other in zip((p, *memory), (some, *some_memory), (whole, *whole_memory), strict=True):
        np.testing.assert_array_equal(one[read], other[read])
        np.testing.assert_array_equal(one[others], before[others])


def test_a_run_with_thousands_of_characters_goes_on_bit_for_bit():
    corpus = Corpus.from_text("".join(RNG(0).choice(list(SIGNS), 3_000)) + SIGNS)
    whole, half = Trainer(corpus, SMALL), Trainer(corpus, SMALL)
    whole.train(20)
    half.train(10)
    again = resumed(corpus, SMALL, to_bytes(half.state()))
    again.train(10)
    np.testing.assert_array_equal(again.parameters.flat, whole.parameters.flat)


def test_targets_that_do_not_count_add_nothing_to_the_loss_nor_to_any_gradient():
    parameters, inputs, targets, hidden = window(6)
    counted = RNG(4).random(targets.shape) < 0.6
    loss, gradients, _ = loss_and_gradients(parameters, inputs, targets, hidden)
    parts = [loss_and_gradients(parameters, inputs, targets, hidden, counted=c) for c in (counted, ~counted)]
    assert parts[0][0] + parts[1][0] == pytest.approx(loss)
    for whole, one, other in zip(gradients, parts[0][1], parts[1][1], strict=True):
        np.testing.assert_allclose(one + other, whole, atol=1e-12)
    nothing = loss_and_gradients(parameters, inputs, targets, hidden, counted=np.zeros_like(counted))
    assert nothing[0] == 0
    assert not nothing[1].flat.any()


LOST = Corpus.from_text(("the rain in spain. " + SIGNS[:8]) * 200, keep_frequent=11)


def test_guessing_what_could_not_be_kept_is_no_success():
    trainer = Trainer(LOST, SMALL)
    assert LOST.replaced == pytest.approx(8 / 27)
    trainer.train(400)
    ids, lost = LOST.held_out_ids, LOST.vocabulary.replacement
    nats = surprisal(trainer.parameters, ids)
    assert trainer.evaluate() == pytest.approx(nats[ids[1:] != lost].mean())
    assert nats[ids[1:] == lost].min() > 3  # nobody told it to guess that
    assert trainer.sample(2_000, seed=1).count(REPLACEMENT) < 20  # where the text has 593


def test_who_competes_is_not_paid_for_guessing_it_either():
    alike = Corpus.from_text(("ab" * 50 + "xyz" * 300) * 20, keep_frequent=2)
    found = {one.name: one.nats for one in baselines(alike)}
    assert found["counting letters"] == pytest.approx(np.log(2), abs=0.01)
    V, lost = len(LOST.vocabulary), LOST.vocabulary.replacement
    text = np.array([[4, 7, c] for c in range(V)]).ravel()
    last = ngram_probabilities(LOST.train_ids, text, V, ignored=lost)[0, 2::3]
    assert np.delete(last, lost).sum() == pytest.approx(1, abs=1 / V)


def test_a_window_of_nothing_that_counts_leaves_network_and_loss_alone():
    corpus = Corpus.from_text("ab" * 600 + SIGNS, keep_frequent=2, held_out=0)
    trainer = Trainer(corpus, replace(SMALL, batch_size=1))
    trainer.train(160)
    before, smooth = trainer.parameters.W_hy.copy(), trainer.smooth_loss
    trainer._memory[0][:] = 0
    step = trainer.step()
    assert step.loss == smooth
    assert step.gradient_norm == 0
    np.testing.assert_array_equal(before, trainer.parameters.W_hy)


@pytest.mark.parametrize(
    "text",
    [
        "The king of Zembla sat.\nHe quit: vexed!\n" * 3 + "the men and the sea are here.\n" * 400,
        "abcabd" * 900 + "XYZ",
    ],
)
def test_samples_begin_as_the_text_does_and_not_with_its_rarest_letters(text):
    trainer = Trainer(Corpus.from_text(text), SMALL)
    trainer.train(1_500)
    rare = {character for character in set(text) if text.count(character) < len(text) / 1_000}
    begun = [trainer.sample(1, prime="", seed=seed) for seed in range(100)]
    assert rare
    assert sum(character in rare for character in begun) <= 5


def test_a_trained_network_goes_on_with_another_text_and_keeps_what_it_knew():
    first = Trainer(Corpus.from_text("the rain in spain " * 100), SMALL)
    first.train(50)
    learned = first.corpus.vocabulary
    corpus = Corpus.from_text("über den bergen " * 100).knowing(learned.characters)
    other = resumed(corpus, SMALL, to_bytes(carried(first.state(), learned.characters, Trainer(corpus, SMALL))))
    places = [corpus.vocabulary.characters.index(character) for character in learned.characters]
    for name in ("W_hh", "b_h"):
        np.testing.assert_array_equal(getattr(other.parameters, name), getattr(first.parameters, name))
    np.testing.assert_array_equal(other.parameters.W_xh[places], first.parameters.W_xh)
    np.testing.assert_array_equal(other.parameters.W_hy[:, places], first.parameters.W_hy)
    np.testing.assert_array_equal(other.parameters.b_y[places], first.parameters.b_y)
    assert (other.steps, other.smooth_loss, other.batches.position) == (50, first.smooth_loss, 0)
    memory = other.parameters.like(other._memory[1])
    np.testing.assert_array_equal(memory.W_xh[places], first.parameters.like(first._memory[1]).W_xh)
    new = [corpus.vocabulary.characters.index(character) for character in "übdg"]
    assert not memory.W_xh[new].any()
    assert np.abs(other.parameters.W_xh[new]).min() > 0

    again = resumed(corpus, SMALL, to_bytes(from_bytes(to_bytes(other.state()))))
    again.train(20)
    other.train(20)
    np.testing.assert_array_equal(again.parameters.flat, other.parameters.flat)


def test_on_a_text_of_the_same_characters_it_is_the_same_network():
    first = Trainer(Corpus.from_text("abc" * 100), SMALL)
    first.train(5)
    corpus = Corpus.from_text("cba" * 100).knowing("abc")
    other = resumed(corpus, SMALL, to_bytes(carried(first.state(), "abc", Trainer(corpus, SMALL))))
    np.testing.assert_array_equal(other.parameters.flat, first.parameters.flat)


def test_of_a_text_without_a_character_in_common_it_keeps_what_belongs_to_none():
    first = Trainer(Corpus.from_text("abc" * 100), SMALL)
    first.train(5)
    own = Trainer(Corpus.from_text("xyz" * 100), SMALL)
    other = resumed(own.corpus, SMALL, to_bytes(carried(first.state(), "abc", own)))
    for name in ("W_hh", "b_h"):
        np.testing.assert_array_equal(getattr(other.parameters, name), getattr(first.parameters, name))
    for name in ("W_xh", "W_hy", "b_y"):
        np.testing.assert_array_equal(getattr(other.parameters, name), getattr(own.parameters, name))


def test_a_state_in_which_weights_are_missing_or_of_another_size_is_carried_nowhere():
    first, own = (Trainer(Corpus.from_text(text * 100), SMALL) for text in ("abc", "xyz"))
    state = first.state()
    without = state._replace(arrays={name: array for name, array in state.arrays.items() if name != "W_hh"})
    for wrong, said in ((without, "KeyError: 'W_hh'"), (state, "ValueError: ")):
        with pytest.raises(CheckpointError) as refused:
            carried(wrong, "abcd", own)
        assert f"or it is damaged ({said}" in str(refused.value)


def test_a_young_network_writes_no_rarities_where_it_begins():
    """Such as the first that a person sees: from a state near zero, 7 of 10 samples consisted of them at this step."""
    corpus = Corpus.from_bytes((DATA / "shakespeare.txt").read_bytes(), name="Shakespeare")
    trainer = Trainer(corpus, Settings())
    trainer.train(300)
    rare = {sign for sign in corpus.vocabulary.characters if corpus.text.count(sign) < 0.002 * len(corpus.text)}
    of_rare = [sum(sign in rare for sign in trainer.sample(200, 0.8, "", seed=seed)) / 200 for seed in range(20)]
    assert max(of_rare) < 0.2
