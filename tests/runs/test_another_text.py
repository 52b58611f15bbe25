"""A run that goes on with another text: what it has learned stays, its history is told on, and it is exact."""

import numpy as np
import pytest

from charrnn import Corpus, Settings
from charrnn.runs.store import Store
from charrnn.runs.store_types import StoreError

FIRST = Corpus.from_text("the cat sat on the mat. " * 120, name="cats")
OTHER = Corpus.from_text("Ein Hund lag auf dem Weg. " * 120, name="Hunde")
SETTINGS = Settings(hidden_size=10, sequence_length=8, batch_size=2)
SECONDS = 60


def train(run, steps):
    run.steps(steps)
    at = run.snapshot.step + steps
    assert run.wait(lambda run: run.status == "paused" and run.saved_step == at, SECONDS), (run.status, run.message)


def test_what_was_learned_stays_the_history_is_told_on_and_it_is_exact(make_engine, tmp_path):
    store = Store(tmp_path)
    engine = make_engine(store=store)
    first = engine.create(FIRST, SETTINGS)
    with pytest.raises(StoreError, match="train it a little first"):
        engine.go_on(first, OTHER)
    train(first, 40)
    runs = [engine.go_on(first, OTHER) for _ in range(2)]
    run, other = runs
    assert (run.title, run.snapshot.step) == ("cats, then Hunde from step 40", 40)
    assert run.corpus.before == (("cats", 40),)
    np.testing.assert_array_equal(run.snapshot.parameters.W_hh, first.snapshot.parameters.W_hh)
    assert set(run.corpus.vocabulary.characters) == set(FIRST.text + OTHER.text)
    assert run.snapshot.held_out_step == 40
    assert run.snapshot.held_out > run.snapshot.smooth_loss + 0.5  # measured on the other text, which it does not know
    np.testing.assert_array_equal(run.record.history, first.record.history)
    train(run, 30)
    train(other, 10)
    train(other, 20)  # interrupted once
    np.testing.assert_array_equal(run.snapshot.parameters.flat, other.snapshot.parameters.flat)
    engine.close()
    again = make_engine(store=store).find(run.token)
    assert (again.snapshot.step, again.corpus.before, again.corpus.digest) == (70, run.corpus.before, run.corpus.digest)
    np.testing.assert_array_equal(again.snapshot.parameters.flat, run.snapshot.parameters.flat)
    assert first.corpus is FIRST


def test_what_starts_over_has_learned_from_nothing_before(make_engine, tmp_path):
    engine = make_engine(store=Store(tmp_path))
    first = engine.create(FIRST, SETTINGS)
    train(first, 10)
    run = engine.go_on(first, OTHER)
    fork = engine.fork(run, 0, SETTINGS)
    run.rewind(0)
    for begun in (run, fork):
        assert (begun.corpus.before, begun.corpus.digest, begun.snapshot.step) == ((), OTHER.digest, 0)
        assert engine.keeper.saved(begun).digest == OTHER.digest
