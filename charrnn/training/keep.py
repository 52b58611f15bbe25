"""A script to keep: one Python file that goes on training a network and writes with it, its weights beside it.

It is written for who wants to read all of it: NumPy and nothing of ours, one character after the other, the gradients
by hand beside their equations. Written into it is what its run was set to, and nothing of what it was not.
"""

import io
import re
import zipfile
from typing import NamedTuple

import numpy as np

from charrnn.network.cells import CELLS
from charrnn.network.layers import MANY
from charrnn.network.optimizers import ADAM_BETA_1, ADAM_BETA_2, RMSPROP_DECAY
from charrnn.network.parameters import Array, Parameters
from charrnn.text.batches import Batches
from charrnn.text.corpus import Corpus
from charrnn.training.settings import Settings
from charrnn.training.trainer import State, mask_key

SCRIPT = '''\
"""A character network trained with CharRNN Lab: it goes on learning, and it writes. NumPy is all that it needs.

    python @NAME@.py train 1000              1,000 steps more, which are saved beside it
    python @NAME@.py write 500 0.8 1         500 characters at temperature 0.8 with seed 1

In @NAME@.npz lie its weights, what the optimiser remembers, its text as numbers, and where in it reading goes on.

Rows are vectors; each of B streams of the text is read by itself, T characters at a time. V characters, H units.
Written d_ is how the loss changes with something; o(x) is the row of zeros with a 1 at x.

@EQUATIONS@
    y = h W_hy + b_y        scores        dW_hy = sum of h' dy      db_y = sum of dy
    p = softmax(y)          guesses       dy = (p - o(target)) / B
    loss = mean over streams of the sum over t of -ln p[target]
"""

import sys
from pathlib import Path

import numpy as np

FILE = Path(__file__).with_suffix(".npz")
WEIGHTS = ("W_xh", "W_hh", "W_hy", "b_h", "b_y")
T, B, H = @T@, @B@, @H@  # characters that learning looks back, streams, units
CLIP = @CLIP@  # the largest entry of a gradient that is allowed
RATE, DECAY = @RATE@, @DECAY@  # the size of corrections, and after how many characters it begins to fall (0: never)


@READ@


@BACK@


def window(net, inputs, targets, state):
    """Read inputs (T, B), guess targets (T, B). Returns the loss in nats, its gradients, and the state after."""
    states, kept, guesses, loss = [state], [], [], 0.0@MASK@
    for t in range(T):
        state, gates = read(net, inputs[t], state)
        h = state[:, :H]@DROP@
        y = h @ net["W_hy"] + net["b_y"]
        p = np.exp(y - y.max(axis=1, keepdims=True))  # less the maximum, or it could overflow
        p /= p.sum(axis=1, keepdims=True)
        loss -= @LOSS@
        states.append(state)
        kept.append((h, gates))
        guesses.append(p)

    d = {name: np.zeros_like(net[name]) for name in WEIGHTS}
    later = np.zeros_like(state)  # what later characters tell the state: nothing beyond the window, where it is cut
    for t in reversed(range(T)):
        (h, gates), dy = kept[t], guesses[t]
        dy[np.arange(B), targets[t]] -= 1
        dy /= B@COUNT@
        d["W_hy"] += h.T @ dy
        d["b_y"] += dy.sum(axis=0)
        later[:, :H] += @TOLD@
        da, dq, later = back(net, states[t], states[t + 1], gates, later)
        np.add.at(d["W_xh"], inputs[t], da)
        d["W_hh"] += states[t][:, :H].T @ dq
        d["b_h"] += @BIAS@
    return loss, d, state


def step(net):
    """One window and one correction; the loss in nats per character."""
    streams, start = net["streams"], int(net["position"])
    if start + T + 1 >= len(streams):  # the text has been read: from its beginning, with nothing in mind
        start, net["hidden"] = 0, np.zeros_like(net["hidden"])
    inputs, targets = streams[start : start + T], streams[start + 1 : start + T + 1]
    loss, d, net["hidden"] = window(net, inputs, targets, net["hidden"])
    rate = RATE / np.sqrt(1 + net["steps"] * T * B / DECAY) if DECAY else RATE
    net["position"], net["steps"] = start + T, net["steps"] + 1
    for name in WEIGHTS:
        W, g = net[name], np.clip(d[name], -CLIP, CLIP)@DECAYED@@ROWS@
@OPTIMISER@
    return loss / @COUNTED@


def write(net, length=500, temperature=0.8, seed=None):
    """`length` characters, each drawn from softmax(y / temperature), at 0 the likeliest, and read back in."""
    characters, written = "".join(map(chr, net["characters"])), []
    state, (*before, x) = np.zeros_like(net["hidden"][:1]), net["before"]
    for character in before:  # some of the text, up to where a line begins
        state, _ = read(net, [character], state)
    for u in np.random.default_rng(seed).random(length):
        state, _ = read(net, [x], state)
        y = state[0, :H] @ net["W_hy"] + net["b_y"]
        if temperature < 1e-6:
            x = int(y.argmax())
        else:
            p = np.exp((y - y.max()) / temperature).cumsum()
            x = min(int(p.searchsorted(u * p[-1], "right")), len(p) - 1)
        written.append(characters[x])
    return "".join(written)


if __name__ == "__main__":
    with np.load(FILE) as file:
        net = dict(file)
    what, *numbers = sys.argv[1:] or ["write"]
    if what == "train":
        losses = [step(net) for _ in range(max(1, int(numbers[0])) if numbers else 100)]
        np.savez(FILE, **net)
        print(f"step {net['steps']}: {losses[-1]:.5f} nats per character, {np.mean(losses):.5f} over these steps")
    else:
        sys.stdout.reconfigure(errors="replace")  # a terminal may lack a letter
        print(write(net, *(kind(number) for kind, number in zip((int, float, int), numbers))))
'''

