"""What can be taken out of the page: the network, and a script that writes with it."""

import re
from collections.abc import Callable
from typing import NamedTuple

import streamlit as st

from charrnn.dashboard.session import texts
from charrnn.dashboard.session.session import Session
from charrnn.runs import run_file
from charrnn.runs.known import Known
from charrnn.training import keep
from charrnn.training.network_file import NetworkFile, packed, to_pytorch

UNTRAINED = "Train it a little first: an untrained network is made anew from its settings."


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
    st.markdown("**To take along**, as it stood when it was handed over last:")
    if session.run.state is None:
        st.caption(UNTRAINED)
        return
    offer(files(session.run))
    st.caption(f"Step {session.run.state_step:,}.")


def offer(files: list[File]) -> None:
    """A button for each."""
    with st.container(horizontal=True, gap="small"):
        for file in files:
            key, help = f"take-{file.key}", file.help
            st.download_button(file.label, file.make, file.name, file.kind, key=key, on_click="ignore", help=help)


def files(run: Known) -> list[File]:
    """The files of a run that has been trained, as of its latest state, whatever it does meanwhile."""
    still = run.as_it_stands()

    def network() -> NetworkFile:
        return run_file.of_run(still, with_text=not texts.is_known(still.corpus)).network

    def script() -> bytes:
        made = network()
        return keep.both(made.state, made.settings, still.corpus, name)

    own = "the name of its text" if texts.is_known(still.corpus) else "its text"
    name = stem(still, still.state_step)
    return [
        File(
            "network",
            "Save the network",
            f"{name}.safetensors",
            "application/octet-stream",
            lambda: packed(network()),
            f"All that training needs, its curve and {own}, in the safetensors format. Dropped where texts are, it is "
            "a run again, exactly as it stands; python -m charrnn train --resume FILE goes on with it, sample FILE has "
            "it write.",
        ),
        File(
            "script",
            "Save a script to keep",
            f"{name}.zip",
            "application/zip",
            script,
            "One Python file to read, with the equations in it, and the weights beside it: it goes on learning, and it "
            "writes. It needs NumPy alone.",
        ),
        File(
            "pytorch",
            "Save for PyTorch",
            f"{name}-pytorch.safetensors",
            "application/octet-stream",
            lambda: to_pytorch(network()),
            f"Its weights under the names of torch.nn.{still.settings.cell.upper()} and Linear, in the "
            "safetensors format; the characters are in the metadata.",
        ),
    ]


def stem(run: Known, step: int) -> str:
    """What the files of a run as of a step are called, without what each ends in."""
    return f"{re.sub(r'[^A-Za-z0-9]+', '-', run.name)[:40].strip('-') or 'network'}-step-{step}"
