"""Start over on another text, or go on with it."""

from collections.abc import Callable

from charrnn.dashboard import streamlit_fixes
from charrnn.dashboard.session.server import engine
from charrnn.dashboard.session.session import Session
from charrnn.text.corpus import Corpus, CorpusError

PAUSE_SECONDS = 3  # within which its latest step is handed over


def adopt(session: Session, load: Callable[[], Corpus], place: str = "") -> None:
    """Start over on a text if it can be had; otherwise say why at the place, and leave the run alone."""
    settings = session.run.in_force
    with session.saying(place):
        try:
            corpus = load()
        except (OSError, KeyError) as error:
            raise CorpusError("The file is not there any more, or cannot be read: choose another text.") from error
        corpus.require_window(settings.sequence_length)
        session.propose(corpus, settings, place)
        streamlit_fixes.let_go_of_uploads()


def go_on_with(session: Session, corpus: Corpus) -> None:
    """Have what the network has learned go on with another text, in a run of its own."""
    session.proposal = None
    with session.saying():
        session.run.pause(by=session.name, wait=PAUSE_SECONDS)
        session.open(engine().go_on(session.run, corpus))
