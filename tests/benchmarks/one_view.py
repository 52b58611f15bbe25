"""One view of the page alone, with a button that draws it anew: what one_view_server.py serves and views.py measures.

`?view=heatmap` names it; `?view=nothing` draws no more than the buttons. Before each redraw the network learns from
another ten windows, and what the view shows of it is measured, so that what is drawn is new; all that happens before
anything is sent to the browser. "again" has the view drawn by Streamlit; with `&live=1` there is another button, which
has it drawn over the session's channel.
"""

import os
from collections.abc import Callable
from itertools import cycle
from typing import Any

import streamlit as st

from charrnn.dashboard.channel import PAGE
from charrnn.dashboard.components import Button, encode_press, link, press
from charrnn.dashboard.inside import (
    ablation,
    attribution,
    hidden_states,
    learns,
    probing,
    remembers,
    unit_text,
    works,
)
from charrnn.dashboard.session import measuring, texts
from charrnn.dashboard.session.server import engine
from charrnn.dashboard.session.session import RANKING, Session
from charrnn.dashboard.views import compare, filmstrip, first_screen, loss_curve
from charrnn.runs.run import Run
from charrnn.training.settings import Settings

CHOSEN = {"length": 200, "view": "value", "order": "similar", "heatmap-text": "", "colour": "unit"}
CHOSEN |= {"array": "W_hh", "compare-axis": "steps", "pull": "effect", "step-as-tables": True}
FIRST, MORE = 1_000, 10  # windows: before the first drawing, and before each one after it
SECONDS = 600

VIEWS: dict[str, Callable[[Session], Any]] = {
    "nothing": lambda session: None,
    "reading strip": first_screen.strip,
    "loss curve": loss_curve.curve,
    "heatmap": hidden_states.all_units,
    "coloured text": unit_text.text_drawn,
    "most on and off": unit_text.extremes,
    "verdict table": probing.verdicts,
    "ablation, two samples": ablation.suffered,
    "ablation bars": ablation.costs,
    "memory, eigenvalues": remembers.memory,
    "connections": attribution.prediction,
    "guesses": attribution.guesses_here,
    "matrix W_hh": learns.array,
    "histograms": learns.histograms,
    "as training met it": learns.as_met,
    "saturation over time": learns.saturated,
    "embedding": learns.characters_as_points,
    "network drawn": works.drawn,
    "its numbers": works.tables,
    "compare two runs": compare.side_by_side,
    "results of two runs": compare.come_to,
    "curves of two runs": compare.overlay,
    "filmstrip": filmstrip.film_of,
}
MEASURED: dict[str, tuple[str, Callable[[Session], Any]]] = {  # views of what is found out beside the page
    "most on and off": ("unit-text", unit_text.long_reading),
    "verdict table": (RANKING, probing.ranking),
    "ablation bars": ("unit-costs", ablation.all_costs),
    "memory, eigenvalues": ("memory", remembers.measured),
    "saturation over time": ("over-time", learns.over_time),
}


@st.cache_resource
def trained(number: int) -> Run:
    """A run on the first text that the page opens, as large as it is asked for."""
    run = engine().create(texts.first(), Settings(hidden_size=int(os.environ["VIEWS_UNITS"]), seed=number))
    engine().lease(run, f"views {number}")
    learn(run, FIRST)
    return run


def learn(run: Run, windows: int) -> None:
    """Learn from so many more windows."""
    goal = run.snapshot.step + windows
    run.steps(windows)
    assert run.wait(lambda run: run.status == "paused" and run.snapshot.step >= goal, SECONDS), run.message


def draw(session: Session, view: str) -> None:
    """The view, and how often it has been drawn."""
    state = st.session_state
    st.button("again", key="again")
    state["drawn"] = state.get("drawn", 0) + 1
    if view != "nothing":
        learn(session.run, MORE)
    if view in MEASURED:
        name, work = MEASURED[view]
        measuring.measure(session, name, work)
        session.measurements[name].future.result(SECONDS)
    VIEWS[view](session)
    if "live" in st.query_params:
        over_the_channel(session, view)
    with st.container(key="drawn"):
        st.text(f"drawn {state['drawn']}")


def over_the_channel(session: Session, view: str) -> None:
    """A button that has the network learn, upon which the view's pictures come by themselves, if they ever do."""
    channel, names = session.channel, cycle(("odd", "even"))  # another name tells that it was answered
    shown = [next(names)]

    def learned() -> None:
        if view != "nothing":
            learn(session.run, MORE)
        session.run.version += 1  # what is shown has changed
        shown[0] = next(names)

    for name in ("odd", "even"):
        channel.action(name, learned)
    button = channel.picture("more", lambda: encode_press(Button(name=shown[0], label="more", icon="", help="")))
    press(button, key="more", on_press=channel.press)
    link(channel.path, PAGE, key="link")


def page() -> None:
    """One view, and the buttons."""
    st.set_page_config(layout="wide")
    view = st.query_params.get("view", "nothing")
    for name, choice in CHOSEN.items():
        st.session_state.setdefault(name, choice)
    if "session" not in st.session_state:
        st.session_state["session"] = Session(trained(1))
    session: Session = st.session_state["session"]
    if view.endswith("two runs"):
        session.compared = [trained(2)]
    st.fragment(draw)(session, view)


page()
