"""A run as Markdown, to be read or handed in, and its history as CSV, for a spreadsheet."""

import re
from collections.abc import Sequence
from math import exp

import numpy as np

from charrnn.dashboard.language import _, figure
from charrnn.dashboard.pictures.losses import characters_a_step, losses_of
from charrnn.dashboard.replay import again
from charrnn.dashboard.replay.moments import SEED, TEMPERATURE, stored, wrote
from charrnn.dashboard.session.texts import baselines_of
from charrnn.dashboard.words import called
from charrnn.runs.known import Known

# What has a meaning within a line of Markdown, and what is made a link of where it is read as GitHub does.
_SIGNS = re.compile(r"(?=[\\`*_{}\[\]<>|~#!&$@^])|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE)


def csv(run: Known) -> str:
    """The history, a row a step that is known of: losses in nats per character, empty where there is none."""
    frame = losses_of(run)
    for name, values in (("gradient_norm", run.curve.norm), ("clipped", run.curve.clipped)):
        frame[name] = np.full(len(frame), np.nan)
        frame.loc[np.searchsorted(frame["step"], run.curve.steps), name] = values
    text: str = frame.to_csv(index=False, float_format="%.6g", lineterminator="\n")
    return text


def markdown(run: Known, page: str) -> str:
    """Settings, how to train it again, losses and samples; `page` is as in `again.lines`."""
    parts = [
        f"# {plain(called(run.name))}",
        _("A character network of CharRNN Lab, at step {step:,}.", step=run.snapshot.step),
    ]
    parts += [_("## Made with"), table((_("setting"), _("value")), again.settings_of(run))]
    parts += [_("## Once more"), *(f"{where}:\n\n{fenced(line)}" for where, line in again.lines(run, page))]
    parts += [plain(said) for said in again.remarks(run)]
    parts += [_("## Losses"), _("In nats per character; e to the loss is how many characters it hesitates between.")]
    parts += [
        table((_("step"), _("characters read"), _("smoothed"), _("held out"), _("hesitates between")), losses(run))
    ]
    rivals = [(_(rival.name), figure(rival.nats, ".3f"), _(rival.measured_on)) for rival in baselines_of(run.corpus)]
    parts += [_("What it is compared to:"), table((_("who"), _("loss"), _("measured on")), rivals)]
    parts += [
        _("## What it wrote\n\nAt temperature {temperature}, with seed {seed}.", temperature=TEMPERATURE, seed=SEED)
    ]
    parts += [
        _("Step {step:,}:\n\n{fenced}", step=network.step, fenced=fenced(wrote(run, network)))
        for network in stored(run)
    ]
    return "\n\n".join(parts) + "\n"


def losses(run: Known) -> list[tuple[str, ...]]:
    """A row for each held-out loss that is measured at a stored step, or was the last before it."""
    found, frame = [], losses_of(run)
    for step in [one.step for one in run.checkpoints if one.step] + [run.snapshot.step]:
        until = frame[frame["step"] <= step]
        smoothed, held_out = (until[name].dropna() for name in ("smoothed", "held_out"))
        if len(smoothed):
            measured = held_out.iloc[-1] if len(held_out) else None
            loss = smoothed.iloc[-1] if measured is None else measured
            shown = "" if measured is None else figure(measured, ".3f")
            counted = figure(step * characters_a_step(run), ",")
            smooth, choices = figure(smoothed.iloc[-1], ".3f"), figure(exp(min(loss, 700)), ".1f")
            found.append((figure(step, ","), counted, smooth, shown, choices))
    return list(dict.fromkeys(found))


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; what stands in it is read as it is."""
    lines = [head, ["---"] * len(head), *([plain(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def fenced(text: str) -> str:
    """A text as it stands, between two fences longer than any that it holds."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"


def plain(text: str) -> str:
    """A text on one line of Markdown, read as it is."""
    return _SIGNS.sub(r"\\", " ".join(text.split()))
