"""Pictures drawn in the browser: the reading strip, the hidden-state heatmap, a coloured text.

Each is a Python function that packs numbers into a few kilobytes, and JavaScript modules (assets/) that draw them:

    reading_strip.js  heatmap.js  coloured_text.js     what is shown, pointed at, picked
    strip_picture.js     the strip's rows, drawn
    guesses.js           the likeliest characters at one place, as a table
    stage.js             a component's life: built once, redrawn with each frame, theme and width
    shared.js            colour scales, visible glyphs, the wire format
"""

from .coloured_text import Choice, Colouring, Guesses, coloured_text
from .heatmap import Cell, heatmap
from .strip import Reach, Row, StripFrame, Unit, reading_strip

__all__ = [
    "Cell",
    "Choice",
    "Colouring",
    "Guesses",
    "Reach",
    "Row",
    "StripFrame",
    "Unit",
    "coloured_text",
    "heatmap",
    "reading_strip",
]
