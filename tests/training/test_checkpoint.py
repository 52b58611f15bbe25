"""A run's state as bytes and as a file."""

from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import save as save_arrays

import charrnn
from charrnn import Corpus, Settings, Trainer
from charrnn.network.cells import CELLS
from charrnn.network.optimizers import OPTIMIZERS
from charrnn.training.checkpoint import CheckpointError, changes, forked, from_bytes, restore, to_bytes
from charrnn.training.settings import SettingsError

TEXT = "a rose is a rose is a rose. " * 60


def corpus(text=TEXT):
    return Corpus.from_text(text)


def trained(steps=25, **changes):
    trainer = Trainer(corpus(), Settings(**{"hidden_size": 8, "sequence_length": 6, "batch_size": 3, **changes}))
    trainer.train(steps)
    trainer.learning_rate = 5e-3
    trainer.sample(3)
    return trainer


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_state_survives_bytes_exactly(optimizer, dtype):
    state = trained(optimizer=optimizer, dtype=dtype).state()
    back = from_bytes(to_bytes(state))
    assert set(back.arrays) == set(state.arrays)
    for name, array in state.arrays.items():
        assert back.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(back.arrays[name], array)
    other = Trainer(
        corpus(), Settings(hidden_size=8, sequence_length=6, batch_size=3, optimizer=optimizer, dtype=dtype)
    )
    other.restore(back)
    assert other.state().values == state.values


@pytest.mark.parametrize("dropout", [0.0, 0.5])
@pytest.mark.parametrize("cell", CELLS)
def test_a_saved_run_goes_on_where_it_stopped(cell, dropout, tmp_path):
    trainer = trained(cell=cell, dropout=dropout, weight_decay=dropout)
    charrnn.save(trainer, tmp_path / "run.safetensors")
    again = charrnn.load(tmp_path / "run.safetensors", corpus())
    assert again.settings == trainer.settings
    assert again.log == trainer.log
    assert again.train(20) == trainer.train(20)
    assert again.sample(20) == trainer.sample(20)


def test_a_network_of_another_alphabet_is_refused(tmp_path):
    charrnn.save(trained(), tmp_path / "run.safetensors")
    with pytest.raises(CheckpointError, match="alphabet"):
        charrnn.load(tmp_path / "run.safetensors", corpus("tulips, tulips, tulips! " * 60))


def test_a_text_too_short_for_the_streams_of_a_run_is_refused(tmp_path):
    charrnn.save(trained(), tmp_path / "run.safetensors")
    with pytest.raises(CheckpointError, match="3 streams"):
        charrnn.load(tmp_path / "run.safetensors", corpus(TEXT[:30]))


