"""The seam between engine and worker, and its one implementation: a process on this machine.

Whatever else could run a trainer (an actor on another machine) needs these four: start, send, receive, end.
Whoever sends never waits: a thread of the connection's own writes to the pipe, which a stopped process does not empty.
"""

import errno
import logging
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Protocol

from charrnn.runs import messages
from charrnn.runs.messages import Message, MessageError
from charrnn.sentence import Sentence

END_SECONDS = 2.0  # what a process may take to leave
DYING_SECONDS = 0.2  # what the system may take to tell that a process whose pipe is closed has ended
WAITING = 1_000  # messages that may wait for a worker to take them; one that takes none is ended
TAIL = 4_000  # bytes of standard error that are kept

LACKING = {
    errno.EMFILE: Sentence("the server has too many files open"),
    errno.ENFILE: Sentence("the machine has too many files open"),
    errno.EAGAIN: Sentence("the machine allows no more processes"),
    errno.ENOMEM: Sentence("the machine has no memory left"),
}

COMMAND = [sys.executable, "-P", "-m", "charrnn.runs.worker"]  # -P: nothing in the present folder is imported
PACKAGE_PARENT = Path(__file__).resolve().parents[2]
BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")


class Connection(Protocol):
    """A worker seen from the engine. Starting means building one: `Connect`."""

    @property
    def elsewhere(self) -> bool:
        """Whether its run goes on by itself on another machine when this one is lost."""

    @property
    def where(self) -> str:
        """On which machine of a cluster it trains, in words."""

    def send(self, kind: str, fields: dict[str, Any]) -> None:
        """Give a command; returns at once. Where nobody is left to take it, nothing happens: `gone` tells."""

    def end(self) -> None:
        """Have the worker leave; returns at once."""

    def kill(self) -> None:
        """End it if it is still there; returns at once."""

    def join(self, timeout: float) -> None:
        """Wait until the worker has left."""


Heard = Callable[[Connection, Message], None]
Gone = Callable[[Connection, str], None]
Connect = Callable[[Message, Heard, Gone], Connection]


class Local:
    """A worker process, a thread that starts it, hears it out and notices its end, and one that writes to it.

    `heard` gets every message and `gone`, once, a sentence on why there is no process (any more); both are called from
    the first thread, with no lock held. Raises RuntimeError where no thread can be had.
    """

    elsewhere, where = False, ""

    def __init__(self, start: Message, heard: Heard, gone: Gone) -> None:
        self._heard, self._gone = heard, gone
        self._process: subprocess.Popen[bytes] | None = None
        self._started = self._ended = False  # whether it was heard, whether it is to leave
        self._lock = threading.Lock()  # over these three; nothing that may take long is done under it
        self._commands: queue.Queue[Message | None] = queue.Queue(WAITING)
        self._commands.put(start)
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """The process's id, None before it has started."""
        return self._process.pid if self._process else None

    def send(self, kind: str, fields: dict[str, Any]) -> None:
        """Give a command."""
        if not self._ended:
            self._put(Message(kind, fields, {}))

    def end(self) -> None:
        """Close the pipe, at which the worker leaves; one that was never heard has nothing to save."""
        with self._lock:
            self._ended, started = True, self._started
        if started:
            self._put(None)
        else:
            self.kill()

    def kill(self) -> None:
        """End it, now or as soon as it is there."""
        with self._lock:
            self._ended = True
            if self._process:
                self._process.kill()  # nothing happens where it has ended

    def join(self, timeout: float) -> None:
        """Wait until the process has ended and was reaped."""
        self._thread.join(timeout)

    def _put(self, message: Message | None) -> None:
        try:
            self._commands.put_nowait(message)
        except queue.Full:
            self.kill()

    def _live(self) -> None:
        try:
            process = launch()
        except OSError as error:
            self._gone(self, unstarted(error))
            return
        with self._lock:
            self._process = process
            if self._ended:
                process.kill()
        tail = Tail(process)
        beside = [threading.Thread(target=work, daemon=True) for work in (tail.read, lambda: self._write(process))]
        try:
            for thread in beside:
                thread.start()
            why = self._listen(process)
        except RuntimeError as error:  # no thread can be had
            process.kill()
            why = unstarted(error)
        self._leave(process)
        for thread in beside:
            if thread.ident:
                thread.join(END_SECONDS)
        for stream in (process.stdin, process.stdout, process.stderr):
            close(stream)
        self._gone(self, why or explain(process.returncode, tail.text))

    def _listen(self, process: "subprocess.Popen[bytes]") -> str:
        """Hear it out until it has ended; why it was ended, where its exit code does not tell."""
        why = ""
        try:
            while message := messages.read(process.stdout):  # type: ignore[arg-type]
                self._started = True
                self._heard(self, message)
        except (MessageError, OSError) as error:
            with suppress(subprocess.TimeoutExpired):
                process.wait(DYING_SECONDS)  # a frame breaks off where it has died: then its exit code says more
            if process.returncode is None:
                why = died(str(error))
        except Exception as error:  # a thread that ended silently would leave the run waiting for ever
            logging.getLogger(__name__).exception("What a worker told could not be taken in.")
            why = died(Sentence("what it told could not be taken in: {name}", name=type(error).__name__))
        if why:
            process.kill()
        return why

    def _leave(self, process: "subprocess.Popen[bytes]") -> None:
        """Wait until it has left, not for long."""
        with self._lock:
            self._ended = True
        self._put(None)
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _write(self, process: "subprocess.Popen[bytes]") -> None:
        with suppress(OSError, ValueError):  # it has died: the reading side notices and tells
            while message := self._commands.get():
                messages.write(process.stdin, *message)  # type: ignore[arg-type]
        close(process.stdin)


