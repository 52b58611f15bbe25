import numpy as np
import pytest

from charrnn.insight.memory import reach_of
from charrnn.insight.reading import read, states
from charrnn.insight.unrolled import that_moved, unrolled, update
from charrnn.network.optimizers import OPTIMIZERS
from charrnn.network.rnn import Parameters, initialise, logits, loss_and_gradients
from charrnn.network.textbook import Textbook
from charrnn.text.corpus import Corpus
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer


@pytest.mark.parametrize(("dtype", "H", "T"), [("float64", 9, 12), ("float32", 32, 25), ("float32", 128, 50)])
def test_a_window_has_the_numbers_of_the_trainers_own_step_to_the_last_digit(rng, dtype, H, T):
    parameters = initialise(20, H, rng, scale=0.3, dtype=dtype)
    ids, hidden = rng.integers(20, size=T + 1), rng.uniform(-1, 1, H).astype(dtype)
    step = unrolled(parameters, ids, states(parameters, ids[:-1], hidden), T)
    loss, gradients, after = loss_and_gradients(parameters, ids[:-1, None], ids[1:, None], hidden[None])
    np.testing.assert_array_equal(step.h[-1], after[0])
    for name, shown, trained in zip(Parameters._fields, step.gradients, gradients, strict=True):
        np.testing.assert_array_equal(shown, trained, err_msg=name)
    assert step.loss.sum() == pytest.approx(loss, rel=1e-5 if dtype == "float32" else 1e-13)


def test_it_is_the_textbooks_loop_of_one_character_at_a_time(parameters, ids, rng):
    hidden = rng.uniform(-1, 1, 9)
    step = unrolled(parameters, ids, states(parameters, ids[:-1], hidden), len(ids) - 1)
    naive = Textbook(parameters, ids, len(ids) - 1)
    loss, gradients, after = naive.window(ids[:-1], ids[1:], hidden[:, None])
    assert step.loss.sum() == pytest.approx(float(loss), rel=1e-13)
    np.testing.assert_allclose(step.h[-1], after[:, 0], atol=1e-14)
    for name, shown, plain in zip(Parameters._fields, step.gradients, gradients, strict=True):
        np.testing.assert_allclose(shown, plain.T.reshape(shown.shape), atol=1e-12, err_msg=name)


def test_each_column_follows_from_the_formulas_that_stand_beside_it(parameters, ids):
    step = unrolled(parameters, ids, states(parameters, ids[:-1]), 20)
    np.testing.assert_allclose(np.tanh(step.z + step.recurrent), step.h)
    np.testing.assert_allclose(step.y, logits(parameters, step.h))
    np.testing.assert_allclose(step.loss, -np.log(step.p[np.arange(39), step.came]))
    np.testing.assert_allclose(step.dy[step.cut :], (step.p - np.eye(6)[step.came])[step.cut :], atol=1e-15)
    np.testing.assert_allclose(step.told, step.dy @ parameters.W_hy.T)
    later = np.vstack([step.dz[1:], np.zeros(9)])
    np.testing.assert_allclose(step.dh, step.told + later @ parameters.W_hh.T)
    np.testing.assert_allclose(step.dz, step.dh * (1 - step.h**2), atol=1e-15)
    reading = read(parameters, ids[:-1])
    np.testing.assert_allclose(step.h, reading.hidden)
    np.testing.assert_allclose(step.p, reading.probabilities)


def test_what_lies_before_the_cut_is_seen_but_not_learned_from(parameters, ids):
    h = states(parameters, ids[:-1])
    whole, window = unrolled(parameters, ids, h, 8), unrolled(parameters, ids[-9:], h[-9:], 8)
    assert (whole.cut, window.cut) == (31, 0)
    assert (whole.share[:31] > 0).all()
    np.testing.assert_allclose(whole.dz[31:], window.dz, rtol=1e-12)
    for shown, learned in zip(whole.gradients, window.gradients, strict=True):
        np.testing.assert_allclose(shown, learned, atol=1e-14)


def test_one_characters_loss_fades_as_the_memory_chart_says(parameters, ids):
    h = states(parameters, ids)
    step = unrolled(parameters, ids, h[:-1], 8, last=True)
    assert not step.dy[:-1].any()
    np.testing.assert_allclose(step.share, reach_of(parameters, h, ids, len(ids) - 1))


FEW = "to be or not to be, that is the question " * 5
MANY = FEW + "".join(map(chr, range(0x4E00, 0x4E00 + 700)))  # whose rows are updated only where they were read


@pytest.mark.parametrize("text", [FEW, MANY], ids=["few", "many"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(("clip", "decay"), [(5.0, 0.0), (1e-3, 0.0), (5.0, 0.3)])
def test_the_update_is_the_one_that_training_makes(optimizer, clip, decay, text):
    settings = Settings(12, 6, 1, 1e-2, 50.0, optimizer, clip, dtype="float64", weight_decay=decay)
    trainer = Trainer(Corpus.from_text(text), settings)
    trainer.train(7)  # so that the optimiser has something to remember
    state, before = trainer.state(), trainer.parameters.copy()
    at, rate = trainer.batches.position, trainer.rate
    ids = trainer.corpus.train_ids[at : at + 7]
    step = unrolled(before, ids, states(before, ids[:-1], trainer.hidden[0]), 6)
    memory = [state.arrays[f"memory_{i}"] for i in range(OPTIMIZERS[optimizer][1])]
    made = update(
        before, step.gradients, memory, step.x[step.cut :],
        optimizer=optimizer, rate=rate, limit=clip, step=8, weight_decay=decay,
    )  # fmt: skip
    done = trainer.step()
    cut = sum(np.count_nonzero(np.abs(g) > clip) for g in step.gradients)
    assert done.clipped == cut / before.flat.size
    assert (cut > 0) == (clip < 1)
    np.testing.assert_array_equal(made.change.flat, trainer.parameters.flat - before.flat)
    np.testing.assert_array_equal(made.gradients.flat, np.clip(step.gradients.flat, -clip, clip))


def test_the_units_shown_are_those_without_which_the_guess_would_move_most(parameters, ids):
    step = unrolled(parameters, ids, states(parameters, ids[:-1]), 8)
    y, guess = step.y[-1], int(step.p[-1].argmax())
    lead = [
        (y - step.h[-1, u] * parameters.W_hy[u])[guess] - (y - step.h[-1, u] * parameters.W_hy[u]).mean()
        for u in range(9)
    ]
    moved = np.abs(y[guess] - y.mean() - lead)
    assert that_moved(step, parameters, 3).tolist() == sorted(np.argsort(-moved)[:3].tolist())
    assert that_moved(step, parameters, 20).tolist() == list(range(9))
