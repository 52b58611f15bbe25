"""A run that was saved as a file is a run again: it goes on bit for bit as the one that never stopped."""

from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import load as load_arrays
from safetensors.numpy import save as save_arrays

from charrnn.runs import run_file
from charrnn.runs.store import Store
from charrnn.runs.store_types import StoreError
from charrnn.text.corpus import Corpus
from charrnn.training.checkpoint import CheckpointError, from_bytes
from charrnn.training.network_file import packed, to_pytorch

SECONDS = 60


def train(run, steps):
    at = run.snapshot.step + steps
    run.steps(steps)
    assert run.wait(lambda run: run.status == "paused" and run.snapshot.step == at, SECONDS), (run.status, run.message)
    return run


def file_of(run, with_text=True):
    return packed(run_file.of_run(run, with_text).network)


def assert_same_state(run, other):
    one, two = from_bytes(run.state), from_bytes(other.state)
    assert one.values == two.values
    assert one.arrays.keys() == two.arrays.keys()
    for name, array in one.arrays.items():
        np.testing.assert_array_equal(array, two.arrays[name])


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_a_run_from_a_file_goes_on_as_the_one_that_never_stopped(make_engine, tmp_path, corpus, settings, cell):
    engine = make_engine(store=Store(tmp_path / "here"))
    run = train(engine.create(corpus, replace(settings, cell=cell, dropout=0.2)), 20)
    run.rename("A name <b>")
    run.rest()
    assert run.wait(lambda run: run.at_rest, SECONDS)
    run.set(learning_rate=0.007)  # which is in no state yet
    data = file_of(run)
    train(run, 25)

    store = Store(tmp_path / "there")
    elsewhere = make_engine(store=store)
    file = run_file.read(data, "run.safetensors")
    found = file.network.its_text()
    other = elsewhere.open_file(file, found)
    assert (other.title, other.snapshot.step, other.saved_step) == ("A name <b>", 20, 20)
    assert other.in_force.learning_rate == 0.007
    assert (found.digest, found.name) == (corpus.digest, corpus.name)
    np.testing.assert_array_equal(other.record.history, run_file.of_run(other).history)
    assert other.curve.steps[-1] == 20
    assert [sample for sample in other.samples if sample[0]] == [each for each in run.samples if 0 < each[0] <= 20]
    train(other, 25)
    assert_same_state(run, other)
    np.testing.assert_array_equal(run.curve.smooth, other.curve.smooth)
    assert other.wait(lambda run: run.saved_step == 45, SECONDS)
    elsewhere.close()
    again = make_engine(store=store).find(other.token)
    assert (again.title, again.snapshot.step) == ("A name <b>", 45)
    assert_same_state(run, again)


def test_where_nothing_can_be_saved_it_is_opened_all_the_same(make_engine, corpus, settings, tmp_path, monkeypatch):
    data = file_of(train(make_engine().create(corpus, settings), 10))

    def full(*_):
        raise StoreError("The disk is full.")

    store = Store(tmp_path)
    monkeypatch.setattr(store, "begin", full)
    for engine, why in ((make_engine(), None), (make_engine(store=store), "The disk is full.")):
        file = run_file.read(data, "run.safetensors")
        run = engine.open_file(file, file.network.its_text())
        assert (run.snapshot.step, run.unsaved) == (10, why)


def test_with_another_text_its_title_and_its_held_out_loss_say_so(engine, corpus, settings):
    file = run_file.read(file_of(train(engine.create(corpus, settings), 30), False), "rain.safetensors")
    assert file.network.its_text() is None
    other = engine.open_file(file, file.network.taken_up(Corpus.from_text("Ein Hund bellt. " * 200, name="Hunde")))
    assert (other.title, other.corpus.before) == ("rain, then Hunde from step 30", (("rain", 30),))
    assert (other.snapshot.held_out_step, other.curve.steps[-1]) == (30, 30)
    train(other, 5)


def test_what_comes_back_from_pytorch_trains_on(engine, corpus, settings):
    run = train(engine.create(corpus, settings), 30)
    file = run_file.read(to_pytorch(run_file.of_run(run).network), "rain-pytorch.safetensors")
    other = engine.open_file(file, file.network.taken_up(corpus))
    assert (other.title, other.snapshot.step, other.corpus.before) == ("", 30, ())
    np.testing.assert_array_equal(other.snapshot.parameters.flat, run.snapshot.parameters.flat)
    assert other.snapshot.held_out is not None
    train(other, 5)


