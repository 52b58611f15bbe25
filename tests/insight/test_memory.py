import numpy as np
import pytest

from charrnn.insight import memory
from charrnn.insight.memory import cut, reach, reach_in_training, reach_of, spectra, strip_reach
from charrnn.insight.reading import states
from charrnn.network.evaluate import surprisal
from charrnn.network.gradient_check import central_differences
from charrnn.network.layers import log_softmax, logits
from charrnn.network.rnn import forward, initialise, loss_and_gradients


def measured_norm(parameters, h, ids, t, k):
    """|d loss_t / d h_{t-k}| by central differences: nudge the state, read on, look at the loss of ids[t]."""
    state = h[t - k].copy()

    def loss():
        after = forward(parameters, ids[t - k : t][:, None], state[None])[-1, 0]
        return -log_softmax(logits(parameters, after))[ids[t]]

    return np.linalg.norm(central_differences(loss, state))


def test_the_reach_is_what_nudging_an_earlier_state_does_to_the_loss(parameters, ids):
    h, back = states(parameters, ids), 6
    found = reach(parameters, ids, back)
    norms = [[measured_norm(parameters, h, ids, t, k) for t in range(back + 1, len(ids))] for k in range(back + 1)]
    np.testing.assert_allclose(found.mean, np.mean(norms, axis=1), rtol=1e-6)
    np.testing.assert_allclose([found.low, found.high], np.quantile(norms, [0.1, 0.9], axis=1), rtol=1e-6)


@pytest.mark.parametrize("position", [0, 1, 25])
def test_the_reach_of_one_prediction_is_what_nudging_does_to_it(parameters, ids, position):
    h = states(parameters, ids)
    norms = reach_of(parameters, h, ids, position)
    measured = [measured_norm(parameters, h, ids, position, position - 1 - i) for i in range(position)]
    np.testing.assert_allclose(norms, measured, rtol=1e-6)


def test_the_strips_weights_are_the_reach_scaled_to_its_largest(parameters, ids):
    norms = reach_of(parameters, states(parameters, ids), ids, 25)
    np.testing.assert_allclose(strip_reach(parameters, ids, 20, 5), norms[20:] / norms.max())
    assert strip_reach(parameters, ids, 0, 25).max() == 1
    assert len(strip_reach(parameters, ids, 20, 0)) == 0
    deaf = parameters._replace(W_hy=parameters.W_hy * 0)
    assert not strip_reach(deaf, ids, 20, 5).any()


def test_training_sees_nothing_beyond_its_unroll():
    seen = reach_in_training(np.ones(30), 10)
    assert np.all(seen[10:] == 0)
    in_window = [sum(j >= k for j in range(10)) / 10 for k in range(10)]
    np.testing.assert_allclose(seen[:10], in_window)


def brute_force_gradients(parameters, ids, start, T, further):
    """Gradients of W_xh, W_hh and b_h of one window: as training has it, and by differences from further back."""
    h = states(parameters, ids)
    window = ids[start + further : start + further + T + 1][:, None]
    _, kept, _ = loss_and_gradients(parameters, window[:-1], window[1:], h[start + further][None])
    longer = ids[start : start + further + T + 1]

    def loss():
        return surprisal(parameters, longer, h[start])[-T:].sum()

    whole = [central_differences(loss, weights) for weights in (parameters.W_xh, parameters.W_hh, parameters.b_h)]
    kept = [kept.W_xh, kept.W_hh, kept.b_h]
    return tuple(np.concatenate([g.ravel() for g in some]) for some in (kept, whole))


def test_the_cut_is_the_difference_between_the_trained_gradient_and_one_unrolled_further(parameters, ids):
    T, further, windows = 4, 7, 3
    shares, cosines = [], []
    for start in np.linspace(0, len(ids) - T - further - 1, windows).astype(int):
        kept, whole = brute_force_gradients(parameters, ids, start, T, further)
        missed = np.linalg.norm(whole - kept)
        shares.append(missed / (missed + np.linalg.norm(kept)))
        cosines.append(kept @ whole / np.linalg.norm(kept) / np.linalg.norm(whole))
    found = cut(parameters, ids, T, further, windows)
    assert found.share == pytest.approx(np.mean(shares), rel=1e-5)
    assert found.cosine == pytest.approx(np.mean(cosines), rel=1e-5)
    assert found.share > 0.01


