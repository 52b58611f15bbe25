"""What the networks of all stored steps read, hold and write: the moments that a replay is scrubbed through."""

from typing import NamedTuple

import numpy as np

from charrnn.dashboard import words
from charrnn.dashboard.components import Axis, StripFrame, Unit, encode_cells
from charrnn.dashboard.language import _
from charrnn.dashboard.pictures import film
from charrnn.dashboard.pictures.strip import frame, frozen, rows_of
from charrnn.dashboard.session.session import CELLS
from charrnn.insight import reading
from charrnn.insight.reading import Strip
from charrnn.insight.states import by_similarity
from charrnn.network.parameters import Array
from charrnn.runs.known import Known
from charrnn.runs.record import Checkpoint

UNITS = 256  # in the heatmap: of more those that vary most, or the file would be too large to be handed on
ON_STRIP = 5
TEMPERATURE, SEED = 0.8, 1  # of what it writes


class Moment(NamedTuple):
    """The network of a stored step: what it guesses of the strip's sentence, its units there, what it writes."""

    step: int
    strip: StripFrame
    heatmap: bytes  # encoded cells
    wrote: str


def stored(run: Known) -> list[Checkpoint]:
    """The networks of the stored steps, the present one last."""
    now = run.snapshot
    before = [one for one in run.checkpoints if one.step < now.parameters_step]
    return [*before, Checkpoint(now.parameters_step, now.parameters)]


def moments(run: Known) -> list[Moment]:
    """One for each stored step, oldest first; always of the same sentence, units and dice."""
    corpus, networks = run.corpus, stored(run)
    text, start = reading.sentence(corpus.text, len(corpus.train_ids), CELLS)
    ids, first = corpus.vocabulary.encode(text), len(corpus.vocabulary.encode(text[:start]))
    read = {one.step: reading.strip(one.parameters, ids, first) for one in networks}
    last = read[networks[-1].step].hidden
    few, many = (reading.most_varying(last, count) for count in (ON_STRIP, UNITS))
    many = many[by_similarity(last[:, many])]
    return [
        Moment(
            one.step,
            strip_of(run, networks, read, one.step, few),
            heatmap(run, read[one.step], many),
            wrote(run, one),
        )
        for one in networks
    ]


def wrote(run: Known, network: Checkpoint) -> str:
    """What a network writes by itself, with the same dice as all others."""
    return film.written_by(network.parameters, run.corpus, "", TEMPERATURE, SEED)


def strip_of(run: Known, networks: list[Checkpoint], read: dict[int, Strip], step: int, units: Array) -> StripFrame:
    """The strip at a step, as on the page."""
    vocabulary, now = run.corpus.vocabulary, read[step]
    rows = rows_of([(one.step, read[one.step]) for one in frozen(networks, step)], step, vocabulary)
    held = [Unit(name=_("unit {unit}", unit=unit), values=now.hidden[:, unit]) for unit in units]
    return frame(vocabulary, now, rows, _("at step {step}", step=words.short(step)), held)


def heatmap(run: Known, now: Strip, units: Array) -> bytes:
    """The values of units along the strip's sentence."""
    return encode_cells(
        now.hidden[:, units].T,
        down=Axis(_("unit"), list(map(str, units))),
        across=Axis(_("character"), run.corpus.vocabulary.decode(now.came)),
        title=_("value"),
        limit=max(1.0, float(np.abs(now.hidden).max(initial=0))),
        text=True,
        exact=False,
    )
