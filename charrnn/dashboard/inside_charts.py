"""The charts of what a network knows and remembers: pure functions from what was measured to what is drawn."""

from typing import Any, Literal

import numpy as np

from charrnn.dashboard.components import Chart, Colour, Layer, Scale
from charrnn.insight.memory import Reach, Spectra
from charrnn.network.rnn import Array


def cost_chart(costs: Array, shown: int) -> Chart:
    """What silencing each unit costs, the dearest first: as many bars as are shown."""
    order = np.argsort(-costs, kind="stable")[:shown]
    dearest = costs[order]
    bars = Layer("bars", np.arange(len(order)), dearest, name="held at 0", colour="signed")
    y = Scale("cost, nats a character", low=min(0.0, 1.05 * float(dearest.min())))
    x = Scale("unit, the dearest first", names=[str(unit) for unit in order])
    return Chart("costs", "What silencing each unit costs, the dearest first", x, y, [bars], 230)


def reach_chart(now: Reach, training: Array, before: Array, T: int) -> Chart:
    """The norm of the gradient against characters back, down to a hundred-millionth, and where the unroll ends."""
    floor = max(1e-8 * float(now.mean.max()), 1e-30)
    back = np.arange(len(now.mean))

    def seen(values: Array) -> Array:
        return np.where(values > floor, values, np.nan)

    kept = np.flatnonzero(now.mean > floor)
    low, high = np.maximum(now.low, floor), np.maximum(now.high, floor)
    positions = {"a tenth of positions below": now.low, "a tenth above": now.high}
    unrolled, sees = "as far back as it goes", "what learning looks back at"
    layers = [
        Layer("band", back[kept], low[kept], high[kept], legend="80 % of positions", colour="muted", strength=0.22),
        _line(back, seen(before), "untrained", colour="muted", dashed=True),
        _line(back[: len(training)], seen(training), sees, colour="accent"),
        _line(back, seen(now.mean), unrolled, also=positions),
        Layer("rule", [T], label=f"learning looks {T} back"),
    ]
    x = Scale("characters back, k", low=0, high=float(back[-1]))
    y = Scale("norm of the gradient, ‖∂ loss ∕ ∂ h‖", "power", log=True)
    return Chart("memory", "Norm of the gradient against characters back", x, y, layers, 320)


def _line(x: Array, y: Array, name: str, **looks: Any) -> Layer:
    """A line that bears its name in the legend, without what is no number at its end."""
    there = np.flatnonzero(~np.isnan(y))
    end = there[-1] + 1 if len(there) else 0
    also = {of: values[:end] for of, values in looks.pop("also", {}).items()}
    return Layer("line", x[:end], y[:end], name=name, legend=name, also=also, **looks)


def eigenvalues_chart(spectra: Spectra) -> Chart:
    """Both spectra in the complex plane, the unit circle around them."""
    angle = np.linspace(0, 2 * np.pi, 121)
    far = 1.08 * max(1.0, spectra.radius, spectra.jacobian_radius)
    layers = [
        Layer("line", np.cos(angle), np.sin(angle), legend="unit circle", colour="muted", width=1),
        _points("dots", spectra.weights, "W_hh", "accent"),
        _points("squares", spectra.jacobian, "mean Jacobian", "mark"),
    ]
    x = Scale("real part", low=-far, high=far)
    y = Scale("imaginary part", low=-far, high=far)
    alt = "Eigenvalues of the recurrent weights and of the mean Jacobian in the complex plane"
    return Chart("eigenvalues", alt, x, y, layers, 340, square=True)


def _points(shape: Literal["dots", "squares"], values: Array, name: str, colour: Colour) -> Layer:
    """Complex numbers from left to right, each with its size."""
    values = values[np.lexsort((values.imag, values.real))]
    also = {"size |λ|": np.abs(values)}
    looks: dict[str, Any] = {"colour": colour, "strength": 0.75, "width": 5}
    return Layer(shape, values.real, values.imag, name=name, legend=name, also=also, **looks)
