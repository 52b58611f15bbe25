"""What moved a prediction: each earlier character's pull on it, as a gradient and by exact replacement.

    attribution   |d y_c / d x_i|, the norm of the gradient of the predicted character's logit with respect to the
                   one-hot input i characters into the text (Madsen 2019, "Visualizing memorization in RNNs")
    contribution   d y_c / d x_i · x_i, gradient times input: the linear part of what the character itself added
    effect         ln p_c less the ln p_c of a text in which that one character is replaced: nothing approximated

With dz_i = d y_c / d z_i as in backpropagation through time, d y_c / d x_i = dz_i W_xhᵀ.
V = vocabulary size, H = hidden size, K = characters looked back.
"""

from typing import NamedTuple

import numpy as np

from charrnn.insight.reading import TOP, states
from charrnn.network.rnn import Array, Parameters, log_softmax, logits


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
    dz = _logit_by_input(parameters, h[first:], character)
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


def _logit_by_input(parameters: Parameters, h: Array, character: int) -> Array:
    """dz (K, H): d y_c / d z_i for the K characters that led from h[0] to h[K]."""
    dz = np.empty(h[1:].shape)  # float64: far back, an exploding gradient would overflow float32
    d, W_hh_T = parameters.W_hy[:, character], parameters.W_hh.T.astype(float)
    for i in range(len(dz) - 1, -1, -1):
        dz[i] = d * (1 - h[i + 1] ** 2)
        d = dz[i] @ W_hh_T
    return dz


def _log_p_replaced(parameters: Parameters, read: Array, before: Array, came_in: Array) -> Array:
    """(K, V) ln p after reading K characters from the state before (H,), the i-th replaced in row i.

    Rows read side by side; a row begins at its replaced character, from the state that all share until then.
    """
    W_xh, W_hh, _, b_h, _ = parameters
    K = len(read)
    h = np.empty((K, len(before)), W_hh.dtype)
    state = before
    for i, character in enumerate(read):
        np.tanh(h[:i] @ W_hh + W_xh[character] + b_h, h[:i])
        recurrent = state @ W_hh + b_h
        h[i] = np.tanh(recurrent + came_in)
        state = np.tanh(recurrent + W_xh[character])
    return log_softmax(logits(parameters, h)) if K else np.empty((0, len(W_xh)))
