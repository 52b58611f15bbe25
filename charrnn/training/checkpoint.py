"""A run's exact state as bytes and back, in the safetensors format: arrays and JSON, nothing that could run."""

import json
import zlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

from charrnn.network.optimizers import OPTIMIZERS
from charrnn.network.rnn import Array, Parameters
from charrnn.text.corpus import Corpus, Vocabulary
from charrnn.training.settings import Settings, SettingsError
from charrnn.training.trainer import State, Trainer

FORKABLE = {"learning_rate", "decay", "clip", "optimizer"}  # what may change in the middle of training
KEY, CHECKSUM = "charrnn", "crc32"


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
        return State(json.loads(metadata[KEY]), arrays)
    except (SafetensorError, KeyError, ValueError) as error:
        raise CheckpointError(f"This is not a checkpoint of CharRNN Lab, or it is damaged ({error}).") from error


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
        trainer.restore(from_bytes(data))
    return trainer


def changes(old: Settings, new: Settings) -> dict[str, Any]:
    """The settings that differ, with their new values."""
    return {name: value for name, value in new.to_dict().items() if value != getattr(old, name)}


def forked(data: bytes, old: Settings, new: Settings) -> bytes:
    """A state that goes on under other settings: the rate and the clip limit at once, an optimiser with empty memory.

    Raises SettingsError where a setting differs that belongs to the network or to its start.
    """
    changed = changes(old, new)
    if fixed := sorted(changed.keys() - FORKABLE):
        raise SettingsError(f"{' and '.join(fixed)} can differ only from the start: fork at step 0.")
    values, arrays = from_bytes(data)
    values = values | {name: changed[name] for name in changed.keys() & {"learning_rate", "clip"}}
    if "optimizer" in changed:
        arrays = {name: array for name, array in arrays.items() if not name.startswith("memory_")}
        flat = np.concatenate([arrays[name].ravel() for name in Parameters._fields])
        arrays |= {f"memory_{i}": np.zeros_like(flat) for i in range(OPTIMIZERS[new.optimizer][1])}
    return to_bytes(State(values, arrays))


def save(trainer: Trainer, path: str | Path) -> None:
    """Write the trainer's state, with its settings, alphabet and letter case, to a file."""
    about = {
        "settings": trainer.settings.to_dict(),
        "characters": trainer.corpus.vocabulary.characters,
        "lowercase": trainer.corpus.lowercase,
    }
    state = trainer.state()
    Path(path).write_bytes(to_bytes(State(state.values | about, state.arrays)))


def load(path: str | Path, corpus: Corpus) -> Trainer:
    """A trainer that goes on where the saved one stopped. Raises CheckpointError where the corpus does not suit it."""
    saved, name = _read(path), Path(path).name
    if saved.values["characters"] != corpus.vocabulary.characters:
        raise CheckpointError(f"The network in {name} was trained on another alphabet than {corpus.name}'s.")
    trainer = Trainer(corpus, Settings.from_dict(saved.values["settings"]))
    streams = len(saved.arrays["hidden"])
    if streams != trainer.batches.B:
        raise CheckpointError(f"The run in {name} reads {streams} streams; {corpus.name} is too short for it.")
    trainer.restore(saved)
    return trainer


class Network(NamedTuple):
    """What a saved run leaves to those who only read and write with it."""

    parameters: Parameters
    vocabulary: Vocabulary
    lowercase: bool  # whether it was trained on a text without capitals
    steps: int


def load_network(path: str | Path) -> Network:
    """The network of a saved run, without its training. Raises CheckpointError."""
    values, arrays = _read(path)
    parameters = Parameters(*(arrays[name] for name in Parameters._fields))
    return Network(parameters, Vocabulary(values["characters"]), values["lowercase"], values["steps"])


def _read(path: str | Path) -> State:
    """The state in a file that save wrote."""
    state = from_bytes(Path(path).read_bytes())
    if "characters" not in state.values:
        raise CheckpointError(f"{Path(path).name} holds a state without its settings and alphabet: use save().")
    return state
