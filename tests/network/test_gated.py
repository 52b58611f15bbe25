"""GRU and LSTM, held to the same witnesses as the vanilla cell: central differences, plain sums, wrong gradients."""

import itertools
from importlib.util import find_spec

import numpy as np
import pytest

from charrnn.network import gru, layers, lstm, rnn
from charrnn.network.cells import CELLS as BY_NAME
from charrnn.network.cells import cell_of, zero_state
from charrnn.network.evaluate import surprisal
from charrnn.network.gradient_check import gradient_check
from charrnn.network.layers import log_softmax, logits, softmax
from charrnn.network.parameters import Parameters
from charrnn.network.sampling import generate, read

V, H = 7, 5
CELLS = [gru, lstm]
SHAPES = [(1, 1), (1, 3), (6, 1), (6, 3)]  # T, B


def problem(cell, T, B, *, seed=0, H=H):
    """A network far from its start, a window with repeated characters, and a state that is not zero."""
    rng = np.random.default_rng(seed)
    parameters = cell.initialise(V, H, rng, init="gaussian", scale=0.4, dtype=np.float64)
    parameters.b_h[:], parameters.b_y[:] = rng.normal(size=len(parameters.b_h)), rng.normal(size=V)
    ids = rng.integers(V, size=(T + 1, B))
    return parameters, ids[:-1], ids[1:], rng.uniform(-0.9, 0.9, (B, cell.STATES * H))


def sigma(a):
    return 1 / (1 + np.exp(-a))


def plain_gru(parameters, x, h):
    """One stream's next state, gate by gate as PyTorch's documentation writes them (r, z, n)."""
    W, U, b = parameters.W_xh[x], h @ parameters.W_hh, parameters.b_h
    b_r, b_z, b_n, b_m = np.split(b, 4)
    (W_r, W_z, W_n), (U_r, U_z, U_n) = np.split(W, 3), np.split(U, 3)
    r, z = sigma(W_r + b_r + U_r), sigma(W_z + b_z + U_z)
    n = np.tanh(W_n + b_n + r * (U_n + b_m))
    return (1 - z) * n + z * h


def plain_lstm(parameters, x, state):
    """One stream's next state, gate by gate."""
    h, c = np.split(state, 2)
    o, i, f, g = np.split(parameters.W_xh[x] + h @ parameters.W_hh + parameters.b_h, 4)
    c = sigma(f) * c + sigma(i) * np.tanh(g)
    return np.concatenate([sigma(o) * np.tanh(c), c])


PLAIN = {gru: plain_gru, lstm: plain_lstm}


@pytest.mark.parametrize("cell", CELLS, ids=["gru", "lstm"])
@pytest.mark.parametrize(("T", "B"), SHAPES)
def test_loss_and_states_agree_with_one_character_at_a_time(cell, T, B):
    parameters, inputs, targets, state = problem(cell, T, B)
    loss, _, after = cell.loss_and_gradients(parameters, inputs, targets, state)
    states, plain = cell.forward(parameters, inputs, state), 0.0
    for b in range(B):
        one = state[b]
        for t in range(T):
            one = PLAIN[cell](parameters, inputs[t, b], one)
            np.testing.assert_allclose(states[t + 1, b], one, atol=1e-12)
            plain -= np.log(softmax(logits(parameters, one[:H]))[targets[t, b]]) / B
        np.testing.assert_allclose(after[b], one, atol=1e-12)
    assert loss == pytest.approx(plain, rel=1e-12)


@pytest.mark.parametrize("cell", CELLS, ids=["gru", "lstm"])
@pytest.mark.parametrize(("T", "B"), SHAPES)
def test_gradients_agree_with_central_differences_on_every_weight(cell, T, B):
    parameters, inputs, targets, state = problem(cell, T, B)
    _, gradients, _ = cell.loss_and_gradients(parameters, inputs, targets, state)
    check = gradient_check(
        lambda: cell.loss_and_gradients(parameters, inputs, targets, state)[0], parameters, gradients
    )
    # The measured side is right to about 1e-6 of small entries.
    assert all(one.relative < 5e-6 and one.absolute < 1e-8 for one in check), check


