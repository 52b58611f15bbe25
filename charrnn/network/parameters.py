"""The five arrays of a network, whatever its cell: views of one buffer, so that clip and optimiser are few calls."""

from math import prod
from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, np.dtype[Any]]

# Weights that have grown beyond all bounds give what is infinite or no number: the loss tells that, not a warning.
unbounded = np.errstate(over="ignore", invalid="ignore")


class Parameters(NamedTuple):
    """The five arrays of the network; gradients and optimiser memory have the same type.

    A gated cell has the same five: what comes into its G gates lies side by side in the columns (gru.py, lstm.py).
    """

    W_xh: Array  # (V, G H), G = 1 here
    W_hh: Array  # (H, G H)
    W_hy: Array  # (H, V)
    b_h: Array  # (G H,), and H more where a cell has a second bias
    b_y: Array  # (V,)

    @property
    def sizes(self) -> tuple[int, int]:
        """V and H."""
        H, V = self.W_hy.shape
        return V, H

    @property
    def flat(self) -> Array:
        """All entries as one vector: the buffer that the five arrays are views of, or a copy where they are not."""
        buffer = self.W_xh.base
        size = sum(array.size for array in self)
        if isinstance(buffer, np.ndarray) and buffer.shape == (size,) and all(a.base is buffer for a in self):
            return buffer
        return np.concatenate([array.ravel() for array in self])

    def copy(self) -> "Parameters":
        """The same values in a buffer of their own."""
        return self.like(np.array(self.flat))

    def like(self, flat: Array) -> "Parameters":
        """Five views, of the same shapes, of another buffer."""
        V, H = self.sizes
        return parameters_from_flat(flat, V, H, self.W_hh.shape[1] // H, len(self.b_h) // H)


def parameters_from_flat(flat: Array, V: int, H: int, gates: int = 1, biases: int = 1) -> Parameters:
    """Five views of one buffer of (V + H) G H + H V + biases H + V entries: clip and optimiser are few calls."""
    shapes = ((V, gates * H), (H, gates * H), (H, V), (biases * H,), (V,))
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
    return Parameters(*(part.reshape(shape) for part, shape in zip(np.split(flat, ends[:-1]), shapes, strict=True)))


def aligned_zeros(*shape: int, dtype: Any) -> Array:
    """np.zeros from the start of a cache line on: 4 % faster with one stream, and the same in every process."""
    size = prod(shape)
    memory = np.zeros(size * np.dtype(dtype).itemsize + 64, np.uint8)
    return np.frombuffer(memory.data, dtype, size, -memory.ctypes.data % 64).reshape(shape)


def zeros(V: int, H: int, dtype: Any = np.float32, gates: int = 1, biases: int = 1) -> Parameters:
    """Parameters that are all zero."""
    size = (V + H) * gates * H + H * V + biases * H + V
    return parameters_from_flat(aligned_zeros(size, dtype=dtype), V, H, gates, biases)
