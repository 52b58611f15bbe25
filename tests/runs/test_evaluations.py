"""Losses on held-out text, measured beside training slice by slice."""

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
