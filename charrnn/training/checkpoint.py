"""A run's exact state as bytes and back, in the safetensors format: arrays and JSON, nothing that could run."""

import json
from pathlib import Path

from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

from charrnn.text.corpus import Corpus
from charrnn.training.settings import Settings
from charrnn.training.trainer import State, Trainer

KEY = "charrnn"


class CheckpointError(ValueError):
    """A checkpoint that cannot be used, said in one sentence."""


def to_bytes(state: State) -> bytes:
    """The state as one safetensors file; what is not an array goes into its metadata as JSON."""
    return bytes(save_arrays(state.arrays, metadata={KEY: json.dumps(state.values)}))


def from_bytes(data: bytes) -> State:
    """The state that to_bytes wrote. Raises CheckpointError where the bytes are no such file."""
    try:
        arrays = load_arrays(data)
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        return State(json.loads(header["__metadata__"][KEY]), arrays)
    except (SafetensorError, KeyError, ValueError) as error:
        raise CheckpointError(f"This is not a checkpoint of CharRNN Lab, or it is damaged ({error}).") from error


def save(trainer: Trainer, path: str | Path) -> None:
    """Write the trainer's state, settings and alphabet to a file."""
    state = trainer.state()
    about = {"settings": trainer.settings.to_dict(), "characters": trainer.corpus.vocabulary.characters}
    Path(path).write_bytes(to_bytes(State(state.values | about, state.arrays)))


def load(path: str | Path, corpus: Corpus) -> Trainer:
    """A trainer that goes on where the saved one stopped. Raises CheckpointError where the alphabet differs."""
    state = from_bytes(Path(path).read_bytes())
    if state.values.get("characters") != corpus.vocabulary.characters:
        raise CheckpointError(f"The network in {Path(path).name} was trained on another alphabet than {corpus.name}'s.")
    trainer = Trainer(corpus, Settings.from_dict(state.values["settings"]))
    trainer.restore(state)
    return trainer
