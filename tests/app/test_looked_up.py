"""Words that are not everyday are explained in the part of the page where they stand, and no other ones stand there."""

import re
from collections import defaultdict

import pytest
from app_page import PANELS, as_read

from charrnn.dashboard.terms.glossary import glossary
from charrnn.dashboard.views.loss_curve import FIRST_SCREEN

# Words of the field, and the term that explains each: whoever brings another one to the page explains it too.
FIELD = {
    r"steps?": "step",
    r"held[- ]out": "held out",
    r"loss(es)?": "loss",
    r"nats?|bits": "nat and bit",
    r"hesitates?|perplexity": "hesitates between",
    r"surprise": "surprise",
    r"blind guess": "blind guess",
    r"baselines?": "baseline",
    r"entropy|entropies": "exact entropy",
    r"alphabet|lower-case": "alphabet",
    r"samples?": "sample",
    r"temperatures?": "temperature",
    r"seeds?": "seed",
    r"stored step": "stored step",
    r"hidden state|states": "hidden state",
    r"units?|neurons?": "unit",
    r"tanh|activations?": "tanh",
    r"saturat\w+": "saturated",
    r"weights": "weights",
    r"softmax|logits?": "softmax",
    r"gradients?": "gradient",
    r"reaches back|fades|vanish\w*": "vanishing gradient",
    r"backpropagation|BPTT": "backpropagation through time",
    r"looks? back|unroll\w*": "looks back",
    r"streams?|batch(es)?": "stream",
    r"clip(ped|ping)?": "clip",
    r"learning rate": "learning rate",
    r"optimiser|Adam|Adagrad|RMSprop|SGD|momentum": "optimiser",
    r"epochs?": "epoch",
    r"cell|LSTM|GRU": "cell",
    r"gates?|gated": "gate",
    r"start scale|orthogonal|gaussian": "start",
    r"precision|float\d+": "precision",
    r"weight decay|regularis\w+": "weight decay",
    r"dropout": "dropout",
    r"forks?": "fork",
    r"overfit\w*|held-out loss improves": "overfitting",
    r"copy(ing|ied)": "copying",
    r"rank correlation|Spearman": "rank correlation",
    r"linear probe|probes?|probing": "linear probe",
    r"luck": "luck",
    r"central difference|nudged": "central difference",
    r"n-grams?|triples": "n-gram",
    r"norm": "norm",
    r"Jacobian": "Jacobian",
    r"eigenvalues?|spectral radius": "eigenvalue",
    r"principal components?|PCA|enter alike": "principal components",
}
SECTIONS = ("works", "watched", "guessing", "knows", "remembers", "learns", "film", "compare")
WORDS = ("label", "body", "options", "content", "caption", "alt")


@pytest.fixture
def panels():
    return PANELS


def texts(proto, names):
    """What stands in these fields of an element, wherever in it."""
    for field, value in proto.ListFields():
        for one in value if isinstance(value, (list, tuple)) or hasattr(value, "append") else [value]:
            if hasattr(one, "ListFields"):
                yield from texts(one, names)
            elif isinstance(one, str) and field.name in names:
                yield as_read(one)


def places(page):
    """What stands in each panel and section of the page, and what is explained in it; the rest is the first screen."""
    stands, helps = defaultdict(set), defaultdict(set)

    def walk(block, place):
        proto = getattr(block, "proto", None)
        if block.type in ("popover", "expander"):
            place = next(texts(proto, ("label",)), "") or place
        if proto is not None:
            helps[place].update(re.findall(r"\*\*([^*]+)\*\*:", " ".join(texts(proto, ("help",)))))
            stands[place].update(texts(proto, WORDS))
        for child in getattr(block, "children", {}).values():
            walk(child, place)

    walk(page.at._tree, "")
    return stands, helps


def test_every_word_of_the_field_is_explained_where_it_stands_and_every_explanation_is_used(page):
    for section in SECTIONS:
        page.at.session_state[section] = True
    page.step("100 steps")
    page.at.session_state["step-as-tables"] = True
    for _ in range(2):
        for measurement in list(page.session.measurements.values()):
            measurement.future.result(60)
        page.look()
    stands, helps = places(page)
    helps[""].update(FIRST_SCREEN)
    assert set(FIELD.values()) == set(glossary())
    missing, used = set(), set()
    for place, said in stands.items():
        for pattern, term in FIELD.items():
            if any(re.search(rf"\b({pattern})\b", text, re.IGNORECASE) for text in said):
                used.add(term)
                if term not in helps[place] | set(FIRST_SCREEN):
                    missing.add((place, term))
    assert missing == set()
    assert {term for terms in helps.values() for term in terms} >= set(glossary())


def test_an_explanation_has_the_figures_of_this_very_run(page):
    page.step("100 steps")
    helps = [
        text for element in page.elements if getattr(element, "proto", None) for text in texts(element.proto, ("help",))
    ]
    assert any("**stream**" in text and "2 streams." in text for text in helps)
    assert any("**step**" in text and "It has done 100 steps" in text for text in helps)
