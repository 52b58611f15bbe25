"""Claims about what was saved and is opened again: networks of our own and of PyTorch, and stores."""

import random
import tempfile
from functools import cache
from pathlib import Path

import damaging
import killing
import numpy as np
from fuzzing import about, altered, edited, sentence
from hypothesis import strategies as st
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

from charrnn.network.cells import CELLS
from charrnn.runs import run_file
from charrnn.runs.engine import Engine
from charrnn.text.corpus import Corpus, CorpusError
from charrnn.training.checkpoint import CheckpointError, from_bytes, to_bytes
from charrnn.training.network_file import packed, to_pytorch
from charrnn.training.settings import Settings, SettingsError
from charrnn.training.trainer import State

TEXT = Corpus.from_text("a rose is a rose is a rose.\n" * 40, name="roses")
OTHER = Corpus.from_text("no thorns, no roses\n" * 40, name="thorns")

wrong_arrays = st.sampled_from(
    [
        lambda array: array.ravel()[:-1],
        lambda array: array[None],
        lambda array: array[:0],
        lambda array: np.concatenate([array, array]),
        lambda array: array.T,
        lambda array: array.astype(np.float16),
        lambda array: array.astype(np.float64),
        lambda array: array.astype(np.int64),
        lambda array: np.sign(array) * np.float32(1e38),
        lambda array: np.where(array > 0, np.float32(np.nan), array),
    ]
)


@cache
def saved(cell):
    """A run that has been trained a little, as a file."""
    engine = Engine()
    try:
        run = engine.create(TEXT, Settings(hidden_size=5, sequence_length=6, batch_size=2, cell=cell))
        run.train(until=30)
        assert run.wait(lambda run: run.status == "paused" and run.snapshot.step == 30, killing.SECONDS)
        return run_file.of_run(run, with_text=True)
    finally:
        engine.close()


def opened(data, name):
    """Open a file as the page does and train on with it; in a word how it went."""
    try:
        file = run_file.read(data, name, lambda: OTHER)
        file.network.require_sizes()
        corpus = file.network.its_text() or file.network.taken_up(OTHER)
        trainer = file.network.trainer(corpus)
    except (CheckpointError, CorpusError, SettingsError) as error:
        return sentence(error) and "refused"
    assert isinstance(file.name, str)
    trainer.train(2)
    assert len(trainer.sample(9)) == 9
    return "goes on"


@about(st.sampled_from(list(CELLS)).map(lambda cell: packed(saved(cell).network)).flatmap(edited))
def networks(data):
    """A saved network of which bytes are others is opened or refused in a sentence."""
    return opened(data, "network.safetensors")


@about(st.sampled_from(list(CELLS)), st.data(), st.booleans())
def crafted_networks(cell, data, of_values):
    """One in which a value or an array is another, with a checksum that is right, likewise."""
    values, arrays = from_bytes(packed(saved(cell).network))
    if of_values:
        values = data.draw(altered(values))
    else:
        name = data.draw(st.sampled_from(sorted(arrays)))
        arrays = arrays | {name: np.ascontiguousarray(data.draw(wrong_arrays)(arrays[name]))}
    return opened(to_bytes(State(values, arrays)), "crafted.safetensors")


@st.composite
def state_dicts(draw):
    """What PyTorch may have saved: a network of ours as it would, with arrays missing, added, renamed or other ones."""
    network = saved(draw(st.sampled_from(list(CELLS)))).network
    arrays = {name: array.copy() for name, array in load_arrays(to_pytorch(network)).items()}
    for _ in range(draw(st.sampled_from([0, 1, 1, 2, 3]))):
        name = draw(st.sampled_from(sorted(arrays)) if arrays else st.just("rnn.weight_ih_l0"))
        array = arrays.pop(name, np.zeros((1, 1), np.float32))
        kept = draw(st.sampled_from([name, name, "0." + name, name + "_reverse", "rnn.weight_ih_l0", "x", None]))
        if kept is not None:
            wrong = draw(st.just(lambda same: same) | wrong_arrays)
            with np.errstate(all="ignore"):  # of what one had made too large before
                arrays[kept] = np.ascontiguousarray(wrong(array))
    whole = {"characters": network.characters, "format": "pt"}
    values = st.sampled_from([network.characters[::-1], network.characters[1:], "aa", "{", "[]"]) | st.text(max_size=12)
    others = st.dictionaries(st.sampled_from(["characters", "charrnn", "format"]), values)
    return save_arrays(arrays, metadata=draw(st.just(whole) | others) or None)


@about(state_dicts())
def pytorch_networks(data):
    """What PyTorch may have saved is opened or refused in a sentence."""
    return opened(data, "pytorch.safetensors")


@cache
def whole_store():
    """The bytes of a store with a run, and the run's token."""
    with tempfile.TemporaryDirectory() as folder:
        token = damaging.prepared(Path(folder))
        return (Path(folder) / "runs.sqlite").read_bytes(), token


@about(st.integers(0, 2**32))
def stores(number):
    """A run is opened from a damaged store with all that a page draws of it, or told in a sentence."""
    whole, token = whole_store()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # its engine may still be tidying
        (Path(folder) / "runs.sqlite").write_bytes(whole)
        damaging.damage(Path(folder), random.Random(number))
        said = damaging.opened(Path(folder), token)
    return "opened" if said.startswith("opened") else "not found" if said == "not found" else "refused"


CLAIMS = [networks, crafted_networks, pytorch_networks, stores]
