"""The worker as a Ray actor: the same Worker, which takes commands and hands over what it tells as calls of its owner.

Imported where Ray is: by the driver, and by the nodes of the cluster.
"""

import hashlib
import os
import queue
import threading
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
import ray

from charrnn.runs.messages import Array, Message
from charrnn.runs.worker import work

HEAR_SECONDS = 2.0  # that a call waits for something to hear
ALONE_SECONDS = 15.0  # unheard so long its owner is out of reach: then nobody is left to train for
NICE = 10  # as a worker on the server's machine, where Ray has not set it higher
ROOMS = ("text", "network", "training", "runs")  # of the package: what a run's numbers come from
PACKAGE = Path(__file__).resolve().parents[1]


class Mailbox:
    """What a worker tells waits here until it is asked for."""

    def __init__(self) -> None:
        self._waiting: list[Message] = []
        self._news = threading.Condition()
        self._asked = 0  # by how many
        self._closed = False
        self.asked_at = monotonic()

    @property
    def idle(self) -> bool:
        """Whether everything sent so far has been taken, and more is waited for."""
        return self._asked > 0 and not self._waiting

    def send(self, kind: str, fields: Mapping[str, Any], arrays: Mapping[str, Any] | None = None) -> None:
        """Leave a message. Its arrays must not change any more."""
        with self._news:
            self._waiting.append(Message(kind, dict(fields), dict(arrays or {})))
            self._news.notify_all()

    def close(self) -> None:
        """Nothing comes any more."""
        with self._news:
            self._closed = True
            self._news.notify_all()

    def take(self) -> list[Message] | None:
        """What was left, which may be nothing yet; None where nothing will come any more."""
        with self._news:
            self._asked += 1
            self._news.wait_for(lambda: self._waiting or self._closed, HEAR_SECONDS)
            self._asked -= 1
            self.asked_at = monotonic()
            taken, self._waiting = self._waiting, []
            return None if self._closed and not taken else taken


@ray.remote(concurrency_groups={"hear": 1, "tell": 1}, max_restarts=0, max_task_retries=0)
class Actor:
    """A worker: `start` is the message that it is started with, but for the text."""

    def __init__(self, start: Message, text: Array) -> None:
        os.nice(max(0, NICE - os.nice(0)))
        self._commands: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._box = Mailbox()
        self._commands.put(start._replace(arrays=start.arrays | {"text": text}))
        for task in (self._work, self._watch):
            threading.Thread(target=task, daemon=True).start()

    @ray.method(concurrency_group="hear")
    def hear(self) -> list[Message] | None:
        """What it tells, in order, nothing where it is only there; None once it has ended."""
        return self._box.take()

    @ray.method(concurrency_group="tell")
    def tell(self, kind: str, fields: dict[str, Any]) -> None:
        """Give a command."""
        self._commands.put(Message(kind, fields, {}))

    def _work(self) -> None:
        work(self._commands, self._box)
        self._box.close()

    def _watch(self) -> None:
        while monotonic() - self._box.asked_at < ALONE_SECONDS:
            threading.Event().wait(1)
        os._exit(0)


@ray.remote(num_cpus=0, max_retries=0)
def installed() -> str:
    """What a node trains with."""
    return own()


def own() -> str:
    """What is installed here of that which decides a run's numbers: the package's sources and NumPy."""
    sources = hashlib.sha256()
    for file in sorted(path for room in ROOMS for path in (PACKAGE / room).rglob("*.py")):
        sources.update(file.read_bytes().replace(b"\r\n", b"\n"))
    return f"CharRNN Lab {sources.hexdigest()[:8]} with NumPy {np.__version__}"
