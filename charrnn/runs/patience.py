"""When held-out loss has stopped improving, so that training on would only learn the text by heart.

Patience as in early stopping (Prechelt 1998, "Early stopping - but when?"): the best measurement is old, by how many
came after it and by how many steps, since measurements a moment apart are noise.
"""

from collections.abc import Sequence

from charrnn.runs.curve import Point

MEASUREMENTS = 5  # without a better one, and
LONGER = 1.25  # times the steps that led to the best one


def past_best(held_out: Sequence[Point], since: int) -> Point | None:
    """The best (step, loss) of those measured after step `since`, once it is old; None before that."""
    own = [point for point in held_out if point[0] > since]
    best = min(own, key=lambda point: point[1], default=None)
    if not best:
        return None
    later = len(own) - 1 - own.index(best)
    old = later >= MEASUREMENTS and own[-1][0] - since > LONGER * (best[0] - since)
    return best if old else None
