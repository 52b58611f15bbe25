"""What the page knows, by the names of the vocabulary: of its runs, of what was measured, and of what is looked at."""

from collections.abc import Callable, Mapping
from math import exp, log
from typing import Any

import numpy as np

from charrnn.dashboard.session import measuring
from charrnn.dashboard.session.session import RANKING, Session
from charrnn.dashboard.session.status import running
from charrnn.dashboard.terms.sentences import Value
from charrnn.dashboard.terms.vocabulary import BASELINES, RUNS
from charrnn.dashboard.words import bits
from charrnn.insight import reading
from charrnn.runs.run import Run
from charrnn.training.settings import WORDS

YES, NO = "yes", "no"
OPEN = " open"  # behind a section's key
FADED = 100  # a gradient is gone of which less than one part in so many is left


class Facts:
    """What is known to one browser, by name. Any thread may ask.

    `baselines` are those of the run's text, in nats; `own_text` is whether nobody else can have that by its name.
    """

    def __init__(self, session: Session, baselines: Mapping[str, float], own_text: bool) -> None:
        self.session, self.baselines, self.own_text = session, baselines, own_text

    def __call__(self, name: str) -> Value:
        """A fact; None where it is not known."""
        base, _, of = name.partition(" of ")
        if name.endswith(OPEN):
            return yes(bool(self.session.widgets.get(name.removesuffix(OPEN))))
        if name in (*BASELINES, "exact entropy"):
            return self.baselines.get(name)
        if base in OF_A_CONCEPT:
            return of_a_concept(self.session, base, of)
        if base in OF_THE_PAGE:
            return OF_THE_PAGE[base](self)
        runs = self.session.compared_runs()
        place = 1 + RUNS.index(of) if of else 0
        if place >= len(runs):
            return None
        return self.above_entropy(runs[place]) if base == "above_entropy" else of_a_run(runs[place], base)

    def above_entropy(self, run: Run) -> Value:
        """Bits above what no network can pass, where that is known exactly."""
        floor, now = self.baselines.get("exact entropy"), held_out(run)
        return None if floor is None or now is None else bits(now - floor)

    def measured(self, name: str, of: Callable[[Any], Value]) -> Value:
        """Of the last finding of a measurement; None where there is none."""
        found = measuring.found(self.session, name)
        return of(found.value) if found else None

    def pinned(self, of: Callable[[Any, int], Value], untrained: bool = False) -> Value:
        """Of what is read at the pinned column."""
        session, column = self.session, self.session.pinned
        ids, start = session.ids()
        if column is None or start + column >= len(ids):
            return None
        parameters = session.run.checkpoints[0].parameters if untrained else session.view.parameters
        return of(reading.strip(parameters, ids, start), column)

    def own_surprise(self) -> Value:
        """Bits a character at which it is surprised by the sample that stands on the page."""
        last, run = self.session.remembered.get("sample"), self.session.run
        if not last or not last.value:
            return None
        ids = run.corpus.vocabulary.encode(last.value[1]["text"])
        return float(reading.strip(self.session.view.parameters, ids, 1).surprise.mean()) if len(ids) > 2 else None


def held_out(run: Run) -> float | None:
    """The loss measured last on held-out text, in nats per character."""
    measured = run.curve.held_out
    return measured[-1][1] if measured else None


def of_a_run(run: Run, name: str) -> Value:
    """A fact about one run."""
    if name == "text":
        return run.corpus.name
    if name in WORDS:
        value: Value = getattr(run.in_force, name)
        return value
    now, loss = run.snapshot, held_out(run)
    training = now.smooth_loss if now.recent_loss is None else now.recent_loss
    if name in ("step", "epochs"):
        return float(getattr(now, name))
    if name == "weights":
        return now.parameters.flat.size
    if name == "training":
        return training if now.step else None
    if loss is None:
        return None
    best = min(nats for _, nats in run.curve.held_out)
    known = {"held_out": loss, "held_out_bits": bits(loss), "hesitates": exp(min(loss, 20)), "best_held_out": best}
    return (known | {"risen": loss - best, "gap": loss - training})[name]


