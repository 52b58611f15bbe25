"""Which unit knows a concept? Every unit is scored, and two baselines stand beside the best one so that luck shows.

A concept that is there or not is scored by AUC: the chance that a unit is higher at a character that has it than at one
that has not, ties counting half (Hanley & McNeil 1982, section "The meaning of the area"); 1 or 0 perfect, 0.5 chance.
A graded one by Spearman's rank correlation: 1 or -1 perfect, 0 chance. Either direction counts as knowing.

    luck        the best unit's score for labels shifted circularly against the text, 95th percentile over the shifts:
                shifted labels keep their rhythm and lose their meaning
    untrained   the best unit's score in the network as it was before training
    probe       all units together: ridge regression (Hoerl & Kennard 1970) on the first half of the text, scored by AUC
                or Pearson correlation on the second. A concept can be there without any unit of its own.

The ranks of all units are sorted once; every concept, and every shift of it, is then one matrix product.
N = characters, H = hidden size.
"""

from typing import NamedTuple

import numpy as np

from charrnn.insight.concepts import ENOUGH, Concept, concepts
from charrnn.insight.reading import units_along
from charrnn.network.parameters import Array, Parameters
from charrnn.sentence import Sentence
from charrnn.shown import displayed
from charrnn.text.corpus import Vocabulary

SHIFTS = 20
MARGIN = {False: 0.05, True: 0.10}  # by which a score must beat luck and the untrained network: AUC, correlation
RIDGE = 1e-3  # of the variance of a standardised unit
LIMIT = 30_000  # characters; fewer where units are many, so that ranking stays a matter of some seconds:
LIMIT_CELLS = 8_000_000  # characters times units, which are sorted,
LIMIT_WORK = 8_000_000_000  # and characters times units squared, with which they are read


@displayed
class Units(NamedTuple):
    """One network's hidden values over a text, made ready for any number of concepts."""

    ranks: Array  # (H, N) average ranks less their mean
    norms: Array  # (H,) their Euclidean norms
    values: Array  # (N, H) standardised by the first half
    inverse: Array  # (H, H) of the first half's covariance plus the ridge


@displayed
class Evidence(NamedTuple):
    """A text as two networks read it: the trained one and the same before training."""

    text: str
    trained: Units
    untrained: Units


@displayed
class Verdict(NamedTuple):
    """Whether a unit knows a concept, with every figure that the judgement rests on."""

    name: str
    graded: bool
    unit: int  # the best one
    score: float  # its strength: AUC from 0.5 to 1, or |correlation| from 0 to 1
    sign: int  # 1 where the unit rises with the concept, -1 where it falls
    luck: float
    untrained: float
    probe: float  # AUC or Pearson correlation on the second half
    untrained_probe: float
    scores: Array  # (H,) of all units, with direction: AUC, or correlation from -1 to 1

    @property
    def strengths(self) -> Array:
        """(H,) scores without their direction, for an order of the units."""
        return strength(self.scores, self.graded)

    @property
    def bar(self) -> float:
        """What a unit must reach to be said to know."""
        return max(self.luck, self.untrained) + MARGIN[self.graded]

    @property
    def knows(self) -> bool:
        """Whether the best unit beats luck and the untrained network by the margin."""
        return self.score >= self.bar

    @property
    def together(self) -> bool:
        """Whether the units know more together than the best alone and the untrained ones together."""
        return self.probe >= max(self.score, self.luck, self.untrained_probe) + MARGIN[self.graded]

    @property
    def sentence(self) -> Sentence:
        """The judgement in words, figures included."""
        figures = {name: getattr(self, name) for name in ("name", "unit", "score", "luck", "untrained")}
        said = Sentence("No unit here knows “{name}”: best {score:.2f}, luck {luck:.2f}.", **figures)
        if self.knows:
            way = "" if self.sign > 0 else Sentence(" upside down")
            said = Sentence(
                "Unit {unit} knows “{name}”{way}: {score:.2f}, where luck gives {luck:.2f} and the untrained network "
                "{untrained:.2f}.",
                way=way,
                **figures,
            )
        elif self.score >= self.luck + MARGIN[self.graded]:
            said = Sentence(
                "No unit here has learned “{name}”: best {score:.2f}, and {untrained:.2f} untrained.", **figures
            )
        elif self.luck + MARGIN[self.graded] > 1:
            said = Sentence(
                "Whether a unit knows “{name}” cannot be told on a text that repeats itself so: luck alone reaches "
                "{luck:.2f}.",
                **figures,
            )
        if self.together:
            said = Sentence(
                "{said} All together know it: a linear probe reaches {probe:.2f}, {untrained:.2f} untrained.",
                said=said,
                probe=self.probe,
                untrained=self.untrained_probe,
            )
        return said


@displayed
class NamedUnit(NamedTuple):
    """A unit and the concept that it is named by."""

    unit: int
    name: str
    score: float
    sign: int


