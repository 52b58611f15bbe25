"""The worker's side of the pipe: messages wait here until they are taken."""

import os
import queue
import threading
from collections.abc import Mapping
from typing import Any, BinaryIO, Protocol

from charrnn.runs import messages


class Telling(Protocol):
    """Where a worker leaves what it tells."""

    @property
    def idle(self) -> bool:
        """Whether everything sent so far has been taken."""

    def send(self, kind: str, fields: Mapping[str, Any], arrays: Mapping[str, Any] | None = None) -> None:
        """Leave a message; returns at once."""


class Outbox:
    """Writes messages in a thread of its own: a reader that is slow never holds up training."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._waiting: queue.Queue[Any] = queue.Queue()
        threading.Thread(target=self._write, daemon=True).start()

    @property
    def idle(self) -> bool:
        """Whether everything sent so far has been taken."""
        return self._waiting.unfinished_tasks == 0

    def send(self, kind: str, fields: Mapping[str, Any], arrays: Mapping[str, Any] | None = None) -> None:
        """Queue a message. Its arrays must not change any more."""
        self._waiting.put((kind, fields, arrays))

    def flush(self) -> None:
        """Wait until everything has been taken."""
        self._waiting.join()

    def _write(self) -> None:
        while True:
            try:
                messages.write(self._stream, *self._waiting.get())
            except OSError:
                os._exit(0)  # nobody is left to train for
            self._waiting.task_done()
