"""Whether a run is at work, and what of it is stored."""

from collections.abc import Callable, Hashable

from charrnn.dashboard.session.session import Session
from charrnn.runs.run import ACTIVE, Run
from charrnn.sentence import Sentence

SAID = (  # what a run's status is called
    *(Sentence("ready"), Sentence("queued"), Sentence("starting"), Sentence("training"), Sentence("pausing")),
    *(Sentence("paused"), Sentence("died"), Sentence("closed"), Sentence("elsewhere")),
)


def running(run: Run) -> bool:
    """Whether something will change by itself."""
    return run.status in (*ACTIVE, "queued", "elsewhere")


def trains(run: Run) -> bool:
    """Whether it is to train on here. Who has paused wants to see that, not to wait for it."""
    return running(run) and run.status not in ("pausing", "elsewhere")


def stored_steps(session: Session) -> Callable[[], Hashable]:
    """What the scrubber depends on: the steps that it leads to, and whether there is anything to look back at."""
    run = session.run
    return lambda: (tuple(checkpoint.step for checkpoint in run.checkpoints), run.snapshot.step > 0)
