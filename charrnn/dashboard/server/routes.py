"""What the server answers beside Streamlit: the channels to what moves, and the components' scripts."""

import streamlit as st
from starlette.routing import BaseRoute, Route, WebSocketRoute

from charrnn.dashboard.components import scripts
from charrnn.dashboard.server import live


def routes() -> list[BaseRoute]:
    """Both, below the address at which the server's configuration puts the page."""
    base = (st.get_option("server.baseUrlPath") or "").strip("/")
    below = f"/{base}" if base else ""
    return [
        WebSocketRoute(f"{below}/live/{{token}}", live.follow),
        Route(f"{below}/{scripts.ADDRESS}/{{name}}", scripts.script),
    ]