def test_no_gradient_is_missed_where_nothing_is_unrolled_further(parameters, ids):
    assert cut(parameters, ids, 5, 0).share == 0
    assert cut(parameters, ids, 5, 0).cosine == pytest.approx(1)


def test_the_trained_gradient_is_exactly_zero_for_a_character_before_the_unroll_that_moved_the_loss(parameters, ids):
    T, further = 5, 3
    ids = np.where(ids == 5, 0, ids)
    ids[further - 1] = 5  # just before the window, and nowhere else
    kept, whole = (g[: 6 * 9].reshape(6, 9) for g in brute_force_gradients(parameters, ids, 0, T, further))
    assert np.all(kept[5] == 0)
    assert np.abs(whole[5]).max() > 1e-3


def test_a_network_without_recurrence_reaches_nothing_and_misses_nothing(parameters, ids):
    memoryless = parameters._replace(W_hh=parameters.W_hh * 0)
    assert cut(memoryless, ids, 5, 10).share == 0
    np.testing.assert_array_equal(reach(memoryless, ids, 5).mean[1:], 0)


def test_a_scaled_orthogonal_start_makes_the_gradient_vanish_or_explode_at_its_own_pace(rng):
    ids = rng.integers(6, size=300)
    for scale in (0.5, 1.0, 20.0):
        parameters = initialise(6, 20, rng, init="orthogonal", scale=scale)
        parameters.W_xh[:] = 0  # the state stays zero, where the slope of tanh is 1
        mean = reach(parameters, ids, 60).mean
        np.testing.assert_allclose(mean[1:] / mean[:-1], scale, rtol=1e-4)


def test_the_radius_of_a_scaled_orthogonal_matrix_is_its_scale(rng):
    parameters = initialise(6, 20, rng, init="orthogonal", scale=0.7, dtype=np.float64)
    parameters.W_xh[:] = 0  # the state stays zero
    found = spectra(parameters, rng.integers(6, size=30))
    assert found.radius == pytest.approx(0.7)
    np.testing.assert_allclose(np.sort(np.abs(found.jacobian)), np.sort(np.abs(found.weights)))


def test_the_mean_jacobian_is_what_nudging_each_state_does_to_the_next_on_average(parameters, ids):
    h = states(parameters, ids)
    J = np.zeros((9, 9))
    for character, before in zip(ids, h[:-1], strict=True):
        for j in range(9):
            state = before.copy()

            def unit_after(state=state, character=character, j=j):
                return forward(parameters, np.array([[character]]), state[None])[1, 0, j]

            J[:, j] += central_differences(unit_after, state) / len(ids)
    by_size = np.sort(np.abs(np.linalg.eigvals(J)))
    np.testing.assert_allclose(np.sort(np.abs(spectra(parameters, ids).jacobian)), by_size, rtol=1e-6)
    assert spectra(parameters, ids).jacobian_radius == pytest.approx(by_size[-1])


def test_at_most_so_many_positions_are_averaged_over(parameters, rng, monkeypatch):
    monkeypatch.setattr(memory, "POSITIONS", 5)
    ids = rng.integers(6, size=200)
    h = states(parameters, ids)
    expected = [measured_norm(parameters, h, ids, t, 0) for t in np.linspace(11, 199, 5).astype(int)]
    assert reach(parameters, ids, 10).mean[0] == pytest.approx(np.mean(expected))


def test_with_many_units_fewer_positions_are_averaged_over_and_their_number_is_told(parameters, rng, monkeypatch):
    assert [memory.positions_of(H, 150) for H in (128, 512, 1_024, 2_048, 100_000)] == [256, 256, 127, 31, 16]
    ids = rng.integers(6, size=600)
    assert reach(parameters, ids, 10).positions == 256
    monkeypatch.setattr(memory, "WORK", 20 * 10 * parameters.sizes[1] ** 2)
    found, h = reach(parameters, ids, 10), states(parameters, ids)
    expected = [measured_norm(parameters, h, ids, t, 0) for t in np.linspace(11, 599, 20).astype(int)]
    assert found.positions == 20
    assert found.mean[0] == pytest.approx(np.mean(expected))