SIGMOID = '''\
def sigmoid(a):
    """1 / (1 + exp(-a)), which cannot overflow this way."""
    return (1 + np.tanh(a / 2)) / 2


'''


class Text(NamedTuple):
    """How the script says a cell."""

    equations: str
    read: str
    back: str
    bias: str = "da.sum(axis=0)"


TEXTS = {
    "rnn": Text(
        """\
    forward                               backward, from the last character to the first
    a = W_xh[x] + h_before W_hh + b_h     dW_xh = sum of o(x)' da       db_h = sum of da
    h = tanh(a)                           da = dh (1 - h^2)             dW_hh = sum of h_before' da
                                          dh = dy W_hy' + da_later W_hh'""",
        '''\
def read(net, x, state):
    """The states (B, H) after the characters x (B,); the way back needs no more than these."""
    return np.tanh(net["W_xh"][x] + state @ net["W_hh"] + net["b_h"]), None''',
        '''\
def back(net, before, after, gates, dh):
    """From dh (B, H) to da, once for W_xh and once for W_hh, and to what it tells the state before."""
    da = dh * (1 - after * after)
    return da, da, da @ net["W_hh"].T''',
    ),
    "gru": Text(
        """\
    The gates r, z, n lie side by side in the columns of W_xh and W_hh; s is the logistic function, * entry by entry.

    forward                               backward, from the last character to the first
    a = W_xh[x] + b, q = h_before W_hh    dW_xh = sum of o(x)' da       dW_hh = sum of h_before' dq
    r, z = s(a_r + q_r), s(a_z + q_z)     da_r = da_n * m * r (1 - r)   da_z = dh * (h_before - n) * z (1 - z)
    m = q_n + b_m                         dq_r = da_r, dq_z = da_z      dq_n = db_m = da_n * r
    n = tanh(a_n + r * m)                 da_n = dh * (1 - z) (1 - n^2)
    h = n + z * (h_before - n)            dh = dy W_hy' + dh_later * z_later + dq_later W_hh'""",
        SIGMOID
        + '''\
def read(net, x, state):
    """The states (B, H) after the characters x (B,), and its gates for the way back."""
    a, q = net["W_xh"][x] + net["b_h"][: 3 * H], state @ net["W_hh"]
    r, z = np.split(sigmoid(a[:, : 2 * H] + q[:, : 2 * H]), 2, axis=1)
    m = q[:, 2 * H :] + net["b_h"][3 * H :]
    n = np.tanh(a[:, 2 * H :] + r * m)
    return n + z * (state - n), (r, z, n, m)''',
        '''\
def back(net, before, after, gates, dh):
    """From dh (B, H) to da for W_xh, dq for W_hh, and to what it tells the state before."""
    r, z, n, m = gates
    dn = dh * (1 - z) * (1 - n * n)
    dr, dz = dn * m * r * (1 - r), dh * (before - n) * z * (1 - z)
    da, dq = np.concatenate([dr, dz, dn], axis=1), np.concatenate([dr, dz, dn * r], axis=1)
    return da, dq, dh * z + dq @ net["W_hh"].T''',
        "np.concatenate([da.sum(axis=0), dq[:, 2 * H :].sum(axis=0)])  # b of the gates, and b_m",
    ),
    "lstm": Text(
        """\
    The gates o, i, f, g lie side by side in the columns; s is the logistic function, * entry by entry; a state is h, c.

    forward                               backward, from the last character to the first
    a = W_xh[x] + h_before W_hh + b_h     dW_xh = sum of o(x)' da       dW_hh = sum of h_before' da
    o, i, f = s(a_o), s(a_i), s(a_f)      da_o = dh * tanh(c) * o (1 - o)
    g = tanh(a_g)                         da_i = dc * g * i (1 - i)     da_f = dc * c_before * f (1 - f)
    c = f * c_before + i * g              da_g = dc * i * (1 - g^2)
    h = o * tanh(c)                       dc = dh * o (1 - tanh^2(c)) + dc_later * f_later
                                          dh = dy W_hy' + da_later W_hh'""",
        SIGMOID
        + '''\
def read(net, x, state):
    """The states (B, 2 H), h and c, after the characters x (B,), and its gates for the way back."""
    h, c = state[:, :H], state[:, H:]
    a = net["W_xh"][x] + h @ net["W_hh"] + net["b_h"]
    o, i, f = np.split(sigmoid(a[:, : 3 * H]), 3, axis=1)
    g = np.tanh(a[:, 3 * H :])
    c = f * c + i * g
    return np.concatenate([o * np.tanh(c), c], axis=1), (o, i, f, g)''',
        '''\
def back(net, before, after, gates, later):
    """From dh and dc (B, 2 H) to da, once for W_xh and once for W_hh, and to what it tells the state before."""
    o, i, f, g = gates
    dh, dc, tanh_c = later[:, :H], later[:, H:], np.tanh(after[:, H:])
    dc = dc + dh * o * (1 - tanh_c * tanh_c)
    of_c = [dc * g * i * (1 - i), dc * before[:, H:] * f * (1 - f), dc * i * (1 - g * g)]
    da = np.concatenate([dh * tanh_c * o * (1 - o), *of_c], axis=1)
    return da, da, np.concatenate([da @ net["W_hh"].T, dc * f], axis=1)''',
    ),
}
OPTIMISERS = {
    "sgd": """\
        W[@AT@] -= rate * g[@AT@]""",
    "adagrad": """\
        m = net["m0_" + name]  # the sum of the squares so far: what was corrected often is corrected less
        m[@AT@] += g[@AT@] ** 2
        W[@AT@] -= rate * g[@AT@] / np.sqrt(m[@AT@] + 1e-8)""",
    "rmsprop": f"""\
        m = net["m0_" + name]  # the mean of the latest squares
        m[@AT@] = {RMSPROP_DECAY} * m[@AT@] + {1 - RMSPROP_DECAY:.2g} * g[@AT@] ** 2
        W[@AT@] -= rate * g[@AT@] / (np.sqrt(m[@AT@]) + 1e-8)""",
    "adam": f"""\
        m, v = net["m0_" + name], net["m1_" + name]  # the mean of the latest gradients, and of their squares
        m[@AT@] = {ADAM_BETA_1} * m[@AT@] + {1 - ADAM_BETA_1:.2g} * g[@AT@]
        v[@AT@] = {ADAM_BETA_2} * v[@AT@] + {1 - ADAM_BETA_2:.2g} * g[@AT@] ** 2
        mean, square = m[@AT@] / (1 - {ADAM_BETA_1} ** net["steps"]), v[@AT@] / (1 - {ADAM_BETA_2} ** net["steps"])
        W[@AT@] -= rate * mean / (np.sqrt(square) + 1e-8)""",
}
SMALLER = {"adam": (1 - ADAM_BETA_1, 1 - ADAM_BETA_2)}  # by which what an optimiser remembers here is its mean


