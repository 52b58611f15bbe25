"""Held-out losses that are measured in slices, between chunks of training."""

from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from charrnn.network.evaluate import evaluated, surprisal_in_chunks
from charrnn.network.parameters import Array
from charrnn.training.trainer import Trainer

LIMIT = 20_000  # characters: always the same first ones, so that the points can be compared


class Evaluation(NamedTuple):
    """A held-out loss that is being measured."""

    step: int
    chunks: Iterator[Array]  # of surprisals still to be measured
    nats: list[Array]  # those that have been


class Evaluations:
    """Those of a trainer that are due, the oldest first."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer, self._held_out = trainer, trainer.corpus.held_out_ids[: LIMIT + 1]
        self._due: deque[Evaluation] = deque()
        self._asked = -1  # the last step whose held-out loss has been asked for

    def __bool__(self) -> bool:
        return bool(self._due)

    def ask(self) -> None:
        """Have the held-out loss of the present parameters measured, once; none where nothing is held out."""
        trainer = self._trainer
        if len(self._held_out) > 1 and self._asked != trainer.steps:
            self._asked = trainer.steps
            chunks = surprisal_in_chunks(trainer.parameters.copy(), self._held_out)
            self._due.append(Evaluation(trainer.steps, chunks, [np.empty(0)]))

    def forget(self) -> None:
        """None is due any more, and that of the present step has not been asked for."""
        self._due.clear()
        self._asked = -1

    def advance(self) -> tuple[int, float] | None:
        """Measure one slice of the oldest; its step and loss (nats a character) where that was the last one of it."""
        if not self._due:
            return None
        step, chunks, nats = self._due[0]
        chunk = next(chunks, None)
        if chunk is not None:
            nats.append(chunk)
            return None
        self._due.popleft()
        loss = evaluated(np.concatenate(nats), self._held_out, self._trainer.corpus.vocabulary.replacement)
        return None if loss is None else (step, loss)
