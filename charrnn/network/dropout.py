"""Dropout between state and output: units that a prediction has to do without, drawn anew for each in training.

As Zaremba et al. 2014, "Recurrent neural network regularization", section 3.1: never on the way from state to state,
where the noise would add up. Inverted: what is left is scaled up while training, so that a trained network is used as
it is.
"""

import numpy as np

from charrnn.network.parameters import Array


def draw_mask(mask: Array, dropout: float, key: int, step: int) -> None:
    """Fill the mask of a step in place: 0 with probability `dropout`, else 1 / (1 - dropout), each entry by itself.

    A counter-based generator (Philox; Salmon et al. 2011) makes it a function of key and step: who knows these needs
    no generator's state to go on exactly.
    """
    rng = np.random.Generator(np.random.Philox(key=key, counter=[0, 0, 0, step]))
    rng.random(out=mask, dtype=mask.dtype.type)
    np.greater_equal(mask, dropout, mask)
    np.multiply(mask, 1 / (1 - dropout), mask)
