"""A run's exact state as bytes and back, in the safetensors format: arrays and JSON, nothing that could run."""

import json
import zlib
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

from charrnn.network.rnn import Array
from charrnn.text.corpus import Corpus
from charrnn.training.settings import Settings
from charrnn.training.trainer import State, Trainer

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
        checksum = zlib.crc32(np.ascontiguousarray(array), checksum)
    return f"{checksum:08x}"


def save(trainer: Trainer, path: str | Path) -> None:
    """Write the trainer's state, settings and alphabet to a file."""
    state = trainer.state()
    about = {"settings": trainer.settings.to_dict(), "characters": trainer.corpus.vocabulary.characters}
    Path(path).write_bytes(to_bytes(State(state.values | about, state.arrays)))


def load(path: str | Path, corpus: Corpus) -> Trainer:
    """A trainer that goes on where the saved one stopped. Raises CheckpointError where the corpus does not suit it."""
    state = from_bytes(Path(path).read_bytes())
    if state.values.get("characters") != corpus.vocabulary.characters:
        raise CheckpointError(f"The network in {Path(path).name} was trained on another alphabet than {corpus.name}'s.")
    trainer = Trainer(corpus, Settings.from_dict(state.values["settings"]))
    streams = len(state.arrays["hidden"])
    if streams != trainer.batches.B:
        raise CheckpointError(
            f"The run in {Path(path).name} reads {streams} streams; {corpus.name} is too short for it."
        )
    trainer.restore(state)
    return trainer
