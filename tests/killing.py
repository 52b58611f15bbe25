"""A run whose server and worker are killed again and again, beside a trainer that nothing interrupts. Linux.

The server is an engine with a store in a process of its own: this file, run with the number of SETTINGS and the run's
token, if it has one already. It takes commands (train, pause, state) and reports whatever changes, a line each.
"""

import base64
import json
import os
import queue
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any, NamedTuple

import numpy as np

from charrnn.runs import history
from charrnn.runs.engine import Engine
from charrnn.runs.history import Array
from charrnn.runs.local import PACKAGE_PARENT
from charrnn.runs.run import Run
from charrnn.runs.store import Store, home
from charrnn.text.corpus import Corpus
from charrnn.training import checkpoint
from charrnn.training.settings import Settings
from charrnn.training.trainer import State, Step, Trainer

SECONDS = 60  # a deadline on a busy machine, not an expectation
SETTINGS = (
    Settings(hidden_size=64, sequence_length=25),
    Settings.classic(hidden_size=48, sequence_length=20, learning_rate=0.05, dtype="float64"),
    Settings(hidden_size=32, sequence_length=16, batch_size=2, optimizer="rmsprop", learning_rate=1e-3, decay=0.0),
    Settings(hidden_size=32, sequence_length=16, batch_size=4, optimizer="sgd", learning_rate=1e-2, dtype="float64"),
    Settings(),
)


def corpus() -> Corpus:
    """A small text, always the same."""
    words = ["the", "rain", "in", "spain", "stays", "mainly", "on", "the", "plains", "and", "nobody", "knows", "why"]
    return Corpus.from_text(" ".join(np.random.default_rng(0).choice(words, 6000)), name="rain")


class Report(NamedTuple):
    """What the server says of its run."""

    token: str = ""
    status: str = "not found"
    step: int = 0
    seconds: float = 0.0  # of training, up to that step
    state_step: int = 0  # of the latest state in memory
    saved_step: int | None = None  # of the latest in the store
    message: str | None = None


speaking = threading.Lock()


class Strike(NamedTuple):
    """What one kill did. Seconds are of training."""

    victim: str
    seen: int  # the last step that was reported before
    found: int  # the step from which it goes on
    lost: float  # seconds between the two
    problems: list[str]


class Server:
    """The server's process, and all that it has reported."""

    def __init__(self, folder: Path, number: int, token: str = "") -> None:
        environment = os.environ | {"CHARRNN_HOME": str(folder), "PYTHONPATH": str(PACKAGE_PARENT)}
        command = [sys.executable, __file__, str(number), token]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, env=environment, stdin=pipe, stdout=pipe, text=True)
        self.pid = self._process.pid
        self.reports: list[Report] = []
        self._states: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._listen, daemon=True)
        self._reader.start()

    def until(self, condition: Callable[[Report], Any]) -> Report:
        """The last report, as soon as the condition holds for it. Raises TimeoutError."""
        with self._news:
            if not self._news.wait_for(lambda: self.reports and condition(self.reports[-1]), SECONDS):
                raise TimeoutError(f"The server says only {self.reports[-1:]}.")
            return self.reports[-1]

    def tell(self, command: str) -> None:
        print(command, file=self._process.stdin, flush=True)

    def state(self) -> tuple[int, float, State]:
        """The step from which the run goes on, the seconds trained up to there, and its whole state."""
        self.tell("state")
        answer = self._states.get(timeout=SECONDS)
        return answer["step"], answer["seconds"], checkpoint.from_bytes(base64.b64decode(answer["state"]))

    def kill(self) -> None:
        """End it with signal 9 and read what it still said."""
        self._process.kill()
        self._ended()

    def close(self) -> None:
        """Have it end as it should."""
        with suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(SECONDS)
        self.kill()

    def _ended(self) -> None:
        self._process.wait()
        self._reader.join(SECONDS)
        with suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]
        self._process.stdout.close()  # type: ignore[union-attr]

    def _listen(self) -> None:
        for line in self._process.stdout:  # type: ignore[union-attr]
            with suppress(ValueError):  # a line cut short by the kill
                said = json.loads(line)
                if "state" in said:
                    self._states.put(said)
                    continue
                with self._news:
                    self.reports.append(Report(**said))
                    self._news.notify_all()


