"""Sessions hold runs; the machine has so many places; nothing runs for nobody."""

import gc
import threading
import weakref

import pytest
from runs_helpers import SECONDS, alive, assert_same_state, soon, until

from charrnn.runs import engine as engine_of_runs
from charrnn.runs import in_memory
from charrnn.runs.janitor import Janitor
from charrnn.runs.store import Store
from charrnn.training.trainer import Trainer


@pytest.fixture
def hasty(make_engine):
    """An engine with a short grace period."""
    return make_engine(grace=0.1)


@pytest.fixture
def patient(make_engine):
    """An engine whose grace period does not end within a test."""
    return make_engine(grace=3600)


def test_a_run_that_nobody_holds_any_more_is_put_to_rest_and_found_again(hasty, corpus, settings, workers):
    run = hasty.create(corpus, settings)
    lease = hasty.lease(run, "tab")
    run.train()
    until(run, lambda run: run.snapshot.step > 100)
    lease.release()
    until(run, lambda run: run.status == "paused")
    workers[0].join(SECONDS)
    assert not alive(workers[0].pid)
    again = hasty.find(run.token)
    hasty.lease(again, "tab")
    until_step = again.snapshot.step + 50
    again.train(until=until_step)
    until(again, lambda run: run.status == "paused" and run.snapshot.step == until_step)
    trainer = Trainer(corpus, settings)
    trainer.train(until_step)
    assert_same_state(again.state, trainer)


def test_a_lease_taken_anew_within_the_grace_period_changes_nothing(hasty, corpus, settings):
    run = hasty.create(corpus, settings)
    hasty.lease(run, "tab").release()
    hasty.lease(run, "tab")
    run.train()
    until(run, lambda run: run.snapshot.step > 0)
    step = run.snapshot.step
    assert not run.wait(lambda run: run.status != "training", 0.5)
    until(run, lambda run: run.snapshot.step > step)


def test_a_run_goes_on_while_one_of_two_sessions_holds_it(hasty, corpus, settings):
    run = hasty.create(corpus, settings)
    teacher, student = hasty.lease(run, "teacher"), hasty.lease(run, "student")
    run.train()
    until(run, lambda run: run.snapshot.step > 0)
    teacher.release()
    assert not run.wait(lambda run: run.status != "training", 0.5)
    student.release()
    until(run, lambda run: run.status == "paused")


def test_a_session_that_takes_another_run_lets_its_first_go(hasty, corpus, settings):
    first, second = hasty.create(corpus, settings), hasty.create(corpus, settings)
    hasty.lease(first, "tab")
    first.train()
    until(first, lambda run: run.snapshot.step > 0)
    hasty.lease(second, "tab")
    second.train()
    until(first, lambda run: run.status == "paused")
    until(second, lambda run: run.snapshot.step > 0)


def test_releasing_twice_or_late_does_no_harm(hasty, corpus, settings):
    run = hasty.create(corpus, settings)
    old = hasty.lease(run, "tab")
    hasty.lease(run, "tab")
    old.release()
    old.release()
    run.train()
    until(run, lambda run: run.snapshot.step > 0)
    assert not run.wait(lambda run: run.status != "training", 0.5)


def test_a_run_that_is_told_to_train_by_who_has_left_already_is_put_to_rest_too(
    hasty, corpus, settings, monkeypatch, workers
):
    monkeypatch.setattr(engine_of_runs, "LOOK_SECONDS", 0.05)
    run = hasty.create(corpus, settings)
    hasty.lease(run, "tab").release()
    assert soon(lambda: not hasty._leases.held(run))
    run.train()
    until(run, lambda run: run.status == "paused")
    workers[0].join(SECONDS)
    assert run.at_rest


def test_a_process_stands_still_for_nobody_longer_than_the_grace_period(hasty, corpus, settings, workers):
    run = hasty.create(corpus, settings)
    hasty.lease(run, "tab").release()
    assert soon(lambda: not hasty._leases.held(run))
    run.steps(20)
    until(run, lambda run: run.status == "paused" and run.snapshot.step == 20)
    assert soon(lambda: run.at_rest)
    workers[0].join(SECONDS)
    assert not alive(workers[0].pid)


