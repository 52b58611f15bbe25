"""The one engine that all browsers of this server share."""

import streamlit as st

from charrnn.runs.cluster import cluster
from charrnn.runs.engine import Engine
from charrnn.runs.store import Store, home


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """The owner of all runs of this server."""
    return Engine(store=Store(home()), cluster=cluster())
