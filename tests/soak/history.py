"""What long histories cost: python -m tests.soak.history [--steps 100000 1000000 10000000]

For each length a run of one unit is saved as a quick worker saves it, 30,000 steps a state, with a clock and a held-out
loss at each. Printed are the bytes of the store and of the history in it, and what opening the run costs a new process:
seconds, and megabytes at most above what it held before. It works in a folder of its own.
"""

import argparse
import resource
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import killing

from charrnn.runs.description import about
from charrnn.runs.engine import Engine
from charrnn.runs.history import row_a_step, thinned
from charrnn.runs.store import Store
from charrnn.runs.store_types import Note, Progress, StoredCheckpoint
from charrnn.training import checkpoint
from charrnn.training.settings import Settings
from charrnn.training.trainer import State, Trainer

A_STATE = 30_000  # steps that a network of one unit does between two states


def progress(first: int, last: int, state: State) -> Progress:
    """What such steps bring."""
    reported = np.random.default_rng(first).exponential(size=(4, last - first + 1))
    history = thinned(row_a_step(np.arange(first, last + 1), *reported))
    state = State(state.values | {"steps": last}, state.arrays)
    notes = [Note(last, "seconds", last / 20_000), Note(last, "held_out", 2.5)]
    return Progress(history, notes, [StoredCheckpoint(last, checkpoint.to_bytes(state), False)])


def saved(folder: Path, steps: int) -> str:
    """Save such a run; return its token."""
    corpus, settings, store = killing.corpus(), Settings(hidden_size=1, batch_size=1), Store(folder)
    state, token = Trainer(corpus, settings).state(), f"run of {steps}"
    store.begin(token, corpus.digest, corpus.text, about(corpus, settings, ""), 0)
    for first in range(1, steps + 1, A_STATE):
        store.add(token, progress(first, min(first + A_STATE - 1, steps), state))
    return token


def sizes(folder: Path) -> tuple[int, int, int]:
    """Bytes of the file, and of all histories in it; notes."""
    database = sqlite3.connect(folder / "runs.sqlite")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    history = "SELECT (SELECT coalesce(sum(length(losses) + length(gradients)), 0) FROM history)"
    if database.execute("SELECT 1 FROM sqlite_master WHERE name = 'thinned'").fetchone():
        history += " + (SELECT sum(length(rows)) FROM thinned)"
    kept = database.execute(history).fetchone()[0]
    notes = database.execute("SELECT count(*) FROM notes").fetchone()[0]
    database.close()
    return (folder / "runs.sqlite").stat().st_size, kept, notes


def opening(folder: Path, token: str) -> None:
    """Open a run in this process; print seconds and megabytes."""
    engine = Engine(store=Store(folder))
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, perf_counter()
    run = engine.find(token)
    seconds, after = perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert run
    print(f"{seconds:.2f} s, {(after - before) / 1024:.0f} MB more at most, {len(run.curve.steps)} points", flush=True)
    engine.close()


def soak(lengths: list[int]) -> None:
    """A line for each length."""
    for steps in lengths:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            token = saved(Path(folder), steps)
            file, history, notes = sizes(Path(folder))
            command = [sys.executable, __file__, "--open", folder, token]
            cost = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
            print(
                f"{steps:>11,} steps: store {file:,} bytes ({file / steps:.3f} a step), history {history:,}, ", end=""
            )
            print(f"{notes:,} notes; opening: {cost}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, nargs="+", default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--open", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.open:
        opening(Path(arguments.open[0]), arguments.open[1])
    else:
        soak(arguments.steps)
