"""What moves, sent to the browser without redrawing the page: pictures over a WebSocket of their own.

Whatever Streamlit redraws, the browser goes through the whole page, and a click meanwhile waits. So Streamlit draws
each picture once, and from then on the session's channel brings new ones, made by the same function, to the same
component (assets/live.js). Of what Streamlit itself draws, each part says what it depends on; when that has changed,
the channel asks the browser to have that part redrawn. At rest nothing is sent.

    browser    ["strip", "curve", …]     these pictures are near what is seen of the page, and all that came is drawn
               {"press": "pause"}        a button was pressed: it is done, and shown, whatever else is going on
    server     a picture (wire.sealed) · {"redraw": ["scrubbing"]}, "" being the whole page · {} when all is sent

A browser that is slow, hidden or gone says nothing, and gets nothing more until it does.
"""

import asyncio
import itertools
import json
import logging
import secrets
import threading
from collections.abc import Callable, Hashable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from weakref import WeakValueDictionary

import streamlit as st
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from streamlit.runtime.scriptrunner import get_script_run_ctx

from charrnn.dashboard.components.wire import sealed

REDRAW_SECONDS = 0.25  # between two pictures
LOOK_SECONDS = 0.1  # between two looks at whether anything has changed
BYTES_A_SECOND = 110_000  # of one picture: what a phone can take; a larger one moves less often
SHARE = 0.1  # of the time at most is spent on making one picture
ASK_AGAIN_SECONDS = 2.0  # where a part of the page was asked for and has not been redrawn
PAGE = ""  # the name of the whole page among its parts
UNKNOWN = 4404  # the code with which a connection is closed whose session is gone
MESSAGE_LIMIT = 10_000  # characters of what a browser says

_DRAWINGS = itertools.count(1)  # which drawing of Streamlit's is the later one


@dataclass
class Picture:
    """How a picture is made, and what has been made of it."""

    make: Callable[[], bytes]
    drawn: int  # by which of Streamlit's drawings: what an earlier one would make is past
    version: int  # of what the picture shows that was made last
    sent: bytes  # that picture
    due: float = 0.0  # when the next one may be made


@dataclass
class Part:
    """A part of the page that Streamlit draws, and what it depends on."""

    depends: Callable[[], Hashable]
    drawn: Hashable  # what that was when the part was drawn
    asked: Hashable = None  # what it was when the browser was last asked to have it redrawn
    again: float = 0.0  # when it may be asked for once more


class Channel:
    """One browser session's pictures and parts.

    `version()` is a number that rises with each change of what is shown, `pace()` how much more seldom than usual
    pictures are to be made. The functions that make pictures, and do what buttons say, run in other threads: they never
    touch st.*.
    """

    def __init__(self, version: Callable[[], int], pace: Callable[[], float]) -> None:
        self.token = secrets.token_urlsafe(16)
        self.version, self.pace = version, pace
        self.path = f"live/{self.token}"
        self._pictures: dict[str, Picture] = {}
        self._parts: dict[str, Part] = {}
        self._actions: dict[str, Callable[[], None]] = {}
        self._making = threading.Lock()
        _CHANNELS[self.token] = self

    def begin(self) -> None:
        """The whole page is being drawn anew: what is not drawn again is no longer there."""
        self._pictures.clear()
        self._parts.clear()

    def picture(self, name: str, make: Callable[[], bytes]) -> bytes:
        """The picture for the component that Streamlit draws now; later ones follow by themselves."""
        drawn, version = next(_DRAWINGS), self.version()
        with self._making:
            frame = make()
        self._pictures[name] = Picture(make, drawn, version, frame)
        return sealed(frame, name, drawn, version)

    def part(self, name: str, depends: Callable[[], Hashable]) -> None:
        """This part of the page is being drawn, and is to be redrawn when what it depends on is no longer the same."""
        self._parts[name] = Part(depends, depends())

    def action(self, name: str, do: Callable[[], None]) -> None:
        """What is done when a button of this name is pressed, from now on."""
        self._actions[name] = do

    def press(self, name: str) -> None:
        """Do what the button says."""
        try:
            self._actions.get(name, lambda: None)()
        except Exception:  # the page goes on
            logging.getLogger(__name__).exception("What %s says could not be done.", name)

    def smallest_first(self, sight: Sequence[str]) -> list[str]:
        """The pictures in sight in the order in which they are to be made: buttons do not wait for heatmaps."""
        return sorted(set(sight) & self._pictures.keys(), key=lambda name: len(self._pictures[name].sent))

    def fresh(self, sight: Sequence[str]) -> list[bytes]:
        """New pictures instead of those in sight that show what is past."""
        found: list[bytes] = []
        for name in sight:
            picture, version, began = self._pictures.get(name), self.version(), monotonic()
            if not picture or picture.version == version or began < picture.due:
                continue
            try:
                with self._making:
                    frame = picture.make()
            except Exception:  # the others go on; the page is drawn anew sooner or later
                logging.getLogger(__name__).exception("The picture %s could not be made.", name)
                self._pictures.pop(name, None)
                continue
            picture.version = version
            picture.due = began + max(len(frame) / BYTES_A_SECOND, (monotonic() - began) / SHARE)
            if frame != picture.sent:
                picture.sent = frame
                found.append(sealed(frame, name, picture.drawn, version))
        return found

    def outdated(self) -> list[str]:
        """The parts of the page that are to be redrawn; the page alone where it is one of them."""
        now, found = monotonic(), []
        for name, part in list(self._parts.items()):
            value = part.depends()
            if value != part.drawn and (value != part.asked or now > part.again):
                part.asked, part.again = value, now + ASK_AGAIN_SECONDS
                found.append(name)
        return [PAGE] if PAGE in found else found


