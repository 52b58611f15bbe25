"""What threads have freed goes back to the machine."""

import asyncio
import ctypes
import queue
import sys
import threading
from pathlib import Path
from time import monotonic

import numpy as np
import pytest
from serving import SECONDS

from charrnn.dashboard.session import memory

glibc = pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="there is no glibc here"
)


def resident():
    """Megabytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6


@glibc
def test_what_is_freed_below_what_is_kept_goes_back():
    kept = []

    def work():
        pieces = [np.ones(8_000) for _ in range(1_500)]  # 64 KB each, 96 MB in all: none is mapped by itself
        kept.append(pieces[-1])  # it lies at the end, or nearly

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    before = resident()
    memory.give_back()
    assert before - resident() > 50


def test_however_many_leave_it_is_given_back_once_after_the_last_of_them_too(monkeypatch):
    monkeypatch.setattr(memory, "SECONDS", 0.1)
    monkeypatch.setattr(memory, "_due", None)
    times = queue.SimpleQueue()
    monkeypatch.setattr(memory, "give_back", lambda: times.put(monotonic()))

    async def leaving():
        for _ in range(2):
            last = monotonic()
            for _ in range(20):
                memory.give_back_soon()
            given = await asyncio.to_thread(times.get, timeout=SECONDS)
            assert given >= last + 0.1
            assert times.empty()

    asyncio.run(leaving())
    assert times.empty()
