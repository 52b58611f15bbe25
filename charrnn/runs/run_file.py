"""A run as a file and back: the saved network, and with it the run's title, its curve and what it wrote."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from charrnn.runs.history import ROW, Array, joined, until
from charrnn.runs.known import Known
from charrnn.runs.start import notes
from charrnn.runs.store_types import Note
from charrnn.text.corpus import Corpus
from charrnn.training.checkpoint import WRONG, CheckpointError, damaged, forked, from_bytes
from charrnn.training.network_file import NetworkFile, unpack

ROWS = 10_000  # of a history: more than ever come of it, and of notes
TOLD = 100_000  # characters of a title or a sample


class RunFile(NamedTuple):
    """What is in a file, or would be."""

    network: NetworkFile
    title: str
    history: Array  # up to the network's step
    notes: list[Note]

    @property
    def name(self) -> str:
        """What the run is called, else its text, else the file."""
        return self.title or self.network.text.name or self.network.name


def of_run(run: Known, with_text: bool = False) -> RunFile:
    """A run that has a state as the file that it would make: as of its latest state, with what is in force now."""
    assert run.state
    state = from_bytes(forked(run.state, run.settings, run.in_force))  # what was set at rest is in no state yet
    step = state.values["steps"]
    history, told = until(run.record.history, step), [note for note in notes(run) if note.step <= step]
    columns = {name: _plain(history[name]) for name in ROW.names or ()}
    about = {"title": run.title, "history": columns, "notes": told}
    network = NetworkFile.of(state, run.corpus, run.settings, with_text=with_text, run=about)
    return RunFile(network, run.title, history, told)


def read(data: bytes, name: str, present: Callable[[], Corpus | None] = lambda: None) -> RunFile:
    """The run in a file (network_file.unpack). Raises CheckpointError."""
    network = unpack(data, name, present)
    if network.run is None:
        return RunFile(network, "", joined([]), [])
    try:
        title, told = network.run["title"], [Note(*note) for note in network.run["notes"][:ROWS]]
        if not isinstance(title, str) or not all(_is_told(note, network.steps) for note in told):
            raise ValueError("its title or a note is none")
        return RunFile(network, title[:TOLD], _history(network.run["history"], network.steps), told)
    except CheckpointError:
        raise
    except WRONG as error:
        raise damaged(error) from error


def _plain(column: Array) -> list[Any]:
    """Numbers for JSON: those of 32 bits in as few digits as tell them, and what is none without a name of its own."""
    numbers = column.astype(str).astype(float) if column.dtype.itemsize == 4 else column
    return [None if value != value else value for value in numbers.tolist()]


def _history(columns: dict[str, list[Any]], steps: int) -> Array:
    """The rows of these columns. Raises one of WRONG where they are no history up to that step."""
    rows = np.empty(min(len(columns["step"]), ROWS), ROW)
    for name in ROW.names or ():
        rows[name] = [np.nan if value is None else value for value in columns[name]]
    if len(rows) and not (rows["step"][0] > 0 and rows["step"][-1] <= steps and (np.diff(rows["step"]) > 0).all()):
        raise ValueError("its steps are none of its run")
    if not all(np.isfinite(rows[name]).all() and (rows[name] >= 0).all() for name in ("smooth", "low", "high")):
        raise ValueError("its losses are none")
    return rows


def _is_told(note: Note, steps: int) -> bool:
    """Whether a note can be one of a run that stands at that step."""
    short = not isinstance(note.value, str) or len(note.value) <= TOLD
    return type(note.step) is int and 0 <= note.step <= steps and note.sound and short
