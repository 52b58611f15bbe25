"""Few file descriptors left: new pages are refused in words, so that those that are open can go on.

A page takes two (its connection and its channel), its run's process three, and the store some. What is not accepted
waits at the door; asyncio (Python 3.11) then tries 2,000 times a second and writes six lines of log each time.
"""

import asyncio
import errno
import logging
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Any

from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from charrnn.dashboard.server.prompt import send_at_once

try:
    import resource
except ImportError:  # Windows, which has no such limit
    resource = None  # type: ignore[assignment]

RESERVE = 100  # file descriptors for the pages that are open, or half of all where that is less
PLENTY = 65_536  # more than this are not asked for
TOLD_SECONDS = 60.0  # between two lines of log that say the same
FULL = "There is no room for another page on this server: too many are open. Close one, or try again in a minute."
TRY_AGAIN = 1013  # the code with which a WebSocket is closed
STREAM = "/_stcore/stream"  # the connection of a page to Streamlit
LACKING = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
HEADERS = {"Connection": "close", "Retry-After": "60"}
AT_THE_DOOR = "\r\n".join(
    [
        "HTTP/1.1 503 Service Unavailable",
        "Content-Type: text/plain; charset=utf-8",
        f"Content-Length: {len(FULL)}",
        *(f"{name}: {value}" for name, value in HEADERS.items()),
        "",
        FULL,
    ]
).encode()


def has_room() -> bool:
    """Whether more files may be opened than are kept for the pages that are there."""
    if not resource:
        return True
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        return limit == resource.RLIM_INFINITY or limit - len(os.listdir("/dev/fd")) > min(RESERVE, limit // 2)
    except OSError as error:  # to count them takes one
        return error.errno not in LACKING


def ask_for_plenty() -> None:
    """Raise the limit as far as any user may: it is low for the sake of programs of another age."""
    if resource:
        limit, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = PLENTY if most == resource.RLIM_INFINITY else min(most, PLENTY)
        if limit != resource.RLIM_INFINITY and limit < wanted:
            with suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


class Full:
    """Answers a page that is opened while there is no room for it, or for which the room did not last."""

    def __init__(self, app: ASGIApp) -> None:
        self._app, self._log = app, Seldom()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if opens_a_page(scope) and not has_room():
            await self._refuse(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except OSError as error:
            if begun or error.errno not in LACKING:
                raise
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._log.warning("Visits are refused: nearly as many files are open as this server may open.")
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": TRY_AGAIN})
        else:
            await PlainTextResponse(FULL, 503, HEADERS)(scope, receive, send)


def opens_a_page(scope: Scope) -> bool:
    """Whether a request is that of a page that is not open yet."""
    path = scope.get("path", "")
    return bool(path.endswith("/") if scope["type"] == "http" else path.endswith(STREAM))


class Door:
    """What an event loop does with errors that nobody awaits, where one is that it cannot accept a connection.

    With a file descriptor kept for that, those who wait are told so, one after the other.
    """

    def __init__(self) -> None:
        self._spare, self._log = os.open(os.devnull, os.O_RDONLY), Seldom()

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Be the loop's exception handler."""
        error, listening = context.get("exception"), context.get("socket")
        if listening is None or not isinstance(error, OSError) or error.errno not in LACKING:
            loop.default_exception_handler(context)
            return
        self._log.warning("Connections were refused: this server can open no more files.")
        with suppress(OSError):
            os.close(self._spare)
        door = socket.socket(fileno=listening.fileno())
        try:
            while True:
                turn_away(door.accept()[0])
        except OSError:  # nobody waits any more
            pass
        finally:
            door.detach()  # it is the server's
            with suppress(OSError):
                self._spare = os.open(os.devnull, os.O_RDONLY)


def turn_away(visitor: socket.socket) -> None:
    """Tell it that there is no room, and close the connection."""
    with visitor, suppress(OSError):
        visitor.setblocking(False)
        visitor.send(AT_THE_DOOR)
        visitor.shutdown(socket.SHUT_WR)
        visitor.recv(65_536)  # what has come and is not read has the connection reset, and the answer may be lost


class Seldom:
    """A log that does not say the same again and again."""

    def __init__(self) -> None:
        self._next: dict[str, float] = {}

    def warning(self, text: str) -> None:
        """Say it, unless that was done a moment ago."""
        now = monotonic()
        if now >= self._next.get(text, now):
            self._next[text] = now + TOLD_SECONDS
            logging.getLogger(__name__).warning(text)


@asynccontextmanager
async def lifespan(_: Any) -> AsyncIterator[None]:
    """The server's life: with as many descriptors as it may have, words for those for whom there is none left, and
    nothing held back."""
    ask_for_plenty()
    send_at_once()
    asyncio.get_running_loop().set_exception_handler(Door())
    yield


def middleware() -> list[Middleware]:
    """What stands before the server's routes."""
    return [Middleware(Full)]
