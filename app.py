"""CharRNN Lab's server: the page, and beside it what moves and the components' scripts."""

import sys

import streamlit as st

from charrnn.dashboard import streamlit_fixes
from charrnn.dashboard.server import descriptors, leaving, policy
from charrnn.dashboard.server.routes import routes
from charrnn.dashboard.session import memory
from charrnn.runs.cluster import ClusterError, cluster
from charrnn.text.corpus import size_limit

try:
    cluster()
except ClusterError as error:
    sys.exit(f"charrnn: {error}")
# What answers a click changes threads several times; each time, one that draws a page may keep it waiting so long, by
# default for 5 ms (tests/benchmarks/waiting.py).
sys.setswitchinterval(0.0005)
memory.share_arenas()
streamlit_fixes.keep_clicks()
streamlit_fixes.keep_newest_uploads(2 * size_limit())
app = st.App(
    "charrnn/dashboard/page.py",
    routes=routes(),
    middleware=[*leaving.middleware(), *descriptors.middleware(), *policy.middleware()],
    lifespan=descriptors.lifespan,
)
