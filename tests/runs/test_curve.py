"""However a history arrives and however long it gets, the curve bounds it and stays small."""

from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.runs.curve import Curve
from charrnn.runs.history import after, joined, last, packed, row_a_step, thinned, unpacked, until

SUMS = ("norm_sum", "clipped_sum")  # of floats: they depend a little on where they are cut


def history(n: int, seed: int = 0, unknown: int = 0, first: int = 1) -> np.ndarray:
    """A row a step. Of the first ones the gradient is unknown, as in a run that an earlier version began."""
    loss, norm, clipped = np.random.default_rng(seed).exponential(size=(3, n)).astype(np.float32)
    norm[:unknown] = clipped[:unknown] = np.nan
    return row_a_step(np.arange(first, first + n), loss, np.cumsum(loss, dtype=np.float32), norm, clipped)


def curve_in_chunks(whole: np.ndarray, cuts: list[int]) -> Curve:
    curve, edges = Curve(), [0, *sorted(cuts), len(whole)]
    for start, end in pairwise(edges):
        curve = curve.extended(whole[start:end])
    return curve


def assert_same(one: np.ndarray, other: np.ndarray) -> None:
    for name in one.dtype.names:
        if name in SUMS:
            np.testing.assert_allclose(one[name], other[name], rtol=1e-12)
        else:
            np.testing.assert_array_equal(one[name], other[name])


@given(st.integers(1, 3000), st.integers(0, 3000), st.data())
def test_chunks_of_any_size_give_the_same_curve(n, unknown, data):
    rows = history(n, unknown=unknown)
    cuts = data.draw(st.lists(st.integers(0, n), max_size=20))
    assert_same(Curve().extended(rows).rows, curve_in_chunks(rows, cuts).rows)


@given(st.integers(1, 3000), st.data())
def test_a_history_cut_where_a_run_may_go_back_is_what_it_was_then_and_the_curve_does_not_show_the_cut(n, data):
    rows = history(n)
    cuts = data.draw(st.lists(st.integers(1, n), max_size=20))
    thin = joined([])
    for start, end in pairwise([0, *sorted({*cuts, n})]):  # a state is handed over at each: then it is thinned
        thin = thinned(joined([thin, rows[start:end]]), cuts)
    assert_same(thinned(thin), thinned(rows))
    for cut in cuts:
        assert until(thin, cut)["step"][-1] == cut
        assert_same(thinned(until(thin, cut)), thinned(rows[:cut]))
        assert_same(joined([until(thin, cut), after(thin, cut)]), thin)


@given(st.integers(0, 300))
def test_what_was_packed_comes_back_and_one_changed_byte_is_noticed(n):
    rows = history(n)
    data = bytearray(packed(rows))
    np.testing.assert_array_equal(unpacked(bytes(data)), rows)
    data[(7 * n) % len(data)] ^= 1
    with pytest.raises(ValueError, match="checksum"):
        unpacked(bytes(data))


def test_the_last_step_of_a_history_is_that_of_its_last_row_and_0_where_there_is_none():
    assert (last(history(7)), last(history(0))) == (7, 0)


@pytest.mark.parametrize("data", [b"", b"\0", b"\0\0\0", b"\0\0\0\0\0"])
def test_a_few_bytes_are_no_history(data):
    with pytest.raises(ValueError, match=r"^its checksum differs$"):
        unpacked(data)


@given(st.integers(1, 3000))
def test_each_bin_bounds_exactly_the_losses_in_it(n):
    rows = history(n)
    curve = Curve().extended(rows)
    assert curve.steps[-1] == n
    before = 0
    for step, low, high, smoothed in zip(curve.steps, curve.low, curve.high, curve.smooth, strict=True):
        inside = rows["low"][before:step]
        assert (low, high, smoothed) == (inside.min(), inside.max(), rows["smooth"][step - 1])
        before = step


@given(st.integers(1, 3000), st.integers(0, 3000))
def test_each_bin_bounds_and_averages_the_gradients_that_are_known_in_it(n, unknown):
    rows = history(n, unknown=unknown)
    curve, before = Curve().extended(rows), 0
    figures = (curve.rows["norm_low"], curve.rows["norm_high"], curve.norm, curve.clipped)
    for step, *figures_there in zip(curve.steps, *figures, strict=True):
        inside = rows[max(before, unknown) : step]
        norms, clipped = inside["norm_sum"], inside["clipped_sum"]
        expected = [norms.min(), norms.max(), norms.mean(), clipped.mean()] if len(norms) else [np.nan] * 4
        np.testing.assert_allclose(figures_there, expected, rtol=1e-12)
        before = step


def test_a_row_a_step_has_what_the_step_reported():
    loss, smooth, norm, clipped = np.random.default_rng(0).random((4, 5))
    norm[1] = clipped[1] = np.nan  # it was not kept
    norm[3] = 1e39  # more than 32 bits hold
    rows = row_a_step(np.arange(1, 6), loss, smooth, norm, clipped)
    for name, values in (("low", loss), ("high", loss), ("smooth", smooth)):
        np.testing.assert_array_equal(rows[name], values.astype(np.float32))
    np.testing.assert_array_equal(rows["known"], [1, 0, 1, 1, 1])
    for name, values in (("norm_sum", norm), ("clipped_sum", clipped)):
        np.testing.assert_array_equal(rows[name], np.where(rows["known"], values, 0))
    largest = [*norm[:3].astype(np.float32), np.inf, np.float32(norm[4])]
    np.testing.assert_array_equal(rows["norm_high"], largest)


