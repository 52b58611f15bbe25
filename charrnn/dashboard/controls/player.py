"""The player at the foot of the page: train, pause, step, stop at, start over, or see it trained."""

import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.components import Button, Span, encode_line, encode_press, line, press
from charrnn.dashboard.language import _, _n
from charrnn.dashboard.session.fields import CELL_NAMES, acts, key_of
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.networks import Opened, in_box, open_run
from charrnn.dashboard.session.panel import panel, refusal
from charrnn.dashboard.session.parts import redrawn
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.session.status import running, stored_steps, trains
from charrnn.runs.patience import MEASUREMENTS
from charrnn.runs.run import ACTIVE, Run
from charrnn.runs.run_file import RunFile
from charrnn.sentence import Sentence

PAUSE_SECONDS = 0.03  # most workers have stopped by then, and the page need not be drawn once more
NOW = -1  # the scrubber's right end
STEPS = (1, 10, 100, 1_000)


def player(session: Session) -> None:
    """Draw the buttons, the scrubber and the figures."""
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", gap="small", key="player"):
        if session.watching:
            st.markdown(_("You are watching."), width="content")
        else:
            redrawn(lambda: buttons(session), "buttons", width="content")
            panel(session, "stop-at", _("Stop at"), None, stop_at)
        redrawn(lambda: scrubber(session), "scrubbing", stored_steps(session))
        with st.container(width="content"):  # it comes and goes, and what follows stays the same for whoever presses it
            if session.view.past and not session.watching:
                panel(session, "go-on", _("Go on from here"), None, look_back)
        with st.container(width="content", height="content", key="figures"):
            moving = session.picture("figures", lambda: encode_line(figures(session)), lambda: of_another(session))
            line(moving, key="figured", width="content")
        if not session.watching:
            redrawn(lambda: untrained_or_trained(session), "starting-over", stored_steps(session), width="content")


def buttons(session: Session) -> None:
    """Train or pause, and step."""
    channel = session.channel
    channel.action("train", lambda: train(session))
    channel.action("pause", lambda: pause(session))
    channel.action("step", lambda: steps(session, 1))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        counts = {_n("{n:,} step", "{n:,} steps", count): count for count in STEPS}
        moving = session.picture("playing", lambda: encode_press(playing(session.run)))
        press(moving, key="playing", on_press=channel.press)
        st.menu_button(
            _("Step"),
            list(counts),
            key="step",
            icon=":material/skip_next:",
            on_click=lambda: steps(session, counts[st.session_state["step"]]),
            help=explained(_("Take that many more steps, then stop. ? lists the keys."), "step", "stream", "epoch"),
        )


def playing(run: Run) -> Button:
    """The button that makes it train, or pause."""
    if trains(run):
        help = _("Stop here; nothing is lost. Key: space.")
        return {"name": "pause", "label": _("Pause"), "icon": "pause", "help": help, "said": _("Training.")}
    if run.status == "elsewhere":
        help = _("Take it over: it trains on here from what is saved, and no longer where it trains now.")
    else:
        help = _("Read and learn, until paused. Key: space.")
    return {"name": "train", "label": _("Train"), "icon": "play_arrow", "help": help, "said": at_rest(run)}


def at_rest(run: Run) -> str:
    """Where it rests, in a sentence; "" where it does not, or has not begun."""
    step = run.snapshot.step
    if run.status != "paused" or not step:
        return ""
    finished = run.stop_at == step
    return _("Finished at step {step:,}.", step=step) if finished else _("Paused at step {step:,}.", step=step)


def untrained_or_trained(session: Session) -> None:
    """At the beginning, a network that has been trained on this text before, where there is one; else back to there."""
    file = None if session.run.snapshot.step else in_box(session.run.corpus)
    if file:
        see_trained(session, file)
    else:
        start_over(session)


def see_trained(session: Session, file: RunFile) -> None:
    """Open it, as a run of one's own."""

    def see() -> None:
        open_run(session, lambda: Opened(file, session.run.corpus))
        st.rerun()

    network = file.network
    sizes = _(
        "{units} units, {cell}",
        units=network.settings.hidden_size,
        cell=CELL_NAMES[network.settings.cell],
    )
    help = _(
        "A network that has learned from this text before: {sizes}, step {steps:,}. It can be trained on.",
        sizes=sizes,
        steps=network.steps,
    )
    st.button(_("See it trained"), key="see-trained", type="tertiary", on_click=see, help=help)


def start_over(session: Session) -> None:
    """Back to the beginning."""
    run = session.run

    def propose() -> None:
        session.propose(run.corpus, run.in_force)
        st.rerun()

    st.button(
        _("Start over"),
        key="start-over",
        type="tertiary",
        on_click=propose,
        disabled=run.snapshot.step == 0,
        help=_("The same start again, training forgotten."),
    )


