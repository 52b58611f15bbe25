from itertools import pairwise
from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from charrnn.text.baselines import baselines, compressed_nats, ngram_probabilities
from charrnn.text.corpus import Corpus
from charrnn.text.folder import DATA
from charrnn.text.synthetic import Brackets, Recall

ids = st.lists(st.integers(0, 3), min_size=1, max_size=60).map(lambda items: np.array(items, np.int32))


def markov_chain(length, rng):
    """A chain over 4 characters, and its entropy rate in nats."""
    transition = rng.dirichlet(np.full(4, 0.5), size=4)
    state, states = 0, []
    for draw in rng.random(length):
        state = min(int(np.searchsorted(np.cumsum(transition[state]), draw)), 3)
        states.append(state)
    stationary = np.linalg.matrix_power(transition, 500)[0]
    surprise = -np.sum(transition * np.log(np.where(transition > 0, transition, 1)), axis=1)
    return np.array(states, np.int32), float(stationary @ surprise)


@given(ids, st.tuples(st.integers(0, 4), st.integers(0, 4)))
def test_the_probabilities_of_all_next_characters_sum_to_one_after_any_context(train, context):
    rows = [ngram_probabilities(train, np.array([*context, c]), 5)[:, -1] for c in range(5)]
    assert np.sum(rows, axis=0) == pytest.approx(np.ones(3))
    assert np.min(rows) > 0


@given(ids, ids)
def test_the_models_are_the_formula_counted_by_hand(train, text):
    start = [0, 0]
    train_list, text_list = [*start, *train.tolist()], [*start, *text.tolist()]

    def by_hand(context, c):
        shorter = by_hand(context[1:], c) if context else 1 / 4
        k = len(context)
        after = [train_list[i] for i in range(2, len(train_list)) if train_list[i - k : i] == context]
        distinct = len(set(after))
        return (after.count(c) + distinct * shorter) / (len(after) + distinct) if after else shorter

    wanted = [[by_hand(text_list[i - k : i], text_list[i]) for i in range(2, len(text_list))] for k in range(3)]
    assert ngram_probabilities(train, text, 4) == pytest.approx(np.array(wanted))


@given(ids, ids)
def test_text_before_serves_as_context_and_is_not_measured(train, text):
    joined = ngram_probabilities(train, np.concatenate([train, text]), 4)
    assert ngram_probabilities(train, text, 4, before=train) == pytest.approx(joined[:, len(train) :])


def test_a_model_of_the_source_s_order_or_more_comes_near_its_entropy_and_a_lower_one_does_not():
    text, entropy = markov_chain(60_000, np.random.default_rng(0))
    losses = -np.log(ngram_probabilities(text[:50_000], text[50_000:], 4, before=text[:50_000])).mean(axis=1)
    assert losses[1:] == pytest.approx([entropy, entropy], abs=0.02)
    assert losses[0] > entropy + 0.05


def test_baselines_of_a_real_text_go_from_the_blind_guess_to_the_compressor():
    corpus = Corpus.from_bytes((DATA / "alice.txt").read_bytes(), name="Alice", lowercase=True)
    found = baselines(corpus)
    names = ["blind guess", "counting letters", "counting pairs", "counting triples", "file compression"]
    assert [baseline.name for baseline in found] == names
    assert found[0].nats == pytest.approx(log(len(corpus.vocabulary)))
    assert all(stronger.nats < weaker.nats for weaker, stronger in pairwise(found))
    assert {baseline.measured_on for baseline in found} == {"held-out text"}


def test_letter_counts_cost_the_entropy_of_the_letters():
    corpus = Corpus.from_text("aaab" * 5_000, held_out=0)
    entropy = -(0.75 * log(0.75) + 0.25 * log(0.25))
    assert baselines(corpus)[1].nats == pytest.approx(entropy, abs=1e-3)


def test_no_baseline_goes_under_the_entropy_of_a_generated_text():
    for source in (Brackets(), Recall()):
        corpus = Corpus.from_text(source.generate(400_000, np.random.default_rng(3)))
        assert min(baseline.nats for baseline in baselines(corpus)) > source.entropy_bits * log(2)


def test_without_held_out_text_the_baselines_say_that_they_saw_what_they_are_measured_on():
    found = baselines(Corpus.from_text("to be or not to be"))
    assert {baseline.measured_on for baseline in found} == {"training text"}
    assert [baseline.name for baseline in found] == [
        "blind guess",
        "counting letters",
        "counting pairs",
        "counting triples",
    ]


def test_the_smallest_text_has_baselines():
    assert all(np.isfinite(baseline.nats) for baseline in baselines(Corpus.from_text("ab")))


def test_an_alphabet_of_a_thousand_characters_has_baselines():
    text = "".join(map(chr, np.random.default_rng(0).integers(0x4E00, 0x4E00 + 1_000, 100_000)))
    blind, counts, *_ = baselines(Corpus.from_text(text))
    assert blind.nats == pytest.approx(log(1_000), rel=1e-3)
    assert counts.nats == pytest.approx(blind.nats, rel=0.01)


@pytest.mark.parametrize("length", [20_000, 1_200_000])
def test_the_compressor_is_charged_for_the_measured_part_only(length):
    """Noise costs what it holds, wherever the blocks begin; what was repeated all along costs next to nothing."""
    noise = "".join(map(chr, np.random.default_rng(0).integers(97, 97 + 16, length)))
    assert compressed_nats(Corpus.from_text(noise)) == pytest.approx(log(16), rel=0.05)
    repeated = noise[:500] * (length // 500)
    assert 0 <= compressed_nats(Corpus.from_text(repeated)) < 0.05 * log(16)


def test_no_competitor_hesitates_between_less_than_one_character():
    """A verse thirty times over is a shorter file with its last part than without."""
    verse = "Мой дядя самых честных правил, когда не в шутку занемог, он уважать себя заставил. "
    corpus = Corpus.from_text(verse * 30, lowercase=True)
    assert {baseline.name for baseline in baselines(corpus)} >= {"file compression"}
    assert min(baseline.nats for baseline in baselines(corpus)) >= 0
