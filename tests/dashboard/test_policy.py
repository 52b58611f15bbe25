"""The policy that comes with a page: its own inline scripts by their hashes, its own host, and nothing else."""

import asyncio
import base64
import hashlib

import pytest
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route

from charrnn.dashboard.server import policy

PAGE = "<html><script>a = 1</script><script src='b.js'></script></html>"
ROUTES = [
    Route("/whole", lambda request: HTMLResponse(PAGE)),
    Route("/pieces", lambda request: StreamingResponse(iter([PAGE[:20], PAGE[20:]]), media_type="text/html")),
    Route("/text", lambda request: PlainTextResponse(PAGE)),
]


def answer(path):
    """What is answered to a browser: the policy, None where there is none, and the body."""
    said = []

    async def send(message):
        said.append(message)

    async def receive():
        await asyncio.sleep(60)

    scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"host", b"127.0.0.1:8501")]}
    asyncio.run(Starlette(routes=ROUTES, middleware=policy.middleware())(scope, receive, send))
    begun, *pieces = said
    body = b"".join(piece.get("body", b"") for piece in pieces)
    return Headers(scope=begun).get("content-security-policy"), body.decode()


@pytest.mark.parametrize("path", ["/whole", "/pieces"])
def test_a_page_comes_whole_with_a_policy_that_knows_its_scripts_and_its_host(path):
    said, body = answer(path)
    assert body == PAGE
    digest = base64.b64encode(hashlib.sha256(b"a = 1").digest()).decode()
    assert f"script-src 'self' 'wasm-unsafe-eval' blob: 'sha256-{digest}';" in said
    assert "connect-src 'self' ws://127.0.0.1:8501 wss://127.0.0.1:8501;" in said


def test_what_is_no_page_comes_as_it_was():
    assert answer("/text") == (None, PAGE)


@pytest.mark.parametrize("host", ["evil; script-src *", "a b", "*", "", "x\r\ny: z"])
def test_of_a_host_no_other_rule_can_be_made(host):
    assert "connect-src 'self'; worker-src" in policy.policy(b"", Headers({"host": host}))
