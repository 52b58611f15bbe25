"""How the doctor judges healthy runs: python tests/soak/doctor.py [steps] [texts …]

Each text is trained on with the defaults and examined now and again. Printed are what was found
and how near the signs came to their limits.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import charrnn  # noqa: F401, I001  before NumPy, which gets one thread
import numpy as np
from patients import examined

from charrnn.dashboard.session import texts
from charrnn.insight.doctor import CONSTANT, examine
from charrnn.insight.weights import saturation
from charrnn.training.settings import Settings


def main() -> None:
    """Train, examine, print."""
    last = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    marks = sorted({round(100 * 1.5**k) for k in range(40) if 100 * 1.5**k < last} | {10, 30, last})
    for name in sys.argv[2:] or texts.names():
        for signs in examined(texts.find(name, texts.Choices()), Settings(), marks):
            dead = int((np.ptp(signs.units, axis=0) < CONSTANT).sum())
            held_out = signs.held_out[-1][1] if signs.held_out else np.nan
            print(
                f"{name:20} step {signs.steps[-1]:>7,} loss {signs.losses[-1]:.3f} held out {held_out:.3f} "
                f"saturated {saturation(signs.units).share:.0%} dead {dead} clipped {np.nanmax(signs.clipped):.1%} "
                f"moved {signs.moved:.2f}  {'; '.join(f'{one.name}: {one.evidence}' for one in examine(signs))}",
                flush=True,
            )


if __name__ == "__main__":
    main()
