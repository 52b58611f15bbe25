import numpy as np
import pytest

from charrnn.insight.memory import reach_of
from charrnn.insight.reading import states
from charrnn.insight.unrolled import that_moved, unrolled, update
from charrnn.network.cells import CELLS
from charrnn.network.layers import logits
from charrnn.network.optimizers import OPTIMIZERS
from charrnn.network.parameters import Parameters
from charrnn.network.textbook import Textbook
from charrnn.text.corpus import Corpus
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer

GATES = {"gru": "rzn", "lstm": "oifg"}


def sigma(a):
    return 1 / (1 + np.exp(-a))


def network(cell, V, H, rng, dtype="float64"):
    """One far from its start, with biases."""
    parameters = CELLS[cell].initialise(V, H, rng, init="gaussian", scale=0.3, dtype=dtype)
    parameters.b_h[:] = rng.normal(size=len(parameters.b_h))
    return parameters


def heard(cell, inside):
    """da and dq of all gates, (N, G H) each, as they stand in the picture."""
    if cell == "rnn":
        return inside["dz"], inside["dz"]
    da = [inside[f"da_{gate}"] for gate in GATES[cell]]
    dq = [*da[:2], inside["dq_n"]] if cell == "gru" else da
    return np.concatenate(da, axis=1), np.concatenate(dq, axis=1)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize(("dtype", "H", "T"), [("float64", 9, 12), ("float32", 32, 25), ("float32", 128, 50)])
def test_a_window_has_the_numbers_of_the_trainers_own_step_to_the_last_digit(rng, cell, dtype, H, T):
    parameters = network(cell, 20, H, rng, dtype)
    ids, state = rng.integers(20, size=T + 1), rng.uniform(-1, 1, H * CELLS[cell].STATES).astype(dtype)
    step = unrolled(parameters, ids, states(parameters, ids[:-1], state), T)
    loss, gradients, after = CELLS[cell].loss_and_gradients(parameters, ids[:-1, None], ids[1:, None], state[None])
    np.testing.assert_array_equal(step.h[-1], after[0, :H])
    onehot, ones = np.eye(20, dtype=dtype)[step.x], np.ones(T, dtype)
    da, dq = heard(cell, step.inside)
    by_biases = [ones.dot(da), ones.dot(step.inside["dq_n"])] if cell == "gru" else [ones.dot(da)]
    made = [
        onehot.T.dot(da),
        step.before.T.dot(dq),
        np.ascontiguousarray(step.h).T.dot(step.dy),  # as it lies in training: of an LSTM its c stands beside it here
        np.concatenate(by_biases),
        ones.dot(step.dy),
    ]
    for name, shown, summed, trained in zip(Parameters._fields, step.gradients, made, gradients, strict=True):
        np.testing.assert_array_equal(shown, trained, err_msg=name)
        np.testing.assert_array_equal(summed, trained, err_msg=f"{name}, summed over what is shown")
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


def follows(step, name, value):
    """A quantity of the step is what a formula makes of the others."""
    np.testing.assert_allclose(step.inside[name], value, atol=1e-14, err_msg=name)


