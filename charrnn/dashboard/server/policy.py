"""What a browser may do on the page, whatever text should come to be markup there: run this server's scripts, ask this
server alone, and load nothing from elsewhere. Its Content-Security-Policy says so (W3C, CSP Level 3).
"""

import base64
import hashlib
import re

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = (
    "default-src 'self'; "
    # Inline only what Streamlit's page itself holds, by its hashes; it has components' scripts as blobs.
    "script-src 'self' 'wasm-unsafe-eval' blob:{hashes}; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; media-src 'self' blob:; "
    # Not every browser takes 'self' for WebSockets, too.
    "connect-src 'self'{sockets}; worker-src 'self' blob:; frame-src 'none'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'"
)
_INLINE = re.compile(rb"<script>(.*?)</script>", re.DOTALL)
_HOST = re.compile(r"[A-Za-z0-9.-]+(:[0-9]+)?|\[[0-9a-fA-F:]+\](:[0-9]+)?")  # of which no other directive can be made


class Policed:
    """Sends the policy with each page."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun: Message | None = None  # a page, whose policy depends on what it holds
        body = b""

        async def sending(message: Message) -> None:
            nonlocal begun, body
            if message["type"] == "http.response.start" and is_page(message):
                begun = message
            elif begun and message["type"] == "http.response.body":
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    MutableHeaders(scope=begun)["Content-Security-Policy"] = policy(body, Headers(scope=scope))
                    await send(begun)
                    await send({"type": "http.response.body", "body": body})
            else:
                await send(message)

        await self._app(scope, receive, sending)


def is_page(start: Message) -> bool:
    """Whether an answer that begins so is a page, as it stands and not packed."""
    headers = Headers(scope=start)
    return headers.get("content-type", "").startswith("text/html") and "content-encoding" not in headers


def policy(page: bytes, asked: Headers) -> str:
    """The policy of a page for who asked for it with these headers."""
    digests = (base64.b64encode(hashlib.sha256(script).digest()).decode() for script in _INLINE.findall(page))
    host = asked.get("host", "")
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return POLICY.format(hashes="".join(f" 'sha256-{digest}'" for digest in digests), sockets=sockets)


def middleware() -> list[Middleware]:
    """What stands before the server's routes for it."""
    return [Middleware(Policed)]
