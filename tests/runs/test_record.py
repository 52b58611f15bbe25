"""The record of a run, as the messages of a worker make it and as it goes back to a step."""

from functools import cache
from types import SimpleNamespace

import numpy as np
import pytest

from charrnn.runs.messages import Message
from charrnn.runs.record import SAMPLE_LENGTH, Record, Snapshot
from charrnn.runs.store_types import Note, Saved, StoredCheckpoint
from charrnn.runs.worker import Worker
from charrnn.text.corpus import Corpus
from charrnn.training.checkpoint import to_bytes
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer

SETTINGS = Settings(hidden_size=4, sequence_length=5, batch_size=2)
CORPUS = Corpus.from_text("to be or not to be, that is the question.\n" * 300, name="hamlet")


@cache
def told():
    """All that a worker says that trains up to step 45, is given another rate there, and goes on to 120."""
    heard: list[Message] = []
    outbox = SimpleNamespace(send=lambda kind, fields, arrays=None: heard.append(Message(kind, fields, arrays or {})))
    outbox.idle = True
    worker = Worker(Trainer(CORPUS, SETTINGS), outbox, 0.0)
    for until, rate in ((45, 0.01), (120, 0.02)):
        worker.obey(Message("train", {"order": 1, "until": until, "improving": False}, {}))
        while worker.until is not None or worker.evaluations:
            worker.advance()
        worker.obey(Message("set", {"order": 1, "changes": {"learning_rate": rate}}, {}))
    return heard


def record(until=120):
    """The record once all is heard up to a step."""
    found = Record.untrained(Trainer(CORPUS, SETTINGS))
    for message in told():
        if message.fields.get("step", 0) <= until:
            found = found.after(message)
    return found


def steps_of(found):
    """The steps of what a record has beside its snapshot and its history."""
    return {
        "checkpoints": [one.step for one in found.checkpoints],
        "samples": [step for step, _ in found.samples],
        "log": list(found.log),
        "held out": list(found.curve.held_out),
        "clock": list(found.curve.clock),
        "cuts": list(found.cuts),
    }


@pytest.mark.parametrize("steps", [0, 5])
def test_the_picture_of_a_trainer_that_stands_still_is_its_own(steps):
    trainer = Trainer(CORPUS, SETTINGS)
    trainer.train(steps)
    trainer.learning_rate, trainer.clip = 0.01, 2.0
    picture = Snapshot.of(trainer)
    np.testing.assert_array_equal(picture.parameters.flat, trainer.parameters.flat)
    of_it = {name: getattr(trainer, name) for name in ("characters", "epochs", "smooth_loss", "rate", "clip")}
    unknown = dict.fromkeys(("loss", "gradient_norm", "clipped", "held_out", "held_out_step", "recent_loss", "memory"))
    told = picture._asdict()
    del told["parameters"]
    assert told == {"step": steps, "parameters_step": steps, "learning_rate": 0.01, "speed": 0.0, **of_it, **unknown}


def test_an_untrained_record_has_what_the_untrained_network_writes():
    found, trainer = Record.untrained(Trainer(CORPUS, SETTINGS)), Trainer(CORPUS, SETTINGS)
    assert found.samples == ((0, trainer.sample(SAMPLE_LENGTH, seed=0)),)
    assert [one.step for one in found.checkpoints] == [0]


def test_what_a_worker_tells_is_all_in_the_record():
    found, trainer = record(), Trainer(CORPUS, SETTINGS)
    assert steps_of(found) | {"held out": 0, "clock": 0, "cuts": 0} == {
        "checkpoints": [0, 10, 30, 45, 100, 120],
        "samples": [0, 1, 2, 3, 5, 10, 20, 30, 50, 100],
        "log": [(45, {"learning_rate": 0.01}), (120, {"learning_rate": 0.02})],
        "held out": 0,
        "clock": 0,
        "cuts": 0,
    }
    assert {45, 120} <= {step for step, _ in found.curve.held_out}
    assert (found.snapshot.held_out_step, found.snapshot.held_out) == found.curve.held_out[-1]
    last = [one.fields for one in told() if "seconds" in one.fields][-1]
    assert found.curve.clock[-1] == (120, last["seconds"])
    trainer.train(45)
    np.testing.assert_array_equal(found.checkpoints[3].parameters.flat, trainer.parameters.flat)
    assert found.history["step"][-1] == 120
    assert {45, 120} <= set(found.history["step"].tolist()), "a row ends where one may go back"
    assert dict(found.samples)[30] == next(one.fields["text"] for one in told() if one.fields.get("step") == 30)


