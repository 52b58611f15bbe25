"""Three witnesses for the gradients: central differences, scalar sums, and wrong gradients that must not pass."""

import numpy as np
import pytest
import scalars

from charrnn.network.gradient_check import TINY, central_differences, gradient_check, verdict
from charrnn.network.layers import add_rows
from charrnn.network.parameters import Parameters
from charrnn.network.rnn import Workspace, initialise, loss_and_gradients

V, H = 7, 5
SHAPES = [(1, 1), (1, 3), (6, 1), (6, 3)]  # T, B


def problem(T, B, *, seed=0):
    """A network far from its start, a window with repeated characters, and a state that is not zero."""
    rng = np.random.default_rng(seed)
    parameters = initialise(V, H, rng, scale=0.6, dtype=np.float64)
    parameters.b_h[:], parameters.b_y[:] = rng.normal(size=H), rng.normal(size=V)
    ids = rng.integers(V, size=(T + 1, B))
    return parameters, ids[:-1], ids[1:], rng.uniform(-0.9, 0.9, (B, H))


@pytest.mark.parametrize(("T", "B"), SHAPES)
def test_gradients_agree_with_central_differences_on_every_weight(T, B):
    parameters, inputs, targets, hidden = problem(T, B)
    _, gradients, _ = loss_and_gradients(parameters, inputs, targets, hidden)
    check = gradient_check(lambda: loss_and_gradients(parameters, inputs, targets, hidden)[0], parameters, gradients)
    assert [(one.array, one.entries) for one in check] == [(n, p.size) for n, p in parameters._asdict().items()]
    assert all(one.relative < 1e-6 and one.absolute < 1e-8 for one in check), check


@pytest.mark.parametrize(("T", "B"), SHAPES)
def test_loss_gradients_and_state_agree_with_sums_over_single_numbers(T, B):
    parameters, inputs, targets, hidden = problem(T, B, seed=1)
    loss, gradients, after = loss_and_gradients(parameters, inputs, targets, hidden)
    naive_loss, naive_gradients, naive_after = scalars.window(parameters, inputs, targets, hidden)
    assert loss == pytest.approx(naive_loss, rel=1e-12)
    np.testing.assert_allclose(after, naive_after, rtol=1e-12)
    for ours, naive in zip(gradients, naive_gradients, strict=True):
        np.testing.assert_allclose(ours, naive, rtol=1e-10, atol=1e-13)


