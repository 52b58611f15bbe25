"""A run on a disk that becomes full, and has room again: python disk_story.py FOLDER, on a small disk of its own.

Tells what was seen, a line of JSON.
"""

import json
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from runs_helpers import assert_same_state, until

from charrnn.runs.engine import Engine
from charrnn.runs.store import Store
from charrnn.text.corpus import Corpus
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer

SETTINGS = Settings(hidden_size=24, sequence_length=12, batch_size=2)


def fill(file: Path) -> None:
    """Leave no room on the disk."""
    with file.open("wb", buffering=0) as writing:
        for size in (1 << 16, 1):
            try:
                while True:
                    writing.write(bytes(size))
            except OSError:
                os.fsync(writing.fileno())


def story(folder: Path) -> dict[str, object]:
    """What is seen of it."""
    corpus = Corpus.from_text("the rain in spain stays mainly in the plain. " * 60, name="rain")
    engine = Engine(store=Store(folder))
    run = engine.create(corpus, SETTINGS)
    engine.lease(run, "one")
    run.train(until=2_000)
    until(run, lambda run: run.status == "paused" and run.saved_step == 2_000)
    filler = folder / "filler"
    fill(filler)
    run.train(until=4_000)
    until(run, lambda run: run.unsaved)
    until(run, lambda run: run.status == "paused" and run.snapshot.step == 4_000)
    full = {"told": str(run.unsaved), "status": run.status, "saved": run.saved_step, "step": run.snapshot.step}
    filler.unlink()
    run.train(until=6_000)
    until(run, lambda run: run.status == "paused" and run.saved_step == 6_000 and not run.unsaved)
    token = run.token
    engine.close()
    again = Engine(store=Store(folder))
    found = again.find(token)
    trainer = Trainer(corpus, SETTINGS)
    trainer.train(6_000)
    assert_same_state(found.state, trainer)
    again.close()
    with closing(sqlite3.connect(folder / "runs.sqlite")) as database:
        integrity = database.execute("PRAGMA integrity_check").fetchone()[0]
    return {"full": full, "curve": sorted(set(found.curve.steps.tolist()))[-1], "integrity": integrity}


if __name__ == "__main__":
    print(json.dumps(story(Path(sys.argv[1]))))
