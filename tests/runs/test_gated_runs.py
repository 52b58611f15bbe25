"""A run with gates: trained in a process, rewound, forked, opened again; and a run saved before there was a choice."""

import sqlite3
from dataclasses import replace

import pytest
from runs_helpers import assert_same_parameters, soon, until

from charrnn.network.cells import CELLS, cell_of
from charrnn.runs.store import Store
from charrnn.training.settings import SettingsError
from charrnn.training.trainer import Trainer


@pytest.fixture
def engine(make_engine, tmp_path):
    return make_engine(store=Store(tmp_path / "home"), grace=0.1)


def trained(run, steps):
    run.steps(steps)
    assert soon(lambda: run.status == "paused" and run.saved_step == run.snapshot.step)
    return run


@pytest.mark.parametrize("cell", ["gru", "lstm"])
def test_a_gated_run_trains_goes_back_forks_and_is_opened_again_bit_for_bit(
    make_engine, engine, corpus, settings, cell
):
    settings = replace(settings, cell=cell)
    whole = Trainer(corpus, settings)
    whole.train(150)
    run = trained(engine.create(corpus, settings), 100)
    trained(run, 20)
    run.rewind(100)
    trained(run, 50)
    assert_same_parameters(run.snapshot.parameters, whole.parameters)
    until(run, lambda run: run.snapshot.held_out_step == 150)
    assert run.snapshot.held_out == pytest.approx(whole.evaluate(), abs=1e-6)

    fork = engine.fork(run, 30, replace(settings, learning_rate=settings.learning_rate))
    trained(fork, 120)
    assert_same_parameters(fork.snapshot.parameters, whole.parameters)
    with pytest.raises(SettingsError, match="cell can differ only from the start"):
        engine.fork(run, 30, replace(settings, cell="rnn"))
    other = trained(engine.fork(run, 0, replace(settings, cell="rnn")), 10)
    assert cell_of(other.snapshot.parameters) is CELLS["rnn"]

    again = make_engine(store=engine.store).find(run.token)
    assert [one.step for one in again.checkpoints] == [one.step for one in run.checkpoints]
    for one, before in zip(again.checkpoints, run.checkpoints, strict=True):
        assert_same_parameters(one.parameters, before.parameters)
    trained(again, 25)
    whole.train(25)
    assert_same_parameters(again.snapshot.parameters, whole.parameters)


def test_a_run_saved_before_there_was_a_choice_of_cell_is_a_vanilla_one(make_engine, engine, corpus, settings):
    run = trained(engine.create(corpus, settings), 40)
    with sqlite3.connect(engine.store.folder / "runs.sqlite") as database:
        database.execute("UPDATE runs SET about = json_remove(about, '$.settings.cell')")
    again = make_engine(store=engine.store).find(run.token)
    assert again.settings == settings
    trained(again, 20)
    whole = Trainer(corpus, settings)
    whole.train(60)
    assert_same_parameters(again.snapshot.parameters, whole.parameters)
