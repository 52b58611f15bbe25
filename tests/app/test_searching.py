"""Find where else: a stretch that was picked in the coloured text is looked for in the whole corpus."""

import re

import pytest
from app_page import SECONDS

from charrnn.dashboard.inside import where_else
from charrnn.insight.reading import states

STRETCH = 5, 8


@pytest.fixture
def folded():
    return ()


@pytest.fixture
def trained(page, monkeypatch):
    """A trained network, and a stretch picked in the text that is shown."""
    page.step("100 steps").turn_to("elsewhere")
    monkeypatch.setattr(where_else, "picked", lambda: STRETCH)
    return searched(page)


def searched(page):
    page.look().session.measurements["where-else-found"].future.result(SECONDS)
    return page.look()


def said(page):
    return next(markdown.value for markdown in page.at.markdown if "units** are so throughout" in markdown.value)


def listed(page):
    """Units as they are named, and places as they are listed."""
    named = re.search(r"throughout(?: \(↓ off\))?: (.*)\. Where else", said(page))[1].split(", ")
    return named, page.table("places")


def test_without_a_stretch_nothing_is_searched_and_the_page_says_how(page):
    page.step("10 steps").turn_to("elsewhere")
    assert "where-else-found" not in page.session.measurements
    assert any("Draw over a stretch" in caption.value for caption in page.at.caption)


def test_the_whole_text_is_searched_for_units_that_are_on(trained):
    units, places = listed(trained)
    text, start = trained.session.sentence()
    corpus, parameters = trained.run.corpus, trained.session.view.parameters
    hidden = states(parameters, corpus.vocabulary.encode(text))[1 + start :][slice(*STRETCH)]
    assert units == [str(unit) for unit in range(16) if (hidden[:, unit] > 0.3).all()]
    assert len(places) == where_else.PLACES
    assert places["units"][0] == f"{len(units)} of {len(units)}"
    assert any(f"in all {len(corpus.text):,} characters" in caption.value for caption in trained.at.caption)


def test_every_place_stands_in_the_corpus_with_its_surroundings(trained):
    corpus = trained.run.corpus
    _, places = listed(trained)
    assert list(places) == ["units", "before", "here", "after"]
    for _, before, inside, after in places.itertuples(index=False):
        assert (before.lstrip() + inside + after).replace("↵", "\n") in corpus.text
        assert len(inside) == STRETCH[1] - STRETCH[0]


def test_units_that_are_off_are_found_as_well_and_marked(trained):
    on, _ = listed(trained)
    trained.at.session_state["which-way"] = "either"
    searched(trained)
    either, _ = listed(trained)
    off = [unit for unit in either if unit.endswith("↓")]
    assert either == on + off
    assert off


def test_a_threshold_that_no_unit_reaches_is_said_in_words(trained, monkeypatch):
    monkeypatch.setattr(where_else, "picked", lambda: (0, 60))
    trained.at.slider(key="threshold").set_value(0.9)
    searched(trained)
    assert any("lower the threshold" in caption.value for caption in trained.at.caption)


def test_a_text_too_long_for_the_time_there_is_has_its_end_searched_and_the_page_says_so(trained, monkeypatch):
    monkeypatch.setattr(where_else, "SEARCHED", 50_000)
    trained.at.slider(key="threshold").set_value(0.1)
    searched(trained)
    N = len(trained.run.corpus.text)
    assert any(f"the last 50,000 of {N:,} characters" in caption.value for caption in trained.at.caption)
