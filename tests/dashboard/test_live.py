"""The channel: new pictures instead of those that show what is past, and parts of the page asked for when they do."""

import asyncio
import itertools
import json
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from starlette.datastructures import Headers
from starlette.websockets import WebSocketState

from charrnn.dashboard import channel as channels
from charrnn.dashboard import drawing
from charrnn.dashboard.channel import PAGE, Channel
from charrnn.dashboard.server import live
from charrnn.dashboard.server.live import FOREIGN, UNKNOWN
from charrnn.dashboard.wire import SERVER, sealed, unsealed


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
    monkeypatch.setattr(drawing, "SHARE", 1e9)  # pictures are due again at once, however long one took here
    monkeypatch.setattr(drawing, "BYTES_A_SECOND", 1e9)
    monkeypatch.setattr(drawing, "LONGEST_REST", 0.0)
    return Channel(clock.now, lambda: 1.0)


class Socket:
    """A browser that says some words and then waits, or leaves."""

    def __init__(self, token: str, *words: str | bytes, stays: bool = True, **headers: str) -> None:
        self.path_params = {"token": token}
        self.headers = Headers({name.replace("_", "-"): value for name, value in headers.items()})
        self.words, self.stays = list(words), stays
        self.heard: list[Any] = []
        self.accepted = False
        self.closed: int | None = None
        self.application_state = WebSocketState.CONNECTED

    async def accept(self) -> None:
        self.accepted = True

    async def receive(self) -> dict[str, Any]:
        if self.words:
            word = self.words.pop(0)
            return {"type": "websocket.receive", "text" if isinstance(word, str) else "bytes": word}
        if self.stays:
            await asyncio.sleep(60)
        return {"type": "websocket.disconnect", "code": 1001}

    async def send_bytes(self, data: bytes) -> None:
        self.heard.append(unsealed(data))

    async def send_text(self, text: str) -> None:
        self.heard.append(json.loads(text))
        if text == "{}":
            self.words.append("no longer what a browser says")
            self.stays = False

    async def close(self, code: int = 1000) -> None:
        self.closed = code


def together(*sockets: Socket) -> tuple[Socket, ...]:
    """What browsers hear that follow at the same time, for a while."""

    async def all_of_them() -> None:
        following = [asyncio.create_task(live.follow(socket)) for socket in sockets]  # type: ignore[arg-type]
        await asyncio.wait(following, timeout=0.6)
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)

    with ThreadPoolExecutor(1) as elsewhere:  # a browser test before may have left a loop to this thread
        elsewhere.submit(asyncio.run, all_of_them()).result()
    return sockets


def followed(socket: Socket) -> Socket:
    return together(socket)[0]


def test_a_seal_tells_picture_and_age_and_comes_off_without_a_trace():
    message = sealed(b"abc\0def", "strip", 15, 7)
    assert unsealed(message) == b"abc\0def"
    assert json.loads(message[len(b"abc\0def") : -2]) == [SERVER, "strip", 15, 7]
    assert sealed(message) is message


def test_what_is_drawn_later_is_newer_whatever_the_clock_says(channel: Channel, monkeypatch: pytest.MonkeyPatch):
    ages = []
    for clock in (2e9, 1e9):
        monkeypatch.setattr(time, "time", lambda clock=clock: clock)
        monkeypatch.setattr(channels, "time", time.time, raising=False)
        message = channel.picture("strip", lambda: b"")
        ages.append(json.loads(message[:-2])[-2])
    assert ages[0] < ages[1]


def fresh(channel: Channel, *names: str) -> list[bytes]:
    """The new pictures among those of these names, as they are shown."""
    return [unsealed(frame) for name in names if (frame := channel.fresh(name))]


def test_only_pictures_in_sight_that_show_what_is_past_are_made_anew(channel: Channel, clock: Clock):
    made: list[str] = []
    for name in ("near", "far"):
        channel.picture(name, lambda name=name: made.append(name) or f"{name} {clock.version}".encode())
    assert fresh(channel, "near") == []
    clock.version += 1
    assert fresh(channel, "near", "gone") == [b"near 1"]
    assert fresh(channel, "near") == []
    assert made == ["near", "far", "near"]


