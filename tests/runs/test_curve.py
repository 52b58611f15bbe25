"""However a history arrives and however long it gets, the curve bounds it and stays small."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from charrnn.runs.curve import Curve
from charrnn.runs.history import LOSS, NORM, SMOOTH

EXACT = ("steps", "low", "high", "smooth", "norm_low", "norm_high", "known")


def history(n: int, seed: int = 0, unknown: int = 0) -> np.ndarray:
    """Of the first steps the gradient is unknown, as in a run that an earlier version began."""
    rows = np.random.default_rng(seed).exponential(size=(n, 4)).astype(np.float32)
    rows[:, SMOOTH] = np.cumsum(rows[:, LOSS], dtype=np.float32)
    rows[:unknown, NORM:] = np.nan
    return rows


def curve_in_chunks(whole: np.ndarray, cuts: list[int]) -> Curve:
    curve, edges = Curve(), [0, *sorted(cuts), len(whole)]
    for start, end in pairwise(edges):
        curve = curve.extended(start + 1, whole[start:end])
    return curve


@given(st.integers(1, 3000), st.integers(0, 3000), st.data())
def test_chunks_of_any_size_give_the_same_curve(n, unknown, data):
    rows = history(n, unknown=unknown)
    cuts = data.draw(st.lists(st.integers(0, n), max_size=20))
    whole, pieces = Curve().extended(1, rows), curve_in_chunks(rows, cuts)
    for name in EXACT:
        np.testing.assert_array_equal(getattr(whole, name), getattr(pieces, name))
    for name in ("norm", "clipped"):  # sums of floats depend a little on where they are cut
        np.testing.assert_allclose(getattr(whole, name), getattr(pieces, name), rtol=1e-12)


@given(st.integers(1, 3000))
def test_each_bin_bounds_exactly_the_losses_in_it(n):
    rows = history(n)
    curve = Curve().extended(1, rows)
    assert curve.steps[-1] == n
    before = 0
    for step, low, high, smoothed in zip(*curve[:4], strict=True):
        inside = rows[before:step, LOSS]
        assert (low, high, smoothed) == (inside.min(), inside.max(), rows[step - 1, SMOOTH])
        before = step


@given(st.integers(1, 3000), st.integers(0, 3000))
def test_each_bin_bounds_and_averages_the_gradients_that_are_known_in_it(n, unknown):
    rows = history(n, unknown=unknown)
    curve, before = Curve().extended(1, rows), 0
    figures = (curve.norm_low, curve.norm_high, curve.norm, curve.clipped)
    for step, *figures_there in zip(curve.steps, *figures, strict=True):
        norms, clipped = rows[max(before, unknown) : step, NORM:].astype(float).T
        expected = [norms.min(), norms.max(), norms.mean(), clipped.mean()] if len(norms) else [np.nan] * 4
        np.testing.assert_allclose(figures_there, expected, rtol=1e-12)
        before = step


def test_a_gradient_without_bounds_is_seen_in_its_bin_and_nowhere_else():
    rows = history(40)
    rows[19, NORM] = np.inf
    curve = Curve().extended(1, rows)
    assert np.flatnonzero(np.isinf(curve.norm)).tolist() == np.flatnonzero(np.isinf(curve.norm_high)).tolist() == [19]


def test_the_first_steps_have_a_point_each():
    assert Curve().extended(1, history(60)).steps.tolist() == list(range(1, 61))


def test_ten_million_steps_have_no_more_than_1200_points():
    curve = Curve()
    for start in range(1, 10_000_000, 500_000):
        curve = curve.extended(start, history(500_000))
    assert curve.steps[-1] == 10_000_000
    assert len(curve.steps) < 1200
    assert all(len(array) == len(curve.steps) for array in (*curve[:9], curve.norm, curve.clipped))


@given(st.integers(1, 2000), st.integers(0, 2000))
def test_rewinding_leaves_nothing_after_the_step_and_training_on_goes_on(n, back):
    rows = history(n)
    back = min(back, n)
    full = Curve().extended(1, rows).measured(n, 1.0).marked(n, {"clip": 1.0})
    curve = full.rewound(back)
    assert not len(curve.steps) or curve.steps[-1] <= back
    assert bool(curve.held_out) == bool(curve.marks) == (back == n)
    assert len({len(array) for array in (*curve[:9], curve.norm, curve.clipped)}) == 1
    assert curve.known.sum() == (curve.steps[-1] if len(curve.steps) else 0)
    assert curve.extended(back + 1, rows).steps[-1] == back + n


def test_held_out_points_are_at_most_one_a_bin_and_the_last_one_wins():
    curve = Curve().measured(0, 4.0).measured(1, 3.9)
    for step in range(100_000, 100_400):
        curve = curve.measured(step, float(step))
    assert curve.held_out[:2] == ((0, 4.0), (1, 3.9))
    assert len(curve.held_out) <= 4
    assert curve.held_out[-1] == (100_399, 100_399.0)


def test_an_older_curve_is_not_touched_by_what_follows():
    rows = history(1000)
    first = Curve().extended(1, rows[:950])
    before = [array.copy() for array in first[:9]]
    first.extended(951, rows[950:] - 10)
    for array, same in zip(first[:9], before, strict=True):
        np.testing.assert_array_equal(array, same)


def test_seconds_run_in_proportion_between_the_points_of_the_clock():
    curve = Curve().extended(1, history(40)).timed(20, 10.0).timed(40, 40.0)
    seconds = dict(zip(curve.steps.tolist(), curve.seconds().tolist(), strict=True))
    assert (seconds[10], seconds[20], seconds[30], seconds[40]) == (5.0, 10.0, 25.0, 40.0)
    assert curve.rewound(20).seconds().max() == 10.0
