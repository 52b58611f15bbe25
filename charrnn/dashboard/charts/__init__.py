"""Charts: what is drawn over axes, by Altair.

A chart is a pure function of its options to an Altair chart over named data, and another from what was measured to the
frames of these names. A new one costs the two, and a call of `draw`:

    look.py      colours, axes, labels that keep apart
    drawn.py     a chart on the page
    losses.py    the loss curve
    compared.py  the losses of runs compared
    loss_axes.py what these two share
    inside.py    what silencing costs, the gradient's reach, eigenvalues
    draws.py     one draw: probabilities, and where the die falls
    mistakes.py  what came against what was guessed
    weights.py   histograms, figures over time, characters as points
    notebook.py  charts with their numbers in them, for notebooks
"""

from .drawn import draw

__all__ = ["draw"]
