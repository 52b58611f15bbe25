"""Pages that are drawn again and again take turns, so that they keep nobody else's waiting.

Whoever's page has been drawn little lately goes ahead. The others go a few at a time, the one drawn least first:
Python draws no faster with more at a time, while each that draws keeps what answers a click waiting.
"""

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

import streamlit as st

LITTLE = 1.0  # seconds
AT_ONCE = 2
PATIENCE = 2.0  # seconds after which one goes ahead all the same: another may wait for a file, or a process
FORGOTTEN = 10.0  # seconds in which what somebody's drawing has cost fades to a third


@dataclass
class Share:
    """The seconds that somebody's page was drawn lately."""

    seconds: float = 0.0
    at: float = 0.0

    def lately(self, now: float) -> float:
        """So many, those long ago being forgotten."""
        return self.seconds * math.exp((self.at - now) / FORGOTTEN)

    def add(self, seconds: float, now: float) -> None:
        """So many more."""
        self.seconds, self.at = self.lately(now) + seconds, now


class Gate:
    """Lets those in who have drawn little, and of the others a few at a time."""

    def __init__(self, at_once: int = AT_ONCE, patience: float = PATIENCE, little: float = LITTLE) -> None:
        self._at_once, self._patience, self._little = at_once, patience, little
        self._inside, self._waiting = 0, list[Share]()
        self._news = threading.Condition()
        self._here = threading.local()

    @contextmanager
    def turn(self, share: Share) -> Iterator[None]:
        """Wait for one's turn, and take it; at once for who has it already."""
        if getattr(self._here, "inside", False):
            yield
            return
        counts = share.lately(monotonic()) >= self._little
        if counts:
            with self._news:
                self._waiting.append(share)
                self._news.wait_for(lambda: self._inside < self._at_once and self._first() is share, self._patience)
                self._waiting.remove(share)
                self._inside += 1
        began, self._here.inside = monotonic(), True
        try:
            yield
        finally:
            self._here.inside, now = False, monotonic()
            with self._news:
                self._inside -= counts
                share.add(now - began, now)
                self._news.notify_all()

    def _first(self) -> Share:
        now = monotonic()
        return min(self._waiting, key=lambda share: share.lately(now))


_GATE = Gate()


@contextmanager
def in_turn() -> Iterator[None]:
    """What is drawn in here waits until it is this session's turn."""
    share: Share = st.session_state.setdefault("drawn", Share())
    with _GATE.turn(share):
        yield
