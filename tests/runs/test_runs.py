"""A run does what it is told, exactly, and what it shows is what the same trainer does without a process."""

import os
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from runs_helpers import alive, assert_same_parameters, assert_same_state, until

from charrnn.network.sampling import generate
from charrnn.runs.checkpoint_schedule import PAUSES, is_log_spaced, lasting, next_mark
from charrnn.text.corpus import Corpus
from charrnn.training import checkpoint
from charrnn.training.memory import needed
from charrnn.training.settings import Settings, SettingsError
from charrnn.training.trainer import Trainer


def test_a_run_at_rest_shows_the_untrained_network_and_costs_no_process(run, workers):
    assert (run.status, run.snapshot.step, workers) == ("ready", 0, [])
    assert_same_parameters(run.snapshot.parameters, Trainer(run.corpus, run.settings).parameters)
    assert run.checkpoints[0].step == 0
    assert len(run.samples[0][1]) == 200


def test_steps_in_the_process_are_bitwise_the_trainers(run):
    run.steps(537)
    until(run, lambda run: run.status == "paused")
    trainer = Trainer(run.corpus, run.settings)
    done = trainer.train(537)
    assert run.snapshot.step == run.snapshot.parameters_step == run.curve.steps[-1] == 537
    assert_same_parameters(run.snapshot.parameters, trainer.parameters)
    assert run.snapshot.smooth_loss == trainer.smooth_loss
    assert run.snapshot.loss == done[-1].loss
    assert run.curve.smooth[50] == np.float32(done[50].smooth_loss)
    assert_same_state(run.state, trainer)


def test_it_is_said_to_start_to_train_and_to_pause(run):
    run.train()
    assert run.status == "starting"
    seen = []
    until(run, lambda run: seen.append(run.status) or run.snapshot.step > 0)
    assert list(dict.fromkeys(seen)) == ["starting", "training"]
    run.pause()
    assert run.status == "pausing"
    run.train()
    assert run.status == "training"
    step = run.snapshot.step
    until(run, lambda run: run.snapshot.step > step + 50)
    run.pause()
    until(run, lambda run: run.status == "paused")


def test_what_the_optimiser_remembers_comes_along_while_somebody_looks_at_it(run):
    run.train()
    until(run, lambda run: run.snapshot.step)
    assert run.snapshot.memory is None
    until(run, lambda run: run.look() or run.snapshot.memory)  # as a page does, again and again
    at, now = run.snapshot.parameters_step, run.snapshot
    until(run, lambda run: run.look() or (run.snapshot.parameters_step > at and run.snapshot.memory))
    until(run, lambda run: run.snapshot.memory is None)  # nobody looks any more
    trainer = Trainer(run.corpus, run.settings)
    trainer.train(at)
    assert_same_parameters(now.parameters, trainer.parameters)
    for known, own in zip(now.memory, trainer.memory().values(), strict=True):
        np.testing.assert_array_equal(known, own)


def test_what_was_known_at_one_moment_stays_while_the_run_trains_on(run):
    run.steps(20)
    until(run, lambda run: run.status == "paused")
    still = run.as_it_stands()
    run.steps(20)
    until(run, lambda run: run.status == "paused" and run.snapshot.step == 40)
    assert (still.snapshot.step, still.curve.steps[-1], still.state_step) == (20, 20, 20)
    trainer = Trainer(run.corpus, run.settings)
    trainer.train(20)
    assert_same_state(still.state, trainer)
    assert still.name == run.name


def test_the_gradient_of_each_step_is_kept_as_training_met_it(run):
    run.set(clip=0.05)
    run.steps(300)
    until(run, lambda run: run.status == "paused")
    trainer = Trainer(run.corpus, run.settings)
    trainer.clip = 0.05
    done, curve, before = trainer.train(300), run.curve, 0
    all_norms, all_clipped = np.array([(step.gradient_norm, step.clipped) for step in done], np.float32).T
    assert curve.rows["known"].sum() == curve.steps[-1] == 300
    assert 0 < all_clipped.max() < 1
    for i, step in enumerate(curve.steps):
        norms, clipped = all_norms[before:step], all_clipped[before:step]
        assert (curve.rows["norm_low"][i], curve.rows["norm_high"][i]) == (norms.min(), norms.max())
        assert (curve.norm[i], curve.clipped[i]) == (pytest.approx(norms.mean()), pytest.approx(clipped.mean()))
        before = step