@pytest.mark.parametrize("cell", CELLS)
def test_each_column_follows_from_the_formulas_that_stand_beside_it(cell, ids, rng):
    parameters = network(cell, 6, 9, rng)
    step = unrolled(parameters, ids, states(parameters, ids[:-1]), 20)
    inside = step.inside
    np.testing.assert_allclose(step.y, logits(parameters, step.h))
    np.testing.assert_allclose(step.loss, -np.log(step.p[np.arange(39), step.came]))
    np.testing.assert_allclose(step.dy[step.cut :], (step.p - np.eye(6)[step.came])[step.cut :], atol=1e-15)
    np.testing.assert_allclose(step.told, step.dy @ parameters.W_hy.T)
    da, dq = heard(cell, inside)
    back = np.vstack([dq[1:], np.zeros_like(dq[:1])]) @ parameters.W_hh.T
    follows(step, "back", back)
    W, q = parameters.W_xh[step.x] + parameters.b_h[: da.shape[1]], step.before @ parameters.W_hh

    def next_(rows):
        return np.vstack([rows[1:], np.zeros((1, 9))])

    if cell == "gru":
        q[:, 18:] += parameters.b_h[27:]
    if cell == "rnn":
        follows(step, "z", W)
        follows(step, "q", q)
        np.testing.assert_allclose(np.tanh(inside["z"] + inside["q"]), step.h)
        follows(step, "dh", step.told + back)
        follows(step, "dz", inside["dh"] * (1 - step.h**2))
        return
    gates = np.split(W, len(GATES[cell]), axis=1), np.split(q, len(GATES[cell]), axis=1)
    for gate, a_k, q_k in zip(GATES[cell], *gates, strict=True):
        follows(step, f"a_{gate}", a_k if cell == "gru" else a_k + q_k)
        follows(step, f"q_{gate}", q_k)
        if gate in "rzoif":
            follows(step, gate, sigma(a_k + q_k))
    if cell == "gru":
        r, z, n = (inside[name] for name in "rzn")
        follows(step, "h before", step.before)
        follows(step, "n", np.tanh(inside["a_n"] + r * inside["q_n"]))
        np.testing.assert_allclose(step.h, n + z * (step.before - n))
        follows(step, "kept", next_(inside["dh"] * z))
        follows(step, "dh", step.told + inside["kept"] + back)
        follows(step, "da_n", inside["dh"] * (1 - z) * (1 - n**2))
        follows(step, "da_z", inside["dh"] * (step.before - n) * z * (1 - z))
        follows(step, "da_r", inside["da_n"] * inside["q_n"] * r * (1 - r))
        follows(step, "dq_n", inside["da_n"] * r)
        return
    o, i, f, g, c, before = (inside[name] for name in ("o", "i", "f", "g", "c", "c before"))
    follows(step, "g", np.tanh(inside["a_g"]))
    follows(step, "c", f * before + i * g)
    np.testing.assert_array_equal(before[1:], c[:-1])
    np.testing.assert_allclose(step.h, o * np.tanh(c))
    follows(step, "kept", next_(inside["dc"] * f))
    follows(step, "dh", step.told + back)
    follows(step, "dc", inside["dh"] * o * (1 - np.tanh(c) ** 2) + inside["kept"])
    follows(step, "da_o", inside["dh"] * np.tanh(c) * o * (1 - o))
    follows(step, "da_i", inside["dc"] * g * i * (1 - i))
    follows(step, "da_f", inside["dc"] * before * f * (1 - f))
    follows(step, "da_g", inside["dc"] * i * (1 - g**2))


@pytest.mark.parametrize("cell", CELLS)
def test_what_lies_before_the_cut_is_seen_but_not_learned_from(cell, ids, rng):
    parameters = network(cell, 6, 9, rng)
    along = states(parameters, ids[:-1])
    whole, window = unrolled(parameters, ids, along, 8), unrolled(parameters, ids[-9:], along[-9:], 8)
    assert (whole.cut, window.cut) == (31, 0)
    assert (whole.share[:31] > 0).all()
    np.testing.assert_allclose(whole.inside["dh"][31:], window.inside["dh"], rtol=1e-12)
    for shown, learned in zip(whole.gradients, window.gradients, strict=True):
        np.testing.assert_allclose(shown, learned, atol=1e-14)


@pytest.mark.parametrize("cell", CELLS)
def test_one_characters_loss_fades_as_the_memory_chart_says(cell, ids, rng):
    parameters = network(cell, 6, 9, rng)
    along = states(parameters, ids)
    step = unrolled(parameters, ids, along[:-1], 8, last=True)
    assert not step.dy[:-1].any()
    np.testing.assert_allclose(step.share, reach_of(parameters, along, ids, len(ids) - 1))


FEW = "to be or not to be, that is the question " * 5
MANY = FEW + "".join(map(chr, range(0x4E00, 0x4E00 + 700)))  # whose rows are updated only where they were read


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("text", [FEW, MANY], ids=["few", "many"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize(("clip", "decay"), [(5.0, 0.0), (1e-3, 0.0), (5.0, 0.3)])
def test_the_update_is_the_one_that_training_makes(optimizer, clip, decay, text, cell):
    settings = Settings(12, 6, 1, 1e-2, 50.0, optimizer, clip, dtype="float64", weight_decay=decay, cell=cell)
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