MISTAKES = {
    "dW_hh of one gate has the wrong sign": lambda g: g._replace(
        W_hh=g.W_hh * np.repeat([-1, 1], [H, g.W_hh.shape[1] - H])
    ),
    "a bias forgotten": lambda g: g._replace(b_h=np.zeros_like(g.b_h)),
    "gates in another order": lambda g: g._replace(W_xh=np.roll(g.W_xh, H, axis=1)),
    "clipped inside": lambda g: g._replace(W_hy=np.clip(g.W_hy, -0.05, 0.05)),
}


@pytest.mark.parametrize("cell", CELLS, ids=["gru", "lstm"])
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_wrong_gradient_is_rejected(cell, mistake):
    parameters, inputs, targets, state = problem(cell, 4, 2, seed=2)
    _, gradients, _ = cell.loss_and_gradients(parameters, inputs, targets, state)
    wrong = MISTAKES[mistake](gradients)
    loss = lambda: cell.loss_and_gradients(parameters, inputs, targets, state)[0]  # noqa: E731 - one use, one line
    assert any(one.relative > 1e-2 or one.absolute > 1e-3 for one in gradient_check(loss, parameters, wrong))


@pytest.mark.parametrize("cell", CELLS, ids=["gru", "lstm"])
@pytest.mark.parametrize("size", [5, 120])  # large products take another way through the transposed matrix
def test_a_workspace_used_again_gives_what_a_fresh_one_gives_bit_for_bit(cell, size):
    T, B = 4, 9
    space = cell.Workspace(T, B, V, size, np.float64)
    for seed in range(3):
        given = problem(cell, T, B, seed=seed, H=size)
        fresh, again = cell.loss_and_gradients(*given), cell.loss_and_gradients(*given, space)
        assert again[0] == fresh[0]
        np.testing.assert_array_equal(again[2], fresh[2])
        for ours, theirs in zip(again[1], fresh[1], strict=True):
            np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("cell", CELLS, ids=["gru", "lstm"])
@pytest.mark.parametrize(("size", "B", "w", "r"), [(16, 9, 16, 9), (32, 9, 16, 9), (64, 9, 64, 9), (64, 18, 64, 9)])
def test_multiplied_in_blocks_or_at_once_gives_the_same_but_for_rounding(cell, size, B, w, r, monkeypatch):
    """Of w columns and r rows each."""
    window = problem(cell, 6, B, H=size)
    parameters = window[0].like(window[0].flat.astype(np.float32))
    monkeypatch.setattr(layers, "UNPACKED", True)
    monkeypatch.setattr(layers, "SMALL", (B if r == B else B - 1) * size * w)
    for columns in (cell.GATES * size, size):
        assert layers.blocks_for(B, size, columns, np.float32) == (w, r)
    loss, gradients, state = cell.loss_and_gradients(parameters, *window[1:])
    exactly, exact, exact_state = cell.loss_and_gradients(*window)
    assert loss == pytest.approx(exactly, rel=1e-5)
    np.testing.assert_allclose(gradients.flat, exact.flat, rtol=1e-3, atol=1e-5 * np.abs(exact.flat).max())
    np.testing.assert_allclose(state, exact_state, rtol=0, atol=1e-5)


def test_so_many_rows_at_a_time_are_multiplied_as_lie_in_memory_as_they_are_and_never_a_few(monkeypatch):
    monkeypatch.setattr(layers, "UNPACKED", True)
    assert layers.blocks_for(64, 512, 2048, np.float32) == (64, 16)
    assert layers.blocks_for(61, 512, 2048, np.float32) == (32, 61)  # a prime: narrower blocks instead
    assert layers.blocks_for(7, 512, 2048, np.float32) == (0, 0)
    assert layers.blocks_for(64, 500, 2000, np.float32) == (16, 64)
    assert layers.blocks_for(64, 512, 2048, np.float64) == (0, 0)


@pytest.mark.parametrize("T", [2, 7])
def test_the_way_back_of_an_lstm_is_the_same_however_many_steps_stay_in_the_cache(T, monkeypatch):
    window = problem(lstm, T, 3)
    whole = lstm.loss_and_gradients(*window)[1].flat.copy()
    for steps in (1, 2, 3):
        monkeypatch.setattr(layers, "CACHED", steps * 3 * 4 * H)
        np.testing.assert_array_equal(lstm.loss_and_gradients(*window)[1].flat, whole)


