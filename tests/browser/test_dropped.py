"""A connection that drops, a laptop that sleeps, a tab that is frozen: the page comes back by itself.

Between browser and server stands a line of the test's own, which can be cut, or pass nothing on as for a browser that
sleeps. The server asks after its browsers each second, and not each half minute.
"""

import re
import selectors
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, expect
from serving import Server, soon
from visit import SMALL, Visit

GRACE = 15.0  # seconds; a browser on a busy machine is back within ten


class Line:
    """Passes on what browser and server say to each other, on a port of its own, while it is whole."""

    def __init__(self, server: Server) -> None:
        self._to = ("127.0.0.1", int(server.url.rpartition(":")[2]))
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self._ends: dict[socket.socket, socket.socket] = {}  # of each connection, the one by the other
        self.state = "whole"  # or "cut", or "asleep": nothing comes through, and nobody is told
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._pass_on)
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def _pass_on(self) -> None:
        with self._door, selectors.DefaultSelector() as waiting:
            waiting.register(self._door, selectors.EVENT_READ)
            while not self._over.is_set():
                if self.state != "asleep":
                    for key, _ in waiting.select(0.05):
                        self._accept(waiting) if key.fileobj is self._door else self._move(waiting, key.fileobj)
                else:
                    self._over.wait(0.05)
                if self.state == "cut":
                    for end in list(self._ends):
                        self._drop(waiting, end)
            for end in list(self._ends):
                self._drop(waiting, end)

    def _accept(self, waiting: selectors.BaseSelector) -> None:
        browser, _ = self._door.accept()
        if self.state == "cut":
            browser.close()
            return
        server = socket.create_connection(self._to)
        self._ends |= {browser: server, server: browser}
        for end in (browser, server):
            waiting.register(end, selectors.EVENT_READ)

    def _move(self, waiting: selectors.BaseSelector, end: socket.socket) -> None:
        data = b""
        with suppress(OSError):
            if data := end.recv(65_536):
                self._ends[end].sendall(data)
                return
        self._drop(waiting, end)

    def _drop(self, waiting: selectors.BaseSelector, end: socket.socket) -> None:
        if end in self._ends:
            for one in (end, self._ends[end]):
                del self._ends[one]
                waiting.unregister(one)
                one.close()


@pytest.fixture(scope="module")
def asking() -> Iterator[Server]:
    """A server that soon notices that a browser sleeps."""
    with Server(CHARRNN_GRACE=str(GRACE), STREAMLIT_SERVER_WEBSOCKET_PING_INTERVAL="1") as server:
        yield server


@pytest.fixture
def line(asking: Server) -> Iterator[Line]:
    line = Line(asking)
    yield line
    line.close()


@pytest.fixture
def lab(line: Line, asking: Server, chromium: Browser) -> Iterator[Visit]:
    """A page at the line's end, that trains; nothing else is said on its console than that connections failed."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    lab = Visit(context.new_page(), line.url).open(SMALL)
    yield lab.train()
    context.close()
    assert [error for error in lab.errors if not re.search("WebSocket|ERR_|when disconnected", error)] == []
    assert soon(lambda: not asking.workers())


def test_a_connection_that_is_back_within_the_grace_period_has_interrupted_nothing(line, asking, lab):
    (worker,), token, step = asking.workers(), lab.token, lab.step
    line.state = "cut"
    assert lab.soon(lambda: lab.errors)  # the browser has tried again
    line.state = "whole"
    assert lab.soon(lambda: lab.step > step)
    later = lab.step
    assert lab.soon(lambda: lab.step > later)
    expect(lab.button("pause")).to_be_visible()
    assert (lab.token, asking.workers()) == (token, {worker})
    lab.pause()


def test_a_laptop_that_wakes_up_finds_the_run_at_rest_with_all_that_was_trained(line, asking, lab):
    token, step = lab.token, lab.step
    line.state = "asleep"
    assert lab.soon(lambda: not asking.workers())
    line.state = "cut"  # who wakes up is told that nobody is there any more
    assert lab.soon(lambda: lab.errors)
    line.state = "whole"
    expect(lab.figures).to_contain_text("paused")
    assert lab.step >= step
    assert lab.token == token
    lab.train().pause()


def test_a_frozen_tab_shows_the_present_once_it_is_looked_at_again(asking, lab):
    (worker,), browser = asking.workers(), lab.page.context.new_cdp_session(lab.page)
    other = Visit(lab.page.context.new_page(), asking.url).open(f"run={lab.token}")
    before = other.step
    browser.send("Page.setWebLifecycleState", {"state": "frozen"})
    assert other.soon(lambda: other.step > before + 1_000)
    then = other.step
    other.page.close()
    browser.send("Page.setWebLifecycleState", {"state": "active"})
    assert lab.soon(lambda: lab.step >= then)
    assert asking.workers() == {worker}
    lab.pause()