def test_a_run_that_a_page_was_left_before_it_held_it_is_put_to_rest_too(hasty, corpus, settings, monkeypatch):
    monkeypatch.setattr(engine_of_runs, "LOOK_SECONDS", 0.05)
    hasty.lease(hasty.create(corpus, settings), "tab")
    opened = hasty.create(corpus, settings)
    opened.train()
    until(opened, lambda run: run.status == "paused" and run.at_rest)


def test_a_visit_without_training_leaves_nothing_behind(hasty, corpus, settings):
    run = hasty.create(corpus, settings)
    hasty.lease(run, "tab").release()
    assert soon(lambda: hasty.find(run.token) is None)


@pytest.fixture
def frugal(make_engine, tmp_path, monkeypatch):
    """An engine with a store that keeps one resting run in memory."""
    monkeypatch.setattr(in_memory, "KEPT_AT_REST", (1, 10_000))
    return make_engine(store=Store(tmp_path / "home"), idle=0.01)


def rested(engine, corpus, settings):
    """A run at step 10, saved, without a process; two later ones push it out of memory."""
    runs = [engine.create(corpus, settings) for _ in range(3)]
    for run in runs:
        run.steps(10)
        assert soon(lambda run=run: run.saved_step == run.state_step == 10 and run.at_rest)
    engine.create(corpus, settings)
    return runs[0]


def test_a_run_dropped_from_memory_is_found_again_by_its_link(frugal, corpus, settings, workers):
    run = rested(frugal, corpus, settings)
    token, dropped = run.token, weakref.ref(run)
    workers[0].join(SECONDS)
    del run, workers[0]  # a process that has left knows its run
    assert soon(lambda: gc.collect() >= 0 and dropped() is None)
    again = frugal.find(token)
    trainer = Trainer(corpus, settings)
    trainer.train(10)
    assert_same_state(again.state, trainer)
    again.steps(10)
    until(again, lambda run: run.status == "paused" and run.snapshot.step == 20)


def test_there_is_one_run_for_a_link_as_long_as_a_page_holds_it(frugal, corpus, settings):
    run = rested(frugal, corpus, settings)
    assert run not in frugal._runs.all()
    assert frugal.find(run.token) is run


def test_runs_that_are_not_saved_are_not_dropped_so_soon(make_engine, corpus, settings, monkeypatch):
    monkeypatch.setattr(in_memory, "KEPT_AT_REST", (1, 10_000))
    engine = make_engine()
    tokens = [engine.create(corpus, settings).token for _ in range(5)]
    assert all(engine.find(token) for token in tokens)


def test_releasing_waits_for_nothing(patient, corpus, settings):
    run = patient.create(corpus, settings)
    lease = patient.lease(run, "tab")
    released = threading.Event()
    with patient.lock:  # as if another thread were busy with the engine
        threading.Thread(target=lambda: (lease.release(), released.set())).start()
        assert released.wait(SECONDS)


def test_runs_beyond_the_places_wait_their_turn_and_start_by_themselves(make_engine, corpus, settings):
    engine = make_engine(max_running=1)
    first, second, third = (engine.create(corpus, settings) for _ in range(3))
    for run in (first, second, third):
        run.train()
    assert [second.status, third.status] == ["queued", "queued"]
    assert "next in the queue" in second.message
    assert "number 2" in third.message
    until(first, lambda run: run.snapshot.step > 0)
    first.pause()
    until(second, lambda run: run.status == "training")
    assert second.message is None
    assert "next in the queue" in third.message
    second.reset()
    until(third, lambda run: run.status == "training")


def test_a_queued_run_can_be_paused_and_a_place_is_never_given_twice(make_engine, corpus, settings):
    engine = make_engine(max_running=1)
    first, second, third = (engine.create(corpus, settings) for _ in range(3))
    for run in (first, second, third):
        run.train()
    second.pause()
    assert (second.status, second.message) == ("ready", None)
    assert "next in the queue" in third.message
    first.steps(5)
    until(third, lambda run: run.status == "training")
    assert (first.status, second.status) == ("paused", "ready")


def test_a_place_comes_free_when_a_worker_dies(make_engine, corpus, settings, workers):
    engine = make_engine(max_running=1)
    first, second = engine.create(corpus, settings), engine.create(corpus, settings)
    first.train()
    second.train()
    until(first, lambda run: run.snapshot.step > 0)
    workers[0]._process.kill()
    until(first, lambda run: run.status == "died")
    until(second, lambda run: run.status == "training")


