"""How far training has come, on a terminal: a bar that moves, and lines that stay."""

from math import exp, isfinite
from types import TracebackType
from typing import Self

from tqdm import tqdm

HEAD = f"{'step':>9} {'characters':>12} {'smoothed':>9} {'held out':>9}   nats per character"
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
