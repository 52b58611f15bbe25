"""Going back, forking and training on unattended: bitwise what an uninterrupted run would have done."""

import time
from dataclasses import replace

import numpy as np
import pytest
from runs_helpers import SECONDS, assert_same_parameters, assert_same_state, soon, until

from charrnn.runs.checkpoint_schedule import PAUSES
from charrnn.runs.description import title_of
from charrnn.runs.engine import Engine
from charrnn.runs.history import thinned
from charrnn.runs.run import Run
from charrnn.runs.store import Store
from charrnn.runs.store_types import Note, Saved, StoreError, Summary
from charrnn.training import checkpoint
from charrnn.training.settings import Settings, SettingsError
from charrnn.training.trainer import Trainer


@pytest.fixture
def engine(make_engine, tmp_path):
    return make_engine(store=Store(tmp_path / "home"), grace=0.1)


def trained(run: Run, steps: int) -> Run:
    run.steps(steps)
    assert soon(lambda: run.status == "paused" and run.saved_step == run.snapshot.step)
    return run


def line_of(engine: Engine, run: Run) -> Summary:
    return engine.store.summaries([run.token]).lines[run.token]


def history_of(run: Run) -> np.ndarray:
    """What of its history is the same to the last bit however it came."""
    return run.curve.rows[["smooth", "low", "high", "norm_low", "norm_high", "known"]]


def test_after_going_back_training_repeats_itself_bit_for_bit(run):
    trained(run, 150)
    parameters, curve = run.snapshot.parameters, history_of(run)
    run.rewind(100)
    assert (run.snapshot.step, run.status) == (100, "paused")
    assert [checkpoint.step for checkpoint in run.checkpoints] == [0, 10, 30, 100]
    trained(run, 50)
    assert_same_parameters(run.snapshot.parameters, parameters)
    np.testing.assert_array_equal(history_of(run), curve)


@pytest.fixture
def paused_run(run):
    """Trained up to step 117, with a pause at 45."""
    return trained(trained(run, 45), 72)


def steps_of(run: Run) -> list[int]:
    return [checkpoint.step for checkpoint in run.checkpoints]


@pytest.mark.parametrize("found_again", [False, True])
def test_a_pause_is_a_stored_step_to_which_a_run_goes_back_bit_for_bit(
    make_engine, engine, paused_run, corpus, settings, found_again
):
    run = make_engine(store=engine.store).find(paused_run.token) if found_again else paused_run
    assert steps_of(run) == [0, 10, 30, 45, 100, 117]
    trainer = Trainer(corpus, settings)
    trainer.train(45)
    assert_same_parameters(run.checkpoints[3].parameters, trainer.parameters)
    with pytest.raises(ValueError, match="read-only"):
        run.checkpoints[3].parameters.W_hh[0, 0] = 1
    run.rewind(45)
    assert_same_state(run.state, trainer)
    assert steps_of(run) == [0, 10, 30, 45]
    trained(run, 72)
    trainer.train(72)
    assert_same_state(run.state, trainer)
    np.testing.assert_array_equal(history_of(run), history_of(paused_run))


def test_of_many_pauses_the_latest_can_be_gone_back_to_and_all_log_spaced_steps(make_engine, engine, run):
    for _ in range(PAUSES + 15):
        trained(run, 1)
    pauses = [step for step in range(1, PAUSES + 16) if step not in (10, 30)]
    assert steps_of(run) == sorted([0, 10, 30, *pauses[-PAUSES:]])
    assert steps_of(make_engine(store=engine.store).find(run.token)) == steps_of(run)
    for step in steps_of(run)[1:]:
        assert engine.keeper.saved(run).until(step).checkpoints[-1].step == step


