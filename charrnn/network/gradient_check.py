"""Are the gradients right? Weights are nudged both ways, and the loss must move as its gradient says."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from charrnn.network.parameters import Array, Parameters

TINY = 1e-4  # below this a relative error says more about rounding than about the gradient


class Verdict(NamedTuple):
    """How far the given gradient of one array is from the measured one."""

    array: str
    entries: int  # that were checked
    relative: float  # worst |given - measured| / (|given| + |measured|) where the gradient is not tiny
    absolute: float  # worst |given - measured| elsewhere
    tolerance: float = 1e-6  # of the relative error

    @property
    def passed(self) -> bool:
        return self.relative < self.tolerance and self.absolute < 1e-8


def central_differences(
    loss: Callable[[], float], weights: Array, nudge: float = 1e-5, places: Array | None = None
) -> Array:
    """(loss(w + nudge) - loss(w - nudge)) / (2 nudge) for every entry w of weights, which is put back afterwards.

    With `places` (N,), as the entries lie in memory, only for these: (N,).
    """
    entries = weights.flat
    measured = np.empty(weights.shape if places is None else places.shape)
    for i, place in enumerate(range(weights.size) if places is None else places):
        value = entries[place]
        entries[place] = value + nudge
        above = loss()
        entries[place] = value - nudge
        below = loss()
        entries[place] = value
        measured.flat[i] = (above - below) / (2 * nudge)
    return measured


def verdict(array: str, given: Array, measured: Array) -> Verdict:
    """Hold a gradient against a measured one of the same shape."""
    with np.errstate(invalid="ignore"):  # infinity less infinity, and 0 of 0
        error, size = np.abs(given - measured), np.abs(given) + np.abs(measured)
        share = error / size
    for each in (error, share):
        each[np.isnan(each)] = np.inf  # or a comparison would let it pass
    large = size > TINY
    return Verdict(array, measured.size, float(share[large].max(initial=0)), float(error[~large].max(initial=0)))


def gradient_check(loss: Callable[[], float], parameters: Parameters, gradients: Parameters) -> Sequence[Verdict]:
    """Hold gradients against central differences of loss() on every weight; parameters should be float64."""
    arrays = zip(Parameters._fields, parameters, gradients, strict=True)
    return [verdict(name, given, central_differences(loss, weights)) for name, weights, given in arrays]
