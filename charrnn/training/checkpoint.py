"""A run's exact state as bytes and back, in the safetensors format: arrays and JSON, nothing that could run."""

import json
import zlib
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

from charrnn.network.cells import CELLS, cell_of
from charrnn.network.optimizers import OPTIMIZERS
from charrnn.network.rnn import Array, Parameters
from charrnn.text.cleaning import MAX_ALPHABET
from charrnn.text.corpus import Corpus, Vocabulary
from charrnn.training.settings import IN_TRAINING, WORDS, Settings, SettingsError
from charrnn.training.trainer import State, Trainer

FORKABLE = {*IN_TRAINING, "decay", "optimizer", "weight_decay", "dropout"}  # what may change in the middle of training
KEY, CHECKSUM = "charrnn", "crc32"
# What Python raises where something is missing, of another kind than expected, too large or too deep.
WRONG = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)


class CheckpointError(ValueError):
    """A checkpoint that cannot be used, said in one sentence."""


def to_bytes(state: State) -> bytes:
    """The state as one safetensors file; what is not an array goes into its metadata as JSON, with a checksum."""
    values = json.dumps(state.values)
    return bytes(save_arrays(state.arrays, metadata={KEY: values, CHECKSUM: _checksum(values, state.arrays)}))


def from_bytes(data: bytes) -> State:
    """The state that to_bytes wrote, bit for bit. Raises CheckpointError where the bytes are anything else."""
    try:
        arrays = load_arrays(data)
        metadata = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]
        if metadata[CHECKSUM] != _checksum(metadata[KEY], arrays):
            raise CheckpointError("its checksum differs")
        for name, array in arrays.items():
            if array.dtype.kind != "f" or not np.isfinite(array).all():
                raise CheckpointError(f"{name} holds what is no number")
        return State(dict(json.loads(metadata[KEY])), arrays)
    except (SafetensorError, *WRONG) as error:
        raise _damaged(error) from error


def _damaged(reason: object) -> CheckpointError:
    """What is wrong with a file, in one sentence: names and values in it may be of any length and kind."""
    said = "".join(character if character.isprintable() else "?" for character in str(reason)[:200])
    return CheckpointError(f"This is not a checkpoint of CharRNN Lab, or it is damaged ({said}).")


def _checksum(values: str, arrays: dict[str, Array]) -> str:
    """CRC-32 of the values and of each array's name, type, shape and entries."""
    checksum = zlib.crc32(values.encode())
    for name, array in sorted(arrays.items()):
        checksum = zlib.crc32(f"{name} {array.dtype} {array.shape}".encode(), checksum)
        checksum = zlib.crc32(np.ascontiguousarray(array).data, checksum)
    return f"{checksum:08x}"


def resumed(corpus: Corpus, settings: Settings, data: bytes | None) -> Trainer:
    """A trainer that goes on from a state, from the start without one. Raises CheckpointError."""
    trainer = Trainer(corpus, settings)
    if data:
        restore(trainer, from_bytes(data))
    return trainer


def restore(trainer: Trainer, state: State) -> None:
    """Have a trainer that has done no step go on from a state. Raises CheckpointError where it is not one of its own.

    The trainer is then of no use any more.
    """
    expected = trainer.state()
    if state.arrays.keys() != expected.arrays.keys():
        raise _damaged(f"it holds {', '.join(sorted(state.arrays))} and not {', '.join(sorted(expected.arrays))}")
    for name, array in expected.arrays.items():
        _require_like(name, state.arrays[name], array)
    try:
        trainer.restore(state)
        _require_sound(trainer)
    except WRONG as error:
        raise _damaged(f"{type(error).__name__}: {error}") from error


def _require_like(name: str, found: Array, expected: Array) -> None:
    if (found.shape, found.dtype) != (expected.shape, expected.dtype):
        wanted = f"{expected.shape} of {expected.dtype}"
        raise _damaged(f"{name} is {found.shape} of {found.dtype} and not {wanted}, as its settings say")