def test_a_rate_set_at_a_pause_is_saved_at_once_and_belongs_to_that_step(engine, run, corpus, settings):
    trained(run, 45).set(learning_rate=1e-3)
    assert soon(
        lambda: checkpoint.from_bytes(engine.keeper.saved(run).checkpoints[-1].state).values["learning_rate"] == 1e-3
    )
    trained(run, 20)
    run.rewind(45)
    assert run.snapshot.learning_rate == 1e-3
    trained(run, 20)
    trainer = Trainer(corpus, settings)
    trainer.train(45)
    trainer.learning_rate = 1e-3
    trainer.train(20)
    assert_same_state(run.state, trainer)


def test_going_back_to_the_start_is_starting_over(run, corpus, settings):
    trained(run, 20)
    run.rewind(0)
    assert run.snapshot.step == 0
    assert_same_parameters(run.snapshot.parameters, Trainer(corpus, settings).parameters)


def test_a_step_that_is_not_stored_is_refused_and_nothing_changes(run):
    trained(run, 20)
    with pytest.raises(StoreError, match="Step 17 is not stored"):
        run.rewind(17)
    assert run.snapshot.step == 20


def test_a_fork_with_the_same_settings_makes_the_same_curve(engine, run, settings):
    trained(run, 150)
    fork = engine.fork(run, 100, settings)
    assert fork.token != run.token
    assert fork.snapshot.step == 100
    trained(fork, 50)
    assert_same_parameters(fork.snapshot.parameters, run.snapshot.parameters)
    np.testing.assert_array_equal(history_of(fork), history_of(run))


@pytest.mark.parametrize("optimizer", ["sgd", "adagrad", "rmsprop"])
def test_a_fork_may_change_how_it_learns(engine, run, corpus, settings, optimizer):
    trained(run, 100)
    against = {"weight_decay": 0.1, "dropout": 0.5}
    other = replace(settings, learning_rate=1e-3, decay=0.0, clip=1.0, optimizer=optimizer, **against)
    fork = engine.fork(run, 100, other)
    assert (fork.snapshot.learning_rate, fork.snapshot.clip, fork.snapshot.rate) == (1e-3, 1.0, 1e-3)
    trained(fork, 20)
    assert not np.array_equal(fork.snapshot.parameters.flat, run.snapshot.parameters.flat)
    assert run.snapshot.step == 100  # the run it came from is as it was


def test_what_was_set_while_training_is_in_force_from_its_step_on_also_in_a_fork(make_engine, engine, run, settings):
    trained(run, 45).set(learning_rate=7e-3)
    trained(run, 20).set(clip=1.0)
    trained(run, 20)
    fork = engine.fork(run, 65, replace(run.in_force_at(65), learning_rate=2e-3))
    for one in (run, fork, make_engine(store=engine.store).find(fork.token)):
        assert one.in_force_at(30) == settings
        assert one.in_force_at(45) == replace(settings, learning_rate=7e-3)
    assert run.in_force == run.in_force_at(65) == replace(settings, learning_rate=7e-3, clip=1.0)
    assert fork.in_force == replace(settings, learning_rate=2e-3, clip=1.0)
    assert fork.name == "rain, forked at 65: learning rate 0.002"
    assert fork.log[-1] == (65, {"learning_rate": 2e-3})


def test_the_rate_in_force_follows_what_is_set_at_rest(engine, corpus, settings):
    run = trained(engine.create(corpus, replace(settings, decay=1_000)), 20)
    falls_to = run.snapshot.rate / run.snapshot.learning_rate
    assert falls_to < 0.9
    for learning_rate in (7e-3, 1e-3):
        run.set(learning_rate=learning_rate)
        assert run.snapshot.rate == pytest.approx(learning_rate * falls_to)
    trained(run, 1)
    assert run.snapshot.learning_rate == 1e-3
    assert run.snapshot.rate == pytest.approx(1e-3 * falls_to, rel=0.05)


def test_a_fork_with_what_was_in_force_repeats_the_run_bit_for_bit(engine, run):
    trained(run, 45).set(learning_rate=7e-3)
    trained(run, 75)
    fork = engine.fork(run, 100, run.in_force_at(100))
    assert fork.name == "rain, forked at 100"
    trained(fork, 20)
    assert_same_parameters(fork.snapshot.parameters, run.snapshot.parameters)


