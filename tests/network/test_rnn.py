"""What the network's parts promise, as laws."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.network.layers import log_softmax, logits, softmax
from charrnn.network.parameters import Parameters, parameters_from_flat, zeros
from charrnn.network.rnn import forward, initialise, loss_and_gradients

RNG = np.random.default_rng


@pytest.mark.parametrize("B", [1, 4])
@pytest.mark.parametrize("V", [2, 57])
def test_a_uniform_output_costs_the_logarithm_of_the_alphabet_for_each_character(V, B):
    T = 9
    ids = RNG(0).integers(V, size=(T + 1, B))
    loss, _, _ = loss_and_gradients(zeros(V, 8, np.float64), ids[:-1], ids[1:], np.zeros((B, 8)))
    assert loss / T == pytest.approx(np.log(V), rel=1e-12)


def test_forward_is_the_training_pass_without_learning():
    parameters = initialise(11, 6, RNG(1), scale=0.5, dtype=np.float64)
    ids, hidden = RNG(2).integers(11, size=(8, 3)), RNG(3).uniform(-1, 1, (3, 6))
    h = forward(parameters, ids[:-1], hidden)
    assert h.shape == (8, 3, 6)
    np.testing.assert_array_equal(h[0], hidden)
    log_p = log_softmax(logits(parameters, h[1:]))
    loss, _, after = loss_and_gradients(parameters, ids[:-1], ids[1:], hidden)
    np.testing.assert_allclose(after, h[-1], rtol=1e-12)
    assert loss == pytest.approx(-np.take_along_axis(log_p, ids[1:, :, None], 2).sum() / 3, rel=1e-12)


def test_reading_in_two_halves_is_reading_at_once():
    parameters = initialise(11, 6, RNG(1), scale=0.5)
    ids, hidden = RNG(2).integers(11, size=(10, 2)), np.zeros((2, 6), np.float32)
    whole = forward(parameters, ids, hidden)
    first = forward(parameters, ids[:4], hidden)
    np.testing.assert_array_equal(forward(parameters, ids[4:], first[-1]), whole[4:])


def test_forward_leaves_the_state_and_the_ids_it_was_given_alone():
    parameters = initialise(5, 4, RNG(1))
    ids, hidden = RNG(2).integers(5, size=(6, 2)), RNG(3).uniform(-1, 1, (2, 4)).astype(np.float32)
    kept = ids.copy(), hidden.copy()
    forward(parameters, ids, hidden)
    loss_and_gradients(parameters, ids, ids, hidden)
    np.testing.assert_array_equal(ids, kept[0])
    np.testing.assert_array_equal(hidden, kept[1])


@given(st.lists(st.floats(-1e4, 1e4), min_size=1, max_size=20), st.floats(-1e4, 1e4))
def test_softmax_is_a_distribution_that_a_constant_does_not_change(values, constant):
    y = np.array(values)
    p = softmax(y)
    assert p.sum() == pytest.approx(1)
    assert (p >= 0).all()
    np.testing.assert_allclose(softmax(y + constant), p, atol=1e-9)


def test_the_five_arrays_are_views_of_one_buffer_in_the_order_of_their_names():
    V, H = 3, 2
    flat = np.arange(2 * V * H + H * H + H + V, dtype=np.float32)
    parameters = parameters_from_flat(flat, V, H)
    assert [array.shape for array in parameters] == [(V, H), (H, H), (H, V), (H,), (V,)]
    np.testing.assert_array_equal(np.concatenate([array.ravel() for array in parameters]), flat)
    parameters.W_hh[0, 0] = -1
    assert (flat == -1).sum() == 1
    assert parameters.flat is flat


def test_flat_of_arrays_from_elsewhere_is_a_copy_of_them_in_order():
    parameters = initialise(3, 2, RNG(0))
    loose = Parameters(*(np.array(array) for array in parameters))
    np.testing.assert_array_equal(loose.flat, parameters.flat)
    assert not np.shares_memory(loose.flat, loose.W_xh)


def test_a_copy_shares_nothing():
    parameters = initialise(3, 2, RNG(0))
    copy = parameters.copy()
    np.testing.assert_array_equal(copy.flat, parameters.flat)
    assert not np.shares_memory(copy.flat, parameters.flat)


def test_the_orthogonal_start_keeps_lengths_times_its_scale():
    W_hh = initialise(5, 32, RNG(0), init="orthogonal", scale=1.5, dtype=np.float64).W_hh
    np.testing.assert_allclose(W_hh @ W_hh.T, 1.5**2 * np.eye(32), atol=1e-12)


@pytest.mark.parametrize("init", ["gaussian", "orthogonal"])
def test_the_start_depends_on_the_seed_alone_and_biases_are_zero(init):
    first, again, other = (initialise(9, 16, RNG(seed), init=init) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first.flat, again.flat)
    assert (first.W_hh != other.W_hh).all()
    assert not first.b_h.any()
    assert not first.b_y.any()


def test_the_gaussian_start_has_the_scale_asked_for():
    parameters = initialise(60, 128, RNG(0), scale=0.01, dtype=np.float64)
    for weights in parameters[:3]:
        assert weights.std() == pytest.approx(0.01, rel=0.03)
        assert abs(weights.mean()) < 0.001