@pytest.mark.parametrize("cell", CELLS, ids=["gru", "lstm"])
def test_reading_one_character_in_place_is_the_forward_pass(cell):
    parameters, inputs, _, state = problem(cell, 6, 1)
    one, read = state[0].copy(), cell.reader(parameters)
    for character in inputs[:, 0]:
        read(one, int(character))
    np.testing.assert_allclose(one, cell.forward(parameters, inputs, state)[-1, 0], atol=1e-12)


def test_an_lstm_starts_with_its_forget_gate_open():
    parameters = lstm.initialise(V, H, np.random.default_rng(0))
    np.testing.assert_array_equal(parameters.b_h.reshape(4, H), np.repeat([[0], [0], [1], [0]], H, axis=1))


@pytest.mark.parametrize("cell", CELLS, ids=["gru", "lstm"])
def test_a_copy_has_the_shapes_and_a_buffer_of_its_own(cell):
    parameters = cell.initialise(V, H, np.random.default_rng(0))
    copy = parameters.copy()
    assert isinstance(copy, Parameters)
    assert [array.shape for array in copy] == [array.shape for array in parameters]
    copy.W_hh[:] = 0
    assert parameters.W_hh.any()
    assert parameters.sizes == (V, H)


EVERY = pytest.mark.parametrize("cell", BY_NAME.values(), ids=list(BY_NAME))


@EVERY
def test_parameters_and_gradients_tell_which_cell_they_are_of(cell):
    parameters, *given = problem(cell, 2, 1)
    assert cell_of(parameters) is cell
    assert cell_of(cell.loss_and_gradients(parameters, *given)[1]) is cell
    assert zero_state(parameters, 3).shape == (3, cell.STATES * H)


@pytest.mark.parametrize("cell", CELLS, ids=["gru", "lstm"])
def test_a_gated_network_is_evaluated_and_writes_as_reading_one_character_at_a_time_says(cell):
    parameters, inputs, _, state = problem(cell, 30, 1)
    ids, one, nats = inputs[:, 0], state[0], []
    for character, target in itertools.pairwise(ids):
        one = PLAIN[cell](parameters, character, one)
        nats.append(-log_softmax(logits(parameters, one))[target])
    np.testing.assert_allclose(surprisal(parameters, ids, state[0]), nats, atol=1e-12)
    np.testing.assert_allclose(read(parameters, ids[:-1], state[0]), one, atol=1e-12)
    written, after = generate(parameters, one, int(ids[-1]), 20, np.random.default_rng(0), temperature=0)
    for before, character in zip([ids[-1], *written], written, strict=False):
        one = PLAIN[cell](parameters, before, one)
        assert character == logits(parameters, one).argmax()
    np.testing.assert_allclose(after, one, atol=1e-12)


@EVERY
def test_the_jacobian_of_a_step_is_what_nudging_state_and_input_measures(cell):
    """The state before entry by entry, then what came in entry by entry."""
    parameters, inputs, _, _ = problem(cell, 1, 3)
    x = inputs[0]
    before = np.random.default_rng(1).uniform(-0.9, 0.9, (3, cell.STATES * H))
    after = cell.advance(parameters, parameters.W_xh[x], before)
    np.testing.assert_allclose(after, cell.forward(parameters, inputs, before)[1], atol=1e-12)
    found, nudge = cell.jacobian(parameters, x, before, after), 1e-6
    for b in range(3):

        def nudged(by, what, b=b):
            came, start = parameters.W_xh[x[b]], before[b]
            return cell.advance(parameters, *((came + by, start) if what == "came" else (came, start + by)))

        one, D = found.at(b), np.eye(cell.STATES * H)
        for what, by in (("state", one.matrix()), ("came", one.by_input(D))):
            measured = [(nudged(e, what) - nudged(-e, what)) / (2 * nudge) for e in nudge * np.eye(by.shape[1])]
            np.testing.assert_allclose(by, np.transpose(measured), atol=1e-8)
    mean = np.mean([found.at(b).matrix() for b in range(3)], axis=0)
    np.testing.assert_allclose(found.mean().matrix(), mean, atol=1e-12)


