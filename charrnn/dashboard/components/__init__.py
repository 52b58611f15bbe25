"""Pictures drawn on a canvas in the browser: the reading strip and the hidden-state heatmap.

Each is a Python function that packs numbers into a few kilobytes, and JavaScript modules (assets/) that draw them:

    reading_strip.js  heatmap.js     what is shown, pointed at, pinned
    strip_picture.js                 the strip's rows, drawn
    stage.js                         a component's life: built once, redrawn with each frame, theme and width
    shared.js                        colour scales, visible glyphs, the wire format
"""

from .heatmap import Cell, heatmap
from .strip import Reach, Row, StripFrame, Unit, reading_strip

__all__ = ["Cell", "Reach", "Row", "StripFrame", "Unit", "heatmap", "reading_strip"]
