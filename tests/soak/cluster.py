"""Fifty runs on a cluster of four places, a node that stalls, a head that dies: python tests/soak/cluster.py

Two Ray nodes on this machine. Every run is to end where an uninterrupted trainer does, to the last bit.
"""

import argparse
import os
import secrets
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from time import monotonic, sleep

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from ray_nodes import TOKEN, Nodes

from charrnn.runs.cluster import Cluster
from charrnn.runs.engine import Engine
from charrnn.runs.run import Run
from charrnn.runs.store import Store
from charrnn.text.corpus import Corpus
from charrnn.training import checkpoint
from charrnn.training.settings import Settings
from charrnn.training.trainer import State, Trainer

SECONDS = 900
SETTINGS = Settings(hidden_size=32, sequence_length=16, batch_size=2)
CORPUS = Corpus.from_text("to and fro and up and down and all around " * 400, name="to and fro")


def soak(count: int, steps: int) -> None:
    """Go through it all; what is not as it should be ends it."""
    with Nodes(1, 1, token=secrets.token_hex(32)) as nodes, tempfile.TemporaryDirectory() as folder:
        os.environ[TOKEN] = nodes.token
        cluster = Cluster(nodes.address)
        engine = Engine(cluster=cluster, store=Store(Path(folder)))
        try:
            until(lambda: cluster.places == 4, "both nodes have joined")
            many(engine, count, steps)
            stalled(engine, cluster, nodes)
            headless(engine, cluster, nodes)
        finally:
            engine.close()
            cluster.close()
    if nodes.processes():
        raise SystemExit("A process was left behind.")


def many(engine: Engine, count: int, steps: int) -> None:
    """More runs than places, all to the end."""
    runs, started, most = [created(engine, number) for number in range(count)], monotonic(), 0
    for run in runs:
        run.train(steps)
    waiting = sum(run.status == "queued" for run in runs)
    print(f"{count} runs, {waiting} of them wait. The last one: {runs[-1].message}", flush=True)
    while any(run.status != "paused" for run in runs):
        most = max(most, engine.training)
        look(runs, started)
    took = monotonic() - started
    until(lambda: all(run.saved_step == steps for run in runs), "all are saved")
    print(f"all done in {took:.0f} s, {count * steps / took:,.0f} steps/s in all, at most {most} at once")
    exactly(runs)


def stalled(engine: Engine, cluster: Cluster, nodes: Nodes) -> None:
    """A node that stops without dying, and comes back."""
    runs = trained(engine)
    nodes.tell("stop 1")
    since = monotonic()
    until(lambda: any("not answered" in (run.message or "") for run in runs), "it is told")
    print(f"a node stalls: told after {monotonic() - since:.1f} s", end="")
    until(lambda: cluster.places == 2, "it is left out")
    until(lambda: sorted(run.status for run in runs) == ["queued"] * 2 + ["training"] * 2, "its runs wait")
    print(f", its runs wait after {monotonic() - since:.1f} s: {[run.message for run in runs if run.message][:1]}")
    nodes.tell("go 1")
    since = monotonic()
    until(lambda: all(run.status == "training" for run in runs), "all train")
    print(f"it answers again: all train after {monotonic() - since:.1f} s")
    paused(runs)


def headless(engine: Engine, cluster: Cluster, nodes: Nodes) -> None:
    """A head that dies: the runs wait, and nothing that was handed over is lost."""
    runs = trained(engine)
    before = [run.state_step for run in runs]
    nodes.tell("kill 0")
    since = monotonic()
    until(lambda: all(run.status == "queued" for run in runs), "all wait")
    print(f"the head dies: all wait after {monotonic() - since:.1f} s: {runs[0].message}")
    if any(run.state_step < step for run, step in zip(runs, before, strict=True)):
        raise SystemExit("A state was lost.")
    exactly(runs)
    until(lambda: not nodes.processes("ray::Actor"), "no actor is left")
    print(f"no actor is left after {monotonic() - since:.1f} s")


def created(engine: Engine, number: int) -> Run:
    """A run that a session holds."""
    run = engine.create(CORPUS, SETTINGS)
    engine.lease(run, f"session {number}")
    return run


def trained(engine: Engine) -> list[Run]:
    """Four runs that train."""
    runs = [created(engine, number) for number in range(4)]
    for run in runs:
        run.train()
    until(lambda: all(run.status == "training" and run.state_step > 100 for run in runs), "four train")
    return runs


def paused(runs: Sequence[Run]) -> None:
    """Have them stop, and compare."""
    for run in runs:
        run.pause()
    until(lambda: all(run.status == "paused" for run in runs), "all pause")
    exactly(runs)


def exactly(runs: Sequence[Run]) -> None:
    """Whether each state is that of an uninterrupted trainer."""
    alone = Trainer(CORPUS, SETTINGS)
    for run in sorted(runs, key=lambda run: run.state_step):
        alone.train(run.state_step - alone.steps)
        if not run.state or not same(checkpoint.from_bytes(run.state), alone.state()):
            raise SystemExit(f"At step {run.state_step:,} a run is not what the uninterrupted one is.")
    print("each is to the last bit what an uninterrupted run is")


def same(one: State, other: State) -> bool:
    """Whether two states are the same to the last bit."""
    alike = one.values == other.values and one.arrays.keys() == other.arrays.keys()
    return alike and all(np.array_equal(array, other.arrays[name]) for name, array in one.arrays.items())


def look(runs: Sequence[Run], started: float) -> None:
    """Wait a little; give up where it takes too long, or where a run has died."""
    sleep(0.2)
    if died := [run.message for run in runs if run.status == "died"]:
        raise SystemExit(f"{len(died)} runs died: {died[0]}")
    if monotonic() - started > SECONDS:
        raise SystemExit(f"It took more than {SECONDS} s: {[(run.status, run.message) for run in runs]}")


def until(condition: Callable[[], bool], what: str) -> None:
    """Look again and again until it holds."""
    deadline = monotonic() + 120
    while not condition():
        if monotonic() > deadline:
            raise SystemExit(f"It did not come to pass that {what}.")
        sleep(0.05)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--steps", type=int, default=5_000)
    arguments = parser.parse_args()
    soak(arguments.runs, arguments.steps)
