"""What the server sends is not held back until what went before is acknowledged."""

import asyncio
import os
import socket
from contextlib import closing
from pathlib import Path

import pytest

from charrnn.dashboard.server import descriptors

pytestmark = pytest.mark.skipif(not Path("/dev/fd").exists(), reason="a process cannot list its own files here")


async def begun() -> None:
    """The server's life, begun and ended."""
    async with descriptors.lifespan(None):
        pass


def test_what_is_accepted_from_now_on_sends_at_once() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as door, closing(socket.socket()) as other:
        asyncio.run(begun())
        with socket.create_connection(door.getsockname()):
            visitor, _ = door.accept()
            with visitor:
                assert visitor.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert not other.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY), "it does not listen"
        assert os.fstat(door.fileno()), "what is looked at stays open"
