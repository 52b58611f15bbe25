"""The message that starts a worker: what the run is, and the state from which it goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from charrnn.runs.description import about, corpus_from
from charrnn.runs.messages import Message
from charrnn.training import checkpoint
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer

if TYPE_CHECKING:
    from charrnn.runs.run import Run
    from charrnn.runs.store import Store


def start_message(run: Run, changes: dict[str, float], store: Store | None) -> Message:
    """What a worker has to know. `changes` are to be made before the first step; without a store nothing is saved."""
    corpus = run.corpus
    arrays = {"text": np.frombuffer(corpus.text.encode(), np.uint8)}
    if run.state:
        arrays["state"] = np.frombuffer(run.state, np.uint8)
    fields = about(corpus, run.settings, run.title) | {
        "changes": changes,
        "seconds": run.curve.clock[-1][1] if run.curve.clock else 0.0,
        "store": store and {"folder": str(store.folder), "token": run.token, "digest": corpus.digest},
    }
    return Message("start", fields, arrays)


def build(start: Message) -> Trainer:
    """The trainer that the message describes, at the state that comes with it."""
    corpus = corpus_from(start.fields["corpus"], bytes(start.arrays["text"]).decode())
    state = bytes(start.arrays["state"]) if "state" in start.arrays else None
    return checkpoint.resumed(corpus, Settings.from_dict(start.fields["settings"]), state)
