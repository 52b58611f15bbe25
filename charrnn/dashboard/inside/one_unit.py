"""The last column of the drawn step for one unit, formula by formula with the numbers in it, for each cell."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from charrnn.dashboard import words
from charrnn.dashboard.language import _
from charrnn.insight.unrolled import Unrolled
from charrnn.network.parameters import Array, Parameters

TERMS = 3  # of a sum that are written out, the largest ones

Line = tuple[str, str] | tuple[()]  # what is made, and of what; an empty one between two groups


class Unit(NamedTuple):
    """One unit in the last column of a step."""

    step: Unrolled
    parameters: Parameters
    u: int
    x: str  # the character read, as it is shown

    def __call__(self, name: str) -> float:
        """A quantity of the unit, by its letter."""
        return float((self.step.h if name == "h" else self.step.inside[name])[-1, self.u])

    def column(self, gate: int) -> int:
        """Where a gate of the unit stands in W_xh, W_hh and b_h."""
        return gate * len(self.parameters.W_hh) + self.u

    def carried(self, gate: int = 0) -> str:
        """The sum of what comes from the state before."""
        return summed(self.step.before[-1], self.parameters.W_hh[:, self.column(gate)])

    def comes_in(self, gate: int = 0) -> tuple[float, float]:
        """What of W_xh comes in, and the bias."""
        at = self.column(gate)
        return float(self.parameters.W_xh[self.step.x[-1], at]), float(self.parameters.b_h[at])


def written_out(step: Unrolled, parameters: Parameters, unit: int, characters: str, cell: str) -> str:
    """The last column for one unit and the character that came, formula by formula, and what is summed over all."""
    j, u = int(step.came[-1]), unit
    x, c = words.visible(characters[step.x[-1]]), words.visible(characters[j])
    h, y, p, dy = (rows[-1] for rows in (step.h, step.y, step.p, step.dy))
    W_hy, b_y, loss = parameters.W_hy, parameters.b_y, float(step.loss[-1])
    one = Unit(step, parameters, unit, x)
    forward, backward, gates = CELLS[cell]
    lines: list[Line] = [
        *forward(one),
        (),
        (f"y[{c}]", f"Σ h[i] · W_hy[i,{c}] + b_y[{c}] = {summed(h, W_hy[:, j])} + {n(b_y[j])} = {n(y[j])}"),
        (f"p[{c}]", f"e^y[{c}] / Σ e^y = {n(p[j])}"),
        (_("loss"), _("−ln p[{c}] = {loss:.4f} nats = {bits:.4f} bits", c=c, loss=loss, bits=words.bits(loss))),
        (),
        (f"dy[{c}]", _("p[{c}] − 1 = {n}     (every other character: dy = p)", c=c, n=n(dy[j]))),
        (f"dh[{u}]", f"Σ dy[c] · W_hy[{u},c] = {summed(dy, W_hy[u])} = {n(one('dh'))}"),
        *backward(one),
        (),
        *what_is_learned(one, gates),
        (f"dW_hy[{u},{c}]", f"Σ h[{u}] · dy[{c}] = {n(step.gradients.W_hy[u, j])}"),
    ]
    wide = max(len(line[0]) for line in lines if line)
    written = [f"{line[0]:<{wide}} = {line[1]}" if line else "" for line in lines]
    return "\n".join([_("It reads {x}, and {c} comes next.", x=x, c=c), "", *written])


def rnn_forward(one: Unit) -> list[Line]:
    """What makes h in a vanilla network."""
    u, (W, b) = one.u, one.comes_in()
    return [
        (f"z[{u}]", f"W_xh[{one.x},{u}] + b_h[{u}] = {n(W)} + {n(b)} = {n(one('z'))}"),
        (f"r[{u}]", f"Σ h_before[i] · W_hh[i,{u}] = {one.carried()} = {n(one('q'))}"),
        (f"h[{u}]", f"tanh(z + r) = tanh({n(one('z') + one('q'))}) = {n(one('h'))}"),
    ]


def rnn_backward(one: Unit) -> list[Line]:
    """What is made of dh."""
    return [(f"dz[{one.u}]", f"dh · (1 − h²) = {n(one('dh'))} · {n(1 - one('h') ** 2)} = {n(one('dz'))}")]


def gru_forward(one: Unit) -> list[Line]:
    """What makes h of two gates and a candidate."""
    u, lines = one.u, list[Line]()
    for k, gate in enumerate("rzn"):
        W, b = one.comes_in(k)
        lines.append((f"a_{gate}[{u}]", f"W_xh[{one.x}] + b_{gate} = {n(W)} + {n(b)} = {n(one(f'a_{gate}'))}"))
        m = "" if gate != "n" else f" + b_m = … + {n(float(one.parameters.b_h[one.column(3)]))}"
        lines.append((f"q_{gate}[{u}]", f"Σ h_before[i] · W_hh[i]{m} = {one.carried(k)} = {n(one(f'q_{gate}'))}"))
    r, z, cand, before = one("r"), one("z"), one("n"), one("h before")
    return [
        *lines,
        *(
            (f"{gate}[{u}]", f"σ(a + q) = σ({n(one(f'a_{gate}') + one(f'q_{gate}'))}) = {n(one(gate))}")
            for gate in "rz"
        ),
        (f"n[{u}]", f"tanh(a + r · q) = tanh({n(one('a_n'))} + {n(r)} · {n(one('q_n'))}) = {n(cand)}"),
        (f"h[{u}]", f"n + z · (h_before − n) = {n(cand)} + {n(z)} · {n(before - cand)} = {n(one('h'))}"),
    ]


def gru_backward(one: Unit) -> list[Line]:
    """What is made of dh."""
    u, r, z, cand, dh = one.u, one("r"), one("z"), one("n"), one("dh")
    apart = one("h before") - cand
    return [
        (f"da_n[{u}]", f"dh · (1 − z) · (1 − n²) = {n(dh)} · {n(1 - z)} · {n(1 - cand**2)} = {n(one('da_n'))}"),
        (f"da_z[{u}]", f"dh · (h_before − n) · z (1 − z) = {n(dh)} · {n(apart)} · {n(z * (1 - z))} = {n(one('da_z'))}"),
        (
            f"da_r[{u}]",
            f"da_n · q_n · r (1 − r) = {n(one('da_n'))} · {n(one('q_n'))} · {n(r * (1 - r))} = {n(one('da_r'))}",
        ),
    ]


def lstm_forward(one: Unit) -> list[Line]:
    """What makes c and h of three gates and a candidate."""
    u, lines = one.u, list[Line]()
    for k, gate in enumerate("oifg"):
        (W, b), q = one.comes_in(k), one(f"q_{gate}")
        lines.append((f"q_{gate}[{u}]", f"Σ h_before[i] · W_hh[i] = {one.carried(k)} = {n(q)}"))
        total = f"W_xh[{one.x}] + q + b = {n(W)} + {n(q)} + {n(b)} = {n(one(f'a_{gate}'))}"
        lines.append((f"a_{gate}[{u}]", total))
    o, i, f, g, before = (one(name) for name in ("o", "i", "f", "g", "c before"))
    return [
        *lines,
        *((f"{gate}[{u}]", f"σ(a) = σ({n(one(f'a_{gate}'))}) = {n(one(gate))}") for gate in "oif"),
        (f"g[{u}]", f"tanh(a) = tanh({n(one('a_g'))}) = {n(g)}"),
        (f"c[{u}]", f"f · c_before + i · g = {n(f)} · {n(before)} + {n(i)} · {n(g)} = {n(one('c'))}"),
        (f"h[{u}]", f"o · tanh(c) = {n(o)} · {n(np.tanh(one('c')))} = {n(one('h'))}"),
    ]


def lstm_backward(one: Unit) -> list[Line]:
    """What is made of dh."""
    u, o, i, f, g = one.u, one("o"), one("i"), one("f"), one("g")
    t, before, dh, dc = float(np.tanh(one("c"))), one("c before"), one("dh"), one("dc")
    return [
        (f"dc[{u}]", f"dh · o · (1 − tanh²(c)) = {n(dh)} · {n(o)} · {n(1 - t * t)} = {n(dc)}"),
        (f"da_o[{u}]", f"dh · tanh(c) · o (1 − o) = {n(dh)} · {n(t)} · {n(o * (1 - o))} = {n(one('da_o'))}"),
        (f"da_i[{u}]", f"dc · g · i (1 − i) = {n(dc)} · {n(g)} · {n(i * (1 - i))} = {n(one('da_i'))}"),
        (f"da_f[{u}]", f"dc · c_before · f (1 − f) = {n(dc)} · {n(before)} · {n(f * (1 - f))} = {n(one('da_f'))}"),
        (f"da_g[{u}]", f"dc · i · (1 − g²) = {n(dc)} · {n(i)} · {n(1 - g * g)} = {n(one('da_g'))}"),
    ]


Lines = Callable[[Unit], list[Line]]
CELLS: dict[str, tuple[Lines, Lines, Sequence[str]]] = {  # forward, backward, and the gates by their letters
    "rnn": (rnn_forward, rnn_backward, ("",)),
    "gru": (gru_forward, gru_backward, "rzn"),
    "lstm": (lstm_forward, lstm_backward, "oifg"),
}


def what_is_learned(one: Unit, gates: Sequence[str]) -> list[Line]:
    """The entries of dW_xh and dW_hh that are the unit's, a pair for each gate."""
    step, lines, seen = one.step, list[Line](), len(one.step.x) - one.step.cut
    dW_xh, dW_hh = step.gradients[:2]
    for k, gate in enumerate(gates):
        at, name, (da, dq) = one.column(k), f"{gate} {one.u}".strip(), deltas(one, gate)
        over = _("     (Σ: over {seen} characters)", seen=seen) if not k else ""
        lines.append(
            (
                f"dW_xh[{one.x},{name}]",
                _("Σ {da} where it read {x} = {n}{over}", da=da, x=one.x, n=n(dW_xh[step.x[-1], at]), over=over),
            )
        )
        lines.append(
            (f"dW_hh[i,{name}]", _("Σ h_before[i] · {dq}, the largest {n}", dq=dq, n=n(largest(dW_hh[:, at]))))
        )
    return lines


def deltas(one: Unit, gate: str) -> tuple[str, str]:
    """What is summed for W_xh and for W_hh."""
    own = f"da_{gate}[{one.u}]" if gate else f"dz[{one.u}]"
    return own, f"dq_n[{one.u}]" if gate == "n" else own


def n(value: float) -> str:
    """A number with its sign in the typographer's minus."""
    return words.number(value, ".4f")


def largest(values: Array) -> float:
    """The entry of the greatest size."""
    return float(values[np.abs(values).argmax()])


def summed(a: Array, b: Array) -> str:
    """A sum of products, its largest terms written out."""
    products = a * b
    order = np.argsort(-np.abs(products), kind="stable")[:TERMS]
    terms = " + ".join(f"({n(a[i])})({n(b[i])})" for i in order)
    return terms + (_(" + {products} more", products=len(products) - TERMS) if len(products) > TERMS else "")
