"""Saved networks in the page: with which text one goes on, and a run of one's own that stands where it stood."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import streamlit as st

from charrnn.dashboard import streamlit_fixes
from charrnn.dashboard.session import texts
from charrnn.dashboard.session.server import engine
from charrnn.dashboard.session.session import Session
from charrnn.dashboard.session.texts import Choices
from charrnn.runs import box
from charrnn.runs.run_file import RunFile
from charrnn.text.corpus import Corpus
from charrnn.training.network_file import NetworkFile


class Opened(NamedTuple):
    """A network, and the text with which it goes on."""

    file: RunFile
    corpus: Corpus


def text_for(network: NetworkFile, present: Corpus, beside: Sequence[tuple[str, bytes]] = ()) -> Corpus:
    """The text for a network to go on with: what was brought beside it, else its own where that can be had, else the
    present one. Raises CorpusError where what was brought is no text."""
    if beside:
        read = network.text
        brought = Corpus.from_files(
            beside,
            name=beside[0][0],
            lowercase=network.lowercase,
            held_out=read.held_out,
            keep_frequent=read.keep_frequent,
        )
        return network.taken_up(brought)
    own = network.its_text(lambda name, lowercase, held_out: texts.find(name, Choices(lowercase, held_out)))
    return own or network.taken_up(present)


def in_box(corpus: Corpus) -> RunFile | None:
    """A network that has been trained on this very text beforehand, None where there is none."""
    return boxed().get(corpus.digest)


@st.cache_resource(show_spinner=False)
def boxed() -> dict[str, RunFile]:
    """The networks in the box, by the digests of their texts."""
    return {file.network.text.digest: file for file in box.opened()}


def open_run(session: Session, load: Callable[[], Opened], place: str = "") -> None:
    """Have the page show a run of its own that stands where a saved network stood; the one before stays as it is.

    Where it cannot be had, that is said at the place.
    """
    with session.saying(place):
        run = engine().open_file(*load())
        session.run.pause(by=session.name)
        session.open(run)
        streamlit_fixes.let_go_of_uploads()
