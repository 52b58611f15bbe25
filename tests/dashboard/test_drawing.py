"""A drawing: made once for all who see the same, again when it is due, and seldom where that fails."""

import gc
import threading

import pytest

from charrnn.dashboard import drawing
from charrnn.dashboard.channel import Channel
from charrnn.dashboard.drawing import BYTES_A_SECOND, LONGEST_REST, Drawing, shared
from charrnn.dashboard.wire import unsealed


class World:
    """A clock that goes when it is told to, and what there is to be seen."""

    def __init__(self) -> None:
        self.now, self.version = 1_000.0, 0

    def turn(self) -> None:
        """What is seen is another, and a minute has passed."""
        self.now, self.version = self.now + 60, self.version + 1


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr(drawing, "monotonic", lambda: world.now)
    return world


def test_browsers_that_see_the_same_get_one_picture(world: World):
    channels, makers = [Channel(lambda: world.version, lambda: 1.0) for _ in range(30)], []
    for channel in channels:
        make = lambda channel=channel: makers.append(channel) or f"of {world.version}".encode()  # noqa: E731
        assert unsealed(channel.picture("strip", make, lambda: "run")) == b"of 0"
    world.turn()
    assert [unsealed(channel.fresh("strip") or b"") for channel in channels] == 30 * [b"of 1"]
    assert makers == [channels[0], channels[0]]


def test_what_another_browser_had_made_a_moment_before_is_new_enough(world: World):
    first, second = (Channel(lambda: world.version, lambda: 1.0) for _ in range(2))
    for channel in (first, second):
        channel.picture("strip", lambda: f"of {world.version}".encode(), lambda: "run")
    world.turn()
    first.fresh("strip", 0.2)
    world.version, world.now = 2, world.now + 0.1
    assert unsealed(second.fresh("strip", 0.2) or b"") == b"of 1"
    world.now += 0.11
    assert unsealed(second.fresh("strip", 0.2) or b"") == b"of 2"


def test_browsers_that_see_something_else_get_their_own_pictures(world: World):
    pinned, channels = [None, 3], [Channel(lambda: 0, lambda: 1.0) for _ in range(2)]
    for column, channel in zip(pinned, channels, strict=True):
        channel.picture("strip", lambda column=column: f"pinned {column}".encode(), lambda column=column: column)
    assert shared(("strip", None), Drawing).frame == b"pinned None"
    assert shared(("strip", 3), Drawing).frame == b"pinned 3"


def test_a_browser_that_sees_something_else_from_now_on_gets_that(world: World):
    seen = ["now"]
    channel = Channel(lambda: 0, lambda: 1.0)
    channel.picture("strip", lambda: f"step {seen[0]}".encode(), lambda: seen[0])
    assert channel.fresh("strip") is None
    seen[0] = "300"
    assert unsealed(channel.fresh("strip") or b"") == b"step 300"


def test_what_was_made_while_a_browser_came_to_see_something_else_is_shown_to_nobody(world: World):
    seen, first, second = ["now"], *(Channel(lambda: world.version, lambda: 1.0) for _ in range(2))

    def make() -> bytes:
        seen[0] = "step 300"  # as by a press that comes in between
        return f"of {seen[0]}".encode()

    assert unsealed(first.picture("strip", make, lambda: seen[0])) == b"of step 300"
    assert unsealed(second.picture("strip", lambda: b"of now", lambda: "now")) == b"of now"
    seen[0] = "now"
    world.turn()
    first.fresh("strip")
    assert shared(("strip", "now"), Drawing).frame == b"of now"


def test_who_only_watches_is_content_with_what_has_just_been_made(world: World):
    watching, owning = Channel(lambda: world.version, lambda: 1.0, True), Channel(lambda: world.version, lambda: 1.0)

    def drawn(channel: Channel) -> bytes:
        return unsealed(channel.picture("strip", lambda: f"of {world.version}".encode(), lambda: "run"))

    assert drawn(owning) == b"of 0"
    world.version = 1
    assert drawn(watching) == b"of 0"
    assert drawn(owning) == b"of 1"
    world.turn()
    assert drawn(watching) == b"of 2"


def test_a_drawing_goes_with_the_last_browser_that_has_it():
    channel = Channel(lambda: 0, lambda: 1.0)
    channel.picture("gone", lambda: b"drawn", lambda: "run")
    assert shared(("gone", "run"), Drawing).frame == b"drawn"
    del channel
    gc.collect()
    assert shared(("gone", "run"), Drawing).frame == b""


def test_a_drawing_that_is_being_made_is_not_waited_for_unless_that_is_asked_for():
    one, going_on = Drawing(), threading.Event()
    slow = threading.Thread(target=lambda: one.renew(lambda: going_on.wait(60) and b"slow", 1, wait=True))
    slow.start()
    one.renew(lambda: b"another", 1, wait=False)
    assert one.frame == b""
    going_on.set()
    one.renew(lambda: b"another", 1, wait=True)
    slow.join()
    assert one.frame == b"slow", "it was made once"


def test_a_large_picture_moves_less_often(world: World):
    one = Drawing()
    one.renew(lambda: bytes(30 * BYTES_A_SECOND), 0, wait=True)
    world.now += 29
    assert not one.due(1, 0.0)
    world.now += 2
    assert one.due(1, 0.0)


def test_where_it_fails_it_is_tried_again_more_and_more_seldom_and_then_as_before(world: World):
    def fail() -> bytes:
        raise ValueError("no such column")

    one, rests = Drawing(), []
    for _ in range(9):
        with pytest.raises(ValueError, match="no such column"):
            one.renew(fail, 1, wait=True)
        began = world.now
        while not one.due(1, 0.0):
            world.now += 1
        rests.append(world.now - began)
    assert rests == [2, 4, 8, 16, 32, *[LONGEST_REST] * 4]
    one.renew(lambda: b"at last", 1, wait=True)
    world.now += 1
    assert one.frame == b"at last"
    assert one.due(2, 0.0)