def script(state: State, settings: Settings, corpus: Corpus, name: str) -> str:
    """The file `name`.py that goes on with a run from a state."""
    cell, V, B = TEXTS[settings.cell], len(corpus.vocabulary), len(state.arrays["hidden"])
    unknown = corpus.vocabulary.replacement
    optimiser = OPTIMISERS[settings.optimizer]
    likeliest = "np.log(p[np.arange(B), targets[t]])"
    parts = {
        "NAME": re.sub(r"[^A-Za-z0-9_.-]", "_", name),
        "EQUATIONS": cell.equations,
        "T": settings.sequence_length,
        "B": B,
        "H": settings.hidden_size,
        "CLIP": state.values["clip"],
        "RATE": state.values["learning_rate"],
        "DECAY": settings.decay,
        "READ": cell.read,
        "BACK": cell.back,
        "BIAS": cell.bias,
        "OPTIMISER": re.sub(r"\[@AT@\](?! =)", "", optimiser).replace("@AT@", ":"),
        "LOSS": f"{likeliest}.sum() / B",
        "TOLD": 'dy @ net["W_hy"].T',
        "COUNTED": "T",
    } | dict.fromkeys(("DROP", "MASK", "COUNT", "DECAYED", "ROWS"), "")
    if unknown is not None:  # what could not be kept of the text is never to be guessed
        parts["LOSS"] = f"{likeliest}[targets[t] != {unknown}].sum() / B"
        parts["COUNT"] = f"\n        dy[targets[t] == {unknown}] = 0  # what could not be kept of the text"
        parts["COUNTED"] = f"max(1, (targets != {unknown}).sum() / B)"
    if settings.dropout:
        keep, key = 1 - settings.dropout, mask_key(settings.seed)
        parts["MASK"] = (
            f"\n    noise = np.random.Generator(np.random.Philox(key={key}, counter=[0, 0, 0, int(net['steps'])]))"
            "\n    # Dropout: of the state that guesses, some units are left out by chance, and others count for more."
            f'\n    mask = (noise.random((T, B, H), net["W_hy"].dtype) >= {settings.dropout}) / {keep}'
        )
        parts["DROP"] = " * mask[t]"
        parts["TOLD"] = '(dy @ net["W_hy"].T) * mask[t]'
    if settings.weight_decay:
        parts["DECAYED"] = (
            '\n        if name.startswith("W"):  # weights shrink a little at each step, biases do not'
            f"\n            W *= 1 - rate * {settings.weight_decay}"
        )
    if V >= MANY:
        parts["ROWS"] = '\n        at = np.unique(inputs) if name == "W_xh" else slice(None)  # rows not read stay'
        parts["OPTIMISER"] = optimiser.replace("@AT@", "at")
    return re.sub("@([A-Z]+)@", lambda found: str(parts[found[1]]), SCRIPT)


