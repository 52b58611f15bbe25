"""How much memory a run takes, told before any of it is taken.

T = sequence length, B = streams, V = vocabulary size, H = units, as in network/rnn.py.
"""

from bisect import bisect_right
from dataclasses import replace
from typing import Any

import numpy as np

from charrnn.environment import number
from charrnn.network.cells import CELLS
from charrnn.network.layers import MANY
from charrnn.network.optimizers import OPTIMIZERS
from charrnn.sentence import Sentence
from charrnn.training.settings import Settings, SettingsError

LIMIT = 2_000  # megabytes that a run may have, unless CHARRNN_RUN_MEMORY_MB says otherwise
STATES = 3  # the last sound one, the same as bytes, and these on their way to be saved


def needed(settings: Settings, V: int) -> int:
    """Bytes that a run with these settings and this many characters takes: what lies in it, row by row below."""
    T, B, H = settings.sequence_length, settings.batch_size, settings.hidden_size
    memories = OPTIMIZERS[settings.optimizer][1]
    cell = CELLS[settings.cell]
    G, S = cell.GATES, cell.STATES
    P = (V + H) * G * H + H * V + cell.BIASES * H + V
    mask = T * B * H if settings.dropout else 0
    step = (
        mask + (cell.ROWS * T + S) * B * H + (2 if V < MANY else 1) * T * B * V
    )  # what the cell keeps; y, one-hot rows
    # Parameters, gradients, what the optimiser and clipping write; W_hh as it is multiplied back, and by gates forward.
    weights = (4 + memories) * P + (1 if G == 1 else 2) * G * H * H
    states = STATES * ((1 + memories) * P + S * B * H)
    return (step + weights + states) * np.dtype(settings.dtype).itemsize


def require_memory(settings: Settings, V: int) -> None:
    """Raise SettingsError, which names what would fit, where a run would take more than it may have."""
    limit = number("CHARRNN_RUN_MEMORY_MB", LIMIT, 1, 1e9) * 1e6
    need = needed(settings, V)
    if need <= limit:
        return
    sizes = Sentence(
        "{hidden_size:,} units, {sequence_length:,} back and {batch_size:,} streams",
        hidden_size=settings.hidden_size,
        sequence_length=settings.sequence_length,
        batch_size=settings.batch_size,
    )
    raise SettingsError(
        "{sizes} need about {need} and a run may have {limit} here: choose fewer units, "
        "look less far back or read fewer streams{example}.",
        sizes=sizes,
        need=gigabytes(need),
        limit=gigabytes(limit),
        example=example(settings, V, limit),
    )


def example(settings: Settings, V: int, limit: float) -> str:
    """The most of the first that can be had so: streams, else characters back, else units; "" for none of them."""
    for name, words in (("batch_size", "streams"), ("sequence_length", "back"), ("hidden_size", "units")):

        def bytes_with(value: int, name: str = name) -> int:
            changed: dict[str, Any] = {name: value}
            return needed(replace(settings, **changed), V)

        fits = bisect_right(range(1, getattr(settings, name)), limit, key=bytes_with)
        if fits:
            return Sentence(", for example {fits:,} {words}", fits=fits, words=words)
    return ""


def gigabytes(size: float) -> str:
    """Bytes in words: 21 GB, 0.5 GB."""
    return f"{size / 1e9:.2g} GB" if size < 1e10 else f"{size / 1e9:,.0f} GB"
