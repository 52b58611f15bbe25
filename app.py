"""CharRNN Lab's server: the page, and beside it what moves and the components' scripts."""

import streamlit as st

from charrnn.dashboard import streamlit_fixes
from charrnn.dashboard.server import descriptors
from charrnn.dashboard.server.routes import routes
from charrnn.text.corpus import size_limit

streamlit_fixes.keep_clicks()
streamlit_fixes.keep_newest_uploads(2 * size_limit())
app = st.App(
    "charrnn/dashboard/page.py", routes=routes(), middleware=descriptors.middleware(), lifespan=descriptors.lifespan
)
