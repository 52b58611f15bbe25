"""Networks as PyTorch lays them out, and back: one layer of torch.nn.RNN, GRU or LSTM, and a Linear one above it.

PyTorch multiplies from the left, has the gates below each other, and adds two biases (its documentation of nn.RNN,
nn.GRU and nn.LSTM); V characters, H units, G gates:

    rnn.weight_ih_l0 (G H, V)    W_xhᵀ, its gates in PyTorch's order       linear.weight (V, H)    W_hyᵀ
    rnn.weight_hh_l0 (G H, H)    W_hhᵀ, the same                           linear.bias (V,)        b_y
    rnn.bias_ih_l0 (G H,)        b_h, the same
    rnn.bias_hh_l0 (G H,)        0; a GRU's is b_m for what the reset gate lets through

What is computed is the same: PyTorch's reset gate acts on W_hn h + b_hn, as it does in gru.py and in version 1 of Cho
et al. 2014, so that its GRU is held exactly, too. Of two biases that are only ever added, the sum is kept.
"""

from typing import NamedTuple

import numpy as np

from charrnn.network.cells import CELLS, cell_of
from charrnn.network.parameters import Array, Parameters

ORDER = {"rnn": (0,), "gru": (0, 1, 2), "lstm": (1, 2, 3, 0)}  # the place here of each of PyTorch's gates: i, f, g, o
LAYER = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
WANTED = "one layer of torch.nn.RNN, GRU or LSTM, read in one direction, and a Linear layer above it"


class StateDict(NamedTuple):
    """What is needed of a state dict, under names of our own; biases are zero where it has none."""

    weight_ih: Array
    weight_hh: Array
    bias_ih: Array
    bias_hh: Array
    weight: Array
    bias: Array


def to_state_dict(parameters: Parameters) -> dict[str, Array]:
    """The state dict of a module with `self.rnn = torch.nn.RNN(V, H)` (GRU, LSTM) and `self.linear = Linear(H, V)`."""
    W_xh, W_hh, W_hy, b_h, b_y = parameters
    order, H = ORDER[cell_name(parameters)], len(W_hh)
    bias_hh = np.zeros(W_hh.shape[1], W_hh.dtype)
    if len(b_h) > len(bias_hh):
        bias_hh[-H:] = b_h[len(bias_hh) :]
    layer = (_gates(W_xh.T, order), _gates(W_hh.T, order), _gates(b_h[: len(bias_hh)], order), bias_hh)
    named = {f"rnn.{name}": array for name, array in zip(LAYER, layer, strict=True)}
    return {
        name: np.ascontiguousarray(array)
        for name, array in (named | {"linear.weight": W_hy.T, "linear.bias": b_y}).items()
    }


def is_state_dict(arrays: dict[str, Array]) -> bool:
    """Whether these are arrays of a recurrent layer of PyTorch's, whatever the module was called that holds it."""
    return any(name.endswith(LAYER[0]) for name in arrays)


def from_state_dict(arrays: dict[str, Array]) -> Parameters:
    """The network in a state dict, in 32 bits unless it is in 64. Raises ValueError where it is no such network."""
    W = _found(arrays)
    GH, V = W.weight_ih.shape
    H = W.weight_hh.shape[1]
    cells = {cell.GATES * H: name for name, cell in CELLS.items()}
    shapes = ((GH, V), (GH, H), (GH,), (GH,), (V, H), (V,))
    if GH not in cells or any(array.shape != shape for array, shape in zip(W, shapes, strict=True)):
        told = ", ".join(str(array.shape) for array in W)
        raise ValueError(f"its shapes {told} are not those of {WANTED}")
    cell, dtype = cells[GH], np.result_type(np.float32, *(array.dtype for array in W))
    order = np.argsort(ORDER[cell])
    b_x, b_hh = _gates(W.bias_ih, order), _gates(W.bias_hh, order)
    added = GH - H * (CELLS[cell].BIASES - CELLS[cell].GATES)  # entries of which only the sum counts
    b_h = np.concatenate([b_x[:added] + b_hh[:added], b_x[added:], b_hh[added:]])
    parameters = CELLS[cell].zeros(V, H, dtype)
    came = (_gates(W.weight_ih, order).T, _gates(W.weight_hh, order).T, W.weight.T, b_h, W.bias)
    for own, array in zip(parameters, came, strict=True):
        own[:] = array
    return parameters


def cell_name(parameters: Parameters) -> str:
    """Which of CELLS the parameters are of."""
    return next(name for name, cell in CELLS.items() if cell is cell_of(parameters))


def _found(arrays: dict[str, Array]) -> StateDict:
    """The arrays by what they are. Raises ValueError where there are others, or too few."""
    layers = [name.removesuffix(LAYER[0]) for name in arrays if name.endswith(LAYER[0])]
    prefix = layers[0]
    layer = {name: arrays[prefix + name] for name in LAYER if prefix + name in arrays}
    others = {name: array for name, array in arrays.items() if name.removeprefix(prefix) not in LAYER}
    weights = [array for array in others.values() if array.ndim == 2]
    biases = [array for array in others.values() if array.ndim == 1]
    complete = LAYER[1] in layer and all(array.ndim == 2 for array in (layer[LAYER[0]], layer[LAYER[1]]))
    if not complete or len(weights) != 1 or len(biases) > 1 or len(others) > 2:
        raise ValueError(f"it holds {', '.join(sorted(arrays))}, and not {WANTED}")
    (weight,), none = weights, np.zeros(len(layer[LAYER[0]]), np.float32)
    (bias,) = biases or [np.zeros(len(weight), np.float32)]
    weight_ih, weight_hh, bias_ih, bias_hh = (layer.get(name, none) for name in LAYER)
    return StateDict(weight_ih, weight_hh, bias_ih, bias_hh, weight, bias)


def _gates(rows: Array, order: tuple[int, ...] | Array) -> Array:
    """Blocks of rows in another order."""
    blocks = np.split(rows, len(order))
    return np.concatenate([blocks[place] for place in order])
