"""What lies before and behind any cell: the rows of W_xh that come in, and the output layer with its loss.

T = sequence length, B = parallel streams, V = vocabulary size, H = hidden size, as in rnn.py, where the equations are.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from charrnn.network.parameters import Array, Parameters, aligned_zeros, unbounded

# With AVX-512, OpenBLAS multiplies matrices of so many products at most as they lie, others after it has packed them,
# which takes as long as the product where one has few rows (kernel/x86_64/sgemm_small_kernel_permit_skylakex.c).
SMALL = 1_000_000
FEW = 8  # rows from which on that pays
AVX512 = {"X86_V4", "AVX512_SKX"}  # as newer and older NumPy call it
UNPACKED = not AVX512.isdisjoint(np.show_config("dicts")["SIMD Extensions"]["found"])
LINE = 16  # numbers of a processor's cache line
CACHED = 100_000  # numbers that a processor's second cache holds, with as many that are written
MANY = 512  # characters from which on the few rows of W_xh that a window read are treated by themselves


def room(rows: int, V: int, dtype: Any) -> tuple[Array, Array]:
    """For y and the one-hot rows of what is read, (rows, V) each; of these none where characters are MANY."""
    return aligned_zeros(rows, V, dtype=dtype), aligned_zeros(rows, V if V < MANY else 0, dtype=dtype)


def steps(rows: Array, B: int) -> list[Array]:
    """Rows (T·B, H) as T matrices (B, H); as vectors (H,) where B = 1, for which BLAS has the cheaper call."""
    return list(rows if B == 1 else rows.reshape(-1, B, rows.shape[1]))


@unbounded
def logits(parameters: Parameters, states: Array) -> Array:
    """y = h W_hy + b_y: unnormalised log probabilities (…, V) of the next character, h being what states begin with."""
    return states[..., : len(parameters.W_hy)] @ parameters.W_hy + parameters.b_y


@unbounded
def log_softmax(y: Array) -> Array:
    """ln softmax(y) over the last axis, in nats. The maximum is subtracted first, so that exp cannot overflow."""
    shifted = y - y.max(axis=-1, keepdims=True)
    shifted -= np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return shifted


@unbounded
def softmax(y: Array) -> Array:
    """Probabilities exp(y) / Σ exp(y) over the last axis."""
    return np.exp(log_softmax(y))


def output(
    parameters: Parameters,
    space: Any,
    h: Array,
    targets: Array,
    B: int,
    counted: Array | None = None,
    mask: Array | None = None,
) -> float:
    """The output layer forward and back, in any cell's workspace: the loss of h (T·B, H) and targets (T·B,).

    Writes dW_hy, db_y and, into space.dh, what the predictions tell each state; counted and mask as in
    loss_and_gradients.
    """
    W_hy, gradients = parameters.W_hy, space.gradients
    if mask is not None:
        h = np.multiply(h, mask, space.dh)  # whose room is free until dh is known
    y = np.dot(h, W_hy, space.y)
    np.add(y, parameters.b_y, y)
    loss, dy = cross_entropy(y, space.row_start + targets, B, space.ones_V, counted)
    np.dot(h.T, dy, gradients.W_hy)
    np.dot(space.ones, dy, gradients.b_y)
    np.dot(dy, W_hy.T, space.dh)
    if mask is not None:
        np.multiply(space.dh, mask, space.dh)
    return loss


def read_in(W_xh: Array, b: Array, inputs: Array, room: Array, out: Array) -> Array:
    """W_xh[x] + b (T·B, G H) into `out`. Where as many characters are read as there are, b is added to W_xh, once for
    each, in `room` (V, G H): the same to the last digit."""
    if len(inputs) >= len(W_xh):
        return np.add(W_xh, b, room).take(inputs, 0, out, "clip")
    W_xh.take(inputs, 0, out, "clip")
    return np.add(out, b, out)


def by_rows(space: Any, inputs: Array, dz: Array) -> None:
    """dW_xh = Σ_t o(x_t)ᵀ dz_t, from inputs (T·B,) and dz (T·B, G H), in any cell's workspace."""
    dW, onehot = space.gradients.W_xh, space.onehot
    if len(dW) < MANY:
        onehot.fill(0)
        onehot.reshape(-1)[space.row_start + inputs] = 1
        np.dot(onehot.T, dz, dW)  # a product with one-hot rows: np.add.at is six times slower
    else:
        space.rows = add_rows(dW, inputs, dz, space.rows)


def add_rows(dW: Array, inputs: Array, dz: Array, before: Array | None) -> Array:
    """dW_xh = Σ_t o(x_t)ᵀ dz_t without its rows of zeros; return the others, in ascending order.

    dW (V, H) is zero but in the rows `before`; inputs (T·B,), dz (T·B, H).
    """
    if before is not None:
        dW[before] = 0
    order = inputs.argsort(kind="stable")
    rows, first = np.unique(inputs[order], return_index=True)
    dW[rows] = np.add.reduceat(dz[order], first)
    return rows