@EVERY
def test_gradients_walked_back_through_the_jacobians_are_those_of_training(cell):
    """A third way to the gradients: step by step through Jacobians, which know nothing of the products in training."""
    parameters, inputs, targets, state = problem(cell, 6, 3)
    _, gradients, _ = cell.loss_and_gradients(parameters, inputs, targets, state)
    states = cell.forward(parameters, inputs, state)
    steps = cell.jacobian(parameters, inputs, states[:-1], states[1:])
    D, dW_xh, dW_hh = np.zeros_like(state), np.zeros_like(gradients.W_xh), np.zeros_like(gradients.W_hh)
    for t in reversed(range(6)):
        D[:, :H] += (softmax(logits(parameters, states[t + 1])) - np.eye(V)[targets[t]]) @ parameters.W_hy.T / 3
        one = steps.at(t)
        np.add.at(dW_xh, inputs[t], one.by_input(D))
        dW_hh += states[t, :, :H].T @ one.by_heard(D)
        D = one.by_state(D)
    np.testing.assert_allclose(dW_xh, gradients.W_xh, atol=1e-12)
    np.testing.assert_allclose(dW_hh, gradients.W_hh, atol=1e-12)


@pytest.mark.parametrize("cell", CELLS, ids=["gru", "lstm"])
def test_the_gates_shown_are_those_that_make_the_state(cell):
    parameters, inputs, _, state = problem(cell, 5, 2)
    states = cell.forward(parameters, inputs, state)
    before, after = states[:-1], states[1:]
    seen = cell.parts(parameters, inputs, before, after)
    if cell is gru:
        h = (1 - seen["z"]) * seen["n"] + seen["z"] * before
    else:
        h = seen["o"] * np.tanh(seen["c"])
        np.testing.assert_allclose(seen["c"], seen["f"] * before[..., H:] + seen["i"] * seen["g"], atol=1e-12)
    np.testing.assert_allclose(h, after[..., :H], atol=1e-12)
    assert rnn.parts(parameters, inputs, before, after) == {}


@pytest.mark.parametrize("cell", CELLS, ids=["gru", "lstm"])
def test_what_is_not_counted_has_no_gradient_and_rows_by_themselves_are_the_same_gradient(cell, monkeypatch):
    parameters, inputs, targets, state = problem(cell, 6, 3)
    counted = np.random.default_rng(3).random((6, 3)) < 0.6
    loss = lambda: cell.loss_and_gradients(parameters, inputs, targets, state, counted=counted)  # noqa: E731
    _, gradients, _ = loss()
    check = gradient_check(lambda: loss()[0], parameters, gradients)
    assert all(one.relative < 5e-6 for one in check), check
    nothing = cell.loss_and_gradients(parameters, inputs, targets, state, counted=np.zeros((6, 3), bool))
    assert nothing[0] == 0
    assert not nothing[1].flat.any()
    monkeypatch.setattr(layers, "MANY", 1)
    for one, other in zip(loss()[1], gradients, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-14)


