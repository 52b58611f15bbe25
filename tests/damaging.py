"""Stores damaged at random, as disks, crashes and curious people damage them, and what comes of opening them."""

import json
import random
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import killing
import numpy as np

from charrnn.runs.engine import Engine
from charrnn.runs.run import Run
from charrnn.runs.start import start_message
from charrnn.runs.store import Store
from charrnn.runs.store_types import StoreError
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer

ODD = (None, True, -1, 0, 7, 10**12, 0.5, float("nan"), "", "odd", [], [1, 2], {}, {"odd": 1})
BLOBS = (("checkpoints", "state"), ("corpora", "text"), ("thinned", "rows"), ("history", "losses"))
COLUMNS = (("checkpoints", "step"), ("checkpoints", "state"), ("corpora", "text"), ("notes", "step"), ("notes", "kind"))


def prepared(folder: Path) -> str:
    """Save a run in a folder, at step 350 and paused at 45 before; return its token."""
    engine = Engine(store=Store(folder))
    run = engine.create(killing.corpus(), Settings(hidden_size=12, sequence_length=8, batch_size=2))
    for step in (45, 350):
        run.train(until=step)
        run.wait(lambda run, step=step: run.status == "paused" and run.saved_step == step, killing.SECONDS)  # type: ignore[misc]
    engine.close()
    database = sqlite3.connect(folder / "runs.sqlite")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return run.token


def damage(folder: Path, dice: random.Random) -> str:
    """Damage the store of a folder once; return what was done."""
    file = folder / "runs.sqlite"
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    try:
        way = dice.choice([a_byte, a_setting, a_setting, a_note, a_column, rows])
        if dice.random() < 0.8:
            return way(database, dice)
    finally:
        database.close()
    return the_file(file, dice)


def a_byte(database: sqlite3.Connection, dice: random.Random) -> str:
    """One changed byte in something packed."""
    present = {row[0] for row in database.execute("SELECT name FROM sqlite_master")}
    table, column = dice.choice([blob for blob in BLOBS if blob[0] in present])
    found = database.execute(f"SELECT rowid, {column} FROM {table}").fetchall()
    if not found:
        return "nothing"
    row, data = dice.choice(found)
    place = dice.randrange(len(data))
    changed = data[:place] + bytes([data[place] ^ dice.randrange(1, 256)]) + data[place + 1 :]
    database.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (changed, row))
    return f"byte {place} of {table}.{column}"


def a_setting(database: sqlite3.Connection, dice: random.Random) -> str:
    """Something of the run's description is missing, or is something else."""
    about = json.loads(database.execute("SELECT about FROM runs").fetchone()[0])
    inside = dice.choice([about, about["settings"], about["corpus"]])
    name = dice.choice(sorted(inside))
    value = dice.choice(ODD)
    if dice.random() < 0.4:
        del inside[name]
        what = "missing"
    else:
        inside[name] = value
        what = repr(value)
    database.execute("UPDATE runs SET about = ?", (json.dumps(about)[: dice.choice([None, None, None, 99])],))
    return f"{name} is {what}"


def a_note(database: sqlite3.Connection, dice: random.Random) -> str:
    """A note says something else."""
    row, kind = dice.choice(database.execute("SELECT rowid, kind FROM notes").fetchall())
    value = dice.choice([*(json.dumps(odd) for odd in ODD), "{", "\0"])
    database.execute("UPDATE notes SET value = ? WHERE rowid = ?", (value, row))
    return f"a note of {kind} is {value!r}"


def a_column(database: sqlite3.Connection, dice: random.Random) -> str:
    """A column holds what it never should."""
    table, column = dice.choice(COLUMNS)
    row = dice.choice(database.execute(f"SELECT rowid FROM {table}").fetchall())[0]
    value = dice.choice(["odd", -3, 10**15, 2.5, b"", b"odd"])
    database.execute(f"UPDATE OR IGNORE {table} SET {column} = ? WHERE rowid = ?", (value, row))
    return f"{table}.{column} is {value!r}"


def rows(database: sqlite3.Connection, dice: random.Random) -> str:
    """Rows are missing."""
    table = dice.choice(["corpora", "notes", "checkpoints", "history"])
    database.execute(f"DELETE FROM {table} WHERE random() % 2")
    return f"rows of {table} are missing"


def the_file(file: Path, dice: random.Random) -> str:
    """Bytes of the file itself are others, or its end is missing."""
    data = bytearray(file.read_bytes())
    if dice.random() < 0.3:
        del data[dice.randrange(len(data)) :]
        what = f"cut at {len(data)}"
    else:
        place = dice.randrange(len(data))
        data[place : place + 64] = dice.randbytes(min(64, len(data) - place))
        what = f"64 bytes at {place}"
    for left in file.parent.iterdir():
        left.unlink()
    file.write_bytes(data)
    return what


def opened(folder: Path, token: str, look: Callable[[Run], Any] = lambda run: None) -> str:
    """Open the run of a damaged store and look at it; return how it went. Raises whatever a page would fail with."""
    try:
        engine = Engine(store=Store(folder))
    except StoreError as error:
        return sentence(error)
    try:
        run = engine.find(token)
        if not run:
            return "not found"
        assert_whole(run)
        look(run)
        return f"opened at {run.snapshot.step}" + (f", {run.message}" if run.message else "")
    except StoreError as error:
        return sentence(error)
    finally:
        engine.close()


def sentence(error: StoreError) -> str:
    """What it says, which is one sentence or two, in a line."""
    said = str(error)
    assert said.endswith("."), said
    assert "\n" not in said, said
    assert len(said) < 400, said
    return said


def assert_whole(run: Run) -> None:
    """Everything that a page draws of it is there and of one step."""
    trainer = Trainer(run.corpus, run.settings)
    assert run.snapshot.parameters.sizes == trainer.parameters.sizes
    assert np.isfinite(run.snapshot.parameters.flat).all()
    assert all(isinstance(text, str) for _, text in run.samples)
    assert all(type(loss) in (int, float) for _, loss in run.curve.held_out)
    assert isinstance(run.name, str)
    assert run.state_step == run.snapshot.step
    assert not len(run.curve.steps) or 0 < run.curve.steps[-1] <= run.snapshot.step
    json.dumps(start_message(run, {}, None).fields)
