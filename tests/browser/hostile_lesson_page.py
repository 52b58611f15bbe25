"""The page, its lessons those of the folder that HOSTILE_LESSONS names."""

import os
from pathlib import Path

import streamlit as st

from charrnn.dashboard.lessons import lesson
from charrnn.dashboard.server import policy
from charrnn.dashboard.server.routes import routes

lesson.lessons.__defaults__ = (Path(os.environ["HOSTILE_LESSONS"]),)
app = st.App(
    Path(__file__).resolve().parents[2] / "charrnn/dashboard/page.py",
    routes=routes(),
    middleware=policy.middleware(),
)
