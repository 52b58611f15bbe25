"""CharRNN Lab: a character-level recurrent network in pure NumPy, and a page on which to see it learn.

The way of the data, room by room (a room imports only the rooms before it):

    text      bytes -> Corpus (text, Vocabulary, ids) -> (T, B) windows
    network   windows -> loss and gradients -> clip -> optimiser -> Parameters
    training  Settings + Corpus -> Trainer, which does steps; its state to and from safetensors
    insight   Parameters + text -> something worth seeing (pure functions)
    runs      a Trainer in a process of its own, its owner, and what lasts
    dashboard the page
"""

import os

# One BLAS thread, set before NumPy is first imported: the products are small, and two threads on a busy two-core
# machine took 365 ms for a step that takes 21 ms with one.
for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_variable, "1")

from charrnn.text.corpus import Corpus
from charrnn.training.network_file import load, save
from charrnn.training.settings import Settings
from charrnn.training.trainer import Trainer

__all__ = ["Corpus", "Settings", "Trainer", "load", "save"]