if find_spec("torch"):  # an independent reading is plain_gru and plain_lstm; where PyTorch is, it is one more

    @pytest.mark.parametrize(("cell", "order"), [(gru, [0, 1, 2]), (lstm, [1, 2, 3, 0])], ids=["gru", "lstm"])
    @pytest.mark.parametrize(("T", "B"), SHAPES)
    def test_loss_and_gradients_are_those_of_pytorch(cell, order, T, B):
        """Its gates in its order, r z n and i f g o; of its two biases the second is 0 but for b_m."""
        import torch

        parameters, inputs, targets, state = problem(cell, T, B)
        loss, gradients, _ = cell.loss_and_gradients(parameters, inputs, targets, state)

        def theirs(array):
            return torch.from_numpy(np.concatenate([array[..., k * H : (k + 1) * H] for k in order], axis=-1).T.copy())

        def weights(of):
            second = torch.zeros(len(order) * H, dtype=torch.float64)
            if cell is gru:
                second[2 * H :] = torch.from_numpy(of.b_h[3 * H :].copy())
            return [theirs(of.W_xh), theirs(of.W_hh), theirs(of.b_h), second]

        module = (torch.nn.GRU if cell is gru else torch.nn.LSTM)(V, H, dtype=torch.float64)
        output = torch.nn.Linear(H, V, dtype=torch.float64)
        with torch.no_grad():
            for own, given in zip(module.parameters(), weights(parameters), strict=True):
                own.copy_(given)
            output.weight.copy_(torch.from_numpy(parameters.W_hy.T.copy()))
            output.bias.copy_(torch.from_numpy(parameters.b_y))
        h, c = torch.from_numpy(state)[None, :, :H].contiguous(), torch.from_numpy(state)[None, :, H:].contiguous()
        x = torch.nn.functional.one_hot(torch.from_numpy(inputs), V).double()
        y = output(module(x, h if cell is gru else (h, c))[0]).reshape(-1, V)
        their_loss = torch.nn.functional.cross_entropy(y, torch.from_numpy(targets).reshape(-1), reduction="sum") / B
        their_loss.backward()
        assert loss == pytest.approx(their_loss.item(), abs=1e-12)
        W_xh, W_hh, b_h, second = module.parameters()
        for own, expected in zip(weights(gradients), (W_xh, W_hh, b_h), strict=False):
            np.testing.assert_allclose(own, expected.grad, rtol=0, atol=1e-12)
        if cell is gru:
            np.testing.assert_allclose(gradients.b_h[3 * H :], second.grad[2 * H :], rtol=0, atol=1e-12)
        np.testing.assert_allclose(gradients.W_hy, output.weight.grad.T, rtol=0, atol=1e-12)
        np.testing.assert_allclose(gradients.b_y, output.bias.grad, rtol=0, atol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("V", [7, 70])  # fewer and more characters than are read in a window
@pytest.mark.parametrize("cell", BY_NAME.values(), ids=BY_NAME)
def test_a_workspace_counts_in_the_networks_own_precision_throughout(cell, V, dtype):
    space = cell.Workspace(6, 3, V, 5, dtype)
    arrays = [one for one in (*vars(space).values(), *space.gradients) if isinstance(one, np.ndarray)]
    assert {one.dtype for one in arrays if one.dtype.kind == "f"} == {np.dtype(dtype)}
    parameters = cell.initialise(V, 5, np.random.default_rng(0), dtype=dtype)
    ids = np.random.default_rng(1).integers(V, size=(7, 3))
    state = zero_state(parameters, 3)
    _, gradients, after = cell.loss_and_gradients(parameters, ids[:-1], ids[1:], state, space)
    assert {one.dtype for one in (*gradients, after, cell.forward(parameters, ids, state))} == {np.dtype(dtype)}


@pytest.mark.parametrize("scale", [{}, {"scale": 1.5}], ids=["1", "1.5"])
@pytest.mark.parametrize("cell", CELLS, ids=["gru", "lstm"])
def test_by_itself_a_gated_start_is_orthogonal_for_each_gate(cell, scale):
    start = cell.initialise(60, 64, np.random.default_rng(0), dtype=np.float64, **scale)
    for block in np.split(start.W_hh, cell.GATES, axis=1):
        np.testing.assert_allclose(block.T @ block, scale.get("scale", 1.0) ** 2 * np.eye(64), atol=1e-12)
    for weights in (start.W_xh, start.W_hy):
        assert weights.std() == pytest.approx(1 / 8, rel=0.05)
    assert cell.initialise(2, 2, np.random.default_rng(0)).W_hh.dtype == np.float32


@pytest.mark.parametrize("cell", CELLS, ids=["gru", "lstm"])
def test_a_gaussian_start_has_weights_of_its_scale_and_no_more_order(cell):
    start = cell.initialise(60, 64, np.random.default_rng(0), init="gaussian", scale=0.01, dtype=np.float64)
    for weights in start[:3]:
        assert weights.std() == pytest.approx(0.01, rel=0.05)
    for block in np.split(start.W_hh, cell.GATES, axis=1):
        assert np.abs(block.T @ block - 0.01**2 * 64 * np.eye(64)).max() > 1e-3