def cross_entropy(y: Array, target: Array, B: int, ones: Array, counted: Array | None = None) -> tuple[float, Array]:
    """The loss 1/B Σ -ln softmax(y)[target], and dy = (softmax(y) - o(target)) / B, which takes the place of y.

    y is (T·B, V), target (T·B,) the places of the targets in y as it lies in memory, ones (V,). Where targets are not
    `counted` they add nothing to either.
    """
    if max(y.max(), -y.min()) > 80:  # exp would overflow or vanish; softmax is the same without the rows' maxima
        np.subtract(y, y.max(axis=1, keepdims=True), y)
    score = y.take(target)
    np.exp(y, y)
    total = np.dot(y, ones)[:, None]  # a product is quicker than a sum along short rows
    if counted is None:
        loss = float(np.log(total).sum() - score.sum()) / B
    else:
        loss = float((np.log(total[:, 0]) - score)[counted.reshape(-1)].sum()) / B
    total *= B
    np.divide(y, total, y)
    y.reshape(-1)[target] -= 1 / B
    if counted is not None:
        y[~counted.reshape(-1)] = 0
    return loss, y


def blocks_for(rows: int, K: int, N: int, dtype: Any) -> tuple[int, int]:
    """Columns and rows of the blocks in which so many rows x (rows, K) are best multiplied by W (K, N); 0, 0: at once.

    The wider a block of W, the quicker (measured), so the rows are parted first.
    """
    if UNPACKED and dtype == np.float32:
        for w in (64, 32, 16):
            most = min(rows, SMALL // (K * w))
            r = next((r for r in range(most, FEW - 1, -1) if rows % r == 0), 0)
            if r and N % w == 0:
                return w, r
    return 0, 0


Product = Callable[[Array, Array, Array], Any]


def times(W: Array, B: int, room: Array) -> tuple[Product, Array]:
    """How x W is had for many x (B, K): a function of x, W and what takes the product, and W as it takes it.

    W is copied into `room`, of its size, where its blocks are multiplied; the product is the same but for rounding.
    """
    K, N = W.shape
    w, r = blocks_for(B, K, N, W.dtype)
    if not w:
        return np.dot, W
    blocks = room.reshape(N // w, 1, K, w)
    blocks[:] = in_blocks(W, w, K)
    return partial(by_columns, r), blocks


def times_transposed(W: Array, B: int, room: Array) -> tuple[Product, Array]:
    """The same of x Wᵀ for W (H, G H) and many x (B, G H), gate by gate where blocks are multiplied."""
    H, N = W.shape
    w, r = blocks_for(B, H, H, W.dtype)
    if not w:
        return np.dot, transposed(W, room.reshape(N, H)) if B * H >= 1024 else W.T  # from there on the copy pays
    blocks = room.reshape(N // H, H // w, H, w)
    for row in range(0, H, LINE):
        blocks[:, row // w, :, row % w : row % w + LINE] = W[row : row + LINE].reshape(LINE, -1, H).transpose(1, 2, 0)
    return partial(by_gates, r), blocks[:, :, None]


def by_columns(r: int, x: Array, blocks: Array, out: Array) -> None:
    """x W (B, N), r rows of x (B, K) at a time and W as blocks of columns (N / w, 1, K, w)."""
    np.matmul(x.reshape(-1, r, x.shape[1]), blocks, in_blocks(out, blocks.shape[-1], r))


def by_gates(r: int, x: Array, blocks: Array, out: Array) -> None:
    """x Wᵀ (B, H), r rows of x (B, G H) at a time and Wᵀ as each gate's blocks of columns (G, H / w, 1, H, w)."""
    G, _, _, H, w = blocks.shape
    total, *others = np.matmul(x.reshape(-1, r, G, 1, H).transpose(2, 3, 0, 1, 4), blocks)
    for other in others:
        np.add(total, other, total)
    in_blocks(out, w, r)[:] = total


def steps_at_a_time(T: int, N: int) -> list[range]:
    """As many of T steps at a time as stay in a processor's cache, where each has N numbers to be gone through."""
    count = max(1, CACHED // N)
    return [range(start, min(start + count, T)) for start in range(0, T, count)]


def in_blocks(rows: Array, w: int, r: int) -> Array:
    """Rows (B, N) seen as blocks of w columns and r rows (N / w, B / r, r, w)."""
    return rows.reshape(-1, r, rows.shape[1] // w, w).transpose(2, 0, 1, 3)


def transposed(W: Array, out: Array) -> Array:
    """Wᵀ as an array of its own, with which large products are up to twice as fast as with the view W.T.

    Copied a cache line of columns at a time: where H is a power of two, NumPy's own copy takes four times as long.
    """
    for start in range(0, len(W), LINE):
        out[:, start : start + LINE] = W[start : start + LINE].T
    return out


def from_next(rows: Array) -> Array:
    """What each of these rows sends back to the one before it, nothing coming to the last."""
    return np.concatenate([rows[1:], np.zeros_like(rows[:1])])
