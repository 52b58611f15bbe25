import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charrnn.insight import probing
from charrnn.insight.concepts import Concept
from charrnn.insight.probing import (
    Evidence,
    Verdict,
    centred_ranks,
    judge,
    luck,
    named_units,
    prepare,
    probe,
    unit_scores,
)
from charrnn.network.rnn import initialise
from charrnn.text.corpus import Vocabulary

N, H = 2_000, 12


def binary(labels):
    return Concept("planted", np.asarray(labels, bool), False)


def graded(labels):
    return Concept("planted", np.asarray(labels, float), True)


def auc_by_pairs(values, labels):
    pairs = [(p, q) for p in values[labels] for q in values[~labels]]
    return np.mean([(p > q) + 0.5 * (p == q) for p, q in pairs])


def ranks_by_counting(values):
    return np.array([(values < v).sum() + ((values == v).sum() - 1) / 2 for v in values])


def slow_drift(rng):
    """A graded concept that changes slowly, as depth or place do."""
    return np.abs(np.cumsum(rng.choice([-1.0, 1.0], N)))


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([-1.0, -0.5, 0.0, 0.25, 1.0]), st.booleans()), min_size=2, max_size=60))
def test_auc_is_the_share_of_pairs_in_the_right_order_ties_counting_half(pairs):
    values, labels = np.array([v for v, _ in pairs]), np.array([b for _, b in pairs])
    score = unit_scores(prepare(values[:, None]), binary(labels))[0]
    expected = auc_by_pairs(values, labels) if 0 < labels.sum() < len(labels) else 0.5
    assert score == pytest.approx(expected, abs=1e-6)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=60))
def test_the_graded_score_is_the_correlation_of_average_ranks(pairs):
    values, labels = np.array(pairs, float).T
    a, b = ranks_by_counting(values), ranks_by_counting(labels)
    score = unit_scores(prepare(values[:, None]), graded(labels))[0]
    expected = np.corrcoef(a, b)[0, 1] if a.std() and b.std() else 0
    assert score == pytest.approx(expected, abs=1e-6)


def test_ranks_of_equal_values_share_their_middle(rng):
    values = rng.integers(0, 5, 50).astype(float)
    np.testing.assert_allclose(centred_ranks(values), ranks_by_counting(values) - 49 / 2)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("kind", [binary, graded])
def test_a_planted_unit_is_ranked_first_with_its_direction(rng, kind, sign):
    labels = slow_drift(rng)
    concept = kind(labels > np.median(labels)) if kind is binary else kind(labels)
    noise = rng.normal(size=(N, H))
    hidden = noise.copy()
    hidden[:, 5] = sign * (concept.labels - concept.labels.mean()) / concept.labels.std() + noise[:, 5] / 2
    verdict = judge(Evidence("", prepare(hidden), prepare(noise)), concept)
    assert (verdict.unit, verdict.sign, verdict.knows) == (5, sign, True)
    assert "Unit 5 knows “planted”" in verdict.sentence
    assert ("upside down" in verdict.sentence) == (sign < 0)
    assert verdict.score > 0.85


def test_shuffled_labels_are_known_by_nobody(rng):
    hidden = np.tanh(rng.normal(size=(N, H)))
    units = prepare(hidden)
    for concept, chance in ((binary(rng.random(N) < 0.3), 0.5), (graded(rng.permutation(slow_drift(rng))), 0)):
        assert np.abs(unit_scores(units, concept) - chance).max() < 0.1
        assert abs(probe(units, concept) - chance) < 0.1
        verdict = judge(Evidence("", units, units), concept)
        assert not verdict.knows
        assert not verdict.together
        assert verdict.sentence.startswith("No unit here knows “planted”: best 0.")


def test_where_luck_leaves_no_room_above_it_nobody_is_said_not_to_know():
    h = np.tile([0.9, -0.9, 0.1], 600)[:, None]
    units = prepare(np.repeat(h, H, axis=1))
    verdict = judge(Evidence("", units, units), binary(np.arange(len(h)) % 3 == 0))
    assert (verdict.score, verdict.luck) == pytest.approx((1, 1), abs=1e-5)
    assert verdict.sentence == (
        "Whether a unit knows “planted” cannot be told on a text that repeats itself so: luck alone reaches 1.00."
    )


def test_luck_is_the_95th_percentile_of_the_best_unit_over_shifted_labels(rng):
    units, concept = prepare(rng.normal(size=(200, H)).cumsum(axis=0)), binary(np.arange(200) % 50 < 20)
    shifts = np.random.default_rng(0).integers(10, 190, probing.SHIFTS)
    best = [max(abs(unit_scores(units, binary(np.roll(concept.labels, shift))) - 0.5)) + 0.5 for shift in shifts]
    assert luck(units, concept) == pytest.approx(np.quantile(best, 0.95), abs=1e-6)


