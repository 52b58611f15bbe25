"""Training on a terminal: how far it is, as a bar that moves and lines that stay, and what ends it early."""

import signal
from math import exp, isfinite, log
from types import TracebackType
from typing import Self

import numpy as np
from tqdm import tqdm

from charrnn.training.trainer import Trainer

HEAD = f"{'step':>9} {'characters':>12} {'smoothed':>9} {'held out':>9}   nats per character"
MARGIN = 1.0  # nats above a blind guess, which an untrained network may be by chance
SHOWN = 70  # characters of a sample on the way


class Progress:
    """A bar with the loss, the speed and the time left, where somebody watches; a context manager.

    `steps` are those that training will come to, `begun` those that it begins with. Where the output goes into a file
    there are the lines alone.
    """

    def __init__(self, steps: int, begun: int) -> None:
        # None: no bar but on a terminal. Errors go there too, and what is written is not mixed with it.
        self._bar = tqdm(total=steps, initial=begun, unit=" steps", disable=None, dynamic_ncols=True, leave=False)
        self._held_out: float | None = None

    def __enter__(self) -> Self:
        tqdm.write(HEAD)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._bar.close()

    def at(self, step: int, loss: float) -> None:
        """Training has come to a step, with a smoothed loss in nats per character."""
        if self._bar.update(step - self._bar.n):
            held_out = "" if self._held_out is None else f", held out {self._held_out:.3f}"
            self._bar.set_postfix_str(f"loss {loss:.3f}{held_out}", refresh=False)

    def report(self, step: int, characters: int, loss: float, held_out: float | None, sample: str = "") -> None:
        """A line that stays, what it hesitates between at its end, and below it what the network writes then."""
        self._held_out = held_out
        shown, best = ("none", loss) if held_out is None else (f"{held_out:.3f}", held_out)
        between = f"   hesitates between {exp(best):,.1f}" if isfinite(best) and best < 20 else ""
        tqdm.write(f"{step:>9,} {characters:>12,} {loss:>9.3f} {shown:>9}{between}")
        if sample:
            tqdm.write(f"{'':>11}{visible(sample)[:SHOWN]}")


def visible(text: str) -> str:
    """A text on one line: what would move the cursor, or nobody sees, has a sign of its own."""
    signs = text.replace("\n", "↵").replace("\t", "⇥")
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in signs)


def work(trainer: Trainer, steps: int) -> str:
    """That many steps with ten reports and a sample each; return in words where it became worse than guessing, else "".

    Ctrl-C ends them early but never within a step, so that a save is exact; a loss that is no number any more takes
    it back to the last report.
    """
    interrupts: list[int] = []
    usual = signal.signal(signal.SIGINT, lambda number, frame: interrupts.append(number))
    sound, worse = trainer.state(), ""
    try:
        with Progress(trainer.steps + steps, trainer.steps) as progress:
            for step in range(1, steps + 1):
                trainer.step()
                progress.at(trainer.steps, trainer.smooth_loss)
                if step * 10 // steps > (step - 1) * 10 // steps or interrupts:
                    worse = report(trainer, progress)
                    if not isfinite(trainer.smooth_loss) or not np.isfinite(trainer.parameters.flat).all():
                        trainer.restore(sound)
                        return worse + f" It is back at step {trainer.steps:,}."
                    sound = trainer.state()
                if interrupts:
                    break
    finally:
        signal.signal(signal.SIGINT, usual)
    return worse


def report(trainer: Trainer, progress: Progress) -> str:
    """How far training is; return in words whether guessing blindly would do better."""
    held_out = trainer.evaluate()
    sample = trainer.sample(SHOWN, seed=trainer.steps) if np.isfinite(trainer.parameters.flat).all() else ""
    progress.report(trainer.steps, trainer.characters, trainer.smooth_loss, held_out, sample)
    blind, rate = log(len(trainer.corpus.vocabulary)), trainer.learning_rate
    loss = trainer.smooth_loss if held_out is None else held_out
    if not isfinite(loss + trainer.smooth_loss):
        return f"The loss is no longer a number at step {trainer.steps:,}: lower the learning rate (now {rate:g})."
    if loss > blind + MARGIN:
        return (
            f"At a loss of {loss:.1f} nats it does worse than a blind guess ({blind:.2f}): lower the learning rate "
            f"(now {rate:g})."
        )
    return ""
