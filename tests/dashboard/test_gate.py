"""Pages that are drawn again and again take turns, and keep nobody else waiting."""

import threading
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest
from serving import soon

from charrnn.dashboard.session.gate import FORGOTTEN, Gate, Share


def test_whose_page_was_drawn_least_comes_first_whoever_came_first() -> None:
    gate, came, leave = Gate(at_once=1, patience=60, little=0), list[str](), threading.Event()

    def draw(name: str, seconds: float) -> None:
        share = Share()
        share.add(seconds, monotonic())
        with gate.turn(share):
            came.append(name)
            leave.wait(60)

    with ThreadPoolExecutor() as pool:
        pool.submit(draw, "inside", 0.0)
        assert soon(lambda: came)
        for waiting, (name, seconds) in enumerate({"greedy": 5.0, "in between": 2.0, "modest": 0.1}.items(), 1):
            pool.submit(draw, name, seconds)
            assert soon(lambda waiting=waiting: len(gate._waiting) == waiting)
        assert came == ["inside"]
        leave.set()
    assert came == ["inside", "modest", "in between", "greedy"]


def test_who_has_drawn_little_waits_for_nobody() -> None:
    gate, much = Gate(at_once=1, patience=60), Share()
    much.add(5.0, monotonic())
    with gate.turn(much), ThreadPoolExecutor() as pool:
        pool.submit(lambda: gate.turn(Share()).__enter__()).result(60)


def test_who_has_waited_long_enough_goes_ahead() -> None:
    gate = Gate(at_once=1, patience=0.01, little=0)
    with gate.turn(Share()), ThreadPoolExecutor() as pool:
        pool.submit(lambda: gate.turn(Share()).__enter__()).result(60)


def test_a_part_of_what_is_being_drawn_waits_for_nothing_and_what_fails_leaves() -> None:
    gate, share = Gate(at_once=1, patience=60, little=0), Share()
    with pytest.raises(ZeroDivisionError), gate.turn(share), gate.turn(share):
        raise ZeroDivisionError
    with ThreadPoolExecutor() as pool:
        pool.submit(lambda: gate.turn(share).__enter__()).result(60)


def test_what_was_drawn_long_ago_is_forgotten() -> None:
    share = Share()
    share.add(1.0, now=100.0)
    assert share.lately(100.0) == 1.0
    assert share.lately(100.0 + 10 * FORGOTTEN) < 1e-4
