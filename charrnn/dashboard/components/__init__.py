"""Pictures drawn in the browser: reading strip, loss curve, hidden-state heatmap, coloured text, matrix, chart.

Each is a Python function that packs numbers into a few kilobytes, and JavaScript modules (assets/) that draw them:

    reading_strip.js  loss_curve.js  heatmap.js  coloured_text.js  matrix.js  chart.js   what is shown
    strip_picture.js     the strip's rows, drawn
    loss_picture.js      the loss curve, drawn
    loss_scale.js        its units, scales and ticks
    chart_picture.js     a chart, drawn
    chart_scale.js       its scales, ticks and numbers in words
    scales.js            scales, round numbers and labels kept apart, for all axes
    strokes.js           grid, rules, dots and letters with a rim
    guesses.js           the likeliest characters at one place, as a table
    stage.js             a component's life: built once, redrawn with each frame, theme and width
    shared.js            colour scales, visible glyphs, the wire format
"""

from .chart import Chart, Colour, Form, Layer, Scale, chart, encode_chart
from .coloured_text import Choice, Colouring, Guesses, coloured_text
from .heatmap import Cell, heatmap, in_sight
from .loss_curve import CurveFrame, Level, Mark, loss_curve
from .matrix import Axis, matrix
from .strip import Reach, Row, StripFrame, Unit, reading_strip

__all__ = [
    "Axis",
    "Cell",
    "Chart",
    "Choice",
    "Colour",
    "Colouring",
    "CurveFrame",
    "Form",
    "Guesses",
    "Layer",
    "Level",
    "Mark",
    "Reach",
    "Row",
    "Scale",
    "StripFrame",
    "Unit",
    "chart",
    "coloured_text",
    "encode_chart",
    "heatmap",
    "in_sight",
    "loss_curve",
    "matrix",
    "reading_strip",
]
