"""Saving as it goes: what a worker tells is also written to the store, in a thread of its own."""

import math
import queue
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from charrnn.runs.history import joined
from charrnn.runs.messages import Array, Message
from charrnn.runs.outbox import Outbox
from charrnn.runs.saved import Checkpoint, Note, Progress, StoreError
from charrnn.runs.store import Store

FLUSH_SECONDS = 1.5

AtStep = TypeVar("AtStep", Note, Checkpoint)


class Recorder:
    """An outbox that saves what passes through, in one transaction with each state that is handed over.

    Where the store fails it says so ("unsaved"), keeps everything and tries again with the next state: training goes
    on. `start` is the message that the worker was started with; `step` is where it goes on.
    """

    def __init__(self, outbox: Outbox, start: Message, step: int) -> None:
        self._outbox = outbox
        self._place, self._about = start.fields["store"], start.fields
        self._text = bytes(start.arrays["text"]).decode()
        self._told_from, self._told = start.fields.get("told_from", 1), start.arrays.get("told", joined([]))
        self._told_notes = [Note(*note) for note in start.fields.get("told_notes", [])]
        self._store: Store | None = None  # None before the run's own row is there
        self._lock = threading.Lock()  # over what waits to be saved
        self._saved_to = step  # the last step whose history is saved, or on its way
        self._back = math.inf  # where a blow-up has led back to while something was on its way
        self._history: list[Array] = []
        self._notes: list[Note] = []
        self._checkpoints: list[Checkpoint] = []
        self._due: queue.Queue[None] = queue.Queue()
        threading.Thread(target=self._work, daemon=True).start()

    @property
    def idle(self) -> bool:
        """Whether everything sent has been taken."""
        return self._outbox.idle

    def send(self, kind: str, fields: Mapping[str, Any], arrays: Mapping[str, Any] | None = None) -> None:
        """Pass a message on, and note what is to be saved of it."""
        self._outbox.send(kind, fields, arrays)
        with self._lock:
            if kind == "diverged":
                self._forget(fields["step"])
            self._collect(kind, fields, arrays or {})
        if "state" in (arrays or {}) or kind == "held_out":  # measured at rest, nothing may come after it
            self._due.put(None)

    def flush(self) -> None:
        """Wait a while until what is due has been saved."""
        waiter = threading.Thread(target=self._due.join, daemon=True)
        waiter.start()
        waiter.join(FLUSH_SECONDS)

    def _forget(self, step: int) -> None:
        """What lies after a step has not happened; the store is put back to there before anything else is saved."""
        self._store, self._back = None, min(self._back, step)
        self._history = _first(self._history, step - self._saved_to)
        self._notes, self._checkpoints = _upto(step, self._notes), _upto(step, self._checkpoints)
        self._saved_to = min(self._saved_to, step)

    def _collect(self, kind: str, fields: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
        if "history" in arrays:
            self._history.append(arrays["history"])
        if kind in ("sample", "milestone"):
            self._notes.append(Note(fields["step"], "sample", fields["text"]))
        elif kind == "held_out":
            self._notes.append(Note(fields["step"], "held_out", fields["loss"]))
        elif kind == "changed":
            self._notes.append(Note(fields["step"], "change", fields["change"]))
        if "state" in arrays:
            self._notes.append(Note(fields["step"], "seconds", fields["seconds"]))
            kept = kind in ("paused", "milestone")
            others = [checkpoint for checkpoint in self._checkpoints if checkpoint.kept]
            self._checkpoints = [*others, Checkpoint(fields["step"], arrays["state"].tobytes(), kept)]

    def _work(self) -> None:
        while True:
            self._due.get()
            try:
                self._save()
            except StoreError as error:
                self._outbox.send("unsaved", {"message": str(error)})
            except Exception as error:  # a thread that ended silently would never save again, nor say so
                traceback.print_exc()
                self._outbox.send("unsaved", {"message": f"Saving failed: {type(error).__name__}: {error}."})
            self._due.task_done()

    def _save(self) -> None:
        with self._lock:
            history, notes, checkpoints = self._history, self._notes, self._checkpoints
            first, store, self._back = self._saved_to + 1, self._store, math.inf
            self._history, self._notes, self._checkpoints = [], [], []
            together = joined(history)
            self._saved_to += len(together)
        try:
            progress = Progress(first, together, notes, checkpoints)
            if store is None:
                store, has = self._begin(first - 1)
                progress = self._with_what_was_told(has, progress)
            removed = store.add(self._place["token"], progress)
        except Exception:
            with self._lock:
                self._history = _first(history, self._back - first + 1) + self._history
                self._notes = _upto(self._back, notes) + self._notes
                self._checkpoints = _upto(self._back, checkpoints) + self._checkpoints
                self._saved_to = first - 1
            raise
        with self._lock:
            sound = self._back == math.inf
            self._store = store if sound else None
        if checkpoints and sound:
            self._outbox.send("saved", {"step": checkpoints[-1].step, "removed": removed})

    def _with_what_was_told(self, has: int, progress: Progress) -> Progress:
        """Before it, the steps that the store has not, since the process before this one died before saving them."""
        first, history, notes, checkpoints = progress
        if has + 1 >= first:
            return progress
        told = self._told[max(0, has + 1 - self._told_from) : first - self._told_from]
        told_notes = [note for note in self._told_notes if has < note.step < first]
        return Progress(has + 1, joined([told, history]), told_notes + notes, checkpoints)

    def _begin(self, step: int) -> tuple[Store, int]:
        store = Store(Path(self._place["folder"]))
        about = {name: self._about[name] for name in ("corpus", "settings", "title")}
        return store, store.begin(self._place["token"], self._place["digest"], self._text, about, step)


def _first(history: list[Array], count: float) -> list[Array]:
    """The first `count` steps of a history in pieces, all of them if there are no more."""
    together = joined(history)
    return [together[: int(min(max(count, 0), len(together)))]]


def _upto(step: float, things: list[AtStep]) -> list[AtStep]:
    return [thing for thing in things if thing.step <= step]