def test_going_back_to_the_start_keeps_what_was_set_there(run):
    run.set(learning_rate=7e-3)
    trained(run, 20).set(learning_rate=1e-3)
    parameters = run.snapshot.parameters
    run.rewind(0)
    assert run.snapshot.learning_rate == 7e-3
    trained(run, 20)
    assert_same_parameters(run.snapshot.parameters, parameters)


def test_a_fork_with_another_optimiser_says_that_it_cannot_go_back_to_before_it_and_stays(make_engine, engine, run):
    trained(run, 100)
    fork = engine.fork(run, 100, replace(run.settings, optimizer="sgd"))
    again = make_engine(store=engine.store).find(fork.token)
    assert (steps_of(again), again.message) == ([0, 10, 30, 100], None)
    with pytest.raises(StoreError, match="Step 30 does not belong to these settings"):
        again.rewind(30)
    assert (again.snapshot.step, again.status) == (100, "paused")


def test_a_fork_is_found_by_its_link_on_a_new_server(make_engine, engine, run, settings):
    trained(run, 100)
    fork = engine.fork(run, 100, replace(settings, optimizer="sgd"))
    again = make_engine(store=engine.store).find(fork.token)
    assert again.snapshot.step == 100
    assert again.settings.optimizer == "sgd"
    assert [checkpoint.step for checkpoint in again.checkpoints] == [0, 10, 30, 100]


def test_a_fork_has_a_name_of_its_own_that_lasts(make_engine, engine, run, settings):
    trained(run, 100)
    other = replace(settings, learning_rate=0.01, clip=1.0)
    for step in (0, 100):
        fork = engine.fork(run, step, other)
        assert fork.name == f"rain, forked at {step}: learning rate 0.01, clip 1.0"
        assert make_engine(store=engine.store).find(fork.token).name == fork.name
        assert title_of(line_of(engine, fork).about).parts() == fork.title.parts()
    assert engine.fork(run, 30, settings).name == "rain, forked at 30"
    run.rename("first try")
    assert engine.fork(run, 30, settings).name == "first try, forked at 30"


def test_a_fork_that_starts_over_is_named_by_its_text_again(make_engine, engine, run, settings):
    trained(run, 100)
    fork = engine.fork(run, 100, replace(settings, clip=1.0))
    fork.reset()
    assert fork.name == make_engine(store=engine.store).find(fork.token).name == "rain"
    fork.rename("first try")
    fork.reset()
    assert fork.name == make_engine(store=engine.store).find(fork.token).name == "first try"


def test_what_belongs_to_the_network_can_differ_only_from_the_start(engine, run, settings):
    trained(run, 100)
    with pytest.raises(SettingsError, match="units can differ only from the start"):
        engine.fork(run, 100, replace(settings, hidden_size=20))
    assert engine.fork(run, 0, replace(settings, hidden_size=20)).snapshot.parameters.b_h.shape == (20,)


def test_without_anything_saved_there_is_nothing_to_go_back_to(make_engine, corpus, settings):
    run = make_engine().create(corpus, settings)
    with pytest.raises(StoreError, match="Nothing of this run has been saved"):
        run.rewind(10)


def test_the_read_only_link_finds_the_run_and_does_not_tell_its_own(make_engine, engine, run):
    trained(run, 10)
    assert engine.find_watched(run.watch_token) is run
    assert engine.find_watched(run.token) is None
    assert engine.find(run.watch_token) is None
    assert make_engine(store=engine.store).find_watched(run.watch_token).token == run.token


def test_a_run_told_to_keep_training_does_so_though_nobody_watches(engine, corpus):
    run = engine.create(corpus, Settings(hidden_size=12, sequence_length=8, batch_size=2))
    run.keep_training(600)
    run.train(until=3_000)
    engine.lease(run, "session").release()
    assert run.wait(lambda run: run.snapshot.step == 3_000, SECONDS)


