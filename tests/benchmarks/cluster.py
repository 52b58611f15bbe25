"""A run as a process of this machine against one as a Ray actor: python tests/benchmarks/cluster.py [--runs 1 8 30]

By turns in one run of this script, all on this machine. For each number of runs that train at once:

    speed      steps a second of all of them together, and of one for a second of its processor's time, which is what
               the ratio (actor to process, over all turns) is of: others on the machine do not count in it
    answer     a command (pause, train) until the run has heard the answer, ms
    memory     proportional set size of a run's process, MB; below, that of the driver and of Ray's own processes
    update     processor time of the server for each of a run's messages, and of the driver for it, ms
"""

import argparse
import os
import secrets
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from time import perf_counter, process_time, sleep
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from charrnn.runs.cluster import Cluster
from charrnn.runs.engine import Engine
from charrnn.runs.run import Run
from charrnn.runs.store import Store
from charrnn.text.folder import DATA, corpora
from charrnn.text.known import known
from charrnn.training.settings import Settings

MARK = "CHARRNN_BENCHMARK"
WAIT = 120
TICK = os.sysconf("SC_CLK_TCK")
LINE = "{kind:8} {runs:4} {speed:9,.0f} {pure:9,.0f} {p50:9.1f}/{p95:<7.1f} {memory:8.1f} {update:10.2f} {driver:8.2f}"


class Turn(NamedTuple):
    """What was measured of one kind for a while."""

    speed: float
    done: int  # steps
    used: float  # seconds of the processor's time for them
    answers: list[float]
    memory: float
    update: float
    driver: float


def turn(engine: Engine, count: int, seconds: float, title: str) -> Turn:
    """Have so many runs train, and measure."""
    corpus = known(corpora(DATA)[0][0])
    runs = [engine.create(corpus, Settings(seed=number)) for number in range(count)]
    for number, run in enumerate(runs):
        engine.lease(run, f"session {number}")
        run.train()
    for run in runs:
        if not run.wait(lambda run: run.status == "training" and run.snapshot.step > 20, WAIT):
            raise SystemExit(f"A run does not train: {run.status}, {run.message}")
    sleep(2)
    drivers, workers = found("cluster_driver"), found(title)
    used = sum(map(processor, workers))
    began, steps, versions = perf_counter(), stepped(runs), sum(run.version for run in runs)
    spent, driven = process_time(), sum(map(processor, drivers))
    sleep(seconds)
    took, updates = perf_counter() - began, sum(run.version for run in runs) - versions
    done = stepped(runs) - steps
    used = sum(map(processor, workers)) - used
    update = 1000 * (process_time() - spent) / updates
    driver = 1000 * (sum(map(processor, drivers)) - driven) / updates
    memory = statistics.mean(map(pss, workers))
    answers = [answer(runs[number % count]) for number in range(40)]
    for number, run in enumerate(runs):
        run.close()
        engine.lease(engine.create(corpus, Settings()), f"session {number}")
    while found(title):
        sleep(0.1)
    return Turn(done / took, done, used, answers, memory, update, driver)


def stepped(runs: Sequence[Run]) -> int:
    """Steps of all together."""
    return sum(run.snapshot.step for run in runs)


def answer(run: Run) -> float:
    """Milliseconds until a run has paused; it trains on then."""
    sleep(0.1)
    began = perf_counter()
    run.pause(wait=WAIT)
    took = 1000 * (perf_counter() - began)
    run.train()
    run.wait(lambda run: run.snapshot.speed > 0, WAIT)
    return took


def found(title: str) -> set[int]:
    """Our processes with this in their title."""
    mark, ours = f"{MARK}={os.environ[MARK]}".encode(), set()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # another's, or ended meanwhile
            mine = mark in (process / "environ").read_bytes().split(b"\0")
            if mine and title in (process / "cmdline").read_text(errors="replace").replace("\0", " "):
                ours.add(int(process.name))
    return ours - {os.getpid()}


def pss(pid: int) -> float:
    """Megabytes of a process, what it shares counted by its share."""
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1000
    return 0.0


def processor(pid: int) -> float:
    """Seconds of processor time that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def p95(values: Sequence[float]) -> float:
    """The 95th percentile."""
    return sorted(values)[int(0.95 * len(values))]


def measure(counts: Sequence[int], turns: int, seconds: float) -> None:
    """By turns, for each number of runs."""
    os.environ[MARK] = secrets.token_hex(8)
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster("local", cores=(os.cpu_count() or 1) / max(counts))
        store = Store(Path(folder))
        engines = {
            "process": (Engine(store=store, max_running=max(counts)), "charrnn.runs.worker"),
            "actor": (Engine(store=store, cluster=cluster), "ray::Actor"),
        }
        print("kind     runs   steps/s  /cpu s   answer p50/p95 ms  MB a run  ms update   driver")
        try:
            for count in counts:
                kinds: dict[str, list[Turn]] = {kind: [] for kind in engines}
                for number in range(turns):
                    for kind in sorted(engines, reverse=bool(number % 2)):
                        engine, title = engines[kind]
                        kinds[kind].append(turn(engine, count, seconds, title))
                pure: dict[str, float] = {}
                for kind, measured in kinds.items():
                    answers = [one for each in measured for one in each.answers]
                    means = {
                        name: statistics.median(getattr(each, name) for each in measured)
                        for name in ("speed", "memory", "update", "driver")
                    }
                    pure[kind] = sum(each.done for each in measured) / sum(each.used for each in measured)
                    figures = means | {"pure": pure[kind], "p50": statistics.median(answers), "p95": p95(answers)}
                    print(LINE.format(kind=kind, runs=count, **figures), flush=True)
                print(f"ratio    {count:4} {'':9} {pure['actor'] / pure['process']:9.3f}", flush=True)
            beside = found("ray") | found("gcs_server")
            print(f"driver {sum(map(pss, found('cluster_driver'))):.0f} MB, Ray's own {sum(map(pss, beside)):.0f} MB")
        finally:
            for engine, _ in engines.values():
                engine.close()
            cluster.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, nargs="+", default=[1, 8, 30])
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=8)
    arguments = parser.parse_args()
    measure(arguments.runs, arguments.turns, arguments.seconds)
