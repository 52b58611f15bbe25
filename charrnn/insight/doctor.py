"""The doctor: what is not well with a run in training, told from its figures, each with one thing to do about it.

Healthy runs get no finding at all: limits are where no healthy run was seen (tests/soak/doctor.py), not where one
would begin to wonder. A blow-up is told elsewhere (runs/blowup.py). Losses are in nats per character, V is the size of
the alphabet, N = rows of the history, H = hidden size.
"""

from collections.abc import Sequence
from math import log
from typing import Any, NamedTuple

import numpy as np

from charrnn.insight.weights import SATURATED, saturation
from charrnn.network.parameters import Array
from charrnn.sentence import Sentence
from charrnn.shown import displayed

EARLY = 100  # steps, and
READ = 20_000  # characters before which a run has shown little
SHARE_SATURATED = 0.85  # of all values: trained tanh units reach three quarters
CONSTANT = 0.05  # between a unit's least and greatest value along a text, of which it then tells nothing
SHARE_DEAD = 0.15  # of all units
SHARE_CLIPPED = 0.25  # of all entries of the gradient
RISEN = 0.05  # nats of held-out loss above the least, while
POINTS = 3  # measurements in a row are above it
STALE = 0.005  # nats that the second half of all steps has gained over the quarter before, at most
LONG = 2_000  # steps before which a plateau may be a breath
NEAR = 0.1  # nats above the floor, where there is nothing left to gain
UNMOVED = 0.3  # of the length of all weights at the start
SIZES = (1_024, 512, 256, 128, 64, 32, 16, 8, 4)  # units to choose from


@displayed
class Signs(NamedTuple):
    """The figures of a run, as plain values."""

    V: int
    text: int  # characters that it trains on
    read: int  # characters read so far, over all streams
    steps: Array  # (N,)
    losses: Array  # (N,) on the text it trains on, smoothed a little
    clipped: Array  # (N,) fraction of the gradient's entries that were cut, NaN where that is not known
    recent: float | None  # loss of the last few windows
    held_out: Sequence[tuple[int, float]]  # (step, loss)
    stored: Sequence[int]  # steps to which there is a way back
    units: Array  # (characters, H) values along a text
    moved: float  # how far the weights are from the start, beside the length of what they were
    letters: float  # the loss of counting letters
    floor: float  # the least loss that there can be, 0 where that is not known
    since: int  # the step at which rate or clip limit was set last: what came before tells nothing of them
    rate: float  # the learning rate before its schedule
    rate_now: float  # after it
    clip: float
    scale: float  # of the start
    gates: int  # blocks of columns in W_hh


@displayed
class Remedy(NamedTuple):
    """What is to be done, in words and as one call: "set", "back" (to a step, then set) or "start over"."""

    label: str
    kind: str
    changes: dict[str, Any]
    step: int = 0


@displayed
class Finding(NamedTuple):
    """What is not well."""

    name: str
    evidence: str
    remedy: Remedy


def examine(signs: Signs) -> list[Finding]:
    """All findings, what explains most first; none of a healthy run."""
    if not len(signs.steps):
        return [found] if (found := too_small(signs)) else []
    return [finding for sign in LOOKED_FOR if (finding := sign(signs))]


def too_small(signs: Signs) -> Finding | None:
    """Fewer characters than weights: it can learn them by heart one by one."""
    H = signs.units.shape[1]
    own = weights(H, signs)
    if signs.text >= own:
        return None
    fitting = next((units for units in SIZES if units < H and 2 * weights(units, signs) <= signs.text), SIZES[-1])
    return (
        Finding(
            Sentence("text too small for these settings"),
            Sentence(
                "{text:,} characters to learn from, and {own:,} weights: it can learn them by heart.",
                text=signs.text,
                own=own,
            ),
            Remedy(
                Sentence("Start over with {fitting} units", fitting=fitting), "start over", {"hidden_size": fitting}
            ),
        )
        if fitting < H
        else None
    )