def test_a_rhythm_that_units_share_by_chance_counts_as_luck(rng):
    rhythm = np.sin(np.arange(N) / 300)  # so slow that any two such curves resemble each other
    hidden = np.stack([np.roll(rhythm, shift) for shift in rng.integers(0, N, H)], axis=1)
    assert luck(prepare(hidden), graded(rhythm)) > 0.8


def test_the_probe_recovers_a_code_that_no_unit_has_alone(rng):
    labels = slow_drift(rng)
    noise = rng.normal(size=(N, H))
    code = rng.choice([-1.0, 1.0], H)
    coded = noise - np.outer(noise @ code, code) / H + np.outer((labels - labels.mean()) / labels.std(), code) / H
    units = prepare(coded)
    assert probe(units, graded(labels)) > 0.99
    assert probe(units, binary(labels > np.median(labels))) > 0.99
    verdict = judge(Evidence("", units, prepare(noise)), graded(labels))
    assert verdict.together
    assert "All together know it: a linear probe reaches" in verdict.sentence


def test_the_probe_is_ridge_regression_fitted_on_the_first_half(rng):
    hidden, labels = rng.normal(size=(400, 4)) * [1, 2, 3, 4] + 1, rng.normal(size=400)
    X = (hidden - hidden[:200].mean(axis=0)) / hidden[:200].std(axis=0)
    penalty = np.sqrt(probing.RIDGE * 200) * np.eye(4)  # ridge regression is least squares on these extra rows
    y = labels[:200] - labels[:200].mean()
    w = np.linalg.lstsq(np.concatenate([X[:200], penalty]), np.concatenate([y, np.zeros(4)]), rcond=None)[0]
    assert probe(prepare(hidden), graded(labels)) == pytest.approx(np.corrcoef(X[200:] @ w, labels[200:])[0, 1])


def test_what_the_untrained_network_has_as_well_was_not_learned(rng):
    labels = slow_drift(rng)
    hidden = rng.normal(size=(N, H))
    hidden[:, 3] = labels
    verdict = judge(Evidence("", prepare(hidden), prepare(hidden)), graded(labels))
    assert not verdict.knows
    assert verdict.sentence == "No unit here has learned “planted”: best 1.00, and 1.00 untrained."


def test_named_units_are_different_and_each_knows_what_it_is_called(rng):
    text = "The cat sat; a dog ran (slowly) home.\n" * 60
    vocabulary = Vocabulary.of(text)
    start = initialise(len(vocabulary), 30, rng, init="orthogonal", scale=0.1)
    silent = start._replace(W_xh=start.W_xh * 0)  # stands for a network that has learned nothing
    verdicts = probing.rank_all(start, silent, text + "ÿ", vocabulary)
    assert {"capital", "vowel", "place in line", "bracket depth"} <= {verdict.name for verdict in verdicts}
    named = named_units(verdicts)
    assert 0 < len(named) <= 5
    assert len({unit for unit, *_ in named}) == len(named)
    assert len({name for _, name, *_ in named}) == len(named)
    for unit, name, score, sign in named:
        (verdict,) = [verdict for verdict in verdicts if verdict.name == name]
        assert score >= verdict.bar
        assert sign * (verdict.scores[unit] - (0 if verdict.graded else 0.5)) > 0
    assert named_units(probing.rank_all(silent, silent, text, vocabulary)) == []


def test_a_text_too_short_to_tell_gives_no_verdicts(parameters):
    assert probing.rank_all(parameters, parameters, "abc " * 20, Vocabulary("abcdef")) == []
    assert probing.rank_all(parameters, parameters, "", Vocabulary("abcdef")) == []


def test_a_concept_that_never_comes_is_at_chance(rng):
    units = prepare(rng.normal(size=(200, H)))
    for concept, chance in ((binary(np.zeros(200)), 0.5), (graded(np.ones(200)), 0.0)):
        verdict = judge(Evidence("", units, units), concept)
        assert (verdict.score, verdict.luck, verdict.probe) == (chance, chance, chance)


def test_a_concept_whose_unit_has_a_name_already_names_its_next_best():
    def verdict(name, scores):
        scores = np.array(scores)
        return Verdict(name, True, int(scores.argmax()), scores.max(), 1, 0.1, 0.2, 0.0, 0.0, scores)

    named = named_units([verdict("depth", [0.1, 0.8, 0.5]), verdict("place", [0.2, 0.9, -0.6])])
    assert [(one.name, one.unit, one.sign) for one in named] == [("place", 1, 1), ("depth", 2, 1)]
    nobody_left = [verdict("depth", [0.1, 0.8, 0.2]), verdict("place", [0.2, 0.9, 0.2])]
    assert [(one.name, one.unit) for one in named_units(nobody_left)] == [("place", 1)]
    assert len(named_units([verdict(f"concept {i}", np.roll([0.9] + 8 * [0.0], i)) for i in range(9)], n=5)) == 5