class Life:
    """One run through its kills. A context manager; at its end no process is left."""

    def __init__(self, folder: Path, number: int) -> None:
        self.folder, self.number = folder, number
        self.reference = Trainer(corpus(), SETTINGS[number])
        self.done: list[Step] = []
        self.server = Server(folder, number)
        self.token, self._start, self._first = "", Report(), 0

    def __enter__(self) -> "Life":
        """Have it train, and wait until there is something that can be found again."""
        self.server.tell("train")
        self.token = self.server.until(lambda report: report.saved_step).token
        return self

    def __exit__(self, *_: object) -> None:
        self.server.close()
        for pid in processes(self.folder):
            os.kill(pid, signal.SIGKILL)

    def strike(self, victim: str, delay: float) -> Strike:
        """Let it train for a while, kill, look at what is left, and have it go on."""
        sleep(delay)
        problems = self._kill_server() if victim == "server" else self._kill_worker()
        problems += damage(self.folder)
        trained = self._trained()
        seen = trained[-1]
        if victim == "server":
            self.server = Server(self.folder, self.number, self.token)
        if self.server.until(lambda report: report.status in ("paused", "died", "not found")).status == "not found":
            return Strike(victim, seen.step, 0, seen.seconds, [*problems, "its token finds nothing"])
        found, seconds, state = self.server.state()
        steps, clock = [report.step for report in trained], [report.seconds for report in trained]
        lost = seen.seconds - float(np.interp(found, steps, clock))
        promised = max(seen.saved_step or 0, 0 if victim == "server" else seen.state_step)
        if found < promised:
            problems.append(f"step {promised:,} had been reported as kept")
        problems += self._compare(found, state)
        self._start, self._first = Report(step=found, seconds=seconds), len(self.server.reports)
        self.server.tell("train")
        return Strike(victim, seen.step, found, lost, problems)

    def finish(self) -> list[str]:
        """Train on a little, pause, end the server; return what differs from the uninterrupted run."""
        start = self._start.step
        self.server.until(lambda report: report.status == "training" and report.step > start)
        self.server.tell("pause")
        self.server.until(lambda report: report.status == "paused" and report.saved_step == report.step)
        step, _, state = self.server.state()
        problems = self._compare(step, state)
        self.server.close()
        saved = Store(self.folder).load(self.token)
        if not saved or not same_history(saved.history, self.done):
            problems.append("the saved history is another than the uninterrupted run's")
        if processes(self.folder):
            problems.append("a process was left behind")
        return problems + damage(self.folder)

    def _trained(self) -> list[Report]:
        """What was reported since the run last went on: its start, and its training."""
        return [self._start, *(report for report in self.server.reports[self._first :] if report.status == "training")]

    def _kill_server(self) -> list[str]:
        self.server.kill()
        return [] if soon(lambda: not processes(self.folder)) else ["a worker was left behind"]

    def _kill_worker(self) -> list[str]:
        soon(lambda: processes(self.folder) - {self.server.pid})
        for pid in processes(self.folder) - {self.server.pid}:
            os.kill(pid, signal.SIGKILL)
        died = self.server.until(lambda report: report.status == "died")
        return [] if "killed" in (died.message or "") else [f"it says only {died.message!r}"]

    def _compare(self, step: int, state: State) -> list[str]:
        """Bring the uninterrupted trainer to the step, and tell where the two are not the same to the last bit."""
        self.done += self.reference.train(step - self.reference.steps)
        expected = self.reference.state()
        same = state.values == expected.values and state.arrays.keys() == expected.arrays.keys()
        same = same and all(np.array_equal(array, expected.arrays[name]) for name, array in state.arrays.items())
        return [] if same else [f"at step {step:,} it is not what the uninterrupted run is"]


def same_history(rows: Array, done: list[Step]) -> bool:
    """Whether a saved history is that of the steps; sums depend a little on where they were cut."""
    saved, expected = history.thinned(rows), history.of(done)
    sums = ("norm_sum", "clipped_sum")
    exact = [name for name in saved.dtype.names or () if name not in sums]
    close = len(saved) == len(expected) and all(np.allclose(saved[name], expected[name], 1e-6) for name in sums)
    return close and all(np.array_equal(saved[name], expected[name], equal_nan=True) for name in exact)


def processes(folder: Path) -> set[int]:
    """The processes whose runs are kept in a folder: a server and its workers."""
    mark, found = f"CHARRNN_HOME={folder}".encode(), set()
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):  # another's, or ended meanwhile
            if mark in environment.read_bytes().split(b"\0"):
                found.add(int(environment.parent.name))
    return found


def damage(folder: Path) -> list[str]:
    """What SQLite finds wrong with the store."""
    database = sqlite3.connect(folder / "runs.sqlite", timeout=SECONDS)
    found = [str(row[0]) for row in database.execute("PRAGMA integrity_check")]
    database.close()
    return [] if found == ["ok"] else found


def soon(condition: Callable[[], Any]) -> bool:
    """Look again and again; return whether the condition came to hold."""
    deadline = monotonic() + SECONDS
    while not condition() and monotonic() < deadline:
        sleep(0.02)
    return bool(condition())


def serve(number: int, token: str) -> None:
    """The server: report the run's every change, until the input ends."""
    engine = Engine(store=Store(home()))
    run = engine.find(token) if token else engine.create(corpus(), SETTINGS[number])
    if not run:
        return say(Report()._asdict())
    threading.Thread(target=obey, args=(engine, run), daemon=True).start()
    version = -1
    while True:
        run.wait(lambda run, version=version: run.version != version, SECONDS)  # type: ignore[misc]
        with engine.lock:
            version, seconds = run.version, run.curve.clock[-1][1] if run.curve.clock else 0.0
            report = Report(
                run.token, run.status, run.snapshot.step, seconds, run.state_step, run.saved_step, run.message
            )
        say(report._asdict())


def obey(engine: Engine, run: Run) -> None:
    """Do what comes in, a command a line."""
    for command in sys.stdin:
        match command.strip():
            case "train":
                run.train()
            case "pause":
                run.pause()
            case "state":
                steps, clock = zip((0, 0.0), *run.curve.clock, strict=True)
                seconds = float(np.interp(run.state_step, steps, clock))
                state = base64.b64encode(run.state or checkpoint.to_bytes(Trainer(run.corpus, run.settings).state()))
                say({"state": state.decode(), "step": run.state_step, "seconds": seconds})
    engine.close()
    os._exit(0)


def say(what: dict[str, Any]) -> None:
    """One line, whole: two threads speak, and a state is more than a pipe takes at once."""
    with speaking:
        print(json.dumps(what), flush=True)


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