class Tail:
    """The end of what a process writes to standard error: always read, since a full pipe would block it."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._stream = process.stderr
        self._bytes = b""

    @property
    def text(self) -> str:
        """The last few lines."""
        return self._bytes.decode(errors="replace")

    def read(self) -> None:
        """Read to the end of the stream."""
        while chunk := self._stream.read1(TAIL):  # type: ignore[union-attr]
            self._bytes = (self._bytes + chunk)[-TAIL:]


def launch(command: list[str] | None = None, **variables: str) -> "subprocess.Popen[bytes]":
    """Start a worker, or what else is told: one BLAS thread, this very package, as a worker below normal priority."""
    path = [str(PACKAGE_PARENT), os.environ.get("PYTHONPATH", "")]
    variables |= dict.fromkeys(BLAS_THREADS, "1") | {"PYTHONPATH": os.pathsep.join(filter(None, path))}
    pipe, flags = subprocess.PIPE, 0
    if sys.platform == "win32":
        flags = subprocess.BELOW_NORMAL_PRIORITY_CLASS | subprocess.CREATE_NO_WINDOW
    environment = os.environ | variables
    command = command or COMMAND
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, creationflags=flags)


def explain(code: int, tail: str) -> str:
    """Why a process ended, in a sentence: its exit code, and the last line it wrote to standard error."""
    if code == -9:
        return died(Sentence("it was killed, perhaps because the machine ran out of memory"))
    last = tail.strip().rpartition("\n")[2]
    return died(f"exit code {code}" + (f", last words: {last}" if last else ""))


def died(why: str) -> str:
    """That a process has ended by itself, in a sentence."""
    return Sentence("The training process has died ({why}).", why=why)


def unstarted(error: Exception) -> str:
    """Why no process could be started, in a sentence, and what to do."""
    what: str = LACKING[errno.EAGAIN]  # where it is a thread that cannot be had
    if isinstance(error, OSError):
        what = LACKING.get(error.errno or 0) or error.strerror or str(error)
    return Sentence("No training process could be started: {what}. Close other pages or programs first.", what=what)


def close(stream: IO[bytes] | None) -> None:
    """Close an end of a pipe, whether or not there is anybody at the other."""
    with suppress(OSError, ValueError):  # what was still to be flushed may have no reader any more
        if stream:
            stream.close()
