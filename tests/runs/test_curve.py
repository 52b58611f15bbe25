"""However a history arrives and however long it gets, the curve bounds it and stays small."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from charrnn.runs.curve import Curve


def history(n: int, seed: int = 0):
    losses = np.random.default_rng(seed).exponential(size=n).astype(np.float32)
    return losses, np.cumsum(losses, dtype=np.float32)


def curve_in_chunks(losses, smooth, cuts) -> Curve:
    curve, edges = Curve(), [0, *sorted(cuts), len(losses)]
    for start, end in pairwise(edges):
        curve = curve.extended(start + 1, losses[start:end], smooth[start:end])
    return curve


@given(st.integers(1, 3000), st.data())
def test_chunks_of_any_size_give_the_same_curve(n, data):
    losses, smooth = history(n)
    cuts = data.draw(st.lists(st.integers(0, n), max_size=20))
    whole, pieces = Curve().extended(1, losses, smooth), curve_in_chunks(losses, smooth, cuts)
    for one, other in zip(whole[:4], pieces[:4], strict=True):
        np.testing.assert_array_equal(one, other)


@given(st.integers(1, 3000))
def test_each_bin_bounds_exactly_the_losses_in_it(n):
    losses, smooth = history(n)
    curve = Curve().extended(1, losses, smooth)
    assert curve.steps[-1] == n
    before = 0
    for step, low, high, smoothed in zip(*curve[:4], strict=True):
        inside = losses[before:step]
        assert (low, high, smoothed) == (inside.min(), inside.max(), smooth[step - 1])
        before = step


def test_the_first_steps_have_a_point_each():
    assert Curve().extended(1, *history(60)).steps.tolist() == list(range(1, 61))


def test_ten_million_steps_have_no_more_than_1200_points():
    curve = Curve()
    for start in range(1, 10_000_000, 500_000):
        curve = curve.extended(start, *history(500_000))
    assert curve.steps[-1] == 10_000_000
    assert len(curve.steps) < 1200
    assert all(len(array) == len(curve.steps) for array in curve[:4])


@given(st.integers(1, 2000), st.integers(0, 2000))
def test_rewinding_leaves_nothing_after_the_step_and_training_on_goes_on(n, back):
    losses, smooth = history(n)
    back = min(back, n)
    full = Curve().extended(1, losses, smooth).measured(n, 1.0).marked(n, {"clip": 1.0})
    curve = full.rewound(back)
    assert not len(curve.steps) or curve.steps[-1] <= back
    assert bool(curve.held_out) == bool(curve.marks) == (back == n)
    assert curve.extended(back + 1, losses, smooth).steps[-1] == back + n


def test_held_out_points_are_at_most_one_a_bin_and_the_last_one_wins():
    curve = Curve().measured(0, 4.0).measured(1, 3.9)
    for step in range(100_000, 100_400):
        curve = curve.measured(step, float(step))
    assert curve.held_out[:2] == ((0, 4.0), (1, 3.9))
    assert len(curve.held_out) <= 4
    assert curve.held_out[-1] == (100_399, 100_399.0)


def test_an_older_curve_is_not_touched_by_what_follows():
    losses, smooth = history(1000)
    first = Curve().extended(1, losses[:950], smooth[:950])
    low = first.low.copy()
    first.extended(951, losses[950:] - 10, smooth[950:])
    np.testing.assert_array_equal(first.low, low)


def test_seconds_run_in_proportion_between_the_points_of_the_clock():
    curve = Curve().extended(1, np.ones(40, np.float32), np.ones(40, np.float32)).timed(20, 10.0).timed(40, 40.0)
    seconds = dict(zip(curve.steps.tolist(), curve.seconds().tolist(), strict=True))
    assert (seconds[10], seconds[20], seconds[30], seconds[40]) == (5.0, 10.0, 25.0, 40.0)
    assert curve.rewound(20).seconds().max() == 10.0
