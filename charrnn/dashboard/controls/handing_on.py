"""What can be handed on of a run, to be read without the page: a replay, a report, its history."""

import streamlit as st

from charrnn.dashboard.controls.taking import File, offer, stem
from charrnn.dashboard.replay.document import document
from charrnn.dashboard.replay.report import csv, markdown
from charrnn.dashboard.session.session import Session
from charrnn.runs.known import Known


def hand_on(session: Session, page: str) -> None:
    """A button for each file; `page` is the address of this page. Untrained there is nothing to hand on."""
    if session.run.state is not None:
        st.markdown("**To hand on**, to be looked at without this page:")
        offer(files(session.run, page))


def files(run: Known, page: str) -> list[File]:
    """The files of a run as it is now, whatever it does meanwhile."""
    still = run.as_it_stands()
    name = stem(still, still.snapshot.step)
    replay = "One HTML file that any browser opens, without a server or a network: strip, curve and heatmap at every "
    report = "Settings, how to train it again, losses and samples, to be read or put into a document."
    history = "Losses and gradients over the steps, for a spreadsheet."
    return [
        File(
            "html",
            "Save a replay",
            f"{name}.html",
            "text/html",
            lambda: document(still, page),
            replay + "stored step, the film.",
        ),
        File("md", "Save a report", f"{name}.md", "text/markdown", lambda: markdown(still, page).encode(), report),
        File("csv", "Save the history", f"{name}.csv", "text/csv", lambda: csv(still).encode(), history),
    ]
