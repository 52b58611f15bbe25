from itertools import pairwise

import numpy as np
import pytest

from charrnn.insight import ablation as module
from charrnn.insight.ablation import ablate, hold, samples_beside, unit_costs
from charrnn.network.evaluate import evaluate


def naive_surprisal(parameters, ids, held):
    """One character at a time, the units put back to their value by hand."""
    W_xh, W_hh, W_hy, b_h, b_y = parameters
    h = np.zeros(len(b_h))
    nats = []
    for character, target in pairwise(ids):
        for unit, value in held.items():
            h[unit] = value
        h = np.tanh(W_xh[character] + h @ W_hh + b_h)
        for unit, value in held.items():
            h[unit] = value
        y = h @ W_hy + b_y
        nats.append(np.log(np.exp(y).sum()) - y[target])
    return np.array(nats)


HELD = [{3: 0.0}, {0: 0.7, 8: -0.4}, {2: 1.0, 5: -1.0}, {}]


@pytest.mark.parametrize("held", HELD)
def test_all_hear_of_a_held_unit_its_value_and_everything_follows(parameters, ids, held):
    found = ablate(parameters, ids, held)
    before, after = naive_surprisal(parameters, ids, {}), naive_surprisal(parameters, ids, held)
    np.testing.assert_allclose(found.harder, after - before, atol=1e-12)
    assert found.cost == pytest.approx(after.mean() - before.mean())


def test_the_characters_that_became_harder_add_up_to_the_cost(parameters, ids):
    found = ablate(parameters, ids, {1: 0.0})
    assert found.counts.tolist() == [np.count_nonzero(ids[1:] == i) for i in range(6)]
    assert (found.by_character * found.counts).sum() / (len(ids) - 1) == pytest.approx(found.cost)
    assert found.by_character[2] == pytest.approx(found.harder[ids[1:] == 2].mean())


def test_ablations_side_by_side_cost_what_they_cost_one_by_one(parameters, ids, monkeypatch):
    one_by_one = [ablate(parameters, ids, {unit: 0.0}).cost for unit in range(9)]
    np.testing.assert_allclose(unit_costs(parameters, ids), one_by_one, atol=1e-12)
    monkeypatch.setattr(module, "STREAMS", 4)  # three passes, the last one narrow, several chunks each
    monkeypatch.setattr(module, "ROWS", 28)
    np.testing.assert_allclose(unit_costs(parameters, ids), one_by_one, atol=1e-12)


def test_silencing_a_unit_that_nothing_listens_to_costs_exactly_nothing(parameters, ids):
    own = parameters.W_hh[4, 4]
    parameters.W_hh[4] = 0
    parameters.W_hy[4] = 0
    assert ablate(parameters, ids, {4: 0.0}).cost == 0
    assert unit_costs(parameters, ids)[4] == 0
    parameters.W_hh[4, 4] = own  # it may listen to itself
    assert unit_costs(parameters, ids)[4] == 0
    assert np.all(unit_costs(parameters, ids)[:4] != 0)


def test_holding_changes_a_copy_and_holding_nothing_changes_nothing(parameters, ids):
    before = parameters.flat.copy()
    hold(parameters, {0: 0.5})
    np.testing.assert_array_equal(parameters.flat, before)
    assert evaluate(hold(parameters, {}), ids) == evaluate(parameters, ids)


def test_a_value_that_no_tanh_reaches_is_refused(parameters):
    with pytest.raises(ValueError, match=r"Unit 3 cannot be held at 1\.5"):
        hold(parameters, {3: 1.5})


def test_samples_beside_each_other_differ_by_the_lesion_alone(parameters, ids):
    untouched, same = samples_beside(parameters, {}, ids, 50)
    np.testing.assert_array_equal(untouched, same)
    everything = dict.fromkeys(range(9), 0.0)
    _, memoryless = samples_beside(parameters, everything, ids, 4000)
    p = np.exp(parameters.b_y) / np.exp(parameters.b_y).sum()  # all that is left is the bias
    np.testing.assert_allclose(np.bincount(memoryless, minlength=6) / 4000, p, atol=0.03)
    assert len(samples_beside(parameters, {0: 1.0}, ids[:0], 7)[1]) == 7