def weights(H: int, signs: Signs) -> int:
    """How many weights a network of so many units has for this alphabet, of the same cell."""
    return signs.gates * H * (signs.V + H + 1) + H * signs.V + signs.V


def memorising(signs: Signs) -> Finding | None:
    """Held-out loss rises while that on the text it trains on falls."""
    if len(signs.held_out) <= POINTS:
        return None
    steps, losses = (np.array(column, float) for column in zip(*signs.held_out, strict=True))
    best = int(losses.argmin())
    after = losses[best + 1 :]
    if len(after) < POINTS or (after[-POINTS:] < losses[best] + RISEN).any():
        return None
    then, now = np.interp([steps[best], steps[-1]], signs.steps, signs.losses)
    if now >= then:
        return None
    step = best_stored(signs)
    return Finding(
        Sentence("memorising"),
        Sentence(
            "Held-out loss has risen from {least:.3f} at step {at:,.0f} to {last:.3f}, while the "
            "loss on the text it trains on fell from {then:.3f} to {now:.3f}. Of the stored steps "
            "{step:,} is the best; under “Stop at” training can stop by itself when held-out loss stops "
            "improving.",
            least=losses[best],
            at=steps[best],
            last=losses[-1],
            then=then,
            now=now,
            step=step,
        ),
        Remedy(Sentence("Back to step {step:,}", step=step), "back", {}, step),
    )


def best_stored(signs: Signs) -> int:
    """The stored step with the least held-out loss, between measurements as the line through them says."""
    steps, losses = zip((0, log(signs.V)), *signs.held_out, strict=True)
    return min(signs.stored, key=lambda step: float(np.interp(step, steps, losses)), default=0)


def above_blind_guess(signs: Signs) -> Finding | None:
    """It reads worse than one who guesses among all characters."""
    blind = log(signs.V)
    if not _has_begun(signs) or rate_too_low(signs):
        return None
    if signs.recent is not None and signs.recent > blind:
        loss, what = signs.recent, Sentence("on what it read last")
    elif signs.held_out and signs.held_out[-1][1] > blind:
        loss, what = signs.held_out[-1][1], Sentence("held out")
    else:
        return None
    lower = _rounded(signs.rate / 10)
    return Finding(
        Sentence("above a blind guess"),
        Sentence(
            "{loss:.2f} nats {what}, and a blind guess among {V} has {blind:.2f}.",
            loss=loss,
            what=what,
            V=signs.V,
            blind=blind,
        ),
        Remedy(
            Sentence("Start over with a learning rate of {lower:g}", lower=lower),
            "start over",
            {"learning_rate": lower},
        ),
    )


def rate_too_low(signs: Signs) -> Finding | None:
    """After many characters it is no better than counting letters, and has hardly moved."""
    loss = float(signs.losses[-1])
    if not _has_begun(signs) or loss < signs.letters or signs.moved > UNMOVED or saturated(signs):
        return None
    higher = min(10.0, _rounded(10 * signs.rate))
    return Finding(
        Sentence("a rate too low"),
        Sentence(
            "After {read:,} characters its loss of {loss:.2f} is no better than counting letters "
            "({letters:.2f}), and its weights have moved by {moved:.1%} of their length.",
            read=signs.read,
            loss=loss,
            letters=signs.letters,
            moved=signs.moved,
        ),
        Remedy(Sentence("Set the learning rate to {higher:g}", higher=higher), "set", {"learning_rate": higher}),
    )


def everything_clipped(signs: Signs) -> Finding | None:
    """A gradient whose entries are mostly cut has lost its direction."""
    late = signs.steps > max(0.8 * signs.steps[-1], signs.since)
    known = signs.clipped[np.isfinite(signs.clipped) & late]
    share = float(known.mean()) if len(known) and _has_begun(signs) else 0.0
    if share < SHARE_CLIPPED:
        return None
    wider = 5.0 if signs.clip < 5 else 10 * signs.clip
    return Finding(
        Sentence("everything clipped"),
        Sentence(
            "{share:.0%} of the gradient's entries were cut at ±{clip:g} since step {steps:,}: what is "
            "left has little but signs.",
            share=share,
            clip=signs.clip,
            steps=int(signs.steps[late][0]),
        ),
        Remedy(Sentence("Set the clip limit to {wider:g}", wider=wider), "set", {"clip": wider}),
    )


