"""Links: the experiment, the run, the run to watch only; and training on when the page is closed."""

from urllib.parse import urlencode

import segno
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.controls.handing_on import hand_on
from charrnn.dashboard.controls.taking import take
from charrnn.dashboard.language import _, by_name
from charrnn.dashboard.session import links, showing
from charrnn.dashboard.session.looked_up import explained
from charrnn.dashboard.session.panel import panel
from charrnn.dashboard.session.session import Session
from charrnn.sentence import Sentence
from charrnn.training.checkpoint import changes

HOURS = {Sentence("30 minutes"): 0.5, Sentence("2 hours"): 2.0, Sentence("8 hours"): 8.0}


def share(session: Session) -> None:
    """The panel."""
    panel(session, "share", _("Share"), "ios_share", ways)


def ways(session: Session) -> None:
    """Links to copy, and how long the run trains on unattended."""
    run = session.run
    base = (st.context.url or "").split("?")[0]
    also = reduced(session)
    st.markdown(_("**To watch**: others see this run live and cannot drive it."))
    watch = f"{base}?watch={run.watch_token}{also}"
    st.code(watch, language=None, wrap_lines=True)
    code = segno.make(watch).png_data_uri(scale=4, border=2)
    st.image(code, width=150, caption=_("The same link for a phone"), alt=_("QR code of the link to watch"))
    board = _("Runs of a class side by side, the best first: paste the links to watch of the others there.")
    st.link_button(_("A class's board, with this run"), f"{base}?class={run.watch_token}", help=board)
    st.markdown(
        _("**This experiment**, to be trained anew: the same text, settings and seed."), help=explained("", "seed")
    )
    settings = run.in_force
    if query := links.query(run.corpus, settings):
        st.code(f"{base}?{query}{also}", language=None, wrap_lines=True)
        if begun := changes(settings, run.settings):
            st.caption(
                _("The settings are those in force now; this run began with {change}.", change=words.change(begun))
            )
    elif run.corpus.before:
        st.caption(
            words.plain(
                _(
                    "It learned from {learned} before: only the run's own link leads to it.",
                    learned=words.learned(run.corpus.before),
                )
            )
        )
    else:
        st.caption(_("A text of your own is not in the link; it has to be brought along."))
    if not session.watching:
        st.markdown(_("**This run**: whoever has this link can drive it."))
        st.code(f"{base}?run={run.token}{also}", language=None, wrap_lines=True)
        keep_training(session)
    take(session)
    hand_on(session, base)


def reduced(session: Session) -> str:
    """What the links have behind them, so that they show a part of the page alone, or stand within another page."""
    shown, also = session.shown, ""
    if st.toggle(_("These links show only a part of the page"), key="show-part", value=shown != showing.ALL):
        ticked = st.pills(
            _("What they show"),
            list(showing.PARTS),
            default=[name for name in showing.PARTS if name in shown],
            format_func=by_name(showing.PARTS),
            selection_mode="multi",
            key="shown-parts",
        )
        if only := showing.link(ticked):
            also += f"&{urlencode({showing.LINK: only}, safe=',')}"
    if st.toggle(_("They are to be embedded in another page"), key="embedded"):
        also += "&embed=true"
    return also


def keep_training(session: Session) -> None:
    """Whether the run goes on when its page is closed, and for how long."""
    run = session.run

    def choose() -> None:
        run.keep_training(3600 * HOURS.get(st.session_state["keep"], 0.0))

    st.selectbox(
        _("When this page is closed"),
        ["pause", *HOURS],
        key="keep",
        persist_state="session",
        on_change=choose,
        format_func=lambda choice: (
            _("pause") if choice == "pause" else _("keep training for {choice}", choice=_(choice))
        ),
        help=_("It also stops where “Stop at” says. The run's link shows how far it has come."),
    )
