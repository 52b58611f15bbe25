"""A small network in float64 with weights large enough to matter, and a text for it."""

import numpy as np
import pytest

from charrnn.network.parameters import Parameters
from charrnn.network.rnn import initialise


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture
def parameters(rng) -> Parameters:
    """V = 6, H = 9."""
    network = initialise(6, 9, rng, scale=0.5, dtype=np.float64)
    network.b_h[:] = rng.normal(size=9) * 0.3
    network.b_y[:] = rng.normal(size=6) * 0.3
    return network


@pytest.fixture
def ids(rng) -> np.ndarray:
    return rng.integers(6, size=40).astype(np.int32)
