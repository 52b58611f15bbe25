import numpy as np
import pytest

from charrnn.insight.states import (
    by_score,
    by_similarity,
    by_variance,
    change,
    contexts,
    correlations,
    deviation,
    most_off,
    most_on,
    peaks,
)


@pytest.mark.parametrize("H", [1, 2, 3, 17])
def test_every_order_names_each_unit_once(rng, H):
    hidden = np.tanh(rng.normal(size=(30, H)))
    hidden[:, 0] = 0.5  # a unit that never changes
    for order in (by_similarity(hidden), by_variance(hidden), by_score(hidden[0])):
        assert sorted(order.tolist()) == list(range(H))


def test_similar_units_stand_together_whatever_their_numbers(rng):
    groups = rng.permutation(np.repeat(np.arange(4), 5))
    hidden = rng.normal(size=(200, 4))[:, groups] + 0.3 * rng.normal(size=(200, 20))
    ordered = groups[by_similarity(hidden)]
    assert np.count_nonzero(np.diff(ordered)) == 3


def naive_seriation(alike):
    """Average linkage over all pairs of members, each time from scratch; the two most alike ends meet."""
    clusters = [[unit] for unit in range(len(alike))]
    while len(clusters) > 1:
        pairs = [(a, b) for a in clusters for b in clusters if a is not b]
        a, b = max(pairs, key=lambda pair: alike[np.ix_(*pair)].mean())
        turns = [(x, y) for x in (a, a[::-1]) for y in (b, b[::-1])]
        x, y = max(turns, key=lambda turn: alike[turn[0][-1], turn[1][0]])
        clusters = [c for c in clusters if c is not a and c is not b] + [x + y]
    return clusters[0]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_by_similarity_is_that_of_average_linkage_done_from_scratch(seed):
    rng = np.random.default_rng(seed)
    hidden = rng.normal(size=(60, 12)) @ rng.normal(size=(12, 12))
    order, expected = by_similarity(hidden).tolist(), naive_seriation(correlations(hidden))
    assert order in (expected, expected[::-1])


def test_the_order_by_similarity_does_not_depend_on_scale_or_mean(rng):
    hidden = rng.normal(size=(100, 12))
    moved = hidden * rng.uniform(0.5, 2, 12) + rng.normal(size=12)
    np.testing.assert_array_equal(by_similarity(hidden), by_similarity(moved))


def test_the_order_by_variance_falls_and_that_by_score_ignores_its_sign(rng):
    hidden = rng.normal(size=(100, 12)) * rng.uniform(0, 1, 12)
    assert np.all(np.diff(hidden.var(axis=0)[by_variance(hidden)]) <= 0)
    assert by_score(np.array([0.1, -0.9, 0.5])).tolist() == [1, 2, 0]


def test_correlations_are_those_of_numpy_and_zero_for_a_still_unit(rng):
    hidden = rng.normal(size=(50, 5)) @ rng.normal(size=(5, 5))
    np.testing.assert_allclose(correlations(hidden), np.corrcoef(hidden.T))
    hidden[:, 2] = -1
    assert not correlations(hidden)[2].any()


def test_deviations_average_to_zero_and_changes_add_up_to_the_value(rng):
    hidden = rng.normal(size=(50, 5))
    np.testing.assert_allclose(deviation(hidden).mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(hidden[0] + change(hidden).cumsum(axis=0), hidden)


def test_peaks_are_the_highest_places_that_keep_their_distance(rng):
    score = rng.normal(size=200)
    found = peaks(score, 5, 10)
    assert found[0] == score.argmax()
    assert min(abs(a - b) for a in found for b in found if a != b) >= 10
    assert np.all(np.diff(score[found]) <= 0)


def test_the_contexts_of_a_unit_show_where_it_is_most_on_and_most_off():
    values = np.zeros(100)
    values[40], values[70] = 1, -1
    text = "".join(chr(ord("a") + i % 26) for i in range(100))
    assert most_on(values)[0] == 40
    assert most_off(values)[0] == 70
    (context,) = contexts(text, most_on(values, n=1), before=3, after=2)
    assert (context.before, context.inside, context.after) == (text[37:40], text[40], text[41:43])
