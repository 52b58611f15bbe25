"""What moved a prediction: each earlier character's pull on it, as a gradient and by exact replacement.

    attribution   |d y_c / d x_i|, the norm of the gradient of the predicted character's logit with respect to the
                   one-hot input i characters into the text (Madsen 2019, "Visualizing memorization in RNNs")
    contribution   d y_c / d x_i · x_i, gradient times input: the linear part of what the character itself added
    effect         ln p_c less the ln p_c of a text in which that one character is replaced: nothing approximated

With dz_i = d y_c / d z_i as in backpropagation through time, d y_c / d x_i = dz_i W_xhᵀ, z_i being all that the
character adds, to each gate of a gated cell.
V = vocabulary size, H = hidden size, G = gates, S = blocks of H in a state, K = characters looked back.
"""

from typing import NamedTuple

import numpy as np

from charrnn.insight.reading import TOP, jacobian, states
from charrnn.network.cells import cell_of
from charrnn.network.layers import log_softmax, logits
from charrnn.network.parameters import Array, Parameters
from charrnn.shown import displayed


@displayed
class Attribution(NamedTuple):
    """Which of the K characters before a prediction moved it; entry i is about ids[first + i]."""

    first: int
    character: int  # id of the predicted character that is looked at
    probability: float
    top_ids: Array  # (5,) the likeliest characters, likeliest first; V where the alphabet is smaller
    top_probabilities: Array  # (5,)
    gradient: Array  # (K,) the attribution
    contribution: Array  # (K,) of the logit
    effect: Array  # (K,) nats by which the prediction loses when this character is replaced


def attribution(
    parameters: Parameters,
    ids: Array,
    position: int,
    character: int | None = None,
    back: int = 100,
    replacement: int | None = None,
) -> Attribution:
    """The prediction of ids[position] from ids[:position], and how each of the `back` characters before moved it.

    `character` is the id whose logit is looked at, the likeliest where None. Characters are replaced by the id
    `replacement`, or, where None, by the average input of ids.
    """
    h = states(parameters, ids[:position])
    log_p = log_softmax(logits(parameters, h[-1]))
    top = np.argsort(-log_p, kind="stable")[:TOP]
    character = int(top[0]) if character is None else character
    first = max(0, position - back)
    read = ids[first:position]
    dz = _logit_by_input(parameters, read, h[first:], character)
    came_in = parameters.W_xh[ids].mean(axis=0) if replacement is None else parameters.W_xh[replacement]
    replaced = _log_p_replaced(parameters, read, h[first], came_in)[:, character]
    return Attribution(
        first,
        character,
        float(np.exp(log_p[character])),
        top,
        np.exp(log_p[top]),
        np.linalg.norm(dz @ parameters.W_xh.T, axis=1),
        (dz * parameters.W_xh[read]).sum(axis=1),
        log_p[character] - replaced,
    )


def _logit_by_input(parameters: Parameters, read: Array, h: Array, character: int) -> Array:
    """dz (K, G H): d y_c / d z_i for the K characters that led from the state h[0] to h[K]."""
    steps = jacobian(parameters, read, h)
    steps = steps._replace(W_hh=steps.W_hh.astype(float))
    dz = np.empty((len(read), parameters.W_hh.shape[1]))  # float64: far back, an exploding gradient would overflow
    d = np.zeros(h.shape[1])
    d[: len(parameters.W_hh)] = parameters.W_hy[:, character]
    for i in range(len(dz) - 1, -1, -1):
        dz[i] = steps.at(i).by_input(d)
        d = steps.at(i).by_state(d)
    return dz


def _log_p_replaced(parameters: Parameters, read: Array, before: Array, came_in: Array) -> Array:
    """(K, V) ln p after reading K characters from the state before (S H,), the i-th replaced in row i.

    Rows read side by side; a row begins at its replaced character, from the state that all share until then.
    """
    W_xh, advance, K = parameters.W_xh, cell_of(parameters).advance, len(read)
    h = np.empty((K, len(before)), W_xh.dtype)
    state = before
    for i, character in enumerate(read):
        h[:i] = advance(parameters, W_xh[character], h[:i])
        h[i] = advance(parameters, came_in, state)
        state = advance(parameters, W_xh[character], state)
    return log_softmax(logits(parameters, h)) if K else np.empty((0, len(W_xh)))