def test_a_picture_that_came_out_the_same_is_not_sent(channel: Channel, clock: Clock):
    channel.picture("still", lambda: b"as before")
    clock.version += 1
    assert fresh(channel, "still") == []


def test_a_picture_that_cannot_be_made_leaves_the_others_and_comes_back(channel: Channel, clock: Clock):
    def fail() -> bytes:
        if clock.version == 1:
            raise ValueError
        return f"version {clock.version}".encode()

    channel.picture("failing", fail)
    channel.picture("sound", lambda: str(clock.version).encode())
    clock.version += 1
    assert fresh(channel, "failing", "sound") == [b"1"]
    clock.version += 1
    assert fresh(channel, "failing") == [b"version 2"]


def test_the_page_may_be_drawn_anew_while_its_pictures_are_put_in_order(channel: Channel):
    drawn_anew = []

    class Frame(bytes):
        def __len__(self) -> int:
            drawn_anew and drawn_anew.pop()()
            return super().__len__()

    for name in ("strip", "curve"):
        channel.picture(name, lambda: Frame(b"drawn"))
    drawn_anew.append(channel.begin)
    assert set(channel.smallest_first(["strip", "curve"])) == {"strip", "curve"}


def test_what_is_taken_from_a_drawing_that_was_replaced_meanwhile_is_not_sent(channel: Channel, clock: Clock):
    def make() -> bytes:
        if clock.version:
            channel.picture("strip", lambda: b"with the column pinned")
        return f"without a pin {clock.version}".encode()

    channel.picture("strip", make)
    clock.version += 1
    assert fresh(channel, "strip") == []


def test_a_part_is_asked_for_once_when_what_it_depends_on_changes(channel: Channel):
    state = {"steps": 1, "running": False}
    channel.part("scrubbing", lambda: state["steps"])
    channel.part(PAGE, lambda: state["running"])
    assert channel.outdated([]) == []
    state["steps"] = 2
    assert channel.outdated([]) == ["scrubbing"]
    assert channel.outdated([]) == []
    channel.part("scrubbing", lambda: state["steps"])  # it was drawn
    state.update(steps=3, running=True)
    assert channel.outdated([]) == [PAGE], "the page is drawn with all its parts"


def test_the_page_is_not_redrawn_where_it_was_asked_for_and_drawn_meanwhile(channel: Channel):
    state = {"steps": 1}
    channel.part(PAGE, lambda: state["steps"])
    assert channel.is_due(PAGE), "nobody follows what moves"
    channel.followed = 1
    assert not channel.is_due(PAGE)
    state["steps"] = 2
    assert channel.is_due(PAGE)
    channel.begin()
    assert channel.is_due(PAGE), "its drawing was cut short"


def test_a_channel_knows_whether_it_is_followed(channel: Channel, clock: Clock):
    seen: list[int] = []

    def make() -> bytes:
        seen.append(channel.followed)
        return str(clock.version).encode()

    channel.picture("strip", make)
    clock.version += 1
    followed(Socket(channel.token, '["strip"]'))
    assert [*seen, channel.followed] == [0, 1, 0]


def test_a_part_that_costs_is_redrawn_at_most_once_in_so_many_seconds(channel: Channel, monkeypatch):
    now, steps = [100.0], itertools.count(1)
    monkeypatch.setattr("charrnn.dashboard.channel.monotonic", lambda: now[0])

    def asked_for(seconds: float) -> list[str]:
        """When the browser is asked within so many seconds, and draws each time."""
        found, end = [], now[0] + seconds
        while now[0] < end:
            if channel.outdated(["chart"]):
                found.append(now[0])
                channel.part("chart", lambda: next(steps), every=1.0)
            now[0] += 0.125
        return found

    channel.part("chart", lambda: next(steps), every=1.0)
    assert np.diff(asked_for(5)).tolist() == [1.0, 1.0, 1.0]
    channel.pace = lambda: 2.0
    channel.part("chart", lambda: next(steps), every=1.0)
    assert np.diff(asked_for(7)).tolist() == [2.0, 2.0]


