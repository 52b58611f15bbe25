"""Memory that pages no longer need goes back to the machine.

What threads allocate lies in up to eight arenas for each core (glibc), and what is freed there stays with the process:
after an hour of visitors more than half of it was free, and kept.
"""

import ctypes
import sys
from contextlib import suppress
from time import monotonic

M_ARENA_MAX = -8  # malloc.h
ARENAS = 2
SECONDS = 30.0  # between two times that memory is given back, which takes some milliseconds

_given_back = 0.0


def share_arenas() -> None:
    """Have all threads allocate in few places. Without glibc nothing is done."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(M_ARENA_MAX, ARENAS)


def give_back() -> None:
    """Give what is free back to the machine, unless that was done a moment ago. Without glibc nothing is done."""
    global _given_back
    if sys.platform == "linux" and monotonic() > _given_back + SECONDS:
        _given_back = monotonic()
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
