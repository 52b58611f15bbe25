"""What moves, sent to the browser without redrawing the page: pictures over a WebSocket of their own.

Whatever Streamlit redraws, the browser goes through the whole page, and a click meanwhile waits. So Streamlit draws
each picture once, and from then on the session's channel brings new ones, made by the same function, to the same
component (assets/live.js). Of what Streamlit itself draws, each part says what it depends on; when that has changed,
the channel asks the browser to have that part redrawn. At rest nothing is sent, and nothing moves out of sight.

    browser    ["strip", "curved", …]    these pictures, and parts that move, are near what is seen of the page, and
                                         all that came is drawn
               {"press": "pause"}        a button was pressed: it is done, and shown, whatever else is going on
               {"width": "wide"}         so wide that pictures may take more characters, "usual", or so "narrow" that
                                         tables are to have fewer columns
    server     a picture (wire.sealed) · {"redraw": ["scrubbing"]}, "" being the whole page · {} when all is sent

A browser that is slow, hidden or gone says nothing, and gets nothing more until it does.
"""

import asyncio
import json
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from charrnn.dashboard.channel import CHANNELS, Channel

REDRAW_SECONDS = 0.25  # between two pictures
LOOK_SECONDS = 0.1  # between two looks at whether anything has changed
SAME = 0.8  # of the time between two pictures: what another browser had made meanwhile is new enough
MANY = 20  # who watch at the usual pace
TURN_SECONDS = 0.3  # from one watcher's page that is redrawn to the next
UNKNOWN = 4404  # the code with which a connection is closed whose session is gone
FOREIGN = 1008  # and one that another page has asked for
MESSAGE_LIMIT = 10_000  # characters of what a browser says

_MAKING = ThreadPoolExecutor(4, "pictures")
_PRESSED = ThreadPoolExecutor(16, "pressed")  # what buttons say waits for no picture


class Crowd:
    """Those who only watch."""

    def __init__(self) -> None:
        self.watching = 0  # browsers
        self.turn = asyncio.Lock()  # to have the page redrawn: first come, first served

    def pace(self, channel: Channel) -> float:
        """How much more seldom than usual pictures are to come: where many watch, to those who do."""
        return max(channel.pace(), self.watching / MANY if channel.watching else 1.0)


_CROWD = Crowd()


@dataclass
class Browser:
    """What a browser has said."""

    sight: list[str] = field(default_factory=list)
    ready: bool = False
    pressed: asyncio.Event = field(default_factory=asyncio.Event)  # a button, whose answer is awaited


async def follow(socket: WebSocket) -> None:
    """Send pictures until the browser leaves."""
    if not is_own(socket.headers):
        await socket.close(FOREIGN)
        return
    channel = CHANNELS.get(socket.path_params["token"])
    await socket.accept()
    if channel is None:
        await socket.close(UNKNOWN)
        return
    browser = Browser()
    ways = [listen(socket, channel, browser), send(socket, channel, browser)]
    ways += [take_turns(socket, channel, browser)] if channel.watching else []
    tasks = [asyncio.create_task(way) for way in ways]
    _CROWD.watching += channel.watching
    channel.followed += 1
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        _CROWD.watching -= channel.watching
        channel.followed -= 1
        for task in tasks:
            task.cancel()
    over = socket.application_state is WebSocketState.DISCONNECTED or channel.closed  # then what was under way fails
    for problem in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(problem, Exception) and not isinstance(problem, WebSocketDisconnect) and not over:
            logging.getLogger(__name__).warning("A channel was interrupted.", exc_info=problem)
    with suppress(RuntimeError, OSError, WebSocketDisconnect):
        await socket.close(UNKNOWN if channel.closed else 1000)  # if the browser is still there, it comes again


def is_own(headers: Headers) -> bool:
    """Whether the page itself asks, also from behind a proxy, or one that the server's configuration allows.

    No browser lets another page choose these headers. What is no browser need not say whose page it shows.
    """
    origin = headers.get("origin")
    if origin is None or not st.get_option("server.enableCORS") or origin in st.get_option("server.corsAllowedOrigins"):
        return True
    named = [*headers.get("x-forwarded-host", "").split(","), headers.get("host", "")]
    with suppress(ValueError):
        return urlsplit(origin).netloc in filter(None, map(str.strip, named))
    return False


async def listen(socket: WebSocket, channel: Channel, browser: Browser) -> None:
    """Take in what the browser says until it leaves, or says something else than it should."""
    with suppress(WebSocketDisconnect):
        while True:
            match said(await socket.receive()):
                case list(sight) if all(isinstance(name, str) for name in sight):
                    browser.sight, browser.ready = sight, True
                case {"press": str(name)}:
                    await asyncio.get_running_loop().run_in_executor(_PRESSED, channel.press, name)
                    browser.pressed.set()
                case {"width": "narrow" | "usual" | "wide" as width}:
                    channel.width = width
                case _:
                    return


def said(message: Mapping[str, Any]) -> Any:
    """What a browser's message says, None where it is none."""
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code") or 1000)
    text = message.get("text")
    with suppress(ValueError, RecursionError):
        return json.loads(text) if text and len(text) < MESSAGE_LIMIT else None
    return None


async def send(socket: WebSocket, channel: Channel, browser: Browser) -> None:
    """Now and again what is new; at once when a button was pressed. Until the session has ended."""
    last = 0.0
    while True:
        pace = _CROWD.pace(channel)
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS * pace):
                await browser.pressed.wait()
        if channel.closed:
            return
        pressed = browser.pressed.is_set()
        if pressed or (browser.ready and monotonic() >= last + REDRAW_SECONDS * pace):
            browser.pressed.clear()
            last = monotonic()
            await show(socket, channel, browser, 0.0 if pressed else SAME * REDRAW_SECONDS * pace)
        if not channel.watching:
            await ask(socket, channel, browser)


async def take_turns(socket: WebSocket, channel: Channel, browser: Browser) -> None:
    """The pages of those who only watch are redrawn at leisure, one after the other."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        async with _CROWD.turn:
            if not channel.closed and await ask(socket, channel, browser):
                await asyncio.sleep(TURN_SECONDS)


async def ask(socket: WebSocket, channel: Channel, browser: Browser) -> bool:
    """Have the parts of the page redrawn that are outdated; return whether there are any."""
    parts = channel.outdated(browser.sight)
    if parts:
        await socket.send_text(json.dumps({"redraw": parts}))
    return bool(parts)


async def show(socket: WebSocket, channel: Channel, browser: Browser, pause: float) -> None:
    """Send what is new of what the browser sees, made `pause` seconds after the last at the earliest."""
    some = False
    for name in channel.smallest_first(browser.sight):
        if channel.takes_long(name, pause):
            picture = await asyncio.get_running_loop().run_in_executor(_MAKING, channel.fresh, name, pause)
        else:
            picture = channel.fresh(name, pause)
        if picture:
            browser.ready, some = False, True
            await socket.send_bytes(picture)
    if some:
        await socket.send_text("{}")