def test_a_part_that_moves_is_redrawn_in_sight_alone_and_as_soon_as_it_comes_there(channel: Channel):
    steps = itertools.count()
    channel.part("chart", lambda: next(steps), every=1e-9)
    channel.part("table", lambda: "at rest")
    assert [channel.outdated(sight) for sight in ([], ["table"], ["table", "chart"])] == [[], [], ["chart"]]


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


def test_a_browser_says_how_wide_its_window_is(channel: Channel):
    for width in ("wide", "narrow", "usual"):
        followed(Socket(channel.token, f'{{"width": "{width}"}}'))
        assert channel.width == width


def test_a_button_outlives_the_drawing_of_the_page_and_may_fail(channel: Channel):
    pressed: list[str] = []
    channel.action("train", lambda: pressed.append("train"))
    channel.action("fail", lambda: 1 / 0)
    channel.begin()
    for name in ("fail", "nothing of this name", "train"):
        channel.press(name)
    assert pressed == ["train"]


def test_no_picture_holds_up_a_press(monkeypatch: pytest.MonkeyPatch, clock: Clock):
    """Many browsers' pictures take for ever; another one's button is done, and shown."""
    go_on = threading.Event()
    monkeypatch.setattr(channels, "QUICK", 0.01)  # of a processor: what a button shows is made within that

    def for_ever() -> bytes:
        if clock.version:
            go_on.wait(60)
        return b""

    others = [Channel(clock.now, lambda: 1.0) for _ in range(40)]
    for other in others:
        other.picture("large", for_ever)
        other._pictures["large"].drawing.seconds = 1.0  # it took that long when it was made last
    mine = Channel(clock.now, lambda: 1.0)
    pressed: list[str] = []
    mine.action("pause", lambda: pressed.append("pause"))
    mine.picture("playing", lambda: f"pressed {len(pressed)} times".encode())
    clock.version += 1
    owner = Socket(mine.token, '["playing"]', stays=True)

    async def class_and_owner() -> None:
        sockets = [Socket(other.token, '["large"]') for other in others]
        tasks = [asyncio.create_task(live.follow(socket)) for socket in sockets]  # type: ignore[arg-type]
        await asyncio.sleep(0.5)  # all of them have asked
        owner.words.append('{"press": "pause"}')
        await asyncio.wait([asyncio.create_task(live.follow(owner))], timeout=10)  # type: ignore[arg-type]
        go_on.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(asyncio.run, class_and_owner()).result()
    assert owner.heard[:1] == [b"pressed 1 times"]


NO_MESSAGES = ["{", '{"wide": 1}', '{"a": 1}', '{"press": 1}', "[1]", '["' + "x" * live.MESSAGE_LIMIT + '"]']
NO_MESSAGES += [b"\xff", b"", "[" * (live.MESSAGE_LIMIT - 1)]


@pytest.mark.parametrize("words", NO_MESSAGES)
def test_what_no_browser_says_ends_the_connection_and_fills_no_log(
    channel: Channel, words: str | bytes, caplog: pytest.LogCaptureFixture
):
    assert followed(Socket(channel.token, words)).closed == 1000
    assert not [record for record in caplog.records if record.exc_info or record.levelno >= logging.WARNING]


OWN = ("http://lab:8501", {"host": "lab:8501"})


@pytest.mark.parametrize(
    ("origin", "headers"),
    [
        OWN,
        ("https://lab.example.org", {"host": "127.0.0.1:8501", "x_forwarded_host": "lab.example.org"}),
        ("https://lab.example.org", {"host": "127.0.0.1:8501", "x_forwarded_host": "lab.example.org, inner"}),
    ],
)
def test_the_page_itself_is_let_in(channel: Channel, origin: str, headers: dict[str, str]):
    assert followed(Socket(channel.token, origin=origin, **headers)).accepted


