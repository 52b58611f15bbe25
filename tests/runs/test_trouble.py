"""What goes wrong first, and what a person then reads: deaths, noise on the pipe, a reader that sleeps, a blow-up."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
from runs_helpers import SECONDS, alive, assert_same_state, soon, until

from charrnn.runs import local
from charrnn.runs.engine import Engine
from charrnn.runs.local import Local
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer


def kill(run, worker) -> None:
    os.kill(worker.pid, signal.SIGKILL)
    until(run, lambda run: run.status == "died")


def test_a_killed_worker_is_noticed_and_training_goes_on_bitwise_from_its_last_state(run, workers):
    run.train(until=10**9)
    until(run, lambda run: run.snapshot.step > run.state_step > 100)
    kill(run, workers[0])
    kept = run.state_step
    assert "killed" in run.message
    assert f"{kept:,}" in run.message
    run.go_on()
    assert run.snapshot.step == run.snapshot.parameters_step == kept >= run.curve.steps[-1]
    until(run, lambda run: run.status == "training")
    run.train(until=kept + 300)
    until(run, lambda run: run.status == "paused")
    trainer = Trainer(run.corpus, run.settings)
    trainer.train(kept + 300)
    assert_same_state(run.state, trainer)
    assert run.snapshot.step == run.curve.steps[-1] == kept + 300
    assert [checkpoint.step for checkpoint in run.checkpoints] == sorted(
        {checkpoint.step for checkpoint in run.checkpoints}
    )


def test_a_worker_killed_before_its_first_state_starts_anew(run, workers):
    run.train(until=50)
    until(run, lambda run: workers and workers[0].pid)
    kill(run, workers[0])
    run.go_on()
    until(run, lambda run: run.status == "paused")
    trainer = Trainer(run.corpus, run.settings)
    trainer.train(50)
    assert_same_state(run.state, trainer)


def test_a_killed_worker_of_a_paused_run_loses_nothing(run, workers):
    run.steps(20)
    until(run, lambda run: run.status == "paused")
    os.kill(workers[0].pid, signal.SIGKILL)
    workers[0].join(SECONDS)
    assert (run.status, run.message) == ("paused", None)
    run.steps(20)
    until(run, lambda run: run.status == "paused" and run.snapshot.step == 40)


def test_a_state_is_handed_over_again_and_again_while_training(run):
    run.train()
    for _ in range(2):
        step = run.state_step
        until(run, lambda run, step=step: run.state_step > step)
    assert run.status == "training"


def test_a_killed_server_leaves_no_worker(tmp_path):
    server = (
        "import sys\n"
        "from charrnn.runs.engine import Engine\n"
        "from charrnn.runs.local import Local\n"
        "from charrnn.text.corpus import Corpus\n"
        "from charrnn.training.settings import Settings\n"
        "workers = []\n"
        "def connect(*arguments):\n    workers.append(Local(*arguments))\n    return workers[-1]\n"
        "run = Engine(connect=connect).create(Corpus.from_text('abc ' * 500), Settings(hidden_size=8))\n"
        "run.train()\n"
        "run.wait(lambda run: run.snapshot.step > 0, 30)\n"
        "print(workers[0].pid, flush=True)\n"
        "sys.stdin.read()\n"
    )
    environment = os.environ | {"PYTHONPATH": str(local.PACKAGE_PARENT)}
    with subprocess.Popen(
        [sys.executable, "-c", server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=tmp_path, env=environment
    ) as process:
        worker = int(process.stdout.readline())
        assert alive(worker)
        process.kill()
        process.wait(SECONDS)
    assert soon(lambda: not alive(worker))


def test_what_a_worker_prints_breaks_nothing(run, before_each_chunk):
    before_each_chunk("import warnings, os; print('x' * 9999); os.write(1, b'y' * 9999); warnings.warn('z' * 9999)")
    run.train(until=400)
    until(run, lambda run: run.status == "paused")
    assert run.snapshot.step == 400


def test_an_error_in_a_step_is_told_with_its_words(run, before_each_chunk):
    before_each_chunk("assert self.steps < 200, 'the dog ate it'")
    run.train()
    until(run, lambda run: run.status == "died")
    assert "the dog ate it" in run.message
    assert "kept" in run.message


def test_a_process_that_cannot_start_is_told_with_its_last_words(run, monkeypatch):
    monkeypatch.setattr(local, "COMMAND", [sys.executable, "-c", "raise SystemExit('no numpy here')"])
    run.train()
    until(run, lambda run: run.status == "died")
    assert "no numpy here" in run.message


def test_bytes_that_are_no_message_end_the_process_and_are_told(run, monkeypatch):
    code = "import sys; sys.stdout.buffer.write(b'?' * 99); sys.stdout.flush(); sys.stdin.read()"
    monkeypatch.setattr(local, "COMMAND", [sys.executable, "-c", code])
    run.train()
    until(run, lambda run: run.status == "died")
    assert "something else wrote" in run.message


def test_a_reader_that_sleeps_does_not_hold_up_training(make_engine, corpus, before_each_chunk, tmp_path, monkeypatch):
    # While the reader sleeps, the server hears nothing of the worker: it is not to be ended for that.
    monkeypatch.setattr("charrnn.runs.run.ANSWER_SECONDS", 2 * SECONDS)
    progress, asleep, awake = tmp_path / "steps", threading.Event(), threading.Event()
    before_each_chunk(f"open({str(progress)!r}, 'w').write(str(self.steps))")

    def connect(start, heard, gone):
        def sleepy(connection, message):
            if message.kind == "progress" and not awake.is_set():
                asleep.set()
                awake.wait(SECONDS)
            heard(connection, message)

        return Local(start, sleepy, gone)

    engine = Engine(connect=connect)
    try:
        run = engine.create(corpus, Settings(hidden_size=200, sequence_length=4, batch_size=1))
        run.train()
        assert asleep.wait(SECONDS)
        first = int(progress.read_text() or 0)
        assert soon(lambda: int(progress.read_text() or 0) >= first + 2000)
        awake.set()
        until(run, lambda run: run.snapshot.step > first + 2000)
    finally:
        awake.set()
        engine.close()


def test_a_network_that_blows_up_goes_back_and_says_what_to_do(run, before_each_chunk):
    before_each_chunk("self.steps >= 200 and self.learning_rate > 1e-3 and self.parameters.W_hy.fill(float('nan'))")
    run.train()
    until(run, lambda run: run.status == "paused")
    assert "at step 201" in run.message
    assert "Lower the learning rate (now 0.004)" in run.message
    assert run.snapshot.step == run.state_step < 201
    assert all(np.isfinite(array).all() for array in run.snapshot.parameters)
    assert (run.curve.steps <= run.snapshot.step).all()
    run.set(learning_rate=1e-3)
    run.train(until=300)
    assert run.message is None
    until(run, lambda run: run.status == "paused")
    assert run.snapshot.step == run.state_step == run.curve.steps[-1] == 300


def test_the_package_is_found_from_any_folder(run, tmp_path, monkeypatch):
    (tmp_path / "numpy.py").write_text("raise SystemExit('the wrong numpy')")
    monkeypatch.chdir(tmp_path)
    run.steps(1)
    until(run, lambda run: run.status == "paused")
    assert run.snapshot.step == 1


def test_a_closed_engine_has_ended_its_processes(make_engine, corpus, settings, workers):
    engine = make_engine()
    runs = [engine.create(corpus, settings) for _ in range(2)]
    for run in runs:
        run.train()
    until(runs[0], lambda run: run.snapshot.step > 0)
    engine.close()
    assert [run.status for run in runs] == ["closed", "closed"]
    assert not [worker for worker in workers if worker.pid and alive(worker.pid)]
    runs[0].train()
    assert runs[0].status == "closed"


def test_the_source_folder_is_the_one_that_workers_get():
    assert (Path(local.PACKAGE_PARENT) / "charrnn" / "runs" / "worker.py").exists()