def test_what_the_optimiser_remembers_is_known_of_the_parameters_that_it_came_with_alone():
    found, paused = record(), next(one for one in told() if one.kind == "paused")
    came = {"parameters": paused.arrays["parameters"], "memory_0": np.arange(3.0), "memory_1": np.ones(2)}
    looked = found.after(Message("progress", paused.fields, came)).snapshot
    assert [array.tolist() for array in looked.memory] == [[0, 1, 2], [1, 1]]
    assert found.after(Message("progress", paused.fields, came)).after(paused).snapshot.memory is None
    with pytest.raises(ValueError, match="read-only"):
        looked.parameters.flat[0] = 1


@pytest.mark.parametrize("step", [45, 44, 30, 1, 0])
def test_back_at_a_step_nothing_is_known_of_what_came_after_it(step):
    back, then = record().rewound(step), record(step)
    points = steps_of(record())
    for name, known in steps_of(back).items():
        kept = [one for one in points[name] if (one[0] if isinstance(one, tuple) else one) <= step]
        assert known == kept, name
    assert back.history["step"][-1:].max(initial=0) <= step
    assert back.curve.steps[-1:].max(initial=0) <= step
    if step == 45:
        assert back.history["step"][-1] == 45
        assert steps_of(back)["samples"] == steps_of(then)["samples"]
        assert (back.snapshot.held_out_step, back.snapshot.held_out) == then.curve.held_out[-1]
    if not back.curve.held_out:
        assert back.snapshot.held_out is back.snapshot.held_out_step is None


def test_a_blow_up_goes_back_and_tells_where_to():
    start = record()
    message = next(one for one in told() if one.kind == "paused" and one.fields["step"] == 45)
    found = start.after(message._replace(kind="diverged"))
    assert found.diverged == found.snapshot.step == 45
    assert steps_of(found)["samples"] == steps_of(start.rewound(45))["samples"]
    assert start.diverged is None


def test_what_is_saved_leaves_only_the_cuts_from_there_on():
    cuts = record().cuts
    assert len(cuts) > 3
    last = cuts[-1]
    assert record().after(Message("saved", {"step": last, "removed": [], "message": None}, {})).cuts == tuple(
        cut for cut in cuts if cut == last
    )


def test_pauses_that_had_to_go_are_no_checkpoints_any_more_and_the_strip_keeps_its_rows():
    left = record().without({30, 45, 120})
    assert [one.step for one in left.checkpoints] == [0, 10, 30, 100]


def test_a_run_that_is_opened_again_has_its_kept_checkpoints_and_goes_on_from_the_last_state():
    trainer, stored, at_10 = Trainer(CORPUS, SETTINGS), [], Trainer(CORPUS, SETTINGS)
    at_10.train(10)
    notes = [
        Note(5, "sample", "tobe"),
        Note(10, "held_out", 3.25),
        Note(10, "seconds", 0.5),
        Note(12, "change", {"clip": 1.0}),
    ]
    for step, kept in ((10, True), (17, False)):
        trainer.train(step - trainer.steps)
        stored.append(StoredCheckpoint(step, to_bytes(trainer.state()), kept))
    history = record().history
    saved = Saved({}, "", "", history[history["step"] <= 17], notes, stored)
    found = Record.untrained(Trainer(CORPUS, SETTINGS)).reopened(trainer, saved)
    assert [one.step for one in found.checkpoints] == [0, 10]
    np.testing.assert_array_equal(found.checkpoints[1].parameters.flat, at_10.parameters.flat)
    assert found.samples[1:] == ((5, "tobe"),)
    assert (found.curve.held_out, found.curve.clock, found.log) == (((10, 3.25),), ((10, 0.5),), ((12, {"clip": 1.0}),))
    assert (found.cuts, found.snapshot.step, found.snapshot.parameters_step) == ((17,), 17, 17)
    np.testing.assert_array_equal(found.snapshot.parameters.flat, trainer.parameters.flat)
    assert not found.snapshot.parameters.flat.flags.writeable