OF_A_CONCEPT = {"score": "score", "luck": "luck", "untrained": "untrained", "probe": "probe", "unit": "unit"}


def of_a_concept(session: Session, name: str, concept: str) -> Value:
    """What the last ranking of the units found about a concept."""
    ranked = session.ranked
    for verdict in ranked.value.verdicts if ranked else ():
        if verdict.name == concept:
            return float(getattr(verdict, OF_A_CONCEPT[name]))
    return None


def yes(holds: bool) -> str:
    """As the vocabulary has it."""
    return YES if holds else NO


def reach(found: Any) -> int:
    """How many characters back the gradient has faded."""
    faded = np.flatnonzero(found.now.mean < found.now.mean[0] / FADED)
    return int(faded[0]) if len(faded) else len(found.now.mean) - 1


def caught(facts: Facts) -> Value:
    """Arrays on which the bug that is switched on is caught."""
    bug = facts.session.widgets.get("bug")
    return facts.measured("proof", lambda found: sum(not one.passed for one in found[0].checks[bug])) if bug else None


def usual(found: Any) -> int | None:
    """The longest stretch of held-out text that stands in the text."""
    return next((other.longest for other in found.others if other.name == "held-out text"), None)


def alphabet(facts: Facts) -> int:
    """Different characters of the text."""
    return len(facts.session.run.corpus.vocabulary)


def floor_bits(facts: Facts) -> Value:
    """The exact entropy of a generated text."""
    floor = facts.baselines.get("exact entropy")
    return None if floor is None else bits(floor)


OF_THE_PAGE: dict[str, Callable[[Facts], Value]] = {
    "characters": alphabet,
    "blind_bits": lambda facts: bits(log(alphabet(facts))),
    "entropy_bits": floor_bits,
    "text_characters": lambda facts: len(facts.session.run.corpus.text),
    "gradient_norm": lambda facts: facts.session.run.snapshot.gradient_norm,
    "clipped": lambda facts: facts.session.run.snapshot.clipped,
    "reach": lambda facts: facts.measured("memory", reach),
    "right": lambda facts: facts.measured("mistakes", lambda found: found.mistakes.right),
    "knows": lambda facts: facts.measured(RANKING, lambda found: sum(verdict.knows for verdict in found.verdicts)),
    "copied": lambda facts: facts.measured("copying", lambda found: found.sample.longest),
    "copied_share": lambda facts: facts.measured("copying", lambda found: found.sample.covered),
    "copied_usual": lambda facts: facts.measured("copying", usual),
    "gradient_error": lambda facts: facts.measured(
        "proof", lambda found: max(one.relative for one in found[0].checks[""])
    ),
    "bug": lambda facts: facts.session.widgets.get("bug"),
    "caught": caught,
    "surprise": lambda facts: facts.pinned(lambda strip, at: float(strip.surprise[at])),
    "surprise_untrained": lambda facts: facts.pinned(lambda strip, at: float(strip.surprise[at]), untrained=True),
    "probability": lambda facts: facts.pinned(lambda strip, at: float(2.0 ** -strip.surprise[at])),
    "own_surprise": Facts.own_surprise,
    "temperature": lambda facts: facts.session.widgets.get("temperature"),
    "samples": lambda facts: facts.session.sampling_seed,
    "runs": lambda facts: len(facts.session.compared_runs()),
    "pinned": lambda facts: yes(facts.session.pinned is not None),
    "sentence": lambda facts: yes(bool(facts.session.typed)),
    "own_text": lambda facts: yes(facts.own_text),
    "paused": lambda facts: yes(not running(facts.session.run)),
    "back": lambda facts: yes(facts.session.view.past),
}
