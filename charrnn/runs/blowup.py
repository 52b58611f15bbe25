"""Whether training has blown up, what is likely to have done it, and to where one can go back.

A correction that is too large makes the network worse than it was, and then worse than guessing blindly: some loss is
ln V or more. The smoothed loss follows slowly and what is held out is measured now and then, so this looks at the
last few windows themselves. Losses are in nats per character, V is the size of the alphabet.
"""

from collections.abc import Collection, Sequence
from itertools import islice
from math import ceil, log, nan
from typing import NamedTuple

import numpy as np

from charrnn.runs.curve import Curve
from charrnn.runs.record import Record
from charrnn.training.settings import Settings

CHARACTERS = 500  # that the last windows hold together; a healthy start is not above a blind guess by chance on so many
WINDOWS = 8  # of them at least: a few may be a strange piece of text, or one step too far that is soon made good
MARGIN = 0.1  # nats above a blind guess
RAISABLE = ("learning_rate", "clip")  # while training


class Raised(NamedTuple):
    """A setting that was raised while training."""

    step: int
    name: str  # "learning_rate" or "clip"
    value: float
    before: float


class BlowUp(NamedTuple):
    """What can be said of it."""

    loss: float  # of the last windows; NaN where it was no number any more, and the last state kept before is back
    cause: Raised | None  # None where nothing was raised since it was sound
    sound: int  # the last stored step at which all was well


def windows(characters: int) -> int:
    """How many windows of so many characters (over all streams) are the last few."""
    return max(WINDOWS, ceil(CHARACTERS / characters))


def recent_loss(losses: Sequence[float], characters: int) -> float | None:
    """The mean loss of the last few windows, None where there have not been as many."""
    count = windows(characters)
    return sum(islice(losses, len(losses) - count, None)) / count if len(losses) >= count else None


def is_worse_than_blind(loss: float, V: int) -> bool:
    """Whether a loss says that guessing blindly would do better."""
    return loss > log(V) + MARGIN


def has_unlearned(recent: float | None, loss: float, V: int) -> bool:
    """Whether the last few windows say that a loss measured before holds no longer: half of what was gained is lost."""
    return recent is not None and recent > loss + max(0.5, (log(V) - loss) / 2)


def blow_up(record: Record, began: Settings, V: int, gone: Collection[int] = ()) -> BlowUp | None:
    """What there is to say of a run at its present step; None where all is well.

    `began` are the settings that it began with, `gone` stored steps to which there is no way back.
    """
    now = record.snapshot
    diverged = record.diverged == now.step
    loss = nan if diverged else now.smooth_loss if now.recent_loss is None else now.recent_loss
    if not diverged and not (now.step and is_worse_than_blind(loss, V)):
        return None
    stored = {checkpoint.step for checkpoint in record.checkpoints if checkpoint.step < now.step} - set(gone)
    sound = last_sound(record.curve, stored, V)
    return BlowUp(loss, likely_cause({name: getattr(began, name) for name in RAISABLE}, record.log, sound), sound)


def last_sound(curve: Curve, stored: Collection[int], V: int) -> int:
    """The last stored step at which it did better than guessing blindly; else 0.

    On held-out text, where that was measured just then. Else on what it trained on about then: the row of the history
    that holds the step may end later, so its smoothed loss and the least of the row after it must say the same.
    """
    measured = dict(curve.held_out)

    def is_sound(step: int) -> bool:
        if step in measured and not is_worse_than_blind(measured[step], V):
            return True
        at = int(np.searchsorted(curve.steps, step))
        near = [*curve.smooth[at : at + 1], *curve.low[at : at + 2]]
        return not any(is_worse_than_blind(float(loss), V) for loss in near)

    return max(filter(is_sound, stored), default=0)


def likely_cause(began: dict[str, float], changes: Sequence[tuple[int, dict[str, float]]], sound: int) -> Raised | None:
    """The greatest learning rate, else clip limit, that was set since the last sound step, if that was a raise.

    `began` is what held at first, `changes` (step, change) what was set since.
    """
    held, raised = dict(began), list[Raised]()
    for step, change in changes:
        if step < sound:
            held |= change
        else:
            raised += [Raised(step, name, value, held[name]) for name, value in change.items() if value > held[name]]
    return max(raised, key=lambda one: (one.name == "learning_rate", one.value), default=None)
