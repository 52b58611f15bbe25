"""Each planted bug is caught on the arrays where it must be, and on no others; right gradients pass."""

import numpy as np
import pytest

from charrnn.insight.bugs import (
    BUGS,
    bugs_of,
    clipped_before,
    entries_to_check,
    missing_slope,
    no_next_step,
    prove,
    window_of,
)
from charrnn.network import rnn
from charrnn.network.cells import CELLS
from charrnn.network.parameters import Parameters

EVERY = Parameters._fields
FROM_DZ = ("W_xh", "W_hh", "b_h")
WRONG = {  # by hand, from the equations in rnn.py
    "no gradient from the next step": FROM_DZ,
    "wrong sign": EVERY,
    "missing 1 − h²": FROM_DZ,
    "state shifted by one": ("W_hh",),
    "biases forgotten": ("b_h", "b_y"),
}

VANILLA = {"missing 1 − h²"}


def window(cell="rnn", clip=5.0, T=8):
    rng = np.random.default_rng(3)
    parameters = CELLS[cell].initialise(7, 6, rng, scale=0.7)
    parameters.flat[:] += 0.3 * rng.normal(size=parameters.flat.size).astype(np.float32)
    return window_of(parameters, rng.integers(7, size=20), T, clip)


def anew(there):
    """The same window once its weights were changed."""
    ids = there.ids
    _, right, _ = rnn.loss_and_gradients(there.parameters, ids[:-1, None], ids[1:, None], there.before[None])
    return there._replace(gradients=right)


def caught(proof, bug):
    return tuple(one.array for one in proof.checks[bug] if not one.passed)


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("entries", [12, 10_000])
def test_each_bug_is_caught_on_just_the_arrays_that_it_makes_wrong(cell, entries):
    there = window(cell)
    proof = prove(there, entries, np.random.default_rng(0))
    assert caught(proof, "") == ()
    assert [one.entries for one in proof.checks[""]] == [min(entries, w.size) for w in there.parameters]
    assert list(proof.checks) == ["", *bugs_of(there.parameters)]
    assert set(WRONG) & set(proof.checks) == set(WRONG) - (VANILLA if cell != "rnn" else set())
    for bug in set(WRONG) & set(proof.checks):
        assert caught(proof, bug) == WRONG[bug] == BUGS[bug].arrays


@pytest.mark.parametrize("clip", [0.01, 0.3, 5.0, 1e6])
def test_clipping_is_caught_on_just_the_arrays_with_entries_beyond_the_limit(clip):
    there = window(clip=clip)
    beyond = tuple(n for n, g in there.gradients._asdict().items() if np.abs(g).max() > there.limit)
    proof = prove(there, 10, np.random.default_rng(0))
    assert beyond
    assert caught(proof, "clipped before the check") == beyond
    largest = np.abs(there.gradients.flat).max()
    assert there.limit == (clip if clip < largest else largest / 2)


def test_a_bug_does_nothing_where_what_it_leaves_out_is_nothing():
    there = window()
    for weights in (there.parameters.W_xh, there.parameters.b_h, there.before):
        weights *= 1e-5  # then h is near 0, and 1 - h² near 1
    straight = anew(there)
    np.testing.assert_allclose(missing_slope(straight).flat, straight.gradients.flat, rtol=1e-5, atol=1e-8)
    there.parameters.W_hh[:] = 0  # then no step hears of the one before
    alone = anew(there)
    np.testing.assert_allclose(no_next_step(alone).flat, alone.gradients.flat, rtol=1e-9, atol=1e-12)
    np.testing.assert_array_equal(clipped_before(alone._replace(limit=1e9)).flat, alone.gradients.flat)


def test_a_window_of_one_character_has_no_next_step_to_forget():
    proof = prove(window(T=1), 20, np.random.default_rng(0))
    assert caught(proof, "") == caught(proof, "no gradient from the next step") == ()
    assert caught(proof, "state shifted by one") == ("W_hh",)


def test_the_largest_gradients_are_among_the_entries_that_are_checked_and_none_is_checked_twice():
    gradient = np.random.default_rng(0).normal(size=(30, 40)) ** 9
    places = entries_to_check(gradient, 50, np.random.default_rng(1))
    assert len(set(places.tolist())) == 50
    assert set(np.argsort(-np.abs(gradient), axis=None)[:25].tolist()) <= set(places.tolist())


def test_proving_leaves_the_network_as_it_is():
    parameters = CELLS["lstm"].initialise(7, 6, np.random.default_rng(0))
    before = parameters.copy()
    there = window_of(parameters, np.arange(7), 4, 5.0)
    exact = there.parameters.copy()
    prove(there, 9, np.random.default_rng(0))
    np.testing.assert_array_equal(parameters.flat, before.flat)
    np.testing.assert_array_equal(there.parameters.flat, exact.flat)