def test_steps_add_up_and_training_stops_exactly_where_told(run):
    for count in (10, 10, 1):
        run.steps(count)
    until(run, lambda run: run.status == "paused" and run.snapshot.step == 21)
    run.train(until=1234)
    assert run.stop_at == 1234
    until(run, lambda run: run.status == "paused")
    assert run.snapshot.step == 1234
    run.train(until=100)
    until(run, lambda run: run.status == "paused")
    assert run.snapshot.step == 1234


def test_milestones_hold_the_network_exactly_as_it_passed_that_step(run):
    run.train(until=350)
    until(run, lambda run: run.status == "paused")
    assert [checkpoint.step for checkpoint in run.checkpoints] == [0, 10, 30, 100, 300, 350]
    assert [step for step, _ in run.samples] == [0, 1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300]
    trainer = Trainer(run.corpus, run.settings)
    for one in run.checkpoints:
        trainer.train(one.step - trainer.steps)
        assert_same_parameters(one.parameters, trainer.parameters)


def test_training_goes_on_until_paused_and_a_pause_hands_everything_over(run):
    run.train()
    until(run, lambda run: run.snapshot.step > 500)
    assert run.status == "training"
    assert run.snapshot.speed > 0
    assert run.pause(wait=30)
    assert run.status == "paused"
    trainer = Trainer(run.corpus, run.settings)
    trainer.restore(checkpoint.from_bytes(run.state))
    assert trainer.steps == run.state_step == run.snapshot.step == run.curve.steps[-1]
    assert_same_parameters(run.snapshot.parameters, trainer.parameters)


def test_held_out_points_are_the_evaluation_of_the_same_network(run):
    run.steps(120)
    until(run, lambda run: run.snapshot.held_out_step == 120)
    trainer = Trainer(run.corpus, run.settings)
    trainer.train(100)
    assert run.curve.held_out[0] == (100, trainer.evaluate())
    trainer.train(20)
    assert run.curve.held_out[-1] == (120, trainer.evaluate())


def test_a_changed_learning_rate_is_in_force_and_logged_at_its_step(run):
    run.steps(50)
    until(run, lambda run: run.status == "paused")
    run.set(learning_rate=5e-4, clip=1.0)
    assert run.snapshot.learning_rate == 5e-4
    run.steps(50)
    until(run, lambda run: run.snapshot.step == 100 and run.status == "paused")
    trainer = Trainer(run.corpus, run.settings)
    trainer.train(50)
    trainer.learning_rate, trainer.clip = 5e-4, 1.0
    trainer.train(50)
    assert run.log == ((50, {"learning_rate": 5e-4, "clip": 1.0}),)
    assert_same_parameters(run.snapshot.parameters, trainer.parameters)


def test_a_change_made_before_there_is_a_process_holds_from_the_first_step(run):
    run.set(learning_rate=7e-3)
    run.steps(5)
    until(run, lambda run: run.status == "paused")
    assert run.log == ((0, {"learning_rate": 7e-3}),)
    assert run.snapshot.learning_rate == 7e-3


def test_an_impossible_change_is_refused_and_changes_nothing(run):
    with pytest.raises(SettingsError):
        run.set(learning_rate=-1.0)
    assert run.snapshot.learning_rate == run.settings.learning_rate
    assert run.last_command is None


def test_starting_over_returns_to_the_very_same_start(run, workers):
    start = run.snapshot.parameters
    run.train()
    until(run, lambda run: run.snapshot.step > 20)
    run.reset()
    assert (run.status, run.snapshot.step, run.state, len(run.curve.steps)) == ("ready", 0, None, 0)
    assert_same_parameters(run.snapshot.parameters, start)
    workers[0].join(30)
    assert not alive(workers[0].pid)
    run.steps(3)
    until(run, lambda run: run.status == "paused")
    assert run.snapshot.step == 3


def test_the_last_command_wins_and_says_whose_it_was(run):
    run.train(by="laptop")
    run.pause(by="phone")
    run.train(by="laptop")
    run.pause(by="phone")
    assert (run.last_command.by, run.last_command.what) == ("phone", "pause")
    until(run, lambda run: run.status == "paused")
    run.pause(by="phone")
    run.train(until=run.snapshot.step + 100, by="laptop")
    until(run, lambda run: run.status == "paused" and run.snapshot.step == run.stop_at)
    assert run.last_command.by == "laptop"


def test_to_train_while_it_is_about_to_pause_has_it_train_on(run, engine):
    run.train()
    until(run, lambda run: run.status == "training")
    with engine.lock:  # so that no answer comes between
        run.pause()
        assert run.status == "pausing"
        before = time.monotonic()
        run.train(until=run.snapshot.step + 1_000)
        assert (run.status, before <= run.last_command.at <= time.monotonic()) == ("training", True)
    until(run, lambda run: run.status == "paused" and run.snapshot.step == run.stop_at)