def beside(state: State, settings: Settings, corpus: Corpus) -> bytes:
    """The .npz file beside it."""
    batches = Batches(corpus.train_ids, settings.sequence_length, len(state.arrays["hidden"]))
    V, dtype = len(corpus.vocabulary), np.dtype(settings.dtype)
    shapes = CELLS[settings.cell].zeros(V, settings.hidden_size, dtype)
    arrays: dict[str, Array] = {name: state.arrays[name] for name in Parameters._fields}
    for i, smaller in enumerate(SMALLER.get(settings.optimizer, (1, 1))):
        if (memory := state.arrays.get(f"memory_{i}")) is not None:
            mean = shapes.like(memory * dtype.type(smaller))
            arrays |= {f"m{i}_{name}": array for name, array in mean._asdict().items()}
    arrays |= {
        "hidden": state.arrays["hidden"],
        "streams": batches.streams.astype(np.uint16),  # MAX_ALPHABET is less
        "characters": np.array([ord(character) for character in corpus.vocabulary.characters], np.uint32),
        "before": corpus.primed("").astype(np.uint16),
        "position": np.array(state.values["position"]),
        "steps": np.array(state.values["steps"]),
    }
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    return file.getvalue()


def both(state: State, settings: Settings, corpus: Corpus, name: str) -> bytes:
    """The script and what lies beside it in a .zip file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(f"{name}.py", script(state, settings, corpus, name))
        archive.writestr(f"{name}.npz", beside(state, settings, corpus))
    return file.getvalue()
