import numpy as np
import pytest

from charrnn.insight.reading import read
from charrnn.insight.writing import written
from charrnn.network.sampling import sample


@pytest.mark.parametrize(("temperature", "top_k"), [(1.0, None), (0.5, None), (1.7, 3), (0.0, None), (1.0, 1)])
@pytest.mark.parametrize("prime", [[], [2], [1, 4, 0]])
def test_one_character_at_a_time_writes_what_the_sample_writes(parameters, temperature, top_k, prime):
    prime = np.array(prime, np.int32)
    expected = sample(parameters, prime, 41, np.random.default_rng(3), temperature, top_k)
    dice = np.random.default_rng(3).random(41)
    whole = written(parameters, prime, dice, temperature, top_k)
    np.testing.assert_array_equal(whole.ids, expected[:40])
    assert whole.drawn == expected[40]
    if temperature and top_k != 1:  # the die falls on the cumulative bar of the character that follows
        assert int(np.searchsorted(whole.q.cumsum(), whole.die, "right")) == whole.drawn
    assert whole.q.sum() == pytest.approx(1)
    assert np.count_nonzero(whole.q) <= (top_k or 6)
    np.testing.assert_array_equal(written(parameters, prime, dice[:8], temperature, top_k).ids, expected[:7])


def test_each_character_has_the_probability_that_the_network_gave_it(parameters):
    prime, dice = np.array([3], np.int32), np.random.default_rng(5).random(9)
    found = written(parameters, prime, dice, 0.7)
    p = read(parameters, np.concatenate([prime, found.ids])).probabilities
    np.testing.assert_allclose(found.probability, p[np.arange(8), found.ids])
    np.testing.assert_allclose(found.p, p)


def test_a_picked_character_is_read_like_a_drawn_one(parameters):
    prime, dice = np.array([3], np.int32), np.random.default_rng(5).random(9)
    found = written(parameters, prime, dice, 1.0, picks={4: 2})
    assert found.ids[4] == 2
    np.testing.assert_array_equal(found.ids[:4], written(parameters, prime, dice).ids[:4])
    after = written(parameters, np.concatenate([prime, found.ids[:5]]), dice[5:])
    np.testing.assert_array_equal(found.ids[5:], after.ids)
    assert found.drawn == after.drawn
