import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.text.guessing import CONTEXT, bet_bits, places


@given(st.floats(0.01, 0.99), st.integers(2, 500))
def test_a_bet_is_a_distribution_whoever_comes(sure, V):
    given_to_all = 2 ** -bet_bits(sure, True, V) + (V - 1) * 2 ** -bet_bits(sure, False, V)
    assert given_to_all == pytest.approx(1)


def test_who_is_half_sure_and_right_pays_a_bit():
    assert bet_bits(0.5, True, 80) == 1
    assert bet_bits(1 / 80, True, 80) == bet_bits(1 / 80, False, 80) == pytest.approx(np.log2(80))


@given(st.lists(st.integers(0, 3), max_size=300), st.integers(1, 12), st.sampled_from([None, 2]))
def test_places_are_different_ones_with_something_before_them_that_anybody_could_guess(ids, many, ignored):
    ids = np.array(ids, np.int32)
    found = places(ids, many, np.random.default_rng(0), ignored)
    assert found == sorted(set(found))
    assert all(0 < place < len(ids) and ids[place] != ignored for place in found)
    if len(ids) >= CONTEXT + many and ignored is None:
        assert len(found) == many
        assert found[0] >= CONTEXT
