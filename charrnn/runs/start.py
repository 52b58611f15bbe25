"""The message that starts a worker: what the run is, and the state from which it goes on."""

import json

import numpy as np

from charrnn.runs.description import about, corpus_from
from charrnn.runs.known import Known
from charrnn.runs.messages import Message
from charrnn.runs.store import Store
from charrnn.runs.store_types import Note
from charrnn.training import checkpoint
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer


def start_message(run: Known, changes: dict[str, float], store: Store | None) -> Message:
    """What a worker has to know. `changes` are to be made before the first step; without a store nothing is saved.

    The process before it may have died with something told and not saved, or the store may have been removed: all that
    is known of the run comes with it, so that what is missing there is saved first.
    """
    corpus = run.corpus
    arrays = {
        "text": np.frombuffer(corpus.text.encode(), np.uint8),
        "history": run.record.history.view(np.uint8),
        "notes": np.frombuffer(json.dumps(notes(run)).encode(), np.uint8),
    }
    if run.state:
        arrays["state"] = np.frombuffer(run.state, np.uint8)
    fields = about(corpus, run.settings, run.title) | {
        "changes": changes,
        "seconds": run.curve.clock[-1][1] if run.curve.clock else 0.0,
        "store": store and {"folder": str(store.folder), "token": run.token, "digest": corpus.digest},
    }
    return Message("start", fields, arrays)


def notes(run: Known) -> list[Note]:
    """What is known of a run beside its history and its states."""
    return [
        *(Note(step, "sample", text) for step, text in run.samples if step),
        *(Note(step, "held_out", loss) for step, loss in run.curve.held_out),
        *(Note(step, "seconds", seconds) for step, seconds in run.curve.clock),
        *(Note(step, "change", change) for step, change in run.log),
    ]


def build(start: Message) -> Trainer:
    """The trainer that the message describes, at the state that comes with it."""
    corpus = corpus_from(start.fields["corpus"], bytes(start.arrays["text"]).decode())
    state = bytes(start.arrays["state"]) if "state" in start.arrays else None
    return checkpoint.resumed(corpus, Settings.from_dict(start.fields["settings"]), state)
