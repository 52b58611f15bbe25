"""My runs: what this browser has trained, to open, rename, duplicate or delete."""

from zlib import crc32

import pandas as pd
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components.kept import kept_runs
from charrnn.dashboard.language import _
from charrnn.dashboard.session import fields
from charrnn.dashboard.session.listing import COLUMNS, FEW, lines
from charrnn.dashboard.session.panel import panel, refusal
from charrnn.dashboard.session.server import engine
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.session.speaking import speak
from charrnn.dashboard.tables import spoken
from charrnn.runs.run import Run
from charrnn.runs.store_types import StoreError

UNDO_SECONDS = 600.0


def my_runs(session: Session) -> None:
    """The panel."""
    panel(session, "my-runs", _("My runs"), "history", listed)


def listed(session: Session) -> None:
    """The list, and what can be done with the chosen run. Others' runs are not in it: it is kept in this browser."""
    found, trouble = lines([token for token in session.kept if token not in session.dropped])
    if found:
        runs = pd.DataFrame(found)
        if chosen := table(runs):
            actions(session, chosen)
    elif not trouble:
        st.caption(_("What you train is saved as it goes, and listed here. This list is kept in this browser."))
    if trouble:
        st.caption(words.plain(trouble))
    refusal(session, "my-runs")
    if removed := engine().removed:
        st.caption(
            _(
                "{removed:,} runs, the longest untouched ones, were removed to keep the store within its limit.",
                removed=removed,
            )
        )
    if session.dropped:
        st.button(
            _("Undo: bring back {dropped} deleted", dropped=len(session.dropped)),
            key="undo-delete",
            on_click=bring_back,
            args=(session,),
        )


def remember(session: Session) -> None:
    """Have the browser keep this session's runs, once they hold something worth keeping; who comes for the first time
    is to be welcomed."""
    trained = [run.token for run in session.compared_runs() if run.saved_step and not session.watching]
    add = [token for token in dict.fromkeys((*session.returned, *trained)) if token not in session.dropped]
    before, (session.kept, first) = session.kept, kept_runs(add, session.dropped, session.greets, key="kept")
    welcomed = first and session.greets
    if welcomed:
        session.greets, session.welcome = False, True
    if welcomed or session.kept != before:
        st.rerun()


def last_run(session: Session) -> None:
    """Who comes back to the bare address is offered the newest run of this browser, until something is trained here."""
    session.returns = not session.run.snapshot.step
    kept = [token for token in session.kept if token not in (session.run.token, *session.dropped)]
    found = next(iter(lines(kept[:1])[0]), None) if session.returns else None
    if not found:
        return

    def put_away() -> None:
        session.returns = False

    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="last-run"):
        told = _("Your last run: {name}, step {step:,}.", name=words.plain(found["name"]), step=found["step"])
        st.markdown(told, width="content")
        st.button(_("Go on with it"), key="last-run-open", on_click=open_run, args=(session, found["token"]))
        icon = ":material/close:"
        st.button(_("Put it away"), key="last-run-away", icon=icon, type="tertiary", on_click=put_away)


def table(runs: pd.DataFrame) -> str | None:
    """The list; the token of the run that is chosen in it.

    What is ticked is a row, whatever stands in it: of other runs it must be another table, in which none is ticked.
    """
    of_these = crc32(" ".join(runs["token"]).encode())
    drawn, about_columns = spoken(runs.drop(columns="token"), COLUMNS, few=FEW)
    with st.container(key="runs"):
        shown = st.dataframe(
            drawn,
            hide_index=True,
            on_select="rerun",
            selection_mode="single-row",
            key=f"runs-{of_these:08x}",
            width=720,
            **about_columns,
        )
    rows = shown["selection"]["rows"]
    return str(runs["token"].iloc[rows[0]]) if rows and rows[0] < len(runs) else None


def actions(session: Session, token: str) -> None:
    """Open, rename, duplicate, delete."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.button(_("Open"), key="run-open", type="primary", on_click=open_run, args=(session, token))
        st.button(_("Duplicate"), key="run-duplicate", on_click=duplicate, args=(session, token))
        st.button(_("Delete"), key="run-delete", on_click=delete, args=(session, token))
        fields.text(_("New name"), "run-name", width=200)
        st.button(_("Rename"), key="run-rename", on_click=rename, args=(session, token))


def kept_run(token: str) -> Run:
    """The run with this token. Raises StoreError where it is gone."""
    run = engine().find(token)
    if not run:
        raise StoreError("This run is not kept any more.")
    return run


def open_run(session: Session, token: str) -> None:
    """Make it this session's run; the present one is paused, and stays in the list."""
    with session.saying("my-runs"):
        run = kept_run(token)
        session.run.pause(by=session.name)
        session.open(run)


def duplicate(session: Session, token: str) -> None:
    """A copy at its latest step, opened."""
    speak()  # which goes into its name
    with session.saying("my-runs"):
        run = kept_run(token)
        copy = engine().fork(run, run.state_step, run.in_force_at(run.state_step))
        copy.rename(_("{name}, a copy", name=run.name))
        session.run.pause(by=session.name)
        session.open(copy)


def rename(session: Session, token: str) -> None:
    """Call it what was typed."""
    with session.saying("my-runs"):
        kept_run(token).rename(fields.typed("run-name").strip())


def delete(session: Session, token: str) -> None:
    """Out of the list, and for good in ten minutes."""
    session.dropped.append(token)
    engine().remove(token, UNDO_SECONDS)


def bring_back(session: Session) -> None:
    """Undo all deletions of this session."""
    for token in session.dropped:
        engine().keep(token)
    session.returned, session.dropped = session.dropped, []