def characters_read(H: int) -> int:
    """How many characters at most are read with H units."""
    return min(LIMIT, LIMIT_CELLS // H, LIMIT_WORK // H**2)


def gather(parameters: Parameters, untrained: Parameters, text: str, vocabulary: Vocabulary) -> Evidence:
    """Let both networks read the text (its beginning, where it is long), unknown characters left out."""
    ids = vocabulary.encode(text[: characters_read(parameters.sizes[1])])
    both = (units_along(network, ids) for network in (parameters, untrained))
    return Evidence(vocabulary.decode(ids), *(prepare(hidden) for hidden in both))


def prepare(hidden: Array) -> Units:
    """Sort and standardise hidden values (N, H)."""
    ranks = np.array([centred_ranks(values) for values in hidden.T], np.float32)
    half = len(hidden) // 2
    values = hidden - hidden[:half].mean(axis=0)
    deviation = values[:half].std(axis=0)
    values /= np.where(deviation > 1e-6, deviation, np.inf)
    covariance = (values[:half].T @ values[:half]).astype(float) / max(half, 1)
    inverse = np.linalg.inv(covariance + RIDGE * np.eye(hidden.shape[1]))
    return Units(ranks, np.sqrt((ranks * ranks).sum(axis=1)), values, inverse)


def centred_ranks(values: Array) -> Array:
    """Average ranks of values (N,) less their mean: equal values share the middle of their places."""
    order = np.argsort(values)
    ordered = values[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    counts = np.diff(starts, append=len(values))
    ranks = np.empty(len(values))
    ranks[order] = np.repeat(starts + (counts - 1) / 2, counts)
    return ranks - (len(values) - 1) / 2


def unit_scores(units: Units, concept: Concept) -> Array:
    """(H,) AUC, or Spearman correlation, of every unit for the concept, with direction."""
    return _scores(units, _weights(concept), concept.graded)[0]


def luck(units: Units, concept: Concept) -> float:
    """The best unit's strength for shifted labels: 95th percentile over SHIFTS shifts, none below N / SHIFTS."""
    N = len(concept.labels)
    shifts = np.random.default_rng(0).integers(N // SHIFTS, N - N // SHIFTS, SHIFTS)
    weights = _weights(concept)[0]
    shifted = np.array([np.roll(weights, shift) for shift in shifts])
    best = strength(_scores(units, shifted, concept.graded), concept.graded).max(axis=1)
    return float(np.quantile(best, 0.95))


def probe(units: Units, concept: Concept) -> float:
    """AUC, or Pearson correlation, on the second half, of a ridge regression fitted on the first."""
    half = len(units.values) // 2
    labels = np.asarray(concept.labels, units.values.dtype)
    centred = labels[:half] - labels[:half].mean()
    w = units.inverse @ (units.values[:half].T @ centred / half)
    guess, truth = (units.values[half:] @ w).astype(float), labels[half:].astype(float)
    if concept.graded:
        return _pearson(guess, truth)
    positive = truth > 0
    pairs = positive.sum() * (~positive).sum()
    return float(0.5 + centred_ranks(guess)[positive].sum() / pairs) if pairs else 0.5


def judge(evidence: Evidence, concept: Concept) -> Verdict:
    """Score every unit of the trained network for a concept of the evidence's text, baselines and probes beside it."""
    scores = unit_scores(evidence.trained, concept)
    strengths = strength(scores, concept.graded)
    unit = int(strengths.argmax())
    return Verdict(
        concept.name,
        concept.graded,
        unit,
        float(strengths[unit]),
        1 if scores[unit] >= _chance(concept.graded) else -1,
        luck(evidence.trained, concept),
        float(strength(unit_scores(evidence.untrained, concept), concept.graded).max()),
        probe(evidence.trained, concept),
        probe(evidence.untrained, concept),
        scores,
    )


def rank_all(parameters: Parameters, untrained: Parameters, text: str, vocabulary: Vocabulary) -> list[Verdict]:
    """A verdict on every concept that has enough examples in the text, the best known first; none for a short text."""
    if len(vocabulary.encode(text)) < 2 * ENOUGH:
        return []
    evidence = gather(parameters, untrained, text, vocabulary)
    verdicts = [judge(evidence, concept) for concept in concepts(evidence.text)]
    return sorted(verdicts, key=lambda verdict: verdict.bar - verdict.score)


def named_units(verdicts: list[Verdict], n: int = 5) -> list[NamedUnit]:
    """Up to n different units, each named by a concept that it knows; each concept names one unit at most.

    A concept whose best unit has its name already goes to its next best, if that one knows it too.
    """
    named: dict[int, NamedUnit] = {}
    for verdict in sorted(verdicts, key=lambda verdict: verdict.bar - verdict.score):
        strengths = verdict.strengths
        for unit in np.argsort(-strengths, kind="stable").tolist():
            if strengths[unit] < verdict.bar:
                break
            if unit not in named:
                sign = 1 if verdict.scores[unit] >= _chance(verdict.graded) else -1
                named[unit] = NamedUnit(unit, verdict.name, float(strengths[unit]), sign)
                break
    return list(named.values())[:n]


def strength(scores: Array, graded: bool) -> Array:
    """Scores without their direction: AUC from 0.5 to 1, or |correlation| from 0 to 1."""
    return _chance(graded) + np.abs(scores - _chance(graded))


def _chance(graded: bool) -> float:
    return 0.0 if graded else 0.5


def _weights(concept: Concept) -> Array:
    """(1, N) what the product with ranks needs: labels by the number of pairs, or centred ranks of norm 1."""
    if concept.graded:
        weights = centred_ranks(concept.labels)
        norm = np.sqrt(weights @ weights)
    else:
        weights = np.asarray(concept.labels, float)
        norm = weights.sum() * (1 - weights).sum()
    return (weights[None] / max(norm, 1)).astype(np.float32)


def _scores(units: Units, weights: Array, graded: bool) -> Array:
    """(L, H) scores for L rows of weights: one matrix product."""
    products = weights @ units.ranks.T
    return products / np.maximum(units.norms, 1) if graded else 0.5 + products


def _pearson(a: Array, b: Array) -> float:
    a, b = a - a.mean(), b - b.mean()
    norm = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / norm if norm else 0.0