def test_the_version_grows_with_every_change_and_not_without(run):
    version = run.version
    run.steps(5)
    until(run, lambda run: run.snapshot.held_out_step == 5)
    assert run.version > version
    version = run.version
    assert not run.wait(lambda run: run.version != version, 0.3)


def test_snapshots_cannot_be_written_to(run):
    run.steps(5)
    until(run, lambda run: run.status == "paused")
    with pytest.raises(ValueError, match="read-only"):
        run.snapshot.parameters.W_hh[0, 0] = 1


def test_while_nobody_watches_parameters_come_with_full_states_only(run):
    run.watch(False)
    run.train()
    seen = []
    until(run, lambda run: seen.append((run.snapshot.parameters_step, run.state_step)) or run.snapshot.step > 2000)
    assert {pictured for pictured, _ in seen} == {handed_over for _, handed_over in seen}
    run.watch(True)
    until(run, lambda run: run.snapshot.parameters_step > run.state_step)


def test_a_paused_process_leaves_after_a_while_and_training_goes_on_from_its_state(
    make_engine, corpus, settings, workers
):
    run = make_engine(idle=0.05).create(corpus, settings)
    run.steps(30)
    until(run, lambda run: run.status == "paused")
    workers[0].join(30)
    assert not alive(workers[0].pid)
    assert run.status == "paused"
    run.steps(30)
    until(run, lambda run: run.status == "paused" and run.snapshot.step == 60)
    trainer = Trainer(corpus, settings)
    trainer.train(60)
    assert_same_state(run.state, trainer)


def test_a_paused_process_leaves_though_pause_is_pressed_once_more(make_engine, corpus, settings, workers):
    run = make_engine(idle=0.5).create(corpus, settings)
    run.steps(5)
    until(run, lambda run: run.status == "paused")
    run.pause()
    workers[0].join(30)
    assert not alive(workers[0].pid)


def test_a_token_finds_its_run_and_nothing_else_does(engine, run):
    assert engine.find(run.token) is run
    assert engine.find(run.token[:-1]) is None
    assert len(run.token) >= 20


def test_marked_steps_are_one_two_three_and_five_times_powers_of_ten():
    marks = [0]
    while marks[-1] < 1000:
        marks.append(next_mark(marks[-1]))
    assert marks[1:] == [1, 2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000]
    assert next_mark(1234) == 2000
    assert [step for step in range(2000) if is_log_spaced(step)] == [0, 10, 30, 100, 300, 1000]


@given(st.sets(st.integers(0, 2000)))
def test_of_the_stored_steps_the_log_spaced_ones_and_the_latest_pauses_stay(steps):
    stay = lasting(sorted(steps))
    pauses = sorted(step for step in steps if not is_log_spaced(step))
    assert stay == steps - set(pauses[: max(0, len(pauses) - PAUSES)])


def test_a_worker_has_lower_priority_than_the_page(run, workers):
    run.train()
    until(run, lambda run: run.status == "training")
    assert os.getpriority(os.PRIO_PROCESS, workers[0].pid) == min(os.getpriority(os.PRIO_PROCESS, 0) + 10, 19)


def test_generate_is_undisturbed_by_read_only_parameters(run):
    H = run.settings.hidden_size
    ids, _ = generate(run.snapshot.parameters, np.zeros(H, np.float32), None, 20, np.random.default_rng(0))
    assert len(ids) == 20


def test_what_was_set_last_is_in_force_whatever_the_process_still_tells_of_before(run):
    run.steps(20)
    until(run, lambda run: run.status == "paused")
    rates = [0.001 * (1 + k) for k in range(40)]
    for rate in rates:
        run.set(learning_rate=rate)

    def all_heard(run):
        assert run.in_force.learning_rate == rates[-1]
        return len(run.log) == len(rates)

    until(run, all_heard)
    assert run.in_force.learning_rate == rates[-1]


def test_what_is_set_while_the_process_starts_stays_in_force(run):
    run.train()
    run.set(learning_rate=0.5)

    def trains(run):
        assert run.in_force.learning_rate == 0.5
        return run.snapshot.step > 5

    until(run, trains)
    assert run.log[-1][1] == {"learning_rate": 0.5}


def test_a_run_that_is_only_opened_holds_its_network_and_no_room_for_training(engine, corpus):
    large = Settings(hidden_size=256, sequence_length=1_000, batch_size=64)
    text = Corpus.from_text(corpus.text * 20, name="long")
    assert needed(large, len(text.vocabulary)) > 300e6
    tracemalloc.start()
    run = engine.create(text, large)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 5 * run.snapshot.parameters.flat.nbytes