def test_what_is_no_browser_need_not_say_whose_page_it_shows(channel: Channel):
    assert followed(Socket(channel.token, host="lab:8501")).accepted


@pytest.mark.parametrize(
    "origin", ["http://elsewhere.example", "http://lab", "http://lab:8501.elsewhere.example", "null", "", "http://["]
)
def test_another_page_is_not_let_in(channel: Channel, origin: str):
    socket = followed(Socket(channel.token, origin=origin, host="lab:8501"))
    assert (socket.accepted, socket.closed) == (False, FOREIGN)


def test_a_page_that_the_configuration_allows_is_let_in(channel: Channel, monkeypatch: pytest.MonkeyPatch):
    allowed = {"server.enableCORS": True, "server.corsAllowedOrigins": ["https://school.example"]}
    monkeypatch.setattr(live.st, "get_option", allowed.__getitem__)
    assert followed(Socket(channel.token, origin="https://school.example", host="lab:8501")).accepted
    assert not followed(Socket(channel.token, origin="https://elsewhere.example", host="lab:8501")).accepted


def test_a_connection_without_a_session_is_closed_with_a_code_that_says_so():
    assert followed(Socket("no-such-token")).closed == UNKNOWN


def test_a_connection_that_outlives_its_session_is_closed_in_peace(channel: Channel, caplog):
    """As where a browser's connection to Streamlit has dropped, and that to the channel has not."""
    channel.part(PAGE, lambda: channel.close() or 1)
    assert followed(Socket(channel.token)).closed == UNKNOWN
    assert caplog.records == []


def test_what_a_session_that_ends_meanwhile_leaves_undone_is_no_failure(channel: Channel, clock: Clock, caplog):
    def gone() -> Any:
        channel.close()  # as letting_go does, which then empties the session
        raise AttributeError("run")

    channel.action("pause", gone)
    channel.press("pause")
    channel.picture("strip", lambda: gone() if clock.version else b"")
    clock.version += 1
    assert channel.fresh("strip") is None
    again = Channel(clock.now, lambda: 1.0)
    again.part(PAGE, lambda: (again.close(), {}[0]) if clock.version > 1 else 0)
    clock.version += 1
    assert followed(Socket(again.token)).closed == UNKNOWN
    assert caplog.records == []


def test_a_channel_that_breaks_closes_the_connection(channel: Channel):
    broken = iter([0])
    channel.part(PAGE, lambda: next(broken))
    assert followed(Socket(channel.token)).closed == 1000


def test_those_who_watch_are_redrawn_one_after_the_other(monkeypatch: pytest.MonkeyPatch, clock: Clock):
    monkeypatch.setattr(live, "_CROWD", live.Crowd())
    monkeypatch.setattr(live, "TURN_SECONDS", 60.0)
    watchers = [Channel(clock.now, lambda: 1.0, watching=True) for _ in range(3)]
    owner = Channel(clock.now, lambda: 1.0)
    for one in (owner, *watchers):
        one.part(PAGE, clock.now)
    clock.version += 1
    heard = [socket.heard for socket in together(*(Socket(one.token) for one in (owner, *watchers)))]
    assert heard[0] == [{"redraw": [PAGE]}]
    assert sorted(heard[1:], key=len) == [[], [], [{"redraw": [PAGE]}]]


def test_where_many_watch_their_pictures_come_more_seldom_and_the_owners_do_not():
    watcher, owner = Channel(lambda: 0, lambda: 1.0, watching=True), Channel(lambda: 0, lambda: 2.0)
    crowd = live.Crowd()
    assert (crowd.pace(watcher), crowd.pace(owner)) == (1.0, 2.0)
    crowd.watching = 5 * live.MANY
    assert (crowd.pace(watcher), crowd.pace(owner)) == (5.0, 2.0)
