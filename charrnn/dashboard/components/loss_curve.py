"""The loss curve: a run's loss over its steps, beside what it is compared to."""

from collections.abc import Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import ArrayLike

from .mounting import mount
from .wire import pack, unsigned


class Mark(TypedDict):
    """Where a knob was turned."""

    step: int
    label: str  # "learning rate 0.002"


class Level(TypedDict):
    """What the network is compared to."""

    name: str  # "counting pairs"
    nats: float


class CurveFrame(TypedDict):
    """All that the curve shows at one moment. Losses are in nats per character."""

    steps: ArrayLike  # (points,) rising
    smooth: ArrayLike  # (points,) smoothed loss
    low: ArrayLike  # (points,) least raw loss since the point before
    high: ArrayLike  # (points,) greatest
    held_out: Sequence[tuple[int, float]]  # (step, loss)
    rivals: Sequence[Level]
    marks: Sequence[Mark]
    blind: float  # loss of a blind guess, ln V


def loss_curve(data: bytes, *, key: str) -> None:
    """Draw a curve that was encoded. Unit and zoom are the browser's own: they outlive frames, and Python never hears
    of them."""
    mount("loss_curve", data, key=key)


def encode_curve(frame: CurveFrame, height: int = 222) -> bytes:
    """The frame as sent: ten bytes a point. The picture is ``height`` CSS pixels high, axes included; the choice of
    unit stands above it. Raises ValueError where lengths differ.

    Losses travel over [0, twice that of a blind guess], 0.0001 apart, or up to the greatest smoothed or held-out one
    where that is more; what lies beyond, or is no number, is sent as that limit.
    """
    steps = np.asarray(frame["steps"])
    held_out = np.asarray(frame["held_out"], float).reshape(-1, 2)
    told = np.concatenate([np.ravel(np.asarray(frame["smooth"], float)), held_out[:, 1]])
    limit = round(max(2 * frame["blind"], 1.0, float(told[np.isfinite(told)].max(initial=0))), 5)

    def losses(name: str, values: ArrayLike) -> np.ndarray:
        array = np.asarray(values, float)
        if array.shape != steps.shape:
            raise ValueError(f"{name}: shape {steps.shape} is needed, as steps have, not {array.shape}")
        return _nats(array, limit)

    header = {
        "height": height,
        "limit": limit,
        "points": len(steps),
        "measured": len(held_out),
        "blind": round(frame["blind"], 5),
        "rivals": [{"name": rival["name"], "nats": round(rival["nats"], 5)} for rival in frame["rivals"]],
        "marks": [{"step": int(mark["step"]), "label": mark["label"]} for mark in frame["marks"]],
    }
    curve = [losses("smooth", frame["smooth"]), losses("low", frame["low"]), losses("high", frame["high"])]
    moments = [steps.astype("<u4"), held_out[:, 0].astype("<u4")]
    return pack(header, *moments, *curve, _nats(held_out[:, 1], limit))


def _nats(values: np.ndarray, limit: float) -> np.ndarray:
    return unsigned(np.nan_to_num(values, nan=limit), limit, "<u2")