_CHANNELS: WeakValueDictionary[str, Channel] = WeakValueDictionary()


@dataclass
class Browser:
    """What a browser has said."""

    sight: list[str] = field(default_factory=list)
    ready: bool = False
    pressed: asyncio.Event = field(default_factory=asyncio.Event)  # a button, whose answer is awaited


async def follow(socket: WebSocket) -> None:
    """Send pictures until the browser leaves."""
    channel = _CHANNELS.get(socket.path_params["token"])
    await socket.accept()
    if channel is None:
        await socket.close(UNKNOWN)
        return
    browser = Browser()
    both = [asyncio.create_task(listen(socket, channel, browser)), asyncio.create_task(send(socket, channel, browser))]
    await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    for task in both:
        task.cancel()
    for problem in await asyncio.gather(*both, return_exceptions=True):
        if isinstance(problem, Exception) and not isinstance(problem, WebSocketDisconnect):
            logging.getLogger(__name__).warning("A channel was interrupted.", exc_info=problem)
    with suppress(RuntimeError, OSError, WebSocketDisconnect):
        await socket.close()  # if the browser is still there, it comes again


async def listen(socket: WebSocket, channel: Channel, browser: Browser) -> None:
    """Take in what the browser says until it leaves, or says something else than it should."""
    with suppress(WebSocketDisconnect, ValueError):
        while True:
            text = await socket.receive_text()
            match json.loads(text) if len(text) < MESSAGE_LIMIT else None:
                case list(sight) if all(isinstance(name, str) for name in sight):
                    browser.sight, browser.ready = sight, True
                case {"press": str(name)}:
                    await asyncio.to_thread(channel.press, name)
                    browser.pressed.set()
                case _:
                    return


async def send(socket: WebSocket, channel: Channel, browser: Browser) -> None:
    """Now and again what is new; at once when a button was pressed."""
    last = 0.0
    while True:
        with suppress(TimeoutError):
            await asyncio.wait_for(browser.pressed.wait(), LOOK_SECONDS)
        due = browser.ready and monotonic() >= last + REDRAW_SECONDS * channel.pace()
        if due or browser.pressed.is_set():
            browser.pressed.clear()
            last = monotonic()
            await show(socket, channel, browser)
        if parts := channel.outdated():
            await socket.send_text(json.dumps({"redraw": parts}))


async def show(socket: WebSocket, channel: Channel, browser: Browser) -> None:
    """Send what is new of what the browser sees."""
    some = False
    for name in channel.smallest_first(browser.sight):
        for picture in await asyncio.to_thread(channel.fresh, [name]):
            browser.ready, some = False, True
            await socket.send_bytes(picture)
    if some:
        await socket.send_text("{}")


def is_server() -> bool:
    """Whether this is the server at its start, and no visit."""
    return get_script_run_ctx(suppress_warning=True) is None


def routes() -> list[Any]:
    """The server's route to the channels."""
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    return [WebSocketRoute(f"{'/' + base if base else ''}/live/{{token}}", follow)]