def test_a_gradient_without_bounds_is_seen_in_its_bin_and_nowhere_else():
    rows = history(40)
    rows["norm_high"][19] = rows["norm_sum"][19] = np.inf
    curve = Curve().extended(rows)
    seen = np.flatnonzero(np.isinf(curve.norm)).tolist()
    assert seen == np.flatnonzero(np.isinf(curve.rows["norm_high"])).tolist() == [19]


def test_the_first_steps_have_a_point_each():
    assert Curve().extended(history(60)).steps.tolist() == list(range(1, 61))


def test_ten_million_steps_have_no_more_than_1200_points():
    curve = Curve()
    for start in range(1, 10_000_000, 500_000):
        curve = curve.extended(history(500_000, first=start))
    assert curve.steps[-1] == 10_000_000
    assert len(curve.steps) < 1200
    assert len(packed(curve.rows)) < 100_000


@given(st.integers(1, 2000), st.integers(0, 2000))
def test_rewinding_leaves_nothing_after_the_step_and_training_on_goes_on(n, back):
    rows = history(n)
    back = min(back, n)
    full = Curve().extended(rows).measured(n, 1.0).timed(n, 1.0)
    curve = full.rewound(back, rows[:back])
    assert_same(curve.rows, thinned(rows[:back]))
    assert bool(curve.held_out) == bool(curve.clock) == (back == n)
    assert_same(curve.extended(rows[back:]).rows, full.rows)


def test_held_out_points_are_at_most_one_a_bin_and_the_last_one_wins():
    curve = Curve().measured(0, 4.0).measured(1, 3.9)
    for step in range(100_000, 100_400):
        curve = curve.measured(step, float(step))
    assert curve.held_out[:2] == ((0, 4.0), (1, 3.9))
    assert len(curve.held_out) <= 4
    assert curve.held_out[-1] == (100_399, 100_399.0)


def test_an_older_curve_is_not_touched_by_what_follows():
    rows = history(1000)
    first = Curve().extended(rows[:950])
    before = first.rows.copy()
    first.extended(history(50, seed=1, first=951))
    np.testing.assert_array_equal(first.rows, before)


def test_seconds_run_in_proportion_between_the_points_of_the_clock():
    curve = Curve().extended(history(40)).timed(20, 10.0).timed(40, 40.0)
    seconds = dict(zip(curve.steps.tolist(), curve.seconds().tolist(), strict=True))
    assert (seconds[10], seconds[20], seconds[30], seconds[40]) == (5.0, 10.0, 25.0, 40.0)
    assert curve.rewound(20, history(20)).seconds().max() == 10.0


def a_curve(losses, kept, blind):
    smooth = list(accumulate(losses, lambda before, loss: kept * before + (1 - kept) * loss, initial=blind))[1:]
    steps = np.arange(1, len(losses) + 1)
    return Curve().extended(row_a_step(steps, losses, smooth, np.full(len(losses), np.nan), np.zeros(len(losses))))


@given(st.lists(st.floats(0.1, 6), min_size=1, max_size=400), st.sampled_from([0.999, 0.999**8]))
def test_smoothed_as_the_trainer_does_it_but_without_the_start_it_is_the_mean_of_the_losses_alone(losses, kept):
    curve = a_curve(losses, kept, 4.0)
    weights = kept ** np.arange(len(losses))
    means = [np.average(losses[:n], weights=weights[:n][::-1]) for n in curve.steps]
    np.testing.assert_allclose(curve.smoothed(4.0, kept, kept), means, atol=2e-3)


@given(st.floats(0.1, 6), st.integers(1, 2_000), st.sampled_from([0.9, 0.99, 0.9999]))
def test_a_loss_that_never_changes_is_itself_however_it_is_smoothed(loss, steps, keep):
    curve = a_curve(np.full(steps, loss), 0.999, 4.0)
    np.testing.assert_allclose(curve.smoothed(4.0, 0.999, keep), loss, rtol=1e-5)


def test_the_less_is_kept_the_sooner_a_fall_is_followed():
    losses = np.r_[np.full(500, 4.0), np.full(100, 1.0)]
    curve = a_curve(losses, 0.999, 4.0)
    ends = [curve.smoothed(4.0, 0.999, keep)[-1] for keep in (0.9, 0.99, 0.999)]
    assert ends == sorted(ends)
    assert ends[0] < 1.1 < 2 < ends[2]


@pytest.mark.parametrize("keep", [0.99, 0.999, 0.9999])
def test_of_bins_of_many_steps_each_counts_by_the_mean_of_its_losses_however_far_apart_they_lie(keep):
    losses = 3 + 2 * np.exp(-np.arange(40_000) / 5_000) + np.tile([-2.0, 2.0], 20_000)
    curve = a_curve(losses, 0.999, 4.0)
    assert np.diff(curve.steps).max() > 500
    assert (curve.high - curve.low)[-1] > 3.9
    sums = list(accumulate(losses, lambda before, loss: keep * before + (1 - keep) * loss, initial=0.0))
    means = np.array([sums[n] / (1 - keep**n) for n in curve.steps[-100:]])
    np.testing.assert_allclose(curve.smoothed(4.0, 0.999, keep)[-100:], means, atol=0.1)


def test_a_loss_beyond_all_bounds_is_smoothed_without_a_warning():
    assert len(a_curve([4.0, np.inf, 2.0], 0.999, 4.0).smoothed(4.0, 0.999, 0.99)) == 3
    assert len(Curve().smoothed(4.0, 0.999, 0.99)) == 0
