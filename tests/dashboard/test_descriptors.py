"""A server that may open no more files: new pages are refused in words, open ones go on, the log stays small."""

import asyncio
import errno
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest
from serving import Server, soon

from charrnn.dashboard.server import descriptors
from charrnn.dashboard.server.descriptors import FULL, Door, Full

LOG_LIMIT = 10_000  # bytes


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What is sent to whoever asks for a path while there is no room."""

    def ask(path: str, kind: str = "http", room: bool = False, error: Exception | None = None) -> list[dict[str, Any]]:
        sent: list[dict[str, Any]] = []

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        async def app(scope: Any, receive: Any, send: Any) -> None:
            sent.append({"type": "passed on"})
            if error:
                sent.clear()
                raise error

        monkeypatch.setattr(descriptors, "has_room", lambda: room)
        with ThreadPoolExecutor(1) as thread:  # the browser tests' own loop may run in this one
            visit = Full(app)({"type": kind, "path": path, "method": "GET"}, None, send)  # type: ignore[arg-type]
            thread.submit(asyncio.run, visit).result()
        return sent

    return ask


def test_a_new_page_is_refused_in_words_while_there_is_no_room(asked):
    start, body = asked("/")
    assert start["status"] == 503
    assert body["body"].decode() == FULL
    assert asked("/", room=True) == [{"type": "passed on"}]


def test_a_new_connection_is_refused_too_and_what_an_open_page_needs_is_not(asked):
    assert asked("/_stcore/stream", "websocket") == [{"type": "websocket.close", "code": 1013}]
    for path, kind in (("/live/token", "websocket"), ("/static/js/main.js", "http"), ("/_stcore/health", "http")):
        assert asked(path, kind) == [{"type": "passed on"}]


def test_a_page_for_which_the_room_did_not_last_is_refused_in_words_and_another_failure_is_one(asked):
    start, body = asked("/", room=True, error=OSError(errno.EMFILE, ""))
    assert (start["status"], body["body"].decode()) == (503, FULL)
    with pytest.raises(FileNotFoundError):
        asked("/", room=True, error=FileNotFoundError(errno.ENOENT, ""))


@pytest.fixture
def door() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


def test_those_who_wait_at_the_door_are_told_that_there_is_no_room(door, caplog):
    with ExitStack() as visitors:
        waiting = [visitors.enter_context(socket.create_connection(door.getsockname())) for _ in range(3)]
        loop = asyncio.new_event_loop()
        handle = Door()
        for _ in range(5):
            handle(loop, {"message": "", "exception": OSError(errno.EMFILE, ""), "socket": door})
        for visitor in waiting:
            head, _, body = visitor.makefile("rb").read().decode().partition("\r\n\r\n")
            assert head.startswith("HTTP/1.1 503 ")
            assert body == FULL
        loop.close()
    assert len(caplog.records) == 1


def test_other_errors_that_nobody_awaits_are_told_as_ever(caplog):
    loop = asyncio.new_event_loop()
    Door()(loop, {"message": "something else", "exception": ValueError("why")})
    loop.close()
    assert "something else" in caplog.text


def visit(url: str) -> str:
    """What a page that is opened is answered; "" where the connection was cut."""
    host, port = url.removeprefix("http://").split(":")
    try:
        with socket.create_connection((host, int(port)), 10) as visitor:
            visitor.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            return visitor.makefile("rb").read().decode()
    except OSError:
        return ""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit of another process can be set on Linux only")
@pytest.mark.parametrize("limit", [60, 150])
def test_a_server_that_may_open_no_more_files_says_so_and_has_room_again_once_others_have_left(limit):
    import resource

    with Server() as server:
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (limit, limit))
        host, port = server.url.removeprefix("http://").split(":")
        with ExitStack() as visitors:
            for _ in range(2 * limit):
                visitors.enter_context(socket.create_connection((host, int(port)), 10))
            assert soon(lambda: FULL in visit(server.url))
        assert soon(lambda: visit(server.url).startswith("HTTP/1.1 200"))
        assert len(server.log()) < LOG_LIMIT, server.log()[:1000]
