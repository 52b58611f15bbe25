"""What is known of a run: an immutable record, and how each of the worker's messages makes the next one."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import numpy as np

from charrnn.network.parameters import Array, Parameters
from charrnn.runs.checkpoint_schedule import is_log_spaced, lasting
from charrnn.runs.curve import Curve
from charrnn.runs.history import ROW, joined, thinned, until
from charrnn.runs.messages import Message
from charrnn.runs.store_types import Saved
from charrnn.training import checkpoint
from charrnn.training.trainer import Trainer

SAMPLE_LENGTH = 200
ON_THEIR_WAY = 100  # states of which it may yet be told that they are saved: far more than there ever are


class Snapshot(NamedTuple):
    """An immutable picture of a run at one step. Losses in nats per character; None where nothing is known yet."""

    step: int
    characters: int  # read so far, over all streams
    epochs: float
    loss: float | None  # of the last window
    smooth_loss: float
    gradient_norm: float | None  # before clipping
    clipped: float | None  # fraction of the gradient's entries
    rate: float  # in force after the schedule
    learning_rate: float  # before it
    clip: float
    speed: float  # steps a second, over the last second of training
    parameters: Parameters  # read-only
    parameters_step: int  # whose parameters these are: large networks send them more rarely than figures
    held_out: float | None = None
    held_out_step: int | None = None
    recent_loss: float | None = None  # of the last few windows
    memory: tuple[Array, ...] | None = None  # of the optimiser at the parameters' step, where it was asked for

    @classmethod
    def of(cls, trainer: Trainer) -> Snapshot:
        """The picture of a trainer that stands still."""
        return cls(
            step=trainer.steps,
            characters=trainer.characters,
            epochs=trainer.epochs,
            loss=None,
            smooth_loss=trainer.smooth_loss,
            gradient_norm=None,
            clipped=None,
            rate=trainer.rate,
            learning_rate=trainer.learning_rate,
            clip=trainer.clip,
            speed=0.0,
            parameters=_frozen(trainer.parameters.flat, trainer.parameters),
            parameters_step=trainer.steps,
        )


class Checkpoint(NamedTuple):
    """The network exactly as it was at a stored step: 0, 10, 30, 100, 300, 1,000 …, and where training was paused."""

    step: int
    parameters: Parameters  # read-only


class Record(NamedTuple):
    """The present picture of a run and its history."""

    snapshot: Snapshot
    checkpoints: tuple[Checkpoint, ...]
    samples: tuple[tuple[int, str], ...]
    curve: Curve = Curve()
    log: tuple[tuple[int, dict[str, float]], ...] = ()  # (step, change)
    history: Array = joined([])  # with a row's end at each cut
    cuts: tuple[int, ...] = ()  # the step saved last, and those of the states handed over since
    diverged: int | None = None  # the step to which it went back since its loss was no number any more

    @classmethod
    def untrained(cls, trainer: Trainer) -> Record:
        """The record of a trainer that has done no step."""
        snapshot = Snapshot.of(trainer)
        sample = trainer.sample(SAMPLE_LENGTH, seed=0)
        return cls(snapshot, (Checkpoint(0, snapshot.parameters),), ((0, sample),))

    def reopened(self, trainer: Trainer, saved: Saved) -> Record:
        """The record of a run as it was saved, from that of the untrained one. The trainer is at the latest state."""
        curve, samples, log = self.curve.extended(saved.history), self.samples, self.log
        for step, kind, value in saved.notes:
            if kind == "sample":
                samples = (*samples, (step, value))
            elif kind == "held_out":
                curve = curve.measured(step, value)
            elif kind == "seconds":
                curve = curve.timed(step, value)
            else:
                log = (*log, (step, value))
        checkpoints = self.checkpoints
        for step, data, kept in saved.checkpoints:
            if kept and step:
                arrays = checkpoint.from_bytes(data).arrays
                flat = np.concatenate([arrays[name].ravel() for name in Parameters._fields])
                checkpoints = (*checkpoints, Checkpoint(step, _frozen(flat, trainer.parameters)))
        record = Record(self.snapshot, checkpoints, samples, curve, log, saved.history, (trainer.steps,))
        return record.resumed(trainer, {})

    def resumed(self, trainer: Trainer, changes: dict[str, float]) -> Record:
        """The record of a run that goes on where the trainer stands, with another learning rate or clip limit."""
        now = Snapshot.of(trainer)._replace(**changes)  # type: ignore[arg-type]
        return self._replace(snapshot=now).rewound(trainer.steps)

    def after(self, message: Message) -> Record:
        """The record once a message has been taken in."""
        kind, fields, arrays = message
        record = self.rewound(fields["step"])._replace(diverged=fields["step"]) if kind == "diverged" else self
        if "history" in arrays:
            record = record._grown(arrays["history"].view(ROW))
        if "state" in arrays:
            record = record._replace(cuts=(*record.cuts[:1], *record.cuts[1:][-ON_THEIR_WAY:], fields["step"]))
        if "characters" in fields:
            curve = record.curve.timed(fields["step"], fields["seconds"])
            record = record._replace(snapshot=record._pictured(fields, arrays), curve=curve)
        match kind:
            case "saved":
                return record._replace(cuts=tuple(cut for cut in record.cuts if cut >= fields["step"]))
            case "checkpoint":
                return record._stored()._sampled(fields)
            case "paused":
                return record._stored()
            case "sample":
                return record._sampled(fields)
            case "held_out":
                step, loss = fields["step"], fields["loss"]
                snapshot = record.snapshot._replace(held_out=loss, held_out_step=step)
                return record._replace(snapshot=snapshot, curve=record.curve.measured(step, loss))
            case "changed":
                step, change = fields["step"], fields["change"]
                return record._replace(log=(*record.log, (step, change)))
        return record

    def rewound(self, step: int) -> Record:
        """The history up to a step. The snapshot's figures stay until the worker sends those that belong to it."""
        history = until(self.history, step)
        curve = self.curve.rewound(step, history)
        held_out_step, held_out = curve.held_out[-1] if curve.held_out else (None, None)
        return self._replace(
            snapshot=self.snapshot._replace(held_out=held_out, held_out_step=held_out_step),
            checkpoints=tuple(checkpoint for checkpoint in self.checkpoints if checkpoint.step <= step),
            samples=tuple(sample for sample in self.samples if sample[0] <= step),
            curve=curve,
            log=tuple(change for change in self.log if change[0] <= step),
            history=history,
            cuts=tuple(cut for cut in self.cuts if cut <= step),
        )

    def without(self, steps: Collection[int]) -> Record:
        """Without the pauses among the steps. Log-spaced ones stay to be seen: the strip's rows are made of them."""
        gone = {step for step in steps if not is_log_spaced(step)}
        return self._replace(checkpoints=tuple(one for one in self.checkpoints if one.step not in gone))

    def _grown(self, rows: Array) -> Record:
        """With the history of further steps."""
        history = thinned(joined([self.history, rows]), self.cuts)
        return self._replace(history=history, curve=self.curve.extended(rows))

    def _stored(self) -> Record:
        """With the network of the snapshot among the checkpoints, and without pauses that are too many."""
        now = self.snapshot
        if self.checkpoints[-1].step == now.step:
            return self
        checkpoints = (*self.checkpoints, Checkpoint(now.step, now.parameters))
        stay = lasting([checkpoint.step for checkpoint in checkpoints])
        return self._replace(checkpoints=tuple(checkpoint for checkpoint in checkpoints if checkpoint.step in stay))

    def _pictured(self, fields: dict[str, Any], arrays: dict[str, Array]) -> Snapshot:
        figures = {name: value for name, value in fields.items() if name in Snapshot._fields}
        if "parameters" in arrays:
            parameters = _frozen(arrays["parameters"], self.snapshot.parameters)
            memory = tuple(np.array(array) for name, array in arrays.items() if name.startswith("memory_"))
            figures |= {"parameters": parameters, "parameters_step": fields["step"], "memory": memory or None}
        return self.snapshot._replace(**figures)

    def _sampled(self, fields: dict[str, Any]) -> Record:
        return self._replace(samples=(*self.samples, (fields["step"], fields["text"])))


def _frozen(flat: Array, like: Parameters) -> Parameters:
    """Read-only parameters of the same sizes from a copy of the vector, which else would keep a whole message alive."""
    copy = np.array(flat)
    copy.flags.writeable = False
    return like.like(copy)
