"""Runs without a process, as the doctor sees them: trained here, and told as a run's record tells."""

from collections.abc import Iterator, Sequence

from charrnn.dashboard.session import texts
from charrnn.dashboard.views.doctor import signs_of
from charrnn.insight.doctor import Signs
from charrnn.network.evaluate import evaluate
from charrnn.runs import history
from charrnn.runs.blowup import recent_loss, windows
from charrnn.runs.record import Checkpoint, Record, Snapshot
from charrnn.text.corpus import Corpus
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer

HELD_OUT = 5_000  # characters, a quarter of what runs measure on


def examined(corpus: Corpus, settings: Settings, at: Sequence[int], **change: tuple[int, float]) -> Iterator[Signs]:
    """The signs of a run at these steps; a `change` is (step, value) of what is set while it trains."""
    trainer = Trainer(corpus, settings)
    record, losses = Record.untrained(trainer), list[float]()
    others = {one.name: one.nats for one in texts.baselines_of(corpus)}
    for step in at:
        done = []
        while trainer.steps < step:
            for name, (when, value) in change.items():
                if when == trainer.steps:
                    setattr(trainer, name, value)
            done.append(trainer.step())
        losses = (losses + [one.loss for one in done])[-10_000:]
        curve = record.curve.extended(history.of(done)) if done else record.curve
        if (loss := evaluate(trainer.parameters, corpus.held_out_ids[:HELD_OUT])) is not None:
            curve = curve.measured(step, loss)
        characters = trainer.batches.T * trainer.batches.B
        now = Snapshot.of(trainer)._replace(recent_loss=recent_loss(losses[-windows(characters) :], characters))
        stored, log = (*record.checkpoints, Checkpoint(step, now.parameters)), tuple(trainer.log)
        record = record._replace(snapshot=now, curve=curve, checkpoints=stored, log=log)
        yield signs_of(record, settings, corpus, others)
