"""Windows over parallel streams."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.text.batches import Batches, streams_that_fit

LENGTHS, WINDOWS, STREAMS = st.integers(2, 400), st.integers(1, 30), st.integers(1, 12)


def sweep(batches):
    """The windows from one start of the text to the next."""
    windows = [batches.next()]
    while not batches.at_end:
        windows.append(batches.next())
    return windows


@given(LENGTHS, WINDOWS, STREAMS)
def test_joined_windows_give_back_the_text(length, T, B):
    if length <= T:
        length += T
    ids = np.arange(length)
    batches = Batches(ids, T, B)
    windows = sweep(batches)
    for b in range(batches.B):
        read = np.concatenate([inputs[:, b] for inputs, _, _ in windows])
        start = b * (length // batches.B)
        np.testing.assert_array_equal(read, ids[start : start + len(read)])


@given(LENGTHS, WINDOWS, STREAMS)
def test_a_sweep_leaves_less_than_a_window_and_its_targets_unread_in_each_stream(length, T, B):
    batches = Batches(np.arange(length + T), T, B)
    read = sum(len(inputs) for inputs, _, _ in sweep(batches))
    assert len(batches.streams) - read <= T + 1


@given(LENGTHS, WINDOWS, STREAMS)
def test_targets_are_the_characters_that_follow(length, T, B):
    for inputs, targets, _ in sweep(Batches(np.arange(length + T), T, B)):
        np.testing.assert_array_equal(targets, inputs + 1)


@given(LENGTHS, WINDOWS, STREAMS)
def test_only_the_first_window_of_a_sweep_starts_afresh_and_sweeps_are_alike(length, T, B):
    batches = Batches(np.arange(length + T), T, B)
    first, second = sweep(batches), sweep(batches)
    for windows in (first, second):
        assert [fresh for _, _, fresh in windows] == [True] + [False] * (len(windows) - 1)
    np.testing.assert_array_equal([w[0] for w in first], [w[0] for w in second])


@given(st.integers(1, 10_000), WINDOWS, st.integers(1, 256))
def test_streams_are_reduced_until_each_holds_two_windows(characters, T, B):
    fit = streams_that_fit(characters, T, B)
    assert 1 <= fit <= B
    if fit > 1:
        batches = Batches(np.arange(characters), T, B)
        assert fit == batches.B
        assert len(sweep(batches)) >= 2
    if fit < B:  # and no further than that
        assert characters // (fit + 1) < 2 * T + 2


@pytest.mark.parametrize("B", [1, 3])
def test_windows_have_time_first(B):
    inputs, targets, _ = Batches(np.arange(100), 5, B).next()
    assert inputs.shape == targets.shape == (5, B)
