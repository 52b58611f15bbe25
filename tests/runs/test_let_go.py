"""Of runs that nobody holds any more no more stays in memory than may be kept at rest, texts least of all."""

import gc
import weakref

import pytest
from runs_helpers import SECONDS, soon, until

from charrnn.runs import in_memory
from charrnn.runs.store import Store
from charrnn.text.corpus import Corpus
from charrnn.text.folder import DATA, corpora
from charrnn.training.settings import Settings


def text_of(number, characters):
    """Another text for every number."""
    return Corpus.from_text((f"text {number} of some length. " * characters)[:characters], name="brought")


def gone(references):
    """Whether nothing of them is left, once all that takes its time has been done."""
    return soon(lambda: gc.collect() >= 0 and not any(reference() for reference in references))


@pytest.fixture
def hasty(make_engine, tmp_path, monkeypatch):
    """An engine with a store, short periods, and place for the texts of few runs at rest."""
    monkeypatch.setattr(in_memory, "KEPT_AT_REST", (8, 10_000))
    monkeypatch.setattr(in_memory, "KEPT_UNSAVED", (200, 10_000))
    return make_engine(store=Store(tmp_path / "home"), idle=0.01, grace=0.01)


def test_a_trained_run_with_a_long_text_is_let_go_once_it_is_saved_and_comes_back_by_its_link(hasty, settings, workers):
    run = hasty.create(text_of(0, 50_000), settings)
    lease, token, kept = hasty.lease(run, "tab"), run.token, [weakref.ref(run), weakref.ref(run.corpus)]
    run.steps(10)
    until(run, lambda run: run.status == "paused" and run.snapshot.step == 10)
    lease.release()
    workers[0].join(SECONDS)
    del run, lease, workers[0]  # a process that has left knows its run
    assert gone(kept)
    assert hasty.find(token).snapshot.step == 10


def test_so_many_texts_as_may_be_kept_at_rest_are_the_newest(hasty, settings):
    runs = [hasty.create(text_of(number, 4_000), settings) for number in range(6)]
    tokens, kept = [run.token for run in runs], [weakref.ref(run.corpus) for run in runs]
    del runs
    assert gone(kept[:4])
    assert [reference() is not None for reference in kept[4:]] == [True, True]
    assert all(hasty.find(token) for token in tokens)


def test_texts_of_runs_that_could_not_be_saved_are_kept_within_a_limit_too(make_engine, settings, monkeypatch):
    monkeypatch.setattr(in_memory, "KEPT_UNSAVED", (200, 10_000))
    engine = make_engine()
    kept = [weakref.ref(engine.create(text_of(number, 4_000), settings).corpus) for number in range(6)]
    assert gone(kept[:4])
    assert all(reference() for reference in kept[4:])


def test_of_visits_that_only_looked_no_more_stay_than_may_at_rest(make_engine, tmp_path):
    """As of pages that were left before they held their run."""
    engine, title = make_engine(store=Store(tmp_path / "home")), corpora(DATA)[0][0]
    text = Corpus.from_text("names of all kinds " * 100, name=title)
    kept = [weakref.ref(engine.create(text, Settings())) for _ in range(10)]
    assert gone(kept[:2])
    assert all(run() for run in kept[2:])
