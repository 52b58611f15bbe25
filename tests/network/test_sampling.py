"""The network writes: greedily, at random, or cut to the likeliest."""

import numpy as np
import pytest

from charrnn.network.layers import logits, softmax
from charrnn.network.rnn import forward, initialise
from charrnn.network.sampling import generate, lines, read, sample

V, H = 9, 12
RNG = np.random.default_rng


def network(dtype=np.float64):
    parameters = initialise(V, H, RNG(5), scale=0.7, dtype=dtype)
    parameters.b_h[:], parameters.b_y[:] = RNG(6).normal(size=H), RNG(7).normal(size=V)
    return parameters


def state(dtype=np.float64):
    return RNG(6).uniform(-0.8, 0.8, H).astype(dtype)


def distribution(parameters, hidden, last=None):
    """The network's own probabilities of what comes next."""
    h = hidden if last is None else forward(parameters, np.array([[last]]), hidden[None])[-1, 0]
    return softmax(logits(parameters, h))


@pytest.mark.parametrize("temperature", [0, 1e-30])
def test_temperature_zero_always_takes_the_likeliest(temperature):
    parameters = network(np.float32)
    ids, _ = generate(parameters, state(np.float32), 3, 30, RNG(0), temperature=temperature)
    likeliest = logits(parameters, forward(parameters, np.r_[3, ids][:-1, None], state(np.float32)[None])[1:, 0])
    np.testing.assert_array_equal(ids, likeliest.argmax(axis=1))


def test_top_1_is_greedy_whatever_the_temperature():
    greedy, _ = generate(network(), state(), 3, 30, RNG(0), temperature=0)
    ids, _ = generate(network(), state(), 3, 30, RNG(1), temperature=2.0, top_k=1)
    np.testing.assert_array_equal(ids, greedy)


@pytest.mark.parametrize("last", [None, 4])
@pytest.mark.parametrize(
    ("temperature", "top_k"), [(1.0, None), (0.5, None), (3.0, None), (1.0, 3), (2.0, V), (1.0, 99)]
)
def test_draws_are_as_frequent_as_the_network_says(last, temperature, top_k):
    parameters, draws = network(), 4000
    p = distribution(parameters, state(), last) ** (1 / temperature)
    if top_k:
        p[np.argsort(p)[: max(0, V - top_k)]] = 0
    p /= p.sum()
    rng = RNG(8)
    drawn = [int(generate(parameters, state(), last, 1, rng, temperature, top_k)[0][0]) for _ in range(draws)]
    counts = np.bincount(drawn, minlength=V)
    assert not counts[p == 0].any()
    possible = p > 0
    chi_square = ((counts - draws * p)[possible] ** 2 / (draws * p[possible])).sum()
    assert chi_square < 27.9  # exceeded once in 2,000 by chance with eight degrees of freedom; the seed is fixed


def test_what_was_written_is_read_back_in():
    parameters = network()
    ids, after = generate(parameters, state(), 2, 20, RNG(0))
    read_back = forward(parameters, np.r_[2, ids][:-1, None], state()[None])
    np.testing.assert_allclose(after, read_back[-1, 0], rtol=1e-12)
    more, _ = generate(parameters, after, int(ids[-1]), 20, RNG(0), temperature=0)
    assert len(more) == 20


def test_two_halves_of_a_sample_are_the_whole():
    parameters, rng = network(), RNG(3)
    whole, _ = generate(parameters, state(), 2, 20, RNG(3))
    first, after = generate(parameters, state(), 2, 8, rng)
    second, _ = generate(parameters, after, int(first[-1]), 12, rng)
    np.testing.assert_array_equal(np.r_[first, second], whole)


def test_writing_leaves_network_and_state_as_they_are():
    parameters, hidden = network(), state()
    before = parameters.flat.copy(), hidden.copy()
    generate(parameters, hidden, 1, 25, RNG(0), temperature=0.3, top_k=2)
    np.testing.assert_array_equal(parameters.flat, before[0])
    np.testing.assert_array_equal(hidden, before[1])


def test_lines_are_begun_anew_and_end_before_their_sign():
    parameters, prime = network(), np.array([2, 1, 4])
    written = lines(parameters, prime, 30, 25, RNG(5), stop=3)
    assert len(written) == 30
    rng = RNG(5)
    for ids in written:
        alone = generate(parameters, read(parameters, prime[:-1]), 4, 25, rng)[0]
        np.testing.assert_array_equal(ids, alone[: np.append(np.flatnonzero(alone == 3), 25)[0]])
    assert {len(ids) for ids in written} >= {1, 25}  # some end early, some not at all


def test_nothing_asked_for_is_nothing_written():
    ids, after = generate(network(), state(), 1, 0, RNG(0))
    assert len(ids) == 0
    np.testing.assert_array_equal(after, state())


def test_huge_logits_are_no_trouble():
    parameters = network(np.float32)
    parameters.b_y[:] = RNG(0).normal(size=V) * 1e4
    ids, _ = generate(parameters, state(np.float32), None, 10, RNG(0), temperature=0.01)
    assert (ids == parameters.b_y.argmax()).all()


@pytest.mark.parametrize("length", [0, 1, 7, 5000])
def test_a_prime_of_any_length_is_read_as_one_character_after_the_other(length):
    parameters, ids = network(), RNG(1).integers(V, size=length)
    h = state()
    for character in ids:
        h = np.tanh(parameters.W_xh[character] + h @ parameters.W_hh + parameters.b_h)
    np.testing.assert_allclose(read(parameters, ids, state()), h, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("length", [0, 1, 6])
def test_a_sample_continues_a_prime_from_a_zero_state(length):
    parameters, prime = network(), RNG(2).integers(V, size=length)
    ids = sample(parameters, prime, 15, RNG(0), temperature=0)
    h = forward(parameters, np.r_[prime, ids][:-1, None], np.zeros((1, H)))  # h[i] has read i characters
    np.testing.assert_array_equal(ids, logits(parameters, h[length:, 0]).argmax(axis=1))


def test_lines_are_drawn_from_the_likeliest_alone_where_that_is_asked_for_and_after_nothing_too():
    greedy = lines(network(), np.array([], int), 3, 12, RNG(0), stop=0, temperature=0)
    drawn = lines(network(), np.array([], int), 3, 12, RNG(1), stop=0, temperature=2.0, top_k=1)
    assert [ids.tolist() for ids in drawn] == [ids.tolist() for ids in greedy]


def test_unless_it_is_said_otherwise_temperature_is_one():
    one = sample(network(), np.array([1, 2]), 40, RNG(0), temperature=1.0)
    np.testing.assert_array_equal(sample(network(), np.array([1, 2]), 40, RNG(0)), one)