def test_a_file_cut_short_anywhere_is_refused():
    data = to_bytes(trained().state())
    for length in [0, 1, 7, 8, 9, 100, len(data) // 2, len(data) - 1]:
        with pytest.raises(CheckpointError):
            from_bytes(data[:length])


def test_a_byte_that_changed_anywhere_is_noticed():
    data = to_bytes(trained().state())
    for place in np.random.default_rng(0).integers(len(data), size=300):
        damaged = bytearray(data)
        damaged[place] ^= 1 << (place % 7)
        with pytest.raises(CheckpointError):
            from_bytes(bytes(damaged))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x80\x04K\x01.", b"\xff" * 64, b"\0" * 64])
def test_what_is_no_checkpoint_is_refused_in_words(data):
    with pytest.raises(CheckpointError, match="not a checkpoint"):
        from_bytes(data)


def test_changes_are_the_settings_that_differ_with_their_new_values():
    assert changes(Settings(), Settings()) == {}
    assert changes(Settings(), Settings(clip=1.0, optimizer="sgd")) == {"clip": 1.0, "optimizer": "sgd"}


def test_a_fork_goes_on_with_another_rate_and_limit_and_notes_the_step():
    trainer = trained()
    old, data = trainer.settings, to_bytes(trainer.state())
    fork = from_bytes(forked(data, old, replace(old, learning_rate=5e-3, clip=0.5, decay=7.0)))
    values = trainer.state().values
    assert fork.values == values | {"clip": 0.5, "log": [*values["log"], [25, {"clip": 0.5}]]}
    assert fork.arrays.keys() == trainer.state().arrays.keys()
    for name, array in trainer.state().arrays.items():
        np.testing.assert_array_equal(fork.arrays[name], array)


def test_a_fork_with_the_same_rate_and_limit_notes_nothing():
    trainer = trained()
    same = replace(trainer.settings, learning_rate=5e-3, weight_decay=0.1, dropout=0.1)
    fork = from_bytes(forked(to_bytes(trainer.state()), trainer.settings, same))
    assert fork.values == trainer.state().values
    assert len(fork.values["log"]) == 1


@pytest.mark.parametrize("optimizer", ["adam", "adagrad", "sgd"])
def test_a_fork_with_another_optimiser_begins_with_an_empty_memory_of_its_own_size(optimizer):
    trainer = trained(optimizer="rmsprop")
    state, new = trainer.state(), replace(trainer.settings, learning_rate=5e-3, optimizer=optimizer)
    fork = from_bytes(forked(to_bytes(state), trainer.settings, new))
    kept = [name for name in state.arrays if not name.startswith("memory_")]
    memories = [f"memory_{i}" for i in range(OPTIMIZERS[optimizer][1])]
    assert set(fork.arrays) == {*kept, *memories}
    assert all(np.array_equal(fork.arrays[name], state.arrays[name]) for name in kept)
    for name in memories:
        assert fork.arrays[name].dtype == state.arrays["memory_0"].dtype
        assert fork.arrays[name].shape == state.arrays["memory_0"].shape
        assert not fork.arrays[name].any()
    again = Trainer(trainer.corpus, new)
    again.restore(fork)
    again.train(3)


def test_what_belongs_to_a_network_or_its_start_differs_only_from_step_0():
    trainer = trained()
    other = replace(trainer.settings, hidden_size=9, clip=1.0, seed=2)
    with pytest.raises(SettingsError) as refused:
        forked(to_bytes(trainer.state()), trainer.settings, other)
    assert str(refused.value) == "units and seed can differ only from the start: fork at step 0."


def restored(**changes):
    """A trainer on a trained one's state in which values are others."""
    state = trained().state()
    other = Trainer(corpus(), Settings(hidden_size=8, sequence_length=6, batch_size=3))
    restore(other, state._replace(values=state.values | changes))
    return other


LAST = len(trained().batches.streams) - 1


@pytest.mark.parametrize(
    "sound",
    [
        {"steps": 2**53 - 1},
        {"steps": 1_000},
        {"position": LAST},
        {"smooth_loss": 0.0},
        {"log": []},
        {"log": [[3, {"learning_rate": 0.1, "clip": 2.0}], [4, {}]]},
    ],
    ids=str,
)
def test_a_state_at_its_bounds_is_gone_on_from(sound):
    values = restored(**sound).state().values
    assert {name: values[name] for name in sound} == sound


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"steps": 2**53}, "ValueError: 9007199254740992 is no step and no place in the text"),
        ({"steps": -1}, "ValueError: -1 is no step and no place in the text"),
        ({"steps": 2.0}, "ValueError: 2.0 is no step and no place in the text"),
        ({"position": LAST + 1}, f"ValueError: {LAST + 1} is no step and no place in the text"),
        ({"smooth_loss": -0.1}, "ValueError: -0.1 is no loss"),
        ({"smooth_loss": float("inf")}, "ValueError: inf is no loss"),
        ({"smooth_loss": 3}, "ValueError: 3 is no loss"),
        ({"log": [[3, {"seed": 4}]]}, "ValueError: {'seed': 4} is no change of a setting"),
        ({"log": [[3.5, {"clip": 4.0}]]}, "ValueError: {'clip': 4.0} is no change of a setting"),
        (
            {"log": [[3, {"clip": 0.0}]]},
            "SettingsError: clip is 0.0; it must be a number between 0.001 and 1e+06.",
        ),
        (
            {"learning_rate": 11.0},
            "SettingsError: learning rate (learning_rate) is 11.0; it must be a number between 1e-06 and 10.",
        ),
    ],
    ids=str,
)
def test_a_state_that_no_training_leads_to_is_refused_and_said_why(wrong, why):
    with pytest.raises(CheckpointError) as refused:
        restored(**wrong)
    assert str(refused.value) == f"This is not a checkpoint of CharRNN Lab, or it is damaged ({why})."


def test_a_state_of_other_arrays_than_its_own_is_refused_and_said_which():
    state = trained().state()
    other = Trainer(corpus(), Settings(hidden_size=8, sequence_length=6, batch_size=3))
    fewer = {name: array for name, array in state.arrays.items() if name != "hidden"}
    wider = state.arrays | {"b_y": state.arrays["b_y"].astype(np.float64)}
    all_of_them = "W_hh, W_hy, W_xh, b_h, b_y, hidden, memory_0, memory_1"
    for arrays, why in (
        (fewer, f"it holds {all_of_them.replace('hidden, ', '')} and not {all_of_them}"),
        (wider, "b_y is (8,) of float64 and not (8,) of float32, as its settings say"),
    ):
        with pytest.raises(CheckpointError) as refused:
            restore(other, state._replace(arrays=arrays))
        assert str(refused.value) == f"This is not a checkpoint of CharRNN Lab, or it is damaged ({why})."


@pytest.mark.parametrize(
    ("metadata", "why"),
    [
        ({}, "'crc32'"),
        ({"crc32": "00000000"}, "'charrnn'"),
        ({"crc32": "00000000", "charrnn": "{}"}, "its checksum differs"),
    ],
)
def test_a_file_whose_seal_is_missing_or_wrong_says_so(metadata, why):
    with pytest.raises(CheckpointError) as refused:
        from_bytes(save_arrays(trained().state().arrays, metadata=metadata))
    assert str(refused.value) == f"This is not a checkpoint of CharRNN Lab, or it is damaged ({why})."
