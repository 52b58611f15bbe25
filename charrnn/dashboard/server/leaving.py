"""A browser that leaves while something is being sent to it: nothing has gone wrong, and the log says nothing of it."""

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Left:
    """Keeps to itself what a connection's handler makes of a browser that could not be reached any more.

    Streamlit takes the next thing that Starlette says then (1.67: "WebSocket is not connected") for a text, and closes
    what is closed already.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        left = False

        async def sending(message: Message) -> None:
            nonlocal left
            try:
                await send(message)
            except OSError:
                left = True
                raise

        try:
            await self._app(scope, receive, sending)
        except RuntimeError:
            if not (left and scope["type"] == "websocket"):
                raise


def middleware() -> list[Middleware]:
    """What stands before the server's routes for it."""
    return [Middleware(Left)]
