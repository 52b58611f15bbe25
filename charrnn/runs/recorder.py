"""Saving as it goes: what a worker tells is also written to the store, in a thread of its own."""

import json
import queue
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from charrnn.runs.checkpoint_schedule import lasting
from charrnn.runs.history import ROW, after, joined, thinned, until
from charrnn.runs.messages import Message
from charrnn.runs.outbox import Telling
from charrnn.runs.store import Store
from charrnn.runs.store_types import Note, Progress, StoredCheckpoint, StoreError
from charrnn.sentence import Sentence

SAVE_SECONDS = 20.0  # what a worker that leaves may take for it, on a busy machine, before it is killed
ANEW = Sentence(
    "The folder of saved runs was removed or replaced while this run trained: the run has been saved there anew."
)

AtStep = TypeVar("AtStep", Note, StoredCheckpoint)


class Recorder:
    """An outbox that saves what passes through, in one transaction with each state that is handed over.

    Nothing is saved that lies after the last state: a blow-up, which leads back there, never undoes what was saved.
    Where the store fails it says so ("unsaved"), keeps everything and tries again with the next state: training goes
    on. `start` is the message that the worker was started with; `step` is where it goes on.
    """

    def __init__(self, outbox: Telling, start: Message, step: int) -> None:
        self._outbox = outbox
        self._place = start.fields["store"]
        self._about = {name: start.fields[name] for name in ("corpus", "settings", "title")}
        self._text = bytes(start.arrays["text"]).decode()
        self._store = Store(Path(self._place["folder"]))
        self._file: Any = None  # the store's file once the run's own row is in it
        self._to_say: str | None = None  # with the next state that is saved
        notes = [Note(*note) for note in json.loads(bytes(start.arrays["notes"]))]
        self._before = Progress(start.arrays["history"].view(ROW), notes, [])  # known of the steps that were saved
        self._lock = threading.Lock()  # over what waits to be saved
        self._saved_to = step
        self._history = joined([])
        self._notes: list[Note] = []
        self._checkpoints: list[StoredCheckpoint] = []
        self._due: queue.Queue[bool] = queue.Queue()  # whether to save, or to end
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

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
            self._due.put(True)

    def close(self) -> None:
        """Save what is due, try once more what could not be saved, and end."""
        self._due.put(True)
        self._due.put(False)
        self._thread.join()

    def _forget(self, step: int) -> None:
        """What lies after a step has not happened."""
        self._history = until(self._history, step)
        self._notes = [note for note in self._notes if note.step <= step]

    def _collect(self, kind: str, fields: Mapping[str, Any], arrays: Mapping[str, Any]) -> None:
        if "history" in arrays:
            cuts = [checkpoint.step for checkpoint in self._checkpoints]
            self._history = thinned(joined([self._history, arrays["history"].view(ROW)]), cuts)
        if kind in ("sample", "checkpoint"):
            self._notes.append(Note(fields["step"], "sample", fields["text"]))
        elif kind == "held_out":
            self._notes.append(Note(fields["step"], "held_out", fields["loss"]))
        elif kind == "changed":
            self._notes.append(Note(fields["step"], "change", fields["change"]))
        if "state" in arrays:
            self._notes.append(Note(fields["step"], "seconds", fields["seconds"]))
            kept = kind in ("paused", "checkpoint")
            others = [checkpoint for checkpoint in self._checkpoints if checkpoint.kept]
            stay = lasting([checkpoint.step for checkpoint in others])
            others = [checkpoint for checkpoint in others if checkpoint.step in stay]
            self._checkpoints = [*others, StoredCheckpoint(fields["step"], arrays["state"].tobytes(), kept)]

    def _work(self) -> None:
        while self._due.get():
            try:
                self._save()
            except StoreError as error:
                self._outbox.send("unsaved", {"message": error.said})
            except Exception as error:  # a thread that ended silently would never save again, nor say so
                traceback.print_exc()
                why = f"{type(error).__name__}: {error}"
                self._outbox.send("unsaved", {"message": Sentence("Saving failed: {why}.", why=why)})

    def _save(self) -> None:
        with self._lock:
            checkpoints = self._checkpoints
            step = checkpoints[-1].step if checkpoints else self._saved_to
            notes = [note for note in self._notes if note.step <= step]
            progress = Progress(until(self._history, step), notes, checkpoints)
        if not (notes or checkpoints):
            return
        self._look_for_file()
        removed = self._add(progress)
        with self._lock:
            self._saved_to = step
            self._history = after(self._history, step)
            self._notes = _without(self._notes, notes)
            self._checkpoints = _without(self._checkpoints, checkpoints)
        if checkpoints:
            self._outbox.send("saved", {"step": step, "removed": removed, "message": self._to_say})
            self._to_say = None

    def _look_for_file(self) -> None:
        """Where the store's file was removed, or is another one, take from it what it had."""
        if self._file and self._file != self._store.file():
            self._file, self._to_say = None, ANEW
            if left := self._store.left(self._place["token"]):
                self._before = Progress(left.history, left.notes, left.checkpoints)
                self._about["title"] = left.about.get("title", "")

    def _add(self, progress: Progress) -> list[int]:
        token, before = self._place["token"], self._before
        if not self._file:
            has = self._store.begin(token, self._place["digest"], self._text, self._about, self._saved_to)
            # Before all else the steps that the store has not: a process died before they were saved.
            history, notes, checkpoints = before
            progress = Progress(
                joined([after(history, has), progress.history]),
                [*(note for note in notes if note.step > has), *progress.notes],
                [*(checkpoint for checkpoint in checkpoints if checkpoint.step > has), *progress.checkpoints],
            )
        removed = self._store.add(token, progress)
        if not self._file:
            self._file, self._before = self._store.file(), Progress(joined([]), [], [])
        return removed


def _without(things: list[AtStep], saved: list[AtStep]) -> list[AtStep]:
    """What has come since."""
    known = {id(thing) for thing in saved}
    return [thing for thing in things if id(thing) not in known]
