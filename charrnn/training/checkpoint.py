"""A run's exact state as bytes and back, in the safetensors format: arrays and JSON, nothing that could run."""

import json
import zlib
from dataclasses import replace
from math import inf
from typing import Any

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

from charrnn.network.cells import cell_of
from charrnn.network.optimizers import OPTIMIZERS
from charrnn.network.parameters import Array, Parameters
from charrnn.refusal import RefusalError
from charrnn.sentence import Sentence
from charrnn.text.corpus import Corpus
from charrnn.training.settings import IN_TRAINING, WORDS, Settings, SettingsError
from charrnn.training.trainer import State, Trainer

FORKABLE = {*IN_TRAINING, "decay", "optimizer", "weight_decay", "dropout"}  # what may change in the middle of training
KEY, CHECKSUM = "charrnn", "crc32"
# What Python raises where something is missing, of another kind than expected, too large or too deep.
WRONG = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError)


class CheckpointError(RefusalError):
    """A checkpoint that cannot be used, said in one sentence."""


def to_bytes(state: State) -> bytes:
    """The state as one safetensors file; what is not an array goes into its metadata as JSON, with a checksum."""
    values = json.dumps(state.values)
    return bytes(save_arrays(state.arrays, metadata={KEY: values, CHECKSUM: _checksum(values, state.arrays)}))


def from_bytes(data: bytes) -> State:
    """The state that to_bytes wrote, bit for bit. Raises CheckpointError where the bytes are anything else."""
    return sealed(*unpacked(data))


def unpacked(data: bytes) -> tuple[dict[str, Array], dict[str, str]]:
    """The arrays, all of finite numbers, and the metadata of a safetensors file. Raises CheckpointError."""
    try:
        try:
            arrays = load_arrays(data)
        except KeyError as error:
            raise CheckpointError(
                "its numbers are {args}, which NumPy has not: save it in float32", args=error.args[0]
            ) from error
        metadata = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")]).get("__metadata__", {})
        for name, array in arrays.items():
            if array.dtype.kind != "f" or not np.isfinite(array).all():
                raise CheckpointError("{name} holds what is no number", name=name)
        return arrays, metadata
    except (SafetensorError, *WRONG) as error:
        raise damaged(error) from error


def sealed(arrays: dict[str, Array], metadata: dict[str, str]) -> State:
    """The state in a file's arrays and metadata, if its checksum is right. Raises CheckpointError."""
    try:
        if metadata[CHECKSUM] != _checksum(metadata[KEY], arrays):
            raise CheckpointError("its checksum differs")
        return State(dict(json.loads(metadata[KEY])), arrays)
    except WRONG as error:
        raise damaged(error) from error


def damaged(reason: object) -> CheckpointError:
    """What is wrong with a file, in one sentence: names and values in it may be of any length and kind."""
    return CheckpointError(
        "This is not a checkpoint of CharRNN Lab, or it is damaged ({reason}).", reason=str(reason)[:200]
    )


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
        raise damaged(
            Sentence(
                "it holds {arrays} and not {expected}",
                arrays=", ".join(sorted(state.arrays)),
                expected=", ".join(sorted(expected.arrays)),
            )
        )
    for name, array in expected.arrays.items():
        require_like(name, state.arrays[name], array)
    try:
        trainer.restore(state)
        _require_sound(trainer)
    except WRONG as error:
        raise damaged(f"{type(error).__name__}: {error}") from error


def require_like(name: str, found: Array, expected: Array) -> None:
    if (found.shape, found.dtype) != (expected.shape, expected.dtype):
        wanted = f"{expected.shape} of {expected.dtype}"
        raise damaged(
            Sentence(
                "{name} is {shape} of {dtype} and not {wanted}, as its settings say",
                name=name,
                shape=found.shape,
                dtype=found.dtype,
                wanted=wanted,
            )
        )


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
            "{named} can differ only from the start: fork at step 0.",
            named=" and ".join(WORDS[name] for name in fixed),
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
        raise damaged(f"{type(error).__name__}: {error}") from error
    return State(state.values | {"position": 0}, arrays)


def _moved(old: Parameters, new: Parameters, came: Array, to: Array) -> Parameters:
    """`new` with the entries of `old`: those of its characters `came` become those of `to`."""
    new.W_xh[to], new.W_hy[:, to], new.b_y[to] = old.W_xh[came], old.W_hy[:, came], old.b_y[came]
    new.W_hh[:], new.b_h[:] = old.W_hh, old.b_h
    return new