def stop_at(session: Session) -> None:
    """Train up to a step, or as long as that helps."""
    after = max(1_000, 2 * session.run.snapshot.step)
    st.number_input(_("Train up to step"), 1, 10**9, after, step=1_000, key="goal", on_change=session.leave_panel)
    st.button(
        _("Train up to there"),
        key="train-until",
        on_click=lambda: train(session, int(st.session_state.get("goal", 0))),
        type="primary",
    )
    st.button(
        _("Train while held-out loss improves"),
        key="train-improving",
        on_click=lambda: train(session, improving=True),
        disabled=not len(session.run.corpus.held_out_ids),
        help=explained(
            _(
                "Stops once {n} measurements on held-out text, over a quarter more steps, were no better than the "
                "best.",
                n=MEASUREMENTS,
            ),
            "overfitting",
            "held out",
        ),
    )
    refusal(session, "stop-at")


def scrubber(session: Session) -> None:
    """Look back at any stored step: everything shows the network as it was then."""
    run = session.run
    stored = [checkpoint.step for checkpoint in run.checkpoints if checkpoint.step < max(run.snapshot.step, 1)]

    def shown() -> int:
        return session.at if session.at in stored else NOW

    key = key_of("scrubber", shown(), f"{len(stored)}-{sum(stored)}")  # with other steps to choose from, another slider

    def look(step: int) -> None:
        session.at = None if step == NOW else step
        st.rerun()

    with st.container(key="scrubber", width="stretch"):
        st.select_slider(
            _("Look back at step"),
            [*stored, NOW],
            shown(),
            format_func=lambda step: _("now") if step == NOW else words.short(step),
            key=key,
            on_change=acts("scrubber", key, shown, look),
            label_visibility="collapsed",
            disabled=not run.snapshot.step,
        )


def look_back(session: Session) -> None:
    """What can be done with the network of a stored step."""
    step, now = session.view.step, session.run.snapshot.step
    said = _(
        "Training goes on from step {step:,}, exactly as it did. What came after, up to {now:,}, is forgotten.",
        step=step,
        now=now,
    )
    st.markdown(said, help=explained("", "stored step"))
    st.button(_("Go on from here"), type="primary", key="rewind", on_click=lambda: session.rewind(step, "go-on"))
    st.caption(_("To keep both, fork this run instead."))
    st.button(
        _("Fork here"), key="fork-here", on_click=lambda: session.ask_for_fork("go-on"), help=explained("", "fork")
    )
    refusal(session, "go-on")


def train(session: Session, until: int | None = None, improving: bool = False) -> None:
    """Train on, or say why not. Who trains wants to see that: what was looked back at is left."""
    run = session.run
    if until is not None and until <= run.snapshot.step:
        session.say(
            Sentence("The run is at step {step:,} already: choose a later one.", step=run.snapshot.step), "stop-at"
        )
        return
    session.notice, session.closing, session.at = None, True, None
    session.ask_no_more()  # what has not begun would be of a network that is past
    run.train(until, improving=improving, by=session.name)


def steps(session: Session, count: int) -> None:
    """So many steps, seen from here on."""
    session.at = None
    session.run.steps(count, by=session.name)


def pause(session: Session) -> None:
    """Stop after the present few steps, and wait for it, so that the button says at once how things stand."""
    session.run.pause(by=session.name, wait=PAUSE_SECONDS)


def of_another(session: Session) -> str:
    """The last command where another browser has given it since this one came, else ""."""
    last = session.run.last_command
    return _(last.what) if last and last.by not in ("", session.name) and last.at > session.opened else ""


def figures(session: Session) -> list[Span]:
    """Step, speed, epochs, time left; who gave the last command where two share a run."""
    run = session.run
    now = run.snapshot
    parts, then = [], []
    if run.status == "elsewhere":
        parts.append(_("trains elsewhere"))
    if running(run) and now.speed:
        parts.append(_("{speed:,.0f}/s", speed=now.speed))
    elif run.status in (*ACTIVE, "queued", "paused"):
        parts.append(_(run.status))
    if run.where:
        parts.append(_("on {where}", where=_(run.where)))
    if run.saved_step:
        parts.append(_("saved at {saved_step:,}", saved_step=run.saved_step))
    epochs = _("{epochs:,.1f} epochs", epochs=now.epochs)
    if run.stop_at and running(run) and now.speed:
        left = (run.stop_at - now.step) / now.speed
        then.append(_("stops at {stop_at:,}, {duration} left", stop_at=run.stop_at, duration=words.duration(left)))
    if run.improving_since is not None and running(run):
        then.append(_("stops when held-out loss stops improving"))
    if said := of_another(session):
        then.append(_("another browser: {said}", said=said))
    details = ["".join(f" · {part}" for part in some) for some in (parts, [epochs], then)]  # page.css knows their order
    return [(_("step "), ""), (words.number(now.step, ","), "strong"), *((detail, "") for detail in details)]