def test_a_run_that_trained_on_unwatched_is_shown_as_often_as_before_once_it_is_opened_again(engine, run):
    run.keep_training(600)
    run.train()
    engine.lease(run, "session").release()
    assert run.wait(lambda run: run.snapshot.step > 0, SECONDS)
    assert soon(lambda: not run._watched)
    engine.lease(run, "another session")
    assert run.wait(lambda run: run.snapshot.parameters_step > run.state_step, SECONDS)


def test_a_run_kept_for_a_time_rests_when_it_is_over_though_the_clock_was_set_back(engine, corpus, monkeypatch):
    run = engine.create(corpus, Settings(hidden_size=12, sequence_length=8, batch_size=2))
    run.keep_training(1.0)
    monkeypatch.setattr(time, "time", lambda: 0.0)
    run.train()
    engine.lease(run, "session").release()
    assert run.wait(lambda run: run.status == "paused" and run.at_rest, SECONDS)
    assert time.monotonic() >= run.keep_until


def test_a_title_lasts_through_training_on_and_a_new_server(make_engine, engine, run):
    trained(run, 10).rename("first try")
    trained(run, 10)
    assert line_of(engine, run).about["title"] == "first try"
    assert make_engine(store=engine.store).find(run.token).title == "first try"


@pytest.mark.parametrize("steps", [30, 60, 1_030])
def test_a_summary_tells_the_step_and_the_very_losses_that_the_run_itself_has_there(engine, run, steps):
    trained(run, steps)
    until(run, lambda run: run.snapshot.held_out_step == steps)
    assert soon(lambda: line_of(engine, run).held_out == run.snapshot.held_out)
    summary = line_of(engine, run)
    assert summary.step == steps
    assert np.array_equal(thinned(summary.history)[["step", "smooth"]], run.curve.rows[["step", "smooth"]])
    assert engine.store.summaries(["another"]).lines == {}


def test_a_deleted_run_is_gone_after_a_while_unless_it_is_kept(engine, run, make_run):
    other = trained(make_run(), 10)
    for removed in (trained(run, 10), other):
        engine.remove(removed.token, after=0.2)
    engine.keep(other.token)
    assert soon(lambda: engine.find(run.token) is None)
    assert engine.store.tokens() == [other.token]
    assert engine.find(other.token) is other


def test_a_run_that_is_deleted_while_it_is_open_says_so_and_what_can_be_done(engine, run):
    engine.remove(trained(run, 10).token, after=0)
    until(run, lambda run: run.status == "closed")
    assert run.message.startswith("This run was deleted. Choose a text or start over for a new one")
    run.train()
    assert run.status == "closed"


def test_stored_steps_that_had_to_go_are_told(engine, run, monkeypatch):
    monkeypatch.setenv("CHARRNN_RUN_LIMIT_MB", "0.02")
    trained(run, 100)
    assert run.removed > 0
    assert run.saved_step == 100
    with pytest.raises(StoreError, match="Step 10 is not stored"):
        run.rewind(10)


def test_a_pause_that_had_to_go_is_not_offered_any_more(engine, run, monkeypatch):
    monkeypatch.setenv("CHARRNN_RUN_LIMIT_MB", "0.02")
    for _ in range(8):
        trained(run, 7)
    assert 7 in run.lost
    offered = set(steps_of(run)) - run.lost
    assert offered == {0, *(saved.step for saved in engine.keeper.saved(run).checkpoints)}
    assert {0, 10, 30} <= set(steps_of(run)) <= offered | {10, 30}


def test_a_saved_run_as_it_was_at_a_step_has_neither_history_nor_notes_from_later():
    history = np.array([(10,), (20,), (30,)], [("step", np.int64)])
    saved = Saved({}, "", "", history, [Note(step, "held_out", 2.0) for step in (0, 10, 20, 30)], [])
    assert saved.cut(20).history["step"].tolist() == [10, 20]
    assert [note.step for note in saved.cut(20).notes] == [0, 10, 20]
