from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charrnn.insight.reading import states
from charrnn.insight.where_else import PIECE, STREAMS, WARM_UP, find_where_else, read_in_streams, scores
from charrnn.network.rnn import initialise

LONG = 4 * WARM_UP * 3  # characters that are read as three streams


def forgetful(V=6, H=12, seed=3):
    """A network whose state fades by a tenth and more with each character."""
    network = initialise(V, H, np.random.default_rng(seed), init="orthogonal", scale=0.9, dtype=np.float64)
    network.W_xh[:] *= 2
    return network


def random_ids(length, seed=0):
    return np.random.default_rng(seed).integers(6, size=length).astype(np.int32)


def sets(hidden, L, threshold, which):
    """For each place the units that are on, and off, throughout its L characters, by the definition."""
    on = [{u for u in range(hidden.shape[1]) if (part[:, u] > threshold).all()} for part in windows(hidden, L)]
    off = [{u for u in range(hidden.shape[1]) if (part[:, u] < -threshold).all()} for part in windows(hidden, L)]
    empty = [set() for _ in on]
    return list(zip(on if which != "off" else empty, off if which != "on" else empty, strict=True))


def windows(hidden, L):
    return [hidden[i : i + L] for i in range(len(hidden) - L + 1)]


def expected_scores(hidden, stretch, threshold, which):
    L = len(stretch)
    A = tagged(sets(stretch, L, threshold, which)[0])
    shared = [(A & B, A | B) for B in map(tagged, sets(hidden, L, threshold, which))]
    return np.array([len(both) + len(both) / len(either) if both else -np.inf for both, either in shared])


def tagged(on_and_off):
    on, off = on_and_off
    return {("on", unit) for unit in on} | {("off", unit) for unit in off}


each_which = pytest.mark.parametrize("which", ["on", "off", "either"])


@each_which
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 1000), L=st.integers(1, 9), start=st.integers(0, 200), threshold=st.sampled_from([0, 0.3]))
def test_the_places_found_are_those_of_the_definition(which, seed, L, start, threshold):
    network, ids = forgetful(seed=seed), random_ids(250, seed)
    hidden = states(network, ids)[1:]
    stretch = hidden[start : start + L]
    expected = expected_scores(hidden, stretch, threshold, which)
    on, off = sets(stretch, L, threshold, which)[0]
    found = find_where_else(network, ids, stretch, threshold, which, n=50, itself=start)
    assert (set(found.on.tolist()), set(found.off.tolist())) == (on, off)
    expected[max(0, start - L + 1) : start + L] = -np.inf
    if np.isfinite(expected).any():
        assert found.places[0].score == pytest.approx(expected.max(), abs=1e-4)
    for place in found.places:
        assert place.score == pytest.approx(expected[place.start], abs=1e-4)
    spans = sorted([(p.start, p.end) for p in found.places] + [(start, start + L)])
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


@each_which
@pytest.mark.parametrize("L", [1, 7, PIECE + 30])
def test_a_text_read_in_several_streams_and_pieces_has_the_scores_of_one_read_straight(which, L):
    network, ids = forgetful(), random_ids(LONG + 17)
    network.b_h[:4], network.b_h[4:8] = 3, -3  # some units are on, some off, for long
    hidden = states(network, ids)[1:]
    stretch = hidden[100 : 100 + L]
    found = scores(network, ids, stretch, 0.3, which)
    np.testing.assert_allclose(found, expected_scores(hidden, stretch, 0.3, which), atol=1e-4)
    assert np.isfinite(found).any()


@pytest.mark.parametrize("N", [1, 50, PIECE, LONG, LONG + 1, 4 * WARM_UP * STREAMS + 999])
def test_streams_with_a_warm_up_give_the_states_of_reading_straight_to_a_millionth(N):
    network, ids = forgetful(), random_ids(N)
    pieces = np.concatenate(list(read_in_streams(network, ids)))
    straight = states(network, ids)[1:]
    streams = pieces.shape[1]
    assert streams == max(1, min(STREAMS, N // (4 * WARM_UP)))
    np.testing.assert_allclose(pieces.transpose(1, 0, 2).reshape(-1, 12)[:N], straight, atol=1e-6)


def test_a_planted_place_is_found_first():
    network, ids = forgetful(H=60), random_ids(LONG)
    ids[1700:1800] = ids[500:600]  # after the same hundred characters the states are the same
    stretch = states(network, ids)[1:][597:600]
    best, second = find_where_else(network, ids, stretch, 0.2, "either", itself=597).places[:2]
    assert (best.start, best.end) == (1797, 1800)
    assert best.score > second.score


def test_a_place_shares_all_units_where_the_text_is_the_same_and_never_more_than_there_are():
    network, ids = forgetful(H=60), random_ids(LONG)
    ids[1700:1800] = ids[500:600]
    found = find_where_else(network, ids, states(network, ids)[1:][597:600], 0.2, "either", n=30, itself=597)
    units = len(found.on) + len(found.off)
    assert found.shared[0] == units
    assert found.shared == sorted(found.shared, reverse=True)
    assert min(found.shared) > 0


def test_on_and_off_are_one_another_s_mirror():
    network, ids = forgetful(), random_ids(300)
    mirrored = network.copy()
    mirrored.W_xh[:] *= -1  # tanh is odd: all states change their sign
    stretch = states(network, ids)[1:][40:43]
    on, off = find_where_else(network, ids, stretch, 0.2, "on"), find_where_else(mirrored, ids, -stretch, 0.2, "off")
    assert on.on.tolist() == off.off.tolist() != []
    assert on.places == off.places != []
    assert not len(on.off)


def test_nothing_on_means_no_places_and_a_text_shorter_than_the_stretch_has_none():
    network, ids = forgetful(), random_ids(300)
    stretch = states(network, ids)[1:][:8]
    nothing = find_where_else(network, ids, np.zeros((4, 12)))
    assert (len(nothing.on), nothing.places) == (0, [])
    assert find_where_else(network, ids[:5], stretch, 0.0, "either").places == []
    with pytest.raises(ValueError, match="empty"):
        find_where_else(network, ids, stretch[:0])
