"""The seam between engine and worker, and its one implementation: a process on this machine.

Whatever else could run a trainer (an actor on another machine) needs these four: start, send, receive, end.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

from charrnn.runs import messages
from charrnn.runs.messages import Message, MessageError

END_SECONDS = 2.0  # what a worker may take to leave before it is killed
DYING_SECONDS = 0.2  # what the system may take to tell that a process whose pipe is closed has ended
TAIL = 4_000  # bytes of standard error that are kept

COMMAND = [sys.executable, "-P", "-m", "charrnn.runs.worker"]  # -P: nothing in the present folder is imported
PACKAGE_PARENT = Path(__file__).resolve().parents[2]
BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


class Connection(Protocol):
    """A worker seen from the engine. Starting means building one: `Connect`."""

    def send(self, kind: str, fields: dict[str, Any]) -> None:
        """Give a command. Where nobody is left to take it, nothing happens: `gone` tells."""

    def end(self) -> None:
        """Have the worker leave; returns at once."""

    def join(self, timeout: float) -> None:
        """Wait until the worker has left."""


Heard = Callable[[Connection, Message], None]
Gone = Callable[[Connection, str], None]
Connect = Callable[[Message, Heard, Gone], Connection]


class Local:
    """A worker process, and the thread that starts it, hears it out and notices its end.

    `heard` gets every message and `gone`, once, why the process ended; both are called from that thread.
    """

    def __init__(self, start: Message, heard: Heard, gone: Gone) -> None:
        self._heard, self._gone = heard, gone
        self._process: subprocess.Popen[bytes] | None = None
        self._started = self._ended = False
        self._lock = threading.Lock()  # over these three, and over the writing of a command
        self._thread = threading.Thread(target=self._live, args=(start,), daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """The process's id, None before it has started."""
        return self._process.pid if self._process else None

    def send(self, kind: str, fields: dict[str, Any]) -> None:
        """Give a command."""
        with self._lock:
            if self._process and not self._ended:
                self._write(self._process, Message(kind, fields, {}))

    def end(self) -> None:
        """Close the pipe, at which the worker leaves; kill it should it not."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
            if self._process and self._started:
                self._close(self._process)
            elif self._process:
                self._process.kill()  # a pipe cannot be closed while a thread still writes to it

    def join(self, timeout: float) -> None:
        """Wait until the process has ended and was reaped."""
        self._thread.join(timeout)

    def _live(self, start: Message) -> None:
        reason = ""
        with self._lock:
            if self._ended:
                self._gone(self, "")
                return
            self._process = process = launch()
        tail = Tail(process)
        self._write(process, start)
        with self._lock:
            self._started = True
        try:
            while message := messages.read(process.stdout):  # type: ignore[arg-type]
                self._heard(self, message)
        except (MessageError, OSError) as error:
            with suppress(subprocess.TimeoutExpired):
                process.wait(DYING_SECONDS)  # a frame breaks off where it has died: then its exit code says more
            if process.returncode is None:
                reason = str(error)
                process.kill()
        with self._lock:
            self._ended = True
            self._close(process)
        code = process.wait()
        tail.join()
        for stream in (process.stdout, process.stderr):
            stream.close()  # type: ignore[union-attr]
        self._gone(self, reason or explain(code, tail.text))

    @staticmethod
    def _write(process: subprocess.Popen[bytes], message: Message) -> None:
        with suppress(OSError, ValueError):  # it has died: the reading side notices and tells
            messages.write(process.stdin, *message)  # type: ignore[arg-type]

    @staticmethod
    def _close(process: subprocess.Popen[bytes]) -> None:
        with suppress(OSError):  # what was still to be flushed may have no reader any more
            process.stdin.close()  # type: ignore[union-attr]
        killer = threading.Timer(END_SECONDS, process.kill)
        killer.daemon = True
        killer.start()


class Tail:
    """The end of what a process writes to standard error: always read, since a full pipe would block it."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._stream = process.stderr
        self._bytes = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    @property
    def text(self) -> str:
        """The last few lines."""
        return self._bytes.decode(errors="replace")

    def join(self) -> None:
        """Wait for the end of the stream."""
        self._thread.join(END_SECONDS)

    def _read(self) -> None:
        while chunk := self._stream.read1(TAIL):  # type: ignore[union-attr]
            self._bytes = (self._bytes + chunk)[-TAIL:]


def launch() -> "subprocess.Popen[bytes]":
    """Start a worker: one BLAS thread, this very package, below normal priority where nice does not exist."""
    path = [str(PACKAGE_PARENT), os.environ.get("PYTHONPATH", "")]
    environment = os.environ | dict.fromkeys(BLAS_THREADS, "1") | {"PYTHONPATH": os.pathsep.join(filter(None, path))}
    pipe, flags = subprocess.PIPE, 0
    if sys.platform == "win32":
        flags = subprocess.BELOW_NORMAL_PRIORITY_CLASS | subprocess.CREATE_NO_WINDOW
    return subprocess.Popen(COMMAND, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, creationflags=flags)


def explain(code: int, tail: str) -> str:
    """Why a process ended, in words: its exit code, and the last line it wrote to standard error."""
    if code == -9:
        return "it was killed, perhaps because the machine ran out of memory"
    last = tail.strip().rpartition("\n")[2]
    return f"exit code {code}" + (f", last words: {last}" if last else "")
