"""Losses on held-out text, measured beside training slice by slice."""

import dataclasses

import pytest

from charrnn.network.evaluate import evaluate
from charrnn.runs import evaluations
from charrnn.runs.evaluations import Evaluations
from charrnn.text.corpus import Corpus
from charrnn.text.decoding import REPLACEMENT
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer

SMALL = Settings(hidden_size=4, sequence_length=8, batch_size=1)


def measured(trainer):
    """All that comes of what is due."""
    due = Evaluations(trainer)
    due.ask()
    assert due
    found = []
    while due:
        found.append(due.advance())
    return [one for one in found if one is not None]


def test_what_is_held_out_is_measured_at_the_step_that_asked_as_the_trainer_does():
    trainer = Trainer(Corpus.from_text("the rain in spain " * 120), SMALL)
    trainer.train(3)
    assert measured(trainer) == [(3, trainer.evaluate())]


def test_held_out_text_of_nothing_that_is_known_has_no_loss():
    trainer = Trainer(Corpus.from_text("ab" * 900 + REPLACEMENT * 200), SMALL)
    assert trainer.corpus.held_out_ids.size == 100
    assert trainer.evaluate() is None
    assert measured(trainer) == []


@pytest.mark.parametrize("step", [0, 1, 2])
def test_the_first_step_that_asks_is_measured_whichever_it_is(step):
    trainer = Trainer(Corpus.from_text("the rain in spain " * 120), SMALL)
    trainer.train(step)
    assert measured(trainer) == [(step, trainer.evaluate())]


def test_a_step_is_measured_once_unless_what_was_due_is_forgotten():
    trainer = Trainer(Corpus.from_text("the rain in spain " * 120), SMALL)
    due = Evaluations(trainer)
    for step in range(3):
        for _ in range(3):
            due.ask()
        found = []
        while due:
            found.append(due.advance())
        assert [one for one in found if one] == [(step, trainer.evaluate())]
        due.ask()
        assert not due
        due.forget()
        due.ask()
        assert due
        due.forget()
        assert due.advance() is None
        trainer.train(1)


@pytest.mark.parametrize(("held_out", "measured_at_all"), [(0, False), (1, False), (2, True)])
def test_one_character_held_out_says_nothing_and_two_do(held_out, measured_at_all):
    trainer = Trainer(Corpus.from_text("the rain in spain " * 120), SMALL)
    trainer.corpus = dataclasses.replace(trainer.corpus, held_out_ids=trainer.corpus.held_out_ids[:held_out])
    due = Evaluations(trainer)
    due.ask()
    assert bool(due) == measured_at_all


def test_of_much_held_out_text_the_first_twenty_thousand_predictions_are_measured(monkeypatch):
    monkeypatch.setattr(evaluations, "LIMIT", 50)
    trainer = Trainer(Corpus.from_text("the rain in spain " * 120), SMALL)
    first = trainer.corpus.held_out_ids[: 50 + 1]
    assert measured(trainer) == [(0, pytest.approx(evaluate(trainer.parameters, first), rel=1e-6))]
