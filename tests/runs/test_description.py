"""A corpus in plain values and back, and what runs are called that were others before."""

import json

import numpy as np
import pytest

from charrnn.runs.description import (
    about,
    corpus_from,
    describe,
    fork_title,
    is_untouched,
    later_title,
    title_from_the_start,
    title_of,
)
from charrnn.sentence import Sentence
from charrnn.text.corpus import Corpus
from charrnn.training.settings import Settings

CORPUS = Corpus.from_text("The Rain in Spain.\r\n" * 40, name="rain", lowercase=True, held_out=0.2).knowing("xyz ")


READ = Corpus.from_bytes("Der Regen fällt. ".encode("utf-16") * 40, name="Regen")


@pytest.mark.parametrize("corpus", [CORPUS, CORPUS.knowing("xyzq", (("sonnets", 7), ("roses", 9))), READ], ids="abc")
def test_a_corpus_described_in_json_and_made_again_is_the_same(corpus):
    again = corpus_from(json.loads(json.dumps(describe(corpus))), corpus.text)
    for name in ("name", "text", "vocabulary", "held_out", "lowercase", "report", "before", "digest"):
        assert getattr(again, name) == getattr(corpus, name), name
    np.testing.assert_array_equal(again.train_ids, corpus.train_ids)
    np.testing.assert_array_equal(again.held_out_ids, corpus.held_out_ids)
    with pytest.raises(ValueError, match="read-only"):
        again.train_ids[0] = 1


def test_what_is_described_is_this():
    said = describe(CORPUS)
    assert said.keys() == {
        *("name", "characters", "split", "held_out", "lowercase", "encoding", "notes", "hints", "before")
    }
    assert (said["split"], said["held_out"], said["lowercase"]) == (len(CORPUS.train_ids), 0.2, True)


def test_what_earlier_versions_did_not_describe_is_nothing():
    said = {name: value for name, value in describe(CORPUS).items() if name not in ("hints", "before")}
    again = corpus_from(said, CORPUS.text)
    assert (again.report.hints, again.before) == ((), ())


def test_a_run_is_told_by_its_text_its_settings_and_its_title():
    settings, title = Settings(seed=9), Sentence("{name}, forked at {step:,}", name="rain", step=1_000)
    told = json.loads(json.dumps(about(CORPUS, settings, title)))
    assert told.keys() == {"corpus", "settings", "title"}
    assert (told["corpus"]["name"], Settings.from_dict(told["settings"])) == ("rain", settings)
    assert title_of(told) == title
    assert title_of(told).values == title.values
    assert title_of(about(CORPUS, settings, "mine")) == "mine"
    assert title_of({}) == ""


def test_a_title_that_is_no_text_is_refused():
    with pytest.raises(ValueError, match=r"^its title is no text$"):
        title_of({"title": 7})


@pytest.mark.parametrize(
    ("name", "settings", "untouched"),
    [
        ("Alice", Settings(), True),
        ("Delayed recall", Settings(), True),
        ("my diary", Settings(), False),
        ("Alice", Settings(seed=2), False),
    ],
)
def test_anybody_can_have_the_same_start_with_a_text_of_the_projects_and_usual_settings(name, settings, untouched):
    assert is_untouched(Corpus.from_text("abc" * 99, name=name), settings) == untouched


@pytest.mark.parametrize(
    ("title", "said"),
    [
        (lambda: fork_title("rain", 1_000, {}), "rain, forked at 1,000"),
        (
            lambda: fork_title("rain", 12_000, {"learning_rate": 0.5, "clip": 2.0, "optimizer": "sgd"}),
            "rain, forked at 12,000: learning rate 0.5, clip 2.0, optimiser sgd",
        ),
        (lambda: later_title("rain", Corpus.from_text("ab", name="sun"), 4_000), "rain, then sun from step 4,000"),
    ],
)
def test_what_a_run_is_called_that_was_another_before_is_so_no_longer_from_the_start(title, said):
    title = title()
    assert title == said
    assert title_from_the_start(title) == ""
    assert title_from_the_start(f"about {title.partition(',')[0]}") == "about rain"
