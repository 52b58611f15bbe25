"""What is drawn in the browser: strip, cells, coloured text and passages.

Each is a Python function that packs numbers into a few kilobytes, and JavaScript modules (assets/) that draw them:

    reading_strip.js  cells.js  coloured_text.js   what is shown
    network.js           the network drawn: its phases played, the equations beside it
    network_picture.js   its columns, drawn; network_layout.js where they lie; network_story.js what is told of them
    grid.js              what strip and cells share: what is picked and pointed at, by pointer and keys
    strip_picture.js     the strip's rows, drawn
    passages.js          texts as they were written
    copied.js            the button that copies one
    guesses.js           the likeliest characters at one place, as a table and in words
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
from .cells import Axis, Cell, cells, encode_cells
from .coloured_text import Choice, Colouring, Guesses, coloured_text, encode_coloured_text
from .network import GUESSES, Columns, Story, Summed, encode_network, network
from .passages import Passage, encode_passages, passages
from .strip import Reach, Row, StripFrame, Unit, encode_strip, reading_strip

__all__ = [
    "GUESSES",
    "Axis",
    "Button",
    "Cell",
    "Choice",
    "Colouring",
    "Columns",
    "Guesses",
    "Passage",
    "Reach",
    "Row",
    "Span",
    "Story",
    "StripFrame",
    "Summed",
    "Unit",
    "arrive",
    "cells",
    "coloured_text",
    "encode_cells",
    "encode_coloured_text",
    "encode_line",
    "encode_network",
    "encode_passages",
    "encode_press",
    "encode_strip",
    "line",
    "link",
    "network",
    "passages",
    "press",
    "reading_strip",
]
