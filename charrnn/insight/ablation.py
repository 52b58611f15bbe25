"""Silence a unit, or hold it at a value, and see what suffers.

All that listen to a unit u held at v hear v: what they would hear, v W_hh[u] and v W_hy[u], goes into their biases,
and W_hh[u] = 0, W_hy[u] = 0. An ablation is therefore a network like any other: it reads, is evaluated and writes
through the same functions, whatever its cell. (Ablation of single units as in Morcos et al. 2018, section 2.2.)
N = characters, V = vocabulary size, H = hidden size. Costs are in nats per character.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from charrnn.insight.reading import states
from charrnn.network.cells import cell_of, zero_state
from charrnn.network.evaluate import surprisal
from charrnn.network.layers import log_softmax, logits
from charrnn.network.parameters import Array, Parameters
from charrnn.network.sampling import generate
from charrnn.shown import displayed

STREAMS = 128  # ablations that read the text side by side
ROWS = 4_096  # predictions at a time: more would not fit the cache


@displayed
class Ablation(NamedTuple):
    """What holding some units did to the prediction of a text."""

    before: float  # loss untouched
    after: float  # loss with the units held
    harder: Array  # (N - 1,) change of the surprise at each character after the first; above 0 where it became harder
    by_character: Array  # (V,) mean of these for each character of the alphabet, 0 for one that did not come
    counts: Array  # (V,) how often each came

    @property
    def cost(self) -> float:
        """What the ablation costs."""
        return self.after - self.before


def hold(parameters: Parameters, held: Mapping[int, float]) -> Parameters:
    """A network in which all hear of each unit of `held` its value, 0 being silence. Raises ValueError outside [-1, 1].

    The biases of what comes from the state are b_h's, but that the last gate's are its last H entries (gru.py).
    """
    changed = parameters.copy()
    for unit, value in held.items():
        if not -1 <= value <= 1:
            raise ValueError(f"Unit {unit} cannot be held at {value:g}: its values lie between -1 and 1.")
        H, heard = len(changed.W_hh), value * changed.W_hh[unit]
        changed.b_h[: len(heard) - H] += heard[:-H]
        changed.b_h[-H:] += heard[-H:]
        changed.b_y[:] += value * changed.W_hy[unit]
        changed.W_hh[unit] = 0
        changed.W_hy[unit] = 0
    return changed


def ablate(parameters: Parameters, ids: Array, held: Mapping[int, float]) -> Ablation:
    """Read ids (N,) twice, untouched and with units held."""
    before = surprisal(parameters, ids)
    after = surprisal(hold(parameters, held), ids)
    harder, came = after - before, ids[1:]
    V = parameters.sizes[0]
    counts = np.bincount(came, minlength=V)
    by_character = np.bincount(came, harder, V) / np.maximum(counts, 1)
    return Ablation(float(before.mean()), float(after.mean()), harder, by_character, counts)


def samples_beside(
    parameters: Parameters,
    held: Mapping[int, float],
    prime: Array,
    length: int = 300,
    temperature: float = 1.0,
    seed: int = 0,
) -> tuple[Array, Array]:
    """Ids (length,) of what the network writes after the prime, untouched and with units held, drawn with one seed."""
    last = int(prime[-1]) if len(prime) else None
    written = []
    for network in (parameters, hold(parameters, held)):
        hidden = states(network, prime[:-1])[-1]
        rng = np.random.default_rng(seed)
        written.append(generate(network, hidden, last, length, rng, temperature)[0])
    return written[0], written[1]


def unit_costs(parameters: Parameters, ids: Array) -> Array:
    """(H,) what silencing each unit alone costs on ids (N,), in nats per character: it is held at 0.

    The ablations read side by side as streams, unit b being held in stream b. A unit that no other unit and no
    prediction listens to is not run: silencing it costs exactly 0.
    """
    _, H = parameters.sizes
    listened = (parameters.W_hh * (1 - np.tile(np.eye(H), cell_of(parameters).GATES))).any(
        axis=1
    ) | parameters.W_hy.any(axis=1)
    units = np.flatnonzero(listened)
    costs = np.zeros(H)
    for start in range(0, len(units), STREAMS):
        some = units[start : start + STREAMS]
        costs[some] = _losses(parameters, ids, some)
    costs[units] -= surprisal(parameters, ids).mean()
    return costs


def _losses(parameters: Parameters, ids: Array, units: Array) -> Array:
    """(B,) loss of each of B networks, in which one unit each is held at 0."""
    B, advance = len(units), cell_of(parameters).advance
    row = np.arange(B)
    steps = max(1, ROWS // B)
    h = np.repeat(zero_state(parameters, B)[None], steps + 1, axis=0)
    h[-1, row, units] = 0
    total = np.zeros(B)
    for start in range(0, len(ids) - 1, steps):
        inputs = ids[start : min(start + steps, len(ids) - 1)]
        h[0] = h[-1]  # where the chunk before ended
        for t, character in enumerate(inputs, 1):
            h[t] = advance(parameters, parameters.W_xh[character], h[t - 1])
            h[t, row, units] = 0
        log_p = log_softmax(logits(parameters, h[1 : len(inputs) + 1]))
        targets = ids[start + 1 : start + 1 + len(inputs)]
        total -= log_p[np.arange(len(inputs)), :, targets].sum(axis=0)
    return total / (len(ids) - 1)
