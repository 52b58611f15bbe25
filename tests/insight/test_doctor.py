"""The doctor is silent on healthy runs of every text in the box, and alarmed on networks trained into each failure."""

from dataclasses import replace

import numpy as np
import pytest
from patients import examined

from charrnn.dashboard.session import texts
from charrnn.insight.doctor import best_stored, examine
from charrnn.text.corpus import Corpus
from charrnn.text.synthetic import SOURCES
from charrnn.training.settings import LIMITS, Settings
from charrnn.training.trainer import Trainer

SMALL = Settings(hidden_size=16, sequence_length=20, batch_size=8)
GATED = replace(SMALL, hidden_size=32, cell="gru")
ILL = {  # what is looked for: the text, settings, steps at which it is examined, and what is set meanwhile
    "text too small for these settings": ("short names", Settings(), [0], {}),
    "memorising": ("short names", replace(SMALL, hidden_size=48, batch_size=4), [0, 100, *range(300, 1900, 200)], {}),
    "a rate too low": ("names", replace(SMALL, learning_rate=1e-6), [130], {}),
    "above a blind guess": ("another ending", replace(SMALL, batch_size=16), [100], {}),
    "everything clipped": ("names", replace(SMALL, clip=1e-3), [130], {}),
    "saturated": ("names", replace(SMALL, hidden_size=32, init_scale=10.0), [130], {}),
    "dead units": ("names", replace(GATED, learning_rate=0.5), [200], {"learning_rate": (60, 0.004)}),
    "a plateau": ("letters by chance", replace(SMALL, hidden_size=4), [500, 1_000, 1_500, 2_000], {}),
}  # fmt: skip


def corpus(name):
    names = texts.find("Names", texts.Choices())
    letters = np.random.default_rng(0).choice(list("aaabbcd"), 60_000)
    return {
        "names": names,
        "short names": Corpus.from_text(names.text[:6_000], held_out=0.2),
        "another ending": Corpus.from_text("ab" * 10_000 + "xyzzy" * 200),
        "letters by chance": Corpus.from_text("".join(letters)),
    }[name]


@pytest.mark.parametrize("name", ILL)
def test_a_network_trained_into_a_failure_is_told_with_its_figures_and_a_remedy_that_can_be_had(name):
    text, settings, at, change = ILL[name]
    *_, (signs, findings) = ((signs, examine(signs)) for signs in examined(corpus(text), settings, at, **change))
    found = {finding.name: finding for finding in findings}
    assert name in found, found
    evidence, remedy = found[name].evidence, found[name].remedy
    assert any(character.isdigit() for character in evidence)
    assert remedy.kind in ("set", "back", "start over")
    Trainer(corpus(text), replace(settings, **remedy.changes))
    if remedy.kind == "back":
        assert remedy.step in signs.stored
    else:
        (changed,) = remedy.changes
        assert changed in LIMITS
        assert remedy.changes[changed] != getattr(settings, changed)


HEALTHY = [(name, Settings()) for name in texts.names()]
HEALTHY += [(source.title, replace(SMALL, hidden_size=32)) for source in SOURCES]
HEALTHY += [
    ("Alice", Settings(cell="gru", hidden_size=32, batch_size=4)),
    ("Alice", Settings(cell="lstm", hidden_size=32, batch_size=4)),
]
HEALTHY += [("Names", Settings.classic(hidden_size=32)), ("Names", replace(SMALL, hidden_size=32))]


@pytest.mark.parametrize(("name", "settings"), HEALTHY)
def test_nothing_is_found_of_a_healthy_run(name, settings):
    for signs in examined(texts.find(name, texts.Choices()), settings, [0, 130]):
        assert examine(signs) == []


def test_the_best_stored_step_is_the_one_with_the_least_held_out_loss():
    (signs,) = examined(corpus("names"), SMALL, [0])
    measured = signs._replace(held_out=[(100, 2.5), (300, 2.2), (2_000, 2.0), (5_000, 2.6)])
    assert best_stored(measured._replace(stored=[0, 10, 30, 100, 300, 1_000, 3_000, 5_000])) == 1_000
    assert best_stored(measured._replace(stored=[0, 100, 3_000])) == 3_000


def test_what_was_set_anew_is_judged_by_what_came_since():
    cut = {"settings": replace(SMALL, clip=1e-3), "at": [130, 140, 280]}
    names = [[one.name for one in examine(signs)] for signs in examined(corpus("names"), **cut, clip=(130, 5.0))]
    assert names == [["everything clipped"], [], []]


def test_a_text_known_by_heart_is_no_plateau():
    signs, *_ = examined(corpus("names"), SMALL, [0])
    flat = signs._replace(held_out=(), steps=np.arange(1, 5_001), read=10**7, losses=np.full(5_000, 0.02), moved=2.0)
    names = {finding.name for finding in examine(flat._replace(clipped=np.zeros(5_000)))}
    assert "a plateau" not in names
    loud = flat._replace(losses=np.full(5_000, 1.5), clipped=np.zeros(5_000))
    assert {finding.name for finding in examine(loud)} == {"a plateau"}
    assert examine(loud._replace(floor=1.45)) == []  # a generated text that is known as well as can be
