"""What can be handed on of a run, to be read without the page: a replay, a report, its history."""

import streamlit as st

from charrnn.dashboard.controls.taking import File, offer, stem
from charrnn.dashboard.language import _
from charrnn.dashboard.replay.document import document
from charrnn.dashboard.replay.report import csv, markdown
from charrnn.dashboard.session.session import Session
from charrnn.runs.known import Known


def hand_on(session: Session, page: str) -> None:
    """A button for each file; `page` is the address of this page. Untrained there is nothing to hand on."""
    if session.run.state is not None:
        st.markdown(_("**To hand on**, to be looked at without this page:"))
        offer(files(session.run, page))


def files(run: Known, page: str) -> list[File]:
    """The files of a run as it is now, whatever it does meanwhile."""
    still = run.as_it_stands()
    name = stem(still, still.snapshot.step)
    replay = _(
        "One HTML file that any browser opens, without a server or a network: strip, curve and heatmap at every stored "
        "step, the film."
    )
    report = _("Settings, how to train it again, losses and samples, to be read or put into a document.")
    history = _("Losses and gradients over the steps, for a spreadsheet.")
    return [
        File(
            "html",
            _("Save a replay"),
            f"{name}.html",
            "text/html",
            lambda: document(still, page),
            replay,
        ),
        File("md", _("Save a report"), f"{name}.md", "text/markdown", lambda: markdown(still, page).encode(), report),
        File("csv", _("Save the history"), f"{name}.csv", "text/csv", lambda: csv(still).encode(), history),
    ]
