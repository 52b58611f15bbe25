"""A process that cannot be had: the run says why, gives its place back, and can be tried again."""

import errno
import itertools
import os
import subprocess
import sys
import threading

import pytest
from runs_helpers import SECONDS, until

from charrnn.runs import local

LIMITED = """
import resource
from charrnn.runs.engine import Engine
from charrnn.text.corpus import Corpus
from charrnn.training.settings import Settings
run = Engine().create(Corpus.from_text("abc " * 500), Settings(hidden_size=8))
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (4, hard))
run.train(until=5)
run.wait(lambda run: run.status not in ("starting", "queued"), SECONDS)
print(run.status, run.message, sep="; ")
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
run.train(until=5)
run.wait(lambda run: run.status == "paused", SECONDS)
print(run.status, run.message, run.snapshot.step, sep="; ")
"""


def fail(error):
    def launch():
        raise error

    return launch


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EMFILE, "the server has too many files open"),
        (errno.EAGAIN, "the machine allows no more processes"),
        (errno.ENOMEM, "the machine has no memory left"),
        (errno.ENOENT, "No such file"),
    ],
)
def test_a_process_that_cannot_be_had_is_told_with_its_reason_and_can_be_tried_again(run, monkeypatch, number, words):
    run.set(learning_rate=7e-3)
    with monkeypatch.context() as trouble:
        trouble.setattr(local, "launch", fail(OSError(number, os.strerror(number))))
        run.train(until=5)
        until(run, lambda run: run.status == "died")
    assert f"No training process could be started: {words}" in run.message
    assert run.message.endswith("Train begins it anew.")
    run.train(until=5)
    until(run, lambda run: run.status == "paused")
    assert (run.snapshot.step, run.message) == (5, None)
    assert run.log == ((0, {"learning_rate": 7e-3}),)


def test_a_thread_that_cannot_be_had_is_told_too_and_leaves_no_process(run, workers, monkeypatch):
    start = threading.Thread.start

    def failing_at(place):
        numbers = itertools.count(1)

        def started(thread):
            if next(numbers) == place:
                raise RuntimeError("can't start new thread")
            start(thread)

        return started

    for place in (1, 2, 3):  # the thread that starts the process, and the two beside it
        with monkeypatch.context() as trouble:
            trouble.setattr(threading.Thread, "start", failing_at(place))
            run.train(until=5)
            until(run, lambda run: run.status == "died")
        assert "the machine allows no more processes" in run.message
    run.train(until=5)
    until(run, lambda run: run.status == "paused")


def test_the_place_of_a_process_that_cannot_be_had_is_given_back(make_engine, corpus, settings, monkeypatch):
    engine = make_engine(max_running=1)
    first, second, third = (engine.create(corpus, settings) for _ in range(3))
    first.train()
    second.train()
    until(first, lambda run: run.status == "training")
    with monkeypatch.context() as trouble:
        trouble.setattr(local, "launch", fail(OSError(errno.EMFILE, "")))
        first.pause()
        until(second, lambda run: run.status == "died")
    third.train()
    until(third, lambda run: run.status == "training")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_a_server_without_file_descriptors_tells_so_and_trains_once_there_are_some():
    program = LIMITED.replace("SECONDS", str(SECONDS))
    environment = os.environ | {"PYTHONPATH": str(local.PACKAGE_PARENT)}
    found = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        timeout=3 * SECONDS,
        check=True,
    )
    unstarted, trained = found.stdout.splitlines()
    assert unstarted.startswith("died; No training process could be started: the server has too many files open.")
    assert trained == "paused; None; 5"