def _require_sound(trainer: Trainer) -> None:
    """Raise ValueError or TypeError unless the trainer stands at a step that its text and settings lead to."""
    replace(trainer.settings, learning_rate=trainer.learning_rate, clip=trainer.clip)
    for number, limit in ((trainer.steps, 2**53), (trainer.batches.position, len(trainer.batches.streams))):
        if type(number) is not int or not 0 <= number < limit:
            raise ValueError(f"{number!r} is no step and no place in the text")
    if type(trainer.smooth_loss) is not float or not 0 <= trainer.smooth_loss < inf:
        raise ValueError(f"{trainer.smooth_loss!r} is no loss")
    for step, change in trainer.log:
        if type(step) is not int or not change.keys() <= set(IN_TRAINING):
            raise ValueError(f"{change!r} is no change of a setting")
        replace(trainer.settings, **change)  # type: ignore[arg-type]


def changes(old: Settings, new: Settings) -> dict[str, Any]:
    """The settings that differ, with their new values."""
    return {name: value for name, value in new.to_dict().items() if value != getattr(old, name)}


def forked(data: bytes, old: Settings, new: Settings) -> bytes:
    """A state that goes on under other settings: the rate and the clip limit at once, an optimiser with empty memory.

    Raises SettingsError where a setting differs that belongs to the network or to its start.
    """
    changed = changes(old, new)
    if fixed := sorted(changed.keys() - FORKABLE):
        raise SettingsError(
            f"{' and '.join(WORDS[name] for name in fixed)} can differ only from the start: fork at step 0."
        )
    values, arrays = from_bytes(data)
    turned = {name: getattr(new, name) for name in IN_TRAINING if getattr(new, name) != values[name]}
    if turned:
        values = values | turned | {"log": [*values["log"], [values["steps"], turned]]}
    if "optimizer" in changed:
        arrays = {name: array for name, array in arrays.items() if not name.startswith("memory_")}
        flat = np.concatenate([arrays[name].ravel() for name in Parameters._fields])
        arrays |= {f"memory_{i}": np.zeros_like(flat) for i in range(OPTIMIZERS[new.optimizer][1])}
    return to_bytes(State(values, arrays))


def save(trainer: Trainer, path: str | Path) -> None:
    """Write the trainer's state, with its settings, its alphabet and how its text was read, to a file."""
    Path(path).write_bytes(with_its_text(trainer.state(), trainer.corpus, trainer.settings))


def with_its_text(state: State, corpus: Corpus, settings: Settings) -> bytes:
    """A state as the file that `save` writes, from which `load` and `load_network` read."""
    about = {
        "settings": settings.to_dict(),
        "characters": corpus.vocabulary.characters,
        "lowercase": corpus.lowercase,
        "text": {
            "digest": corpus.digest,
            "held_out": corpus.held_out,
            "keep_frequent": corpus.keep_frequent,
            "beginning": corpus.beginning,
        },
    }
    return to_bytes(State(state.values | about, state.arrays))


def load(path: str | Path, corpus: Corpus) -> Trainer:
    """A trainer that goes on where the saved one stopped. Raises CheckpointError where the corpus does not suit it."""
    saved, name = _read(path), Path(path).name
    if saved.values["characters"] != corpus.vocabulary.characters:
        raise CheckpointError(f"The network in {name} was trained on another alphabet than {corpus.name}'s.")
    trainer = Trainer(corpus, Settings.from_dict(saved.values["settings"]))
    hidden = saved.arrays.get("hidden", trainer.hidden)
    if hidden.ndim == 2 and len(hidden) != trainer.batches.B:
        raise CheckpointError(f"The run in {name} reads {len(hidden)} streams; {corpus.name} is too short for it.")
    restore(trainer, saved)
    return trainer


def load_with(path: str | Path, corpus: Corpus) -> Trainer:
    """A trainer that goes on with the saved network on another text, from its beginning. Raises CheckpointError.

    The corpus is to know the network's characters (`Corpus.knowing`), or those that it lacks are forgotten.
    """
    saved = _read(path)
    trainer = Trainer(corpus, Settings.from_dict(saved.values["settings"]))
    restore(trainer, carried(saved, saved.values["characters"], trainer))
    return trainer


