"""Those who have something measured take turns; the test does the work itself, so that nothing waits."""

import pytest

from charrnn.dashboard.session.turns import Turns


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


def test_a_thread_of_its_own_works_them_off(done):
    turns = Turns().served("a test")
    for future in ask(turns, done, "a", 3):
        future.result(30)
    assert done == ["a0", "a1", "a2"]
