"""Waiting with a deadline and without sleeping; equality to the last bit."""

import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from charrnn.network.parameters import Parameters
from charrnn.runs.run import Run
from charrnn.training import checkpoint
from charrnn.training.trainer import Trainer

SECONDS = 30  # a deadline, not an expectation: how long a condition may take on a machine that is busy


def alive(pid: int) -> bool:
    """Whether a process runs (one that has ended but was not reaped yet does not)."""
    with suppress(ProcessLookupError, FileNotFoundError):
        os.kill(pid, 0)
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    return False


def until(run: Run, condition: Callable[[Run], Any]) -> None:
    """Wait for a condition, and fail where it does not come to pass."""
    assert run.wait(condition, SECONDS), (run.status, run.message, run.snapshot.step)


def soon(condition: Callable[[], Any]) -> bool:
    """Look again and again, for what nobody announces; return whether the condition came to hold."""
    deadline = time.monotonic() + SECONDS
    while not condition() and time.monotonic() < deadline:
        threading.Event().wait(0.02)
    return bool(condition())


def assert_same_parameters(one: Parameters, other: Parameters) -> None:
    for a, b in zip(one, other, strict=True):
        np.testing.assert_array_equal(a, b)


def assert_same_state(state: bytes, trainer: Trainer) -> None:
    (values, arrays), expected = checkpoint.from_bytes(state), trainer.state()
    assert values == expected.values
    assert arrays.keys() == expected.arrays.keys()
    for name, array in arrays.items():
        np.testing.assert_array_equal(array, expected.arrays[name])
