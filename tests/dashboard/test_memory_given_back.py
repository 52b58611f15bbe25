"""What threads have freed goes back to the machine."""

import ctypes
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from charrnn.dashboard.session import memory

glibc = pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="there is no glibc here"
)


def resident():
    """Megabytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


@glibc
def test_what_is_freed_below_what_is_kept_goes_back(monkeypatch):
    kept = []

    def work():
        pieces = [np.ones(8_000) for _ in range(1_500)]  # 64 KB each, 96 MB in all: none is mapped by itself
        kept.append(pieces[-1])  # it lies at the end, or nearly

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    before = resident()
    monkeypatch.setattr(memory, "_given_back", -memory.SECONDS)
    memory.give_back()
    assert before - resident() > 50


def test_it_is_given_back_now_and_then_only(monkeypatch):
    monkeypatch.setattr(memory, "_given_back", memory.monotonic())
    monkeypatch.setattr(ctypes, "CDLL", None)  # it would be called
    memory.give_back()