def test_an_unwatched_run_gives_its_place_to_one_that_is_watched_and_goes_on_after_it(make_engine, corpus, settings):
    engine = make_engine(max_running=1, grace=0.05)
    kept, watched = engine.create(corpus, settings), engine.create(corpus, settings)
    kept.keep_training(3600)
    lease = engine.lease(kept, "one who leaves")
    engine.lease(watched, "one who stays")
    kept.train(until=10**6)
    until(kept, lambda run: run.snapshot.step > 0)
    lease.release()
    assert soon(lambda: not engine._leases.held(kept))
    watched.train()
    until(watched, lambda run: run.snapshot.step > 0)
    assert kept.status == "queued"
    assert "next in the queue" in kept.message
    step = kept.snapshot.step
    watched.pause()
    until(kept, lambda run: run.status == "training" and run.snapshot.step > step)
    assert kept.stop_at == 10**6
    trainer = Trainer(corpus, settings)
    kept.pause(wait=SECONDS)
    trainer.train(kept.state_step)
    assert_same_state(kept.state, trainer)


def test_runs_that_nobody_watches_take_turns(make_engine, corpus, settings, monkeypatch):
    monkeypatch.setattr(engine_of_runs, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(engine_of_runs, "TURN_SECONDS", 0.2)
    engine = make_engine(max_running=2)
    runs = [engine.create(corpus, settings) for _ in range(5)]  # four of one visitor's, who came first
    for run in runs:
        run.train(until=10**6)
    for _ in range(2):
        for run in reversed(runs):
            until(run, lambda run, step=run.snapshot.step: run.snapshot.step > step)
    assert engine.training <= engine.max_running
    assert {run.stop_at for run in runs} == {10**6}


def test_a_run_that_is_watched_gives_its_place_to_nobody(make_engine, corpus, settings, monkeypatch):
    monkeypatch.setattr(engine_of_runs, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(engine_of_runs, "TURN_SECONDS", 0.0)
    engine = make_engine(max_running=1, grace=3600)
    first, second = engine.create(corpus, settings), engine.create(corpus, settings)
    engine.lease(first, "first")
    engine.lease(second, "second")
    first.train()
    until(first, lambda run: run.snapshot.step > 0)
    second.train()
    assert not first.wait(lambda run: run.status != "training", 0.5)
    assert second.status == "queued"


def test_in_the_queue_those_who_are_watched_come_first(make_engine, corpus, settings):
    engine = make_engine(max_running=1, grace=3600)
    first, alone, watched = (engine.create(corpus, settings) for _ in range(3))
    engine.lease(first, "first")
    engine.lease(watched, "watched")
    for run in (first, alone, watched):
        run.train()
    assert "next in the queue" in watched.message
    assert "number 2" in alone.message


def test_as_many_paused_processes_are_kept_as_there_are_places_the_latest(make_engine, corpus, settings, workers):
    engine = make_engine(max_running=2, idle=3600)
    runs = [engine.create(corpus, settings) for _ in range(5)]
    for run in runs:
        run.steps(1)
        until(run, lambda run: run.status == "paused")
    assert soon(lambda: not any(alive(worker.pid) for worker in workers[:3]))
    assert [alive(worker.pid) for worker in workers] == [False, False, False, True, True]
    assert [run.at_rest for run in runs] == [True, True, True, False, False]


def test_a_job_that_fails_is_told_in_the_log_and_the_next_is_done_all_the_same(caplog):
    janitor, finished = Janitor(), threading.Event()
    janitor.later(0.0, lambda: 1 / 0)
    janitor.later(0.01, finished.set)
    assert finished.wait(SECONDS)
    janitor.close()
    assert "ZeroDivisionError" in caplog.text


def test_the_janitor_works_in_order_of_time_and_not_after_closing():
    janitor, done, finished = Janitor(), [], threading.Event()
    janitor.later(0.05, lambda: (done.append("later"), finished.set()))
    janitor.later(0.0, lambda: done.append("at once"))
    assert finished.wait(SECONDS)
    assert done == ["at once", "later"]
    janitor.close()
    janitor.later(0.0, lambda: done.append("never"))
    assert not threading.Event().wait(0.05)
    assert done == ["at once", "later"]
