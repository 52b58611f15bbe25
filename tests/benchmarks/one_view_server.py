"""Serves one view of the page alone (one_view.py) with all that the page's own server has."""

import streamlit as st

from charrnn.dashboard.server.routes import routes

app = st.App("one_view.py", routes=routes())
