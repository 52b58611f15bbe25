"""Memory that pages no longer need goes back to the machine.

What threads allocate lies in up to eight arenas for each core (glibc), and what is freed there stays with the process:
after an hour of visitors more than half of it was free, and kept.
"""

import asyncio
import ctypes
import sys
from contextlib import suppress

M_ARENA_MAX = -8  # malloc.h
ARENAS = 2
SECONDS = 10.0  # from a visitor's leaving until memory is given back: by then all else has left that was theirs

_due: asyncio.TimerHandle | None = None


def share_arenas() -> None:
    """Have all threads allocate in few places. Without glibc nothing is done."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def give_back_soon() -> None:
    """Have what will be free soon given back, once for all who ask until then. In an event loop."""
    global _due
    loop = asyncio.get_running_loop()
    if not _due or _due.when() <= loop.time():
        _due = loop.call_later(SECONDS, lambda: loop.run_in_executor(None, give_back))


def give_back() -> None:
    """Give what is free back to the machine, which takes some milliseconds. Without glibc nothing is done."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
