"""Draw the README's chart of speed.

    python -m charrnn bench --json > bench.json; python tests/benchmarks/chart.py bench.json

One bar a contender and size, as long as what it trains in a second (characters), on a logarithmic scale.
"""

import json
import sys
from math import log10
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

PICTURE = Path(__file__).resolve().parents[2] / ".github" / "speed.svg"
COLOURS = {"charrnn": "#0F766E", "pytorch": "#E08A2E", "textbook": "#5B9BD5"}
NAMES = {"charrnn": "CharRNN Lab", "pytorch": "PyTorch", "textbook": "textbook NumPy"}
LEFT, WIDTH, BAR, GAP = 150, 560, 13, 12
LOW, HIGH = 3, 5.6  # decimal logarithms of characters a second


def place(speed: float) -> float:
    """Where a speed lies, in pixels from the left."""
    return LEFT + WIDTH * (log10(speed) - LOW) / (HIGH - LOW)


def text(x: float, y: float, words: str, anchor: str = "start", colour: str = "#5B626B") -> str:
    """A line of text."""
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{colour}">{escape(words)}</text>'


def chart(rows: list[dict[str, Any]]) -> str:
    """The picture of the benchmark's rows."""
    parts, y = [], 60
    for i, name in enumerate(NAMES):
        parts += [f'<rect x="{LEFT + 150 * i}" y="14" width="12" height="12" fill="{COLOURS[name]}"/>']
        parts += [text(LEFT + 150 * i + 18, 25, NAMES[name])]
    for row in rows:
        times = row["microseconds"]
        contenders = [name for name in NAMES if name in times]
        parts.append(
            text(LEFT - 12, y + BAR * len(contenders) / 2 + 4, f"H={row['H']}  B={row['B']}", "end", "#1B1F24")
        )
        for name in contenders:
            speed = row["T"] * row["B"] / times[name] * 1e6
            size = f'width="{place(speed) - LEFT:.1f}" height="{BAR - 2}"'
            parts += [
                f'<rect x="{LEFT}" y="{y}" {size} fill="{COLOURS[name]}"/>',
                text(place(speed) + 6, y + BAR - 3, f"{speed:,.0f}"),
            ]
            y += BAR
        y += GAP
    for power in range(LOW, int(HIGH) + 1):
        parts.append(f'<line x1="{place(10**power)}" x2="{place(10**power)}" y1="44" y2="{y}" stroke="#DAD9D2"/>')
        parts.append(text(place(10**power), y + 16, f"{10**power:,}", "middle"))
    parts.append(text(LEFT, y + 36, "characters trained on in a second, one thread; longer is better"))
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {LEFT + WIDTH + 90} {y + 48}" font-family="sans-serif"'
    )
    return "\n".join([head + ' font-size="12"><rect width="100%" height="100%" fill="#FCFCFA"/>', *parts, "</svg>\n"])


if __name__ == "__main__":
    PICTURE.write_text(chart(json.loads(Path(sys.argv[1]).read_text())["training"]))
    print(PICTURE)
