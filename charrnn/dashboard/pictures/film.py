"""The film: the same beginning, the same dice, at log-spaced steps: from noise to words."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

import numpy as np

from charrnn.dashboard import words
from charrnn.dashboard.components import Passage
from charrnn.dashboard.language import _
from charrnn.network import sampling
from charrnn.network.parameters import Parameters
from charrnn.runs.checkpoint_schedule import is_log_spaced
from charrnn.runs.record import Checkpoint
from charrnn.text.corpus import Corpus

LENGTH = 160  # characters a frame
WIDTH = 36  # characters a line of the picture
NOT_IN_XML = re.compile("[^ -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # nor line ends and tabs, in a line
FONT = "'Source Code Pro', ui-monospace, Menlo, Consolas, monospace"


class Frame(NamedTuple):
    """What the network of one step wrote."""

    step: int
    text: str


def frames(checkpoints: Sequence[Checkpoint], corpus: Corpus, prime: str, temperature: float, seed: int) -> list[Frame]:
    """One frame a log-spaced step, each drawn with the same seed: identical whenever it is asked for."""
    spaced = [one for one in checkpoints if is_log_spaced(one.step)]
    return [Frame(one.step, written_by(one.parameters, corpus, prime, temperature, seed)) for one in spaced]


def written_by(parameters: Parameters, corpus: Corpus, prime: str, temperature: float, seed: int) -> str:
    """What stands in the frame of a network."""
    rng = np.random.default_rng(seed)
    return corpus.vocabulary.decode(sampling.sample(parameters, corpus.primed(prime), LENGTH, rng, temperature))


def as_passages(film: list[Frame], prime: str) -> list[Passage]:
    """The film as it is shown."""
    return [Passage(title=_("step {step:,}", step=frame.step), text=frame.text, prime=prime) for frame in film]


def as_text(film: list[Frame], prime: str) -> str:
    """The film as plain text."""
    return "\n\n".join(f"--- {_('step {step:,}', step=frame.step)}\n{prime}{frame.text}" for frame in film) + "\n"


def as_picture(film: list[Frame], prime: str, title: str) -> str:
    """The film as an SVG: a column a frame, four in a row, the prime in the accent colour."""
    column, row_height, line = 330, 190, 19
    rows = -(-len(film) // 4)
    width, height = 4 * column + 40, rows * row_height + 90
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        f'<rect width="{width}" height="{height}" fill="#FCFCFA"/>',
        f'<text x="20" y="38" font-family="sans-serif" font-size="20" font-weight="600" fill="#1B1F24">'
        f"{written(title)}</text>",
    ]
    for i, frame in enumerate(film):
        x, y = 20 + column * (i % 4), 80 + row_height * (i // 4)
        parts.append(
            f'<text x="{x}" y="{y}" font-family="sans-serif" font-size="13" fill="#0F766E">'
            f"{written(_('step {step:,}', step=frame.step))}</text>"
        )
        for k, text in enumerate(wrapped(prime + words.seen(frame.text))[:8]):
            parts.append(
                f'<text x="{x}" y="{y + line * (k + 1)}" xml:space="preserve" font-family="{FONT}" font-size="14" '
                f'fill="#1B1F24">{written(text)}</text>'
            )
    return "\n".join([*parts, "</svg>\n"])


def wrapped(text: str) -> list[str]:
    """The text in lines of at most WIDTH characters, its own line ends kept."""
    return [line[i : i + WIDTH] for line in text.split("\n") for i in range(0, max(len(line), 1), WIDTH)]


def written(text: str) -> str:
    """A line of text in XML: what would be markup escaped, and what XML has no place for as U+FFFD."""
    return escape(NOT_IN_XML.sub("\ufffd", text))
