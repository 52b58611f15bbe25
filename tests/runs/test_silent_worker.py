"""A worker that is not heard: others are not held up by it, its page is told, and it is ended."""

import os
import signal
import sys
import threading

import pytest
from runs_helpers import SECONDS, alive, soon, until

from charrnn.runs import engine as engine_of_runs
from charrnn.runs.local import WAITING
from charrnn.runs.run import ANSWER_SECONDS, SILENT_SECONDS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes cannot be stopped there")
PRESSES = 1_500


@pytest.fixture
def looks(monkeypatch):
    """Looks come by hand: what a test says of them then holds on a busy machine too."""
    monkeypatch.setattr(engine_of_runs, "LOOK_SECONDS", 3600)

    def look(run, times=1):
        for _ in range(times):
            with run._owner.lock:
                run.look_after()

    return look


@pytest.fixture
def stopped(looks, make_engine, corpus, settings, workers):
    """A run whose worker stands still in the middle of training."""
    run = make_engine(max_running=2).create(corpus, settings)
    run.train()
    until(run, lambda run: run.snapshot.step > 0)
    os.kill(workers[0].pid, signal.SIGSTOP)
    yield run
    if alive(workers[0].pid):
        os.kill(workers[0].pid, signal.SIGKILL)


def test_presses_for_a_stopped_worker_hold_up_nobody(stopped, corpus, settings):
    other, pressed = stopped._owner.create(corpus, settings), threading.Event()

    def press():
        for number in range(PRESSES):
            stopped.pause() if number % 2 else stopped.train()
        pressed.set()

    threading.Thread(target=press, daemon=True).start()
    assert pressed.wait(SECONDS)
    other.steps(5)
    until(other, lambda run: run.status == "paused" and run.snapshot.step == 5)


def test_commands_that_a_worker_does_not_take_are_not_kept_without_end(stopped, workers):
    for _ in range(5 * WAITING):
        stopped.pause()
    until(stopped, lambda run: run.status == "died")
    workers[0].join(SECONDS)
    assert not alive(workers[0].pid)


def test_a_worker_that_is_not_heard_is_told_of_then_ended_and_another_goes_on(stopped, looks, workers):
    kept = stopped.state_step
    looks(stopped, SILENT_SECONDS - 1)
    assert stopped.message is None
    looks(stopped)
    assert (stopped.status, "has not answered" in stopped.message) == ("training", True)
    looks(stopped, ANSWER_SECONDS - SILENT_SECONDS)
    assert stopped.status == "training"
    looks(stopped)
    assert stopped.status == "died"
    assert "did not answer" in stopped.message
    assert f"{kept:,}" in stopped.message
    workers[0].join(SECONDS)
    assert not alive(workers[0].pid)
    stopped.train(until=kept + 5)
    until(stopped, lambda run: run.status == "paused")
    assert stopped.snapshot.step == kept + 5


def test_what_is_told_of_a_worker_is_past_once_it_is_heard_again(stopped, looks, workers):
    looks(stopped, SILENT_SECONDS)
    assert "has not answered" in stopped.message
    os.kill(workers[0].pid, signal.SIGCONT)
    until(stopped, lambda run: run.message is None)
    assert stopped.status == "training"


def test_a_step_that_takes_long_is_not_taken_for_silence(looks, run, before_each_chunk, tmp_path):
    goes_on = tmp_path / "on"
    os.mkfifo(goes_on)
    before_each_chunk(f"import os\n    if os.path.exists({str(goes_on)!r}): open({str(goes_on)!r}).read()")
    run.train(until=5)
    until(run, lambda run: run.status == "training")
    for _ in range(2 * ANSWER_SECONDS):
        looks(run)
        assert soon(lambda: run._line.silent == 0)
    assert (run.snapshot.step, run.message) == (0, None)
    with goes_on.open("w"):
        goes_on.unlink()  # while the worker waits for the end of it: later chunks find nothing
    until(run, lambda run: run.status == "paused")
    assert run.snapshot.step == 5


def test_the_engine_looks_by_itself_and_gives_the_place_to_the_next(
    monkeypatch, make_engine, corpus, settings, workers
):
    monkeypatch.setattr(engine_of_runs, "LOOK_SECONDS", 0.1)
    engine = make_engine(max_running=1)
    first, second = engine.create(corpus, settings), engine.create(corpus, settings)
    first.train()
    second.train()
    until(first, lambda run: run.snapshot.step > 0)
    os.kill(workers[0].pid, signal.SIGSTOP)
    until(first, lambda run: run.status == "died")
    until(second, lambda run: run.status in ("starting", "training"))
    workers[0].join(SECONDS)
    assert not alive(workers[0].pid)
