"""Everything that looks inside a network does so for gated cells: held to nudged states, inputs and texts."""

from itertools import pairwise

import numpy as np
import pytest

from charrnn.insight.ablation import ablate, unit_costs
from charrnn.insight.attribution import attribution
from charrnn.insight.memory import cut, reach, reach_of, spectra
from charrnn.insight.reading import read, states, strip, units_along
from charrnn.insight.where_else import read_in_streams
from charrnn.network.cells import CELLS
from charrnn.network.gradient_check import central_differences
from charrnn.network.layers import log_softmax, logits

V, H = 6, 7


@pytest.fixture(params=["gru", "lstm"])
def cell(request):
    return CELLS[request.param]


@pytest.fixture
def parameters(cell, rng):
    network = cell.initialise(V, H, rng, scale=0.8, dtype=np.float64)
    network.b_h[:] += rng.normal(size=len(network.b_h)) * 0.3
    network.b_y[:] = rng.normal(size=V) * 0.3
    return network


def after(cell, parameters, state, ids):
    """The state after reading ids, character by character."""
    for character in ids:
        state = cell.advance(parameters, parameters.W_xh[character], state)
    return state


def test_a_reading_shows_h_and_predicts_from_it(cell, parameters, ids):
    along = states(parameters, ids)
    assert along.shape == (41, cell.STATES * H)
    np.testing.assert_allclose(along[-1], after(cell, parameters, along[0], ids))
    np.testing.assert_array_equal(units_along(parameters, ids), along[1:, :H])
    np.testing.assert_array_equal(read(parameters, ids).hidden, along[1:, :H])
    shown = strip(parameters, ids, 10)
    np.testing.assert_array_equal(shown.hidden, along[11:, :H])
    np.testing.assert_allclose(shown.surprise[5] * np.log(2), -log_softmax(logits(parameters, along[15]))[ids[15]])
    (pieces,) = read_in_streams(parameters, ids)
    np.testing.assert_allclose(pieces[:, 0], along[1:, :H], atol=1e-12)


def test_the_reach_is_how_nudging_the_state_k_back_moves_the_loss(cell, parameters, ids):
    along, position = states(parameters, ids), 25

    def norm(k):
        start = along[position - k].copy()

        def loss():
            last = after(cell, parameters, start, ids[position - k : position])
            return -log_softmax(logits(parameters, last))[ids[position]]

        return np.linalg.norm(central_differences(loss, start))

    measured = [norm(k) for k in range(1, 12)]
    np.testing.assert_allclose(reach_of(parameters, along, ids, position)[::-1][1:12], measured, rtol=1e-5)
    few = ids[: position + 1]
    assert reach(parameters, few, position - 1).positions == 1
    np.testing.assert_allclose(reach(parameters, few, position - 1).mean[1:12], measured, rtol=1e-5)


def test_the_cut_is_what_unrolling_further_adds_to_the_gradient_of_training(cell, parameters, ids):
    T, further = 4, 7
    x, y = ids[: T + further, None], ids[1 : T + further + 1, None]
    zero = states(parameters, ids)[:1]
    whole = cell.loss_and_gradients(parameters, x, y, zero, counted=np.arange(T + further)[:, None] >= further)[1]
    whole = whole.copy()
    middle = states(parameters, ids)[further : further + 1]
    kept = cell.loss_and_gradients(parameters, x[further:], y[further:], middle)[1]
    flat = [np.concatenate([g.ravel() for g in (one.W_xh, one.W_hh, one.b_h)]) for one in (kept, whole)]
    missed = np.linalg.norm(flat[1] - flat[0])
    found = cut(parameters, ids[: T + further + 1], T, further, 1)
    assert found.share == pytest.approx(missed / (missed + np.linalg.norm(flat[0])))
    assert found.cosine == pytest.approx(flat[0] @ flat[1] / np.linalg.norm(flat[0]) / np.linalg.norm(flat[1]))
    assert found.share > 0.01


def test_the_eigenvalues_are_those_of_the_mean_of_nudged_steps(cell, parameters, ids):
    along, size = states(parameters, ids), cell.STATES * H
    J = np.zeros((size, size))
    for character, before in zip(ids, along[:-1], strict=True):
        for j in range(size):
            state = before.copy()

            def entry(state=state, character=character, j=j):
                return cell.advance(parameters, parameters.W_xh[character], state)[j]

            J[j] += central_differences(entry, state) / len(ids)
    found = spectra(parameters, ids)
    assert len(found.weights) == 0
    np.testing.assert_allclose(
        np.sort(np.abs(found.jacobian)), np.sort(np.abs(np.linalg.eigvals(J))), rtol=1e-5, atol=1e-6
    )


def test_an_attribution_is_what_nudging_and_replacing_each_character_does(cell, parameters, ids):
    found = attribution(parameters, ids, 12, back=8, replacement=2)
    start = states(parameters, ids)[4]
    came = parameters.W_xh[ids[4:12]].copy()

    def state(rows):
        one = start
        for row in rows:
            one = cell.advance(parameters, row, one)
        return one

    by_row = central_differences(lambda: logits(parameters, state(came))[found.character], came)
    np.testing.assert_allclose(found.gradient, np.linalg.norm(by_row @ parameters.W_xh.T, axis=1), rtol=1e-5)
    np.testing.assert_allclose(found.contribution, (by_row * came).sum(axis=1), atol=1e-7)
    log_p = log_softmax(logits(parameters, state(came)))[found.character]
    for i in range(8):
        other = came.copy()
        other[i] = parameters.W_xh[2]
        replaced = log_softmax(logits(parameters, state(other)))[found.character]
        assert found.effect[i] == pytest.approx(log_p - replaced, abs=1e-10)


def naive_loss(cell, parameters, ids, held):
    """One character at a time, what is heard of the held units put there by hand."""
    state, nats = np.zeros(cell.STATES * H), []
    for character, target in pairwise(ids):
        state = cell.advance(parameters, parameters.W_xh[character], state)
        for unit, value in held.items():
            state[unit] = value
        nats.append(-log_softmax(logits(parameters, state))[target])
    return np.mean(nats)


def test_an_ablation_costs_what_setting_h_by_hand_costs(cell, parameters, ids):
    """All before the first character hear the value too, which a zero state does not have but at 0."""
    held = {1: 0.0, 4: 0.0}
    expected = naive_loss(cell, parameters, ids, held) - naive_loss(cell, parameters, ids, {})
    assert ablate(parameters, ids, held).cost == pytest.approx(expected, abs=1e-10)
    one_by_one = [ablate(parameters, ids, {unit: 0.0}).cost for unit in range(H)]
    np.testing.assert_allclose(unit_costs(parameters, ids), one_by_one, atol=1e-10)
