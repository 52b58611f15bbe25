"""Letting the network write: one character drawn at a time and read back in."""

import numpy as np

from charrnn.network.cells import cell_of, forward, zero_state
from charrnn.network.parameters import Array, Parameters, unbounded

CHUNK = 2_000  # characters of a prime read at a time: the states of a whole book would fill the memory
COLDEST = 1e-6  # below it nothing but the likeliest character has a chance, and y / temperature would overflow


def read(parameters: Parameters, ids: Array, hidden: Array | None = None) -> Array:
    """The state (S H,) after reading ids from the state hidden (zero where none is given)."""
    state = zero_state(parameters)[0] if hidden is None else hidden
    for start in range(0, len(ids), CHUNK):
        state = forward(parameters, ids[start : start + CHUNK, None], state[None])[-1, 0]
    return state


@unbounded
def generate(
    parameters: Parameters,
    hidden: Array,
    last: int | None,
    length: int,
    rng: np.random.Generator,
    temperature: float = 1.0,
    top_k: int | None = None,
    stop: int | None = None,
) -> tuple[Array, Array]:
    """Write `length` characters from the state hidden (S H,), which is left as it is.

    `last` is a character still to be read before the first draw; None draws at once. Each character comes from
    softmax(y / temperature), cut to the top_k likeliest where given; temperature 0 always takes the likeliest.
    After the character `stop` nothing more is written. Returns ids (length,) or fewer, and the state (S H,) that
    has read all of them but the last.
    """
    W_hy, b_y = parameters.W_hy, parameters.b_y
    greedy = temperature < COLDEST or top_k == 1
    V, H = parameters.sizes
    if not greedy:  # dividing the weights once divides every y
        W_hy, b_y = (W_hy / temperature).astype(W_hy.dtype), (b_y / temperature).astype(b_y.dtype)
    kept = V if top_k is None else min(max(top_k, 1), V)
    read_in, state = cell_of(parameters).reader(parameters), np.array(hidden)
    h, y = state[:H], np.empty(V, W_hy.dtype)
    ids = np.empty(length, np.int32)
    for i, u in enumerate(rng.random(length).tolist()):
        if last is not None:
            read_in(state, last)
        h.dot(W_hy, y)
        np.add(y, b_y, y)
        if greedy:
            last = int(y.argmax())
        else:
            np.subtract(y, y.max(), y)  # exp cannot overflow
            if kept < V:
                y[y < np.partition(y, V - kept)[V - kept]] = -np.inf
            np.exp(y, y)
            steps = y.cumsum()
            last = min(int(steps.searchsorted(u * float(steps[-1]), "right")), V - 1)
        ids[i] = last
        if last == stop:
            return ids[: i + 1], state
    return ids, state


def lines(
    parameters: Parameters,
    prime: Array,
    count: int,
    longest: int,
    rng: np.random.Generator,
    stop: int,
    temperature: float = 1.0,
    top_k: int | None = None,
) -> list[Array]:
    """Write that many lines, each begun anew after the ids of a prime, of `longest` characters at most.

    A line ends before the character `stop`, which is left out of it.
    """
    hidden, last = read(parameters, prime[:-1]), int(prime[-1]) if len(prime) else None
    written = (generate(parameters, hidden, last, longest, rng, temperature, top_k, stop)[0] for _ in range(count))
    return [ids[:-1] if ids[-1] == stop else ids for ids in written]


def sample(
    parameters: Parameters,
    prime: Array,
    length: int,
    rng: np.random.Generator,
    temperature: float = 1.0,
    top_k: int | None = None,
) -> Array:
    """Write `length` characters after reading the ids of a prime from a zero state; returns ids without the prime.

    An empty prime starts with a character drawn from the zero state.
    """
    last = int(prime[-1]) if len(prime) else None
    return generate(parameters, read(parameters, prime[:-1]), last, length, rng, temperature, top_k)[0]
