"""Are the gradients right? Every weight is nudged both ways, and the loss must move as its gradient says."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from charrnn.network.rnn import Array, Parameters

TINY = 1e-4  # below this a relative error says more about rounding than about the gradient


class Verdict(NamedTuple):
    """How far given gradients are from measured ones."""

    relative: float  # worst |given - measured| / (|given| + |measured|) where the gradient is not tiny
    absolute: float  # worst |given - measured| elsewhere
    where: str  # the array with the worst error

    @property
    def passed(self) -> bool:
        return self.relative < 1e-6 and self.absolute < 1e-8


def central_differences(loss: Callable[[], float], weights: Array, nudge: float = 1e-5) -> Array:
    """(loss(w + nudge) - loss(w - nudge)) / (2 nudge) for every entry w of weights, which is put back afterwards."""
    measured = np.empty_like(weights)
    for index in np.ndindex(weights.shape):
        value = weights[index]
        weights[index] = value + nudge
        above = loss()
        weights[index] = value - nudge
        below = loss()
        weights[index] = value
        measured[index] = (above - below) / (2 * nudge)
    return measured


def gradient_check(loss: Callable[[], float], parameters: Parameters, gradients: Parameters) -> Verdict:
    """Hold gradients against central differences of loss() on every weight; parameters should be float64."""
    relative, absolute, where, worst = 0.0, 0.0, "", -1.0
    for name, weights, given in zip(Parameters._fields, parameters, gradients, strict=True):
        measured = central_differences(loss, weights)
        error, size = np.abs(given - measured), np.abs(given) + np.abs(measured)
        error[np.isnan(error)] = np.inf  # or a comparison would let it pass
        large = size > TINY
        array_relative = float((error[large] / size[large]).max(initial=0))
        array_absolute = float(error[~large].max(initial=0))
        relative, absolute = max(relative, array_relative), max(absolute, array_absolute)
        if max(array_relative / 1e-6, array_absolute / 1e-8) > worst:
            where, worst = name, max(array_relative / 1e-6, array_absolute / 1e-8)
    return Verdict(relative, absolute, where)