MISTAKES = {
    "the sum over streams instead of their mean": lambda g: g._replace(W_hh=2 * g.W_hh),
    "dW_hh transposed": lambda g: g._replace(W_hh=g.W_hh.T),
    "the sign of one character's row": lambda g: g._replace(W_xh=np.where(np.arange(V)[:, None] == 2, -g.W_xh, g.W_xh)),
    "entries off by a hundred thousandth": lambda g: g._replace(W_hy=g.W_hy * (1 + 1e-5)),
    "a bias forgotten": lambda g: g._replace(b_y=np.zeros(V)),
    "a bias that misses one of four steps": lambda g: g._replace(b_h=g.b_h * 3 / 4),
    "clipped inside": lambda g: g._replace(W_hy=np.clip(g.W_hy, -0.05, 0.05)),
    "not a number": lambda g: g._replace(b_h=np.full(H, np.nan)),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_the_check_rejects_a_wrong_gradient(mistake):
    parameters, inputs, targets, hidden = problem(T=4, B=2, seed=2)
    inputs[0] = 2  # so that W_xh[2] has a gradient
    _, gradients, _ = loss_and_gradients(parameters, inputs, targets, hidden)

    def loss():
        return loss_and_gradients(parameters, inputs, targets, hidden)[0]

    def wrong(given):
        return [one.array for one in gradient_check(loss, parameters, given) if not one.passed]

    assert wrong(gradients) == []
    mistaken = MISTAKES[mistake](gradients)
    differing = [
        name for name in mistaken._fields if not np.array_equal(getattr(mistaken, name), getattr(gradients, name))
    ]
    assert wrong(mistaken) == differing


def test_the_check_names_the_wrong_array():
    parameters, inputs, targets, hidden = problem(3, 1)
    _, gradients, _ = loss_and_gradients(parameters, inputs, targets, hidden)
    gradients.b_y[0] += 0.5
    loss = lambda: loss_and_gradients(parameters, inputs, targets, hidden)[0]  # noqa: E731 - one use, one line
    assert [one.array for one in gradient_check(loss, parameters, gradients) if not one.passed] == ["b_y"]


def test_central_differences_put_every_weight_back():
    weights = np.random.default_rng(0).normal(size=(3, 2))
    before = weights.copy()
    measured = central_differences(lambda: float((weights**3).sum()), weights)
    np.testing.assert_array_equal(weights, before)
    np.testing.assert_allclose(measured, 3 * before**2, rtol=1e-7)


def test_central_differences_are_of_these_places_alone_where_they_are_named():
    weights, looks = np.arange(6.0).reshape(3, 2), []

    def loss():
        looks.append(weights.copy())
        return float((weights**3).sum())

    measured = central_differences(loss, weights, places=np.array([5, 0, 2]))
    np.testing.assert_allclose(measured, [75, 0, 12], atol=1e-6)
    assert len(looks) == 6


def test_a_verdict_tells_the_worst_relative_error_and_of_tiny_gradients_the_worst_absolute_one():
    given = np.array([[1.1, -2.0, 3e-5], [2e-5, TINY, 4.0]])
    told = verdict("b_y", given, np.array([[1.0, -2.0, 1e-5], [2e-5, 0.0, 4.0]]))
    assert told == ("b_y", 6, pytest.approx(0.1 / 2.1), pytest.approx(TINY), 1e-6)
    assert not told.passed


def test_what_is_no_number_is_infinitely_wrong_in_silence():
    for given, measured in ((np.inf, np.inf), (np.inf, 1.0), (np.nan, 0.0), (1.0, np.nan)):
        told = verdict("b_y", np.array([given, 1.0]), np.array([measured, 1.0]))
        assert max(told.relative, told.absolute) == np.inf
        assert not told.passed


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(("T", "B"), SHAPES)
def test_a_workspace_used_again_gives_what_a_fresh_one_gives_bit_for_bit(T, B, dtype):
    space = Workspace(T, B, V, H, dtype)
    for seed in range(3):
        parameters, inputs, targets, hidden = problem(T, B, seed=seed)
        parameters = Parameters(*(array.astype(dtype) for array in parameters))
        hidden = hidden.astype(dtype)
        fresh = loss_and_gradients(parameters, inputs, targets, hidden)
        again = loss_and_gradients(parameters, inputs, targets, hidden, space)
        assert again[0] == fresh[0]
        np.testing.assert_array_equal(again[2], fresh[2])
        for ours, theirs in zip(again[1], fresh[1], strict=True):
            np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("H", [5, 120])  # large products take another way through the transposed matrix
def test_the_gradient_of_several_streams_is_the_mean_of_their_own(H):
    T, B = 4, 9
    parameters = initialise(V, H, np.random.default_rng(0), init="orthogonal", scale=0.9, dtype=np.float64)
    ids = np.random.default_rng(1).integers(V, size=(T + 1, B))
    hidden = np.random.default_rng(2).uniform(-0.9, 0.9, (B, H))
    loss, gradients, after = loss_and_gradients(parameters, ids[:-1], ids[1:], hidden)
    alone = [
        loss_and_gradients(parameters, ids[:-1, b : b + 1], ids[1:, b : b + 1], hidden[b : b + 1]) for b in range(B)
    ]
    assert loss == pytest.approx(np.mean([one[0] for one in alone]), rel=1e-12)
    np.testing.assert_allclose(after, np.concatenate([one[2] for one in alone]), rtol=1e-10)
    for together, apart in zip(gradients, zip(*(one[1] for one in alone), strict=True), strict=True):
        np.testing.assert_allclose(together, np.mean(apart, axis=0), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("size", [79.0, 81.0, 1e4])
def test_logits_of_any_size_neither_overflow_nor_vanish(size, dtype):
    parameters, inputs, targets, hidden = problem(4, 2)
    parameters = Parameters(*(array.astype(dtype) for array in parameters))
    parameters.b_y[:] = 0
    parameters.b_y[0], parameters.b_y[1] = size, -size
    targets[:] = 1  # the least likely one
    loss, gradients, _ = loss_and_gradients(parameters, inputs, targets, hidden.astype(dtype))
    assert loss / 4 == pytest.approx(2 * size, rel=0.1)
    np.testing.assert_allclose(gradients.b_y, [4, -4, 0, 0, 0, 0, 0], atol=1e-3)


def test_a_character_that_was_not_read_has_no_gradient_in_the_input_weights():
    parameters, inputs, targets, hidden = problem(5, 2)
    inputs[inputs == 3] = 4
    _, gradients, _ = loss_and_gradients(parameters, inputs, targets, hidden)
    assert not gradients.W_xh[3].any()
    assert gradients.W_xh[4].any()


def test_rows_of_one_character_are_added_in_the_order_of_the_text_to_the_last_bit():
    rng = np.random.default_rng(0)
    inputs, dz = rng.integers(3, size=500), rng.normal(size=(500, 4)).astype(np.float32)
    dW = np.full((5, 4), 7, np.float32)
    assert add_rows(dW, inputs, dz, np.array([0, 4])).tolist() == [0, 1, 2]
    expected = [np.add.reduceat(dz[inputs == character], [0])[0] for character in range(3)]
    np.testing.assert_array_equal(dW[:3], expected)
    assert dW[3:].tolist() == [[7] * 4, [0] * 4]  # what was not zero before is zero now
