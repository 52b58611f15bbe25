"""Those who have something measured take turns; the test does the work itself, so that nothing waits."""

import weakref
from functools import partial

import pytest

from charrnn.dashboard.session.turns import Turns


class Needed:
    """Something large."""


@pytest.fixture
def done():
    return []


def ask(turns, done, who, count):
    """Have so many things done for somebody."""
    return [turns.submit(who, lambda number=number: done.append(f"{who}{number}")) for number in range(count)]


def test_nobodys_second_goes_before_anothers_first(done):
    turns = Turns()
    ask(turns, done, "a", 10)
    ask(turns, done, "b", 2)
    ask(turns, done, "c", 1)
    while turns.work_off():
        pass
    assert done == ["a0", "b0", "c0", "a1", "b1", *(f"a{number}" for number in range(2, 10))]


def test_who_asks_while_others_wait_comes_after_all_who_have_had_no_turn_since(done):
    turns = Turns()
    ask(turns, done, "a", 2)
    ask(turns, done, "b", 1)
    turns.work_off()
    ask(turns, done, "c", 1)
    ask(turns, done, "a", 1)
    while turns.work_off():
        pass
    assert done == ["a0", "b0", "a1", "c0", "a0"]


def test_what_is_cancelled_is_not_done_and_what_fails_holds_up_nobody(done):
    turns = Turns()
    first, second = ask(turns, done, "a", 2)
    broken = turns.submit("b", lambda: 1 / 0)
    (last,) = ask(turns, done, "b", 1)
    assert first.cancel()
    while turns.work_off():
        pass
    assert done == ["a1", "b0"]
    assert isinstance(broken.exception(), ZeroDivisionError)
    assert second.done()
    assert last.done()


def test_what_is_cancelled_lets_go_at_once_of_what_it_would_need_and_the_others_keep_their_turns(done):
    turns = Turns()
    needed = [Needed(), Needed()]
    mine = [turns.submit("a", partial(done.append, one)) for one in needed]
    ask(turns, done, "b", 1)
    ask(turns, done, "a", 1)
    known = [weakref.ref(one) for one in needed]
    needed.clear()
    assert all(one() for one in known)
    assert all(one.cancel() for one in mine)
    assert not any(one() for one in known)
    while turns.work_off():
        pass
    assert done == ["a0", "b0"]
    (last,) = ask(turns, done, "a", 1)
    assert last.cancel()
    assert not turns.work_off()


def test_a_thread_of_its_own_works_them_off(done):
    turns = Turns().served("a test")
    for future in ask(turns, done, "a", 3):
        future.result(30)
    assert done == ["a0", "a1", "a2"]
