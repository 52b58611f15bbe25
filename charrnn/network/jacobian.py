"""One character's step, differentiated: how a derivative by the state after it becomes one by the state before it.

A state is S blocks of H numbers (h; an LSTM's c is the second), and G gates hear what came in, a = W_xh[x] + b_h, and
h_{t-1} W_hh. But for the product with W_hh all is entry by entry, with numbers that each cell knows of its step:

    da_g = Σ_s D_s ∘ came[s, g]          dq_g = Σ_s D_s ∘ heard[s, g]                   D: by the state after, (S H)
    D'_s = Σ_r D_r ∘ kept[r, s]  + dq W_hhᵀ where s = h                                 D': by the state before
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray


class Jacobian(NamedTuple):
    """The derivative of steps; leading axes … are those of the states, (N,) or (T, B)."""

    W_hh: NDArray[Any]  # (H, G H)
    came: NDArray[Any]  # (…, S, G, H)
    heard: NDArray[Any]  # (…, S, G, H)
    kept: NDArray[Any]  # (…, S, S, H)

    def at(self, places: Any) -> "Jacobian":
        """The same of some of the steps."""
        return self._replace(came=self.came[places], heard=self.heard[places], kept=self.kept[places])

    def mean(self) -> "Jacobian":
        """The average of all steps, which is linear in these numbers."""
        leading = tuple(range(self.kept.ndim - 3))
        return self._replace(**{name: getattr(self, name).mean(axis=leading) for name in ("came", "heard", "kept")})

    def by_input(self, D: NDArray[Any]) -> NDArray[Any]:
        """da (…, G H) from D (…, S H)."""
        return self._through(self.came, D)

    def by_heard(self, D: NDArray[Any]) -> NDArray[Any]:
        """dq (…, G H) from D (…, S H)."""
        return self._through(self.heard, D)

    def by_state(self, D: NDArray[Any]) -> NDArray[Any]:
        """D' (…, S H) from D (…, S H)."""
        before = self._through(self.kept, D)
        before[..., : len(self.W_hh)] += self.by_heard(D) @ self.W_hh.T
        return before

    def matrix(self) -> NDArray[Any]:
        """(S H, S H) d state_i / d before_j of a single step."""
        return self.by_state(np.eye(self.kept.shape[-2] * self.kept.shape[-1]))

    def _through(self, numbers: NDArray[Any], D: NDArray[Any]) -> NDArray[Any]:
        S, _, H = self.kept.shape[-3:]
        blocks = D.reshape(*D.shape[:-1], S, 1, H)
        product = blocks[..., 0, :, :] * numbers[..., 0, :, :]
        for s in range(1, S):
            product += blocks[..., s, :, :] * numbers[..., s, :, :]
        return product.reshape(*product.shape[:-2], product.shape[-2] * H)
