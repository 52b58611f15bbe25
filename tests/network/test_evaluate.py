"""The loss of a text that is not learned from."""

from itertools import pairwise

import numpy as np
import pytest

from charrnn.network import evaluate as module
from charrnn.network.evaluate import evaluate, surprisal
from charrnn.network.parameters import zeros
from charrnn.network.rnn import initialise

V, H = 8, 10
RNG = np.random.default_rng


def network(dtype=np.float64):
    return initialise(V, H, RNG(5), scale=0.7, dtype=dtype)


def naive(parameters, ids, h):
    """-ln p of each character after the first, one at a time."""
    W_xh, W_hh, W_hy, b_h, b_y = parameters
    nats = []
    for now, following in pairwise(ids):
        h = np.tanh(W_xh[now] + h @ W_hh + b_h)
        p = np.exp(h @ W_hy + b_y)
        nats.append(-np.log(p[following] / p.sum()))
    return np.array(nats)


@pytest.mark.parametrize("length", [2, 3, 500])
def test_surprisal_is_what_reading_one_character_at_a_time_finds(length):
    ids = RNG(0).integers(V, size=length)
    expected = naive(network(), ids, np.zeros(H))
    np.testing.assert_allclose(surprisal(network(), ids), expected, rtol=1e-11)
    assert evaluate(network(), ids) == pytest.approx(expected.mean(), rel=1e-12)


def test_surprisal_from_a_given_state_goes_on_from_it():
    ids, h = RNG(0).integers(V, size=50), RNG(1).uniform(-1, 1, H)
    before = h.copy()
    np.testing.assert_allclose(surprisal(network(), ids, h), naive(network(), ids, h), rtol=1e-11)
    np.testing.assert_array_equal(h, before)


@pytest.mark.parametrize("chunk", [1, 7, 49, 50, 1000])
def test_where_the_chunks_end_does_not_matter(chunk, monkeypatch):
    ids = RNG(0).integers(V, size=51)
    whole = naive(network(), ids, np.zeros(H))
    monkeypatch.setattr(module, "CHUNK", chunk)
    np.testing.assert_allclose(surprisal(network(), ids), whole, rtol=1e-11)


@pytest.mark.parametrize("length", [0, 1])
def test_a_text_without_a_character_to_predict_has_no_surprisals(length):
    assert surprisal(network(), RNG(0).integers(V, size=length)).shape == (0,)


def test_a_network_that_knows_nothing_costs_the_logarithm_of_the_alphabet():
    ids = RNG(0).integers(V, size=300)
    assert evaluate(zeros(V, H), ids) == pytest.approx(np.log(V), rel=1e-6)


def test_float32_agrees_with_float64():
    ids = RNG(0).integers(V, size=3000)
    assert evaluate(network(np.float32), ids) == pytest.approx(evaluate(network(), ids), rel=1e-5)
