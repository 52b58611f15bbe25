"""A class's board: the runs of several links to watch, the best held-out loss first: ?class=token,token,…"""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from charrnn.dashboard import words
from charrnn.dashboard.language import _
from charrnn.dashboard.session.listing import COLUMNS, lines
from charrnn.dashboard.session.server import engine
from charrnn.dashboard.session.speaking import speak
from charrnn.dashboard.tables import spoken
from charrnn.runs.store_types import StoreError
from charrnn.sentence import Counted, Sentence

LINK = "class"  # its name in the address
RUNS = 60  # on a board
PASTED = 20_000  # characters of links, pasted at once
SHOWN = ("watch", "name", "held out, nats", "curve", "step", "text", "settings")
SECONDS = 3.0  # between two looks at the runs
_TOKEN = re.compile(r"[\w-]{24}", re.ASCII)  # of a link to watch
_PASTED = re.compile(r"\S*?[?&]watch=([^&\s]*)\S*|(\S+)")


class Links(NamedTuple):
    """Tokens of links to watch, each once in the order in which they came, and how many others there were."""

    tokens: list[str]
    wrong: int


def linked(said: str) -> Links:
    """Those that an address names."""
    return _sound(filter(None, said.split(",")))


def pasted(said: str) -> Links:
    """Those of a text with links to watch, or with their tokens."""
    return _sound(link or bare for link, bare in _PASTED.findall(said[:PASTED]))


def _sound(named: Any) -> Links:
    found = list(named)
    tokens = list(dict.fromkeys(token for token in found if _TOKEN.fullmatch(token)))
    return Links(tokens[:RUNS], len([token for token in found if not _TOKEN.fullmatch(token)]))


def board() -> None:
    """The board, and a field that adds to it; it draws on what is saved, and starts or holds no run."""
    st.markdown(_("**CharRNN Lab** · a class's board"))
    links = linked(st.query_params.get(LINK, ""))
    noted: list[str] = st.session_state.pop("board-note", None) or [left_out(links.wrong)]
    note = " ".join(map(_, filter(None, noted)))
    if note:
        st.warning(note)
    st.fragment(lambda: rows(links.tokens), run_every=SECONDS if links.tokens else None, key="board-rows")()
    with st.form("board-form", border=False, clear_on_submit=True):
        label = _("Links to watch (Share → To watch), one or several")
        st.text_area(label, key="board-pasted", max_chars=PASTED, height=100)
        st.form_submit_button(_("Put on the board"), type="primary", on_click=add, args=(links.tokens,))


def add(tokens: Sequence[str]) -> None:
    """What was pasted is on the board from now on; what is no link to watch is said, and loses nothing."""
    more = pasted(st.session_state["board-pasted"])
    joined = list(dict.fromkeys([*tokens, *more.tokens]))
    st.query_params[LINK] = ",".join(joined[:RUNS])
    over = len(joined) - RUNS
    full = Sentence("A board has room for {runs} runs: {over} were left out.", runs=RUNS, over=over) if over > 0 else ""
    st.session_state["board-note"] = [said for said in (left_out(more.wrong), full) if said]


def left_out(wrong: int) -> str:
    """What is no link to watch, in a sentence."""
    if not wrong:
        return ""
    return Counted(
        "One of these is no link to watch, and left out: copy it under Share → To watch.",
        "{n:,} of these are no link to watch, and left out: copy it under Share → To watch.",
        wrong,
    )


def rows(tokens: Sequence[str]) -> None:
    """The runs, as they were saved last."""
    speak()
    if not tokens:
        st.caption(
            _("Nobody is on this board yet. Its address is the board: keep it, or share it, once links are on it.")
        )
        return
    try:
        found = engine().watched(tokens)
    except StoreError as error:
        st.warning(words.plain(_(error.said)))
        return
    listed, trouble = lines(list(found.values()))
    watch = {token: link for link, token in found.items()}
    base = (st.context.url or "").split("?")[0]
    if listed:
        frame = pd.DataFrame([{"watch": f"{base}?watch={watch[row['token']]}"} | row for row in listed])
        frame = frame[list(SHOWN)].sort_values("held out, nats", kind="stable")
        look = st.column_config.LinkColumn("", display_text=_("Watch"), width="small")
        drawn, columns = spoken(frame, COLUMNS | {"watch": look})
        st.dataframe(drawn, hide_index=True, key="board", column_config=columns)
    if said := trouble or missing(len(tokens), len(found), len(listed)):
        st.caption(words.plain(said))


def missing(asked: int, found: int, listed: int) -> str:
    """What of the runs that were asked for has no row, in a sentence."""
    said = []
    if found < asked:
        said.append(_("Of {n:,} nothing is kept here any more.", n=asked - found))
    if listed < found:
        said.append(_("Of {n:,} nothing is saved yet: they have not been trained.", n=found - listed))
    return " ".join(said)
