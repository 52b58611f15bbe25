"""The yardstick: the same network and training as a textbook writes them down, correct, plain and slow.

Column vectors, one-hot inputs, float64, one character after the other, nothing shared with the rest of the project.
The tests hold the trainer to its losses, and `python -m charrnn bench` to its speed. With column vectors the matrices
are the transposes of rnn.py's:

    h_t = tanh(W_xh o(x_t) + W_hh h_{t-1} + b_h)      W_xh (H, V)   W_hh (H, H)   b_h (H, 1)
    y_t = W_hy h_t + b_y                              W_hy (V, H)                 b_y (V, 1)
"""

import numpy as np

from charrnn.network.parameters import Array, Parameters


class Textbook:
    """Training on one stream: ids (N,) swept from left to right in windows of T, from a copy of given parameters.

    Clips every entry of the summed gradient to [-clip, clip] and learns with Adagrad.
    """

    def __init__(
        self, parameters: Parameters, ids: Array, T: int, *, learning_rate: float = 1e-2, clip: float = 5.0
    ) -> None:
        W_xh, W_hh, W_hy, b_h, b_y = (np.array(array, np.float64) for array in parameters)
        self.weights = [W_xh.T.copy(), W_hh.T.copy(), W_hy.T.copy(), b_h[:, None], b_y[:, None]]
        self.squares = [np.zeros_like(weights) for weights in self.weights]
        self.ids, self.T, self.learning_rate, self.clip = ids, T, learning_rate, clip
        self.V, self.H = parameters.sizes
        self.state = np.zeros((self.H, 1))
        self.position = 0
        self.smooth_loss = T * np.log(self.V)  # what a guesser pays

    def step(self) -> float:
        """One window and one update; the window's loss in nats, summed over its T characters."""
        if self.position + self.T + 1 >= len(self.ids):
            self.position, self.state = 0, np.zeros((self.H, 1))
        start, end = self.position, self.position + self.T
        loss, gradients, self.state = self.window(self.ids[start:end], self.ids[start + 1 : end + 1], self.state)
        for weights, gradient, squares in zip(self.weights, gradients, self.squares, strict=True):
            gradient = np.clip(gradient, -self.clip, self.clip)
            squares += gradient * gradient
            weights -= self.learning_rate * gradient / np.sqrt(squares + 1e-8)
        self.position = end
        self.smooth_loss = 0.999 * self.smooth_loss + 0.001 * loss
        return float(loss)

    def window(self, inputs: Array, targets: Array, state: Array) -> tuple[float, list[Array], Array]:
        """Loss of the characters targets (T,) read after inputs (T,), its gradients, and the state after (H, 1)."""
        W_xh, W_hh, W_hy, b_h, b_y = self.weights
        xs, hs, ps, loss = [], [state], [], 0.0
        for character, target in zip(inputs, targets, strict=True):
            x = np.zeros((self.V, 1))
            x[character] = 1
            h = np.tanh(np.dot(W_xh, x) + np.dot(W_hh, hs[-1]) + b_h)
            y = np.dot(W_hy, h) + b_y
            p = np.exp(y - y.max())
            p /= p.sum()
            loss -= np.log(p[target, 0])
            xs.append(x)
            hs.append(h)
            ps.append(p)

        dW_xh, dW_hh, dW_hy, db_h, db_y = gradients = [np.zeros_like(weights) for weights in self.weights]
        dh_later = np.zeros_like(state)
        for t in range(len(inputs) - 1, -1, -1):
            dy = ps[t].copy()
            dy[targets[t]] -= 1
            dW_hy += np.dot(dy, hs[t + 1].T)
            db_y += dy
            dh = np.dot(W_hy.T, dy) + dh_later
            dz = dh * (1 - hs[t + 1] ** 2)
            dW_xh += np.dot(dz, xs[t].T)
            dW_hh += np.dot(dz, hs[t].T)
            db_h += dz
            dh_later = np.dot(W_hh.T, dz)
        return loss, gradients, hs[-1]