def carried(state: State, characters: str, trainer: Trainer) -> State:
    """The state in which a trainer that has done no step goes on with what a network has learned from another text.

    The network's characters keep their rows and what the optimiser remembers of them; the text's others have those of
    the trainer's own start, and nothing is remembered of them. Raises CheckpointError where the sizes do not agree.
    """
    fresh, vocabulary = trainer.state(), trainer.corpus.vocabulary
    place = {character: i for i, character in enumerate(vocabulary.characters)}
    pairs = [(i, place[character]) for i, character in enumerate(characters) if character in place]
    came, to = np.array(pairs, np.intp).reshape(-1, 2).T
    own, H = trainer.parameters, trainer.settings.hidden_size
    learned = cell_of(own).zeros(len(characters), H, own.W_hh.dtype)
    arrays = dict(fresh.arrays)
    try:
        flat = np.concatenate([state.arrays[name].ravel() for name in Parameters._fields])
        moved = _moved(learned.like(flat), own.copy(), came, to)
        arrays |= zip(Parameters._fields, moved, strict=True)
        for name in fresh.arrays:
            if name.startswith("memory_"):
                arrays[name] = _moved(learned.like(state.arrays[name]), own.like(fresh.arrays[name]), came, to).flat
    except WRONG as error:
        raise _damaged(f"{type(error).__name__}: {error}") from error
    return State(state.values | {"position": 0}, arrays)


def _moved(old: Parameters, new: Parameters, came: Array, to: Array) -> Parameters:
    """`new` with the entries of `old`: those of its characters `came` become those of `to`."""
    new.W_xh[to], new.W_hy[:, to], new.b_y[to] = old.W_xh[came], old.W_hy[:, came], old.b_y[came]
    new.W_hh[:], new.b_h[:] = old.W_hh, old.b_h
    return new


class Network(NamedTuple):
    """What a saved run leaves to those who only read and write with it, and how its text was read."""

    parameters: Parameters
    vocabulary: Vocabulary
    lowercase: bool  # whether it was trained on a text without capitals
    steps: int
    digest: str = ""  # of its text, "" where that is not known
    held_out: float = 0.05
    keep_frequent: int | None = None
    beginning: str = "\n"  # what stands before a beginning in its text

    def read(self, text: str) -> Array:
        """Ids (N,) of what it knows of a text, in the letter case that it was trained in."""
        return self.vocabulary.encode(text.lower() if self.lowercase else text)

    def primed(self, prime: str) -> Array:
        """Ids (N,) of what a sample continues from; with nothing known to begin with, it begins as its text does."""
        ids = self.read(prime)
        return ids if len(ids) else self.vocabulary.encode(self.beginning)


def load_network(path: str | Path) -> Network:
    """The network of a saved run, without its training. Raises CheckpointError."""
    values, arrays = _read(path)
    settings = Settings.from_dict(values["settings"])
    expected = CELLS[settings.cell].zeros(len(values["characters"]), settings.hidden_size, np.dtype(settings.dtype))
    for name, array in expected._asdict().items():
        _require_like(name, arrays.get(name, np.empty(0)), array)
    parameters = Parameters(*(arrays[name] for name in Parameters._fields))
    vocabulary = Vocabulary(values["characters"])
    return Network(parameters, vocabulary, values["lowercase"], values["steps"], **values.get("text", {}))


def _read(path: str | Path) -> State:
    """The state in a file that save wrote, its settings and its alphabet being sound. Raises CheckpointError."""
    state = from_bytes(Path(path).read_bytes())
    values = state.values
    if not {"settings", "characters", "lowercase"} <= values.keys():
        raise CheckpointError(f"{Path(path).name} holds a state without its settings and alphabet: use save().")
    characters = values["characters"]
    try:
        Settings.from_dict(values["settings"])
        sound = type(values["lowercase"]) is bool and type(values["steps"]) is int and values["steps"] >= 0
        if (
            not sound
            or not 2 <= len(characters) <= 2 * MAX_ALPHABET
            or Vocabulary.of(characters).characters != characters
            or not _is_text(values.get("text", {}))
        ):
            raise ValueError("its alphabet, letter case, text or step is none")
    except WRONG as error:
        raise _damaged(error) from error
    return state


def _is_text(about: Any) -> bool:
    """Whether this says how a text was read; what was saved earlier does not say it."""
    if about == {}:
        return True
    kept = about["keep_frequent"]
    return (
        about.keys() == {"digest", "held_out", "keep_frequent", "beginning"}
        and isinstance(about["digest"], str)
        and isinstance(about["beginning"], str)
        and type(about["held_out"]) in (int, float)
        and 0 <= about["held_out"] < 1
        and (kept is None or (type(kept) is int and 1 <= kept <= MAX_ALPHABET))
    )
