"""The channel: new pictures instead of those that show what is past, and parts of the page asked for when they do."""

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect

from charrnn.dashboard import live
from charrnn.dashboard.components.wire import SERVER, sealed, unsealed
from charrnn.dashboard.live import PAGE, UNKNOWN, Channel


class Clock:
    """What a session would tell of the version."""

    def __init__(self) -> None:
        self.version = 0

    def now(self) -> int:
        return self.version


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def channel(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Channel:
    monkeypatch.setattr(live, "SHARE", 1e9)  # pictures are due again at once, however long one took on a busy machine
    monkeypatch.setattr(live, "BYTES_A_SECOND", 1e9)
    return Channel(clock.now, lambda: 1.0)


class Socket:
    """A browser that says some words and then waits, or leaves."""

    def __init__(self, token: str, *words: str, stays: bool = True) -> None:
        self.path_params = {"token": token}
        self.words, self.stays = list(words), stays
        self.heard: list[Any] = []
        self.closed: int | None = None

    async def accept(self) -> None: ...

    async def receive_text(self) -> str:
        if self.words:
            return self.words.pop(0)
        if self.stays:
            await asyncio.sleep(60)
        raise WebSocketDisconnect(1001)

    async def send_bytes(self, data: bytes) -> None:
        self.heard.append(unsealed(data))

    async def send_text(self, text: str) -> None:
        self.heard.append(json.loads(text))
        if text == "{}":
            self.words.append("no longer what a browser says")
            self.stays = False

    async def close(self, code: int = 1000) -> None:
        self.closed = code


def followed(socket: Socket) -> Socket:
    async def both() -> None:
        following = asyncio.create_task(live.follow(socket))  # type: ignore[arg-type]
        await asyncio.wait([following], timeout=0.6)
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)

    with ThreadPoolExecutor(1) as elsewhere:  # a browser test before may have left a loop to this thread
        elsewhere.submit(asyncio.run, both()).result()
    return socket


def test_a_seal_tells_picture_and_age_and_comes_off_without_a_trace():
    message = sealed(b"abc\0def", "strip", 15, 7)
    assert unsealed(message) == b"abc\0def"
    assert json.loads(message[len(b"abc\0def") : -2]) == [SERVER, "strip", 15, 7]
    assert sealed(message) is message


def test_what_is_drawn_later_is_newer_whatever_the_clock_says(channel: Channel, monkeypatch: pytest.MonkeyPatch):
    ages = []
    for clock in (2e9, 1e9):
        monkeypatch.setattr(time, "time", lambda clock=clock: clock)
        monkeypatch.setattr(live, "time", time.time, raising=False)
        message = channel.picture("strip", lambda: b"")
        ages.append(json.loads(message[:-2])[-2])
    assert ages[0] < ages[1]


def test_only_pictures_in_sight_that_show_what_is_past_are_made_anew(channel: Channel, clock: Clock):
    made: list[str] = []
    for name in ("near", "far"):
        channel.picture(name, lambda name=name: made.append(name) or f"{name} {clock.version}".encode())
    assert channel.fresh(["near"]) == []
    clock.version += 1
    assert [unsealed(frame) for frame in channel.fresh(["near", "gone"])] == [b"near 1"]
    assert channel.fresh(["near"]) == []
    assert made == ["near", "far", "near"]


def test_a_picture_that_came_out_the_same_is_not_sent(channel: Channel, clock: Clock):
    channel.picture("still", lambda: b"as before")
    clock.version += 1
    assert channel.fresh(["still"]) == []


def test_a_picture_that_cannot_be_made_leaves_the_others(channel: Channel, clock: Clock):
    def fail() -> bytes:
        if clock.version:
            raise ValueError
        return b""

    channel.picture("failing", fail)
    channel.picture("sound", lambda: str(clock.version).encode())
    clock.version += 1
    assert [unsealed(frame) for frame in channel.fresh(["failing", "sound"])] == [b"1"]


def test_a_large_picture_moves_less_often(clock: Clock):
    channel = Channel(clock.now, lambda: 1.0)
    channel.picture("large", lambda: bytes([clock.version]) * live.BYTES_A_SECOND * 60)
    clock.version += 1
    assert len(channel.fresh(["large"])) == 1
    clock.version += 1
    assert channel.fresh(["large"]) == []


def test_a_part_is_asked_for_once_when_what_it_depends_on_changes(channel: Channel):
    state = {"steps": 1, "running": False}
    channel.part("scrubbing", lambda: state["steps"])
    channel.part(PAGE, lambda: state["running"])
    assert channel.outdated() == []
    state["steps"] = 2
    assert channel.outdated() == ["scrubbing"]
    assert channel.outdated() == []
    channel.part("scrubbing", lambda: state["steps"])  # it was drawn
    state.update(steps=3, running=True)
    assert channel.outdated() == [PAGE], "the page is drawn with all its parts"


def test_a_browser_gets_what_is_new_of_what_it_sees(channel: Channel, clock: Clock):
    channel.picture("strip", lambda: f"strip {clock.version}".encode())
    clock.version += 1
    assert followed(Socket(channel.token, '["strip"]')).heard == [b"strip 1", {}]


def test_a_browser_that_says_nothing_gets_no_pictures(channel: Channel, clock: Clock):
    channel.picture("strip", lambda: f"strip {clock.version}".encode())
    clock.version += 1
    assert followed(Socket(channel.token)).heard == []


def test_a_pressed_button_is_done_and_shown_whatever_else_waits(channel: Channel, clock: Clock):
    def pause() -> None:
        clock.version += 1

    channel.pace = lambda: 1e9  # pictures move hardly ever
    channel.action("pause", pause)
    channel.picture("playing", lambda: f"pressed {clock.version} times".encode())
    channel.picture("large", lambda: f"{clock.version} {'x' * 1000}".encode())
    first, *rest = followed(Socket(channel.token, '["large", "playing"]', '{"press": "pause"}')).heard
    assert first == b"pressed 1 times"
    assert rest[-1] == {}


def test_a_button_outlives_the_drawing_of_the_page_and_may_fail(channel: Channel):
    pressed: list[str] = []
    channel.action("train", lambda: pressed.append("train"))
    channel.action("fail", lambda: 1 / 0)
    channel.begin()
    for name in ("fail", "nothing of this name", "train"):
        channel.press(name)
    assert pressed == ["train"]


@pytest.mark.parametrize("words", ["{", '{"a": 1}', '{"press": 1}', "[1]", '["' + "x" * live.MESSAGE_LIMIT + '"]'])
def test_what_no_browser_says_ends_the_connection(channel: Channel, words: str):
    assert followed(Socket(channel.token, words)).closed == 1000


def test_a_connection_without_a_session_is_closed_with_a_code_that_says_so():
    assert followed(Socket("no-such-token")).closed == UNKNOWN


def test_a_channel_that_breaks_closes_the_connection(channel: Channel):
    broken = iter([0])
    channel.part(PAGE, lambda: next(broken))
    assert followed(Socket(channel.token)).closed == 1000
