"""What is drawn in the browser: strip, heatmap, coloured text, matrix and passages.

Each is a Python function that packs numbers into a few kilobytes, and JavaScript modules (assets/) that draw them:

    reading_strip.js  heatmap.js  coloured_text.js  matrix.js   what is shown
    strip_picture.js     the strip's rows, drawn
    passages.js          texts as they were written
    copied.js            the button that copies one
    guesses.js           the likeliest characters at one place, as a table
    stage.js             a component's life: built once, redrawn with each frame, theme and width
    live.js              the newest message of each, whether Streamlit brought it or the session's channel
    link.js              the page's end of that channel
    line.js              a line of text with figures that move
    press.js             a button that is answered over the channel
    arrive.js            brings a section of the page before the eye
    shared.js            colour scales, visible glyphs, the wire format
"""

from charrnn.dashboard.components.live_button import Button, encode_press, press
from charrnn.dashboard.components.live_text import Span, encode_line, line
from charrnn.dashboard.components.rerun_bridge import link

from .arrive import arrive
from .coloured_text import Choice, Colouring, Guesses, coloured_text, encode_coloured_text
from .heatmap import Cell, encode_heatmap, heatmap
from .matrix import Axis, encode_matrix, matrix
from .passages import Passage, encode_passages, passages
from .strip import Reach, Row, StripFrame, Unit, encode_strip, reading_strip

__all__ = [
    "Axis",
    "Button",
    "Cell",
    "Choice",
    "Colouring",
    "Guesses",
    "Passage",
    "Reach",
    "Row",
    "Span",
    "StripFrame",
    "Unit",
    "arrive",
    "coloured_text",
    "encode_coloured_text",
    "encode_heatmap",
    "encode_line",
    "encode_matrix",
    "encode_passages",
    "encode_press",
    "encode_strip",
    "heatmap",
    "line",
    "link",
    "matrix",
    "passages",
    "press",
    "reading_strip",
]