def saturated(signs: Signs) -> Finding | None:
    """Units at the ends of their range, where the tanh is flat."""
    share = saturation(signs.units).share if _has_begun(signs) else 0.0
    if share < SHARE_SATURATED:
        return None
    return Finding(
        Sentence("saturated"),
        Sentence(
            "{share:.0%} of the units' values are beyond ±{limit}, where the tanh is flat and little gradient passes.",
            share=share,
            limit=SATURATED,
        ),
        _calmer_start(signs),
    )


def dead_units(signs: Signs) -> Finding | None:
    """Units that say the same at every character."""
    H = signs.units.shape[1]
    dead = int((np.ptp(signs.units, axis=0) < CONSTANT).sum()) if len(signs.units) > 1 and _has_begun(signs) else 0
    if dead < max(2, SHARE_DEAD * H):
        return None
    return Finding(
        Sentence("dead units"),
        Sentence(
            "{dead} of {H} units hardly change along {units:,} characters: they tell nothing and learn little.",
            dead=dead,
            H=H,
            units=len(signs.units),
        ),
        _calmer_start(signs),
    )


def plateau(signs: Signs) -> Finding | None:
    """The second half of all its steps has gained nothing over the quarter before."""
    last = int(signs.steps[-1])
    if last < LONG or signs.since > last / 4 or not _has_begun(signs) or signs.losses[-1] < signs.floor + NEAR:
        return None
    gained = [_gained(signs.steps, signs.losses, last)]
    if len(signs.held_out) > 1:
        steps, losses = (np.array(column, float) for column in zip(*signs.held_out, strict=True))
        gained.append(_gained(steps, losses, last))
    if not max(gained) < STALE:
        return None
    units = min(2 * signs.units.shape[1], 2_048)
    if signs.rate_now > signs.rate / 3 or units == signs.units.shape[1]:  # the schedule has not lowered it yet
        lower = _rounded(signs.rate / 3)
        remedy = Remedy(Sentence("Set the learning rate to {lower:g}", lower=lower), "set", {"learning_rate": lower})
    else:
        remedy = Remedy(Sentence("Start over with {units:,} units", units=units), "start over", {"hidden_size": units})
    change = Sentence("fallen by {gained:.4f} nats", gained=max(gained)) if max(gained) > 0 else Sentence("not fallen")
    return Finding(
        Sentence("a plateau"),
        Sentence(
            "Since step {last:,} its loss has {change}, beside the quarter before.", last=last // 2, change=change
        ),
        remedy,
    )


LOOKED_FOR = (
    too_small,
    memorising,
    rate_too_low,
    above_blind_guess,
    everything_clipped,
    saturated,
    dead_units,
    plateau,
)


def _has_begun(signs: Signs) -> bool:
    steps = int(signs.steps[-1])
    return steps - signs.since >= EARLY and signs.read * (steps - signs.since) >= READ * steps


def _gained(steps: Array, losses: Array, last: int) -> float:
    """By how much the mean loss fell from the second quarter of all steps to the second half; NaN where unknown."""
    before, after = losses[(steps > last / 4) & (steps <= last / 2)], losses[steps > last / 2]
    return float(before.mean() - after.mean()) if len(before) and len(after) else np.nan


def _calmer_start(signs: Signs) -> Remedy:
    if signs.scale > 1:
        return Remedy(Sentence("Start over with a start scale of 1"), "start over", {"init_scale": 1.0})
    lower = _rounded(signs.rate / 10)
    return Remedy(
        Sentence("Start over with a learning rate of {lower:g}", lower=lower), "start over", {"learning_rate": lower}
    )


def _rounded(rate: float) -> float:
    """A rate with one digit, within what can be set."""
    return max(1e-6, float(f"{rate:.0e}"))
