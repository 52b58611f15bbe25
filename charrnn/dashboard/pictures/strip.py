"""What the reading strip shows of the networks of a run's stored steps."""

from collections.abc import Sequence
from typing import Any

from charrnn.dashboard import words
from charrnn.dashboard.components import Row, StripFrame, Unit
from charrnn.dashboard.language import _
from charrnn.insight.reading import Strip
from charrnn.runs.record import Checkpoint
from charrnn.text.corpus import Vocabulary

HISTORY = (10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
ROWS = 6  # of them on the strip: the latest


def frozen(checkpoints: Sequence[Checkpoint], step: int, most: int = ROWS) -> list[Checkpoint]:
    """The stored networks whose guesses stand above those of a step: the latest before it."""
    return [one for one in checkpoints if one.step in HISTORY and one.step < step][-most:]


def rows_of(before: list[tuple[int, Strip]], step: int, vocabulary: Vocabulary, most: int = ROWS) -> list[Row]:
    """The rows above the guesses of a step: what networks `before` it read, and empty ones for steps to come."""
    rows = [row(at, vocabulary.decode(then.guess), then.guess_probability) for at, then in before]
    to_come = [at for at in HISTORY if at >= max(step, 1)]
    return rows + [row(at, "", []) for at in to_come[: most - len(rows)]]


def row(step: int, guess: str, p: Any) -> Row:
    """A row of the strip for an earlier step, empty for one still to come."""
    return {"label": _("at step {step}", step=words.short(step)), "guess": guess, "p": p}


def frame(vocabulary: Vocabulary, now: Strip, rows: list[Row], label: str, units: list[Unit]) -> StripFrame:
    """The strip as the component takes it."""
    return {
        "text": vocabulary.decode(now.came),
        "rows": rows,
        "now": label,
        "top": [vocabulary.decode(ids) for ids in now.top_ids],
        "top_p": now.top_probabilities,
        "surprise": now.surprise,
        "units": units,
    }
