"""What can be taken out of the page: the network, and a script that writes with it."""

import re
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import streamlit as st

from charrnn.dashboard.language import _, spoken, within
from charrnn.dashboard.session import texts
from charrnn.dashboard.session.session import Session
from charrnn.runs import run_file
from charrnn.runs.known import Known
from charrnn.sentence import Sentence
from charrnn.training import keep
from charrnn.training.network_file import NetworkFile, packed, to_pytorch

UNTRAINED = Sentence("Train it a little first: an untrained network is made anew from its settings.")


class File(NamedTuple):
    """A file to be saved, made when it is asked for: it takes up to half a second."""

    key: str
    label: str
    name: str
    kind: str
    make: Callable[[], bytes]
    help: str


def take(session: Session) -> None:
    """The network, and what writes with it."""
    st.markdown(_("**To take along**, as it stood when it was handed over last:"))
    if session.run.state is None:
        st.caption(_(UNTRAINED))
        return
    offer(files(session.run))
    st.caption(_("Step {state_step:,}.", state_step=session.run.state_step))


def offer(files: list[File]) -> None:
    """A button for each."""
    code = spoken()  # which those who make a file have to be told
    with st.container(horizontal=True, gap="small"):
        for file in files:
            key, help = f"take-{file.key}", file.help
            st.download_button(
                file.label,
                partial(within, code, file.make),
                file.name,
                file.kind,
                key=key,
                on_click="ignore",
                help=help,
            )


def files(run: Known) -> list[File]:
    """The files of a run that has been trained, as of its latest state, whatever it does meanwhile."""
    still = run.as_it_stands()

    def network() -> NetworkFile:
        return run_file.of_run(still, with_text=not texts.is_known(still.corpus)).network

    def script() -> bytes:
        made = network()
        return keep.both(made.state, made.settings, still.corpus, name)

    own = _("the name of its text") if texts.is_known(still.corpus) else _("its text")
    name = stem(still, still.state_step)
    return [
        File(
            "network",
            _("Save the network"),
            f"{name}.safetensors",
            "application/octet-stream",
            lambda: packed(network()),
            _(
                "All that training needs, its curve and {own}, in the safetensors format. Dropped where "
                "texts are, it is a run again, exactly as it stands; python -m charrnn train --resume FILE "
                "goes on with it, sample FILE has it write.",
                own=own,
            ),
        ),
        File(
            "script",
            _("Save a script to keep"),
            f"{name}.zip",
            "application/zip",
            script,
            _(
                "One Python file to read, with the equations in it, and the weights beside it: it goes on "
                "learning, and it writes. It needs NumPy alone."
            ),
        ),
        File(
            "pytorch",
            _("Save for PyTorch"),
            f"{name}-pytorch.safetensors",
            "application/octet-stream",
            lambda: to_pytorch(network()),
            _(
                "Its weights under the names of torch.nn.{cell} and Linear, in the safetensors format; the "
                "characters are in the metadata.",
                cell=still.settings.cell.upper(),
            ),
        ),
    ]


def stem(run: Known, step: int) -> str:
    """What the files of a run as of a step are called, without what each ends in."""
    return f"{re.sub(r'[^A-Za-z0-9]+', '-', run.name)[:40].strip('-') or 'network'}-step-{step}"