def test_what_a_run_is_as_a_file_is_what_is_read_of_it(engine, corpus, settings):
    run = train(engine.create(corpus, settings), 30)
    run.title = "my rain"
    file = run_file.of_run(run)
    assert (file.name, file.title, file.network.text.content) == ("my rain", "my rain", None)
    assert run_file.of_run(run, with_text=True).network.text.content == corpus.text
    np.testing.assert_array_equal(file.history, run.record.history)
    assert [(note.step, note.value) for note in file.notes if note.kind == "sample"] == list(run.samples[1:])
    again = run_file.read(packed(file.network), "rain.safetensors")
    assert (again.title, again.notes) == (file.title, file.notes)
    np.testing.assert_array_equal(again.history, file.history)


def test_a_network_without_its_characters_has_those_of_the_present_text_if_they_are_as_many(engine, corpus, settings):
    network = run_file.of_run(train(engine.create(corpus, settings), 5)).network
    data = save_arrays(load_arrays(to_pytorch(network)))
    found = run_file.read(data, "rain.safetensors", lambda: corpus)
    assert (found.title, found.network.name) == ("", "rain.safetensors")
    with pytest.raises(CheckpointError, match=r"^rain\.safetensors does not say which "):
        run_file.read(data, "rain.safetensors")


WRONG = {
    "no title": {"title": 3},
    "no columns": {"history": []},
    "a column less": {"history": {"step": [1]}},
    "steps that fall": {"history": "falling"},
    "steps to come": {"history": "to come"},
    "a step that is none": {"history": "from 0"},
    "a step twice": {"history": "twice"},
    "the last step to come": {"history": "one too far"},
    "losses that are none": {"history": "endless"},
    "losses below 0": {"history": "below 0"},
    "a note of nothing": {"notes": [[1, "sample", 5]]},
    "a note to come": {"notes": [[99, "sample", "x"]]},
    "a note too long": {"notes": [[1, "sample", "x" * 200_000]]},
    "a change of what may not change": {"notes": [[1, "change", {"learning_rate": 0.1, "seed": 3}]]},
    "a change to too little": {"notes": [[1, "change", {"learning_rate": 0}]]},
    "a change to too much": {"notes": [[1, "change", {"clip": 1e7, "learning_rate": 0.1}]]},
    "a change to no number": {"notes": [[1, "change", {"clip": True}]]},
    "a change in words": {"notes": [[1, "change", {"learning_rate": "fast"}]]},
    "a change of nothing": {"notes": [[1, "change", None]]},
    "a note in parts": {"notes": [[1]]},
    "no notes": {"notes": 7},
}


def test_what_a_file_tells_of_its_run_is_looked_at(engine, corpus, settings):
    network = run_file.of_run(train(engine.create(corpus, settings), 5)).network
    columns = network.run["history"]
    crafted = {
        "falling": columns | {"step": columns["step"][::-1]},
        "to come": columns | {"step": [step + 9 for step in columns["step"]]},
        "from 0": columns | {"step": [0, *columns["step"][1:]]},
        "twice": columns | {"step": [*columns["step"][:1] * 2, *columns["step"][2:]]},
        "one too far": columns | {"step": [*columns["step"][:-1], columns["step"][-1] + 1]},
        "below 0": columns | {"smooth": [-1e-9, *columns["smooth"][1:]]},
        "endless": columns | {"low": [1e999] * len(columns["low"])},
    }
    for wrong in WRONG.values():
        told = {name: crafted.get(value, value) if isinstance(value, str) else value for name, value in wrong.items()}
        with pytest.raises(CheckpointError) as error:
            run_file.read(packed(replace(network, run=network.run | told)), "crafted.safetensors")
        assert str(error.value).endswith(").")
        if wrong.keys() & {"title"} or wrong == WRONG["a note of nothing"]:
            assert "(its title or a note is none)" in str(error.value)
        assert "\n" not in str(error.value)
    changes = [{"learning_rate": 1e-6, "clip": 1e6}, {"learning_rate": 10}, {"clip": 1e-3}]  # to the limits
    sound = {
        "history": columns | {"low": [0.0] * len(columns["low"])},
        "notes": [[step, "change", change] for step, change in enumerate(changes, 1)],
    }
    file = run_file.read(packed(replace(network, run=network.run | sound)), "sound.safetensors")
    assert len(file.history) == 5
    assert [note.value for note in file.notes] == changes
