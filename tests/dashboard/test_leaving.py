"""A browser that leaves while something is sent to it fills no log; what is a failure stays one."""

import asyncio
from contextlib import suppress

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from charrnn.dashboard.server import leaving


def visited(left):
    """Have a connection's handler do as Streamlit's does, with a browser that has left before it is sent anything."""

    async def handler(socket):
        await socket.accept()
        with suppress(WebSocketDisconnect):
            await socket.send_bytes(b"a page")
        await socket.close()
        await socket.close()  # though it is closed

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        if left and message["type"] == "websocket.send":
            raise OSError

    app = Starlette(routes=[WebSocketRoute("/", handler)], middleware=leaving.middleware())
    asyncio.run(app({"type": "websocket", "path": "/", "headers": []}, receive, send))


def test_a_browser_that_has_left_is_no_failure():
    visited(left=True)


def test_a_connection_that_is_closed_twice_is_one():
    with pytest.raises(RuntimeError, match="close message"):
        visited(left=False)
