"""Start over on another text."""

from collections.abc import Callable

from charrnn.dashboard.session.session import Session
from charrnn.text.corpus import Corpus, CorpusError


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
