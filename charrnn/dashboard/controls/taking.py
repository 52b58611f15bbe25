"""What can be taken out of the page: the network, and a script that writes with it."""

import re
from typing import NamedTuple

import streamlit as st

from charrnn.dashboard.session import texts
from charrnn.dashboard.session.session import Last, Session
from charrnn.runs import run_file
from charrnn.runs.known import Known
from charrnn.runs.run import Run
from charrnn.training.export import to_script
from charrnn.training.network_file import packed, to_pytorch

UNTRAINED = "Train it a little first: an untrained network is made anew from its settings."


class File(NamedTuple):
    """A file to be saved."""

    key: str
    label: str
    name: str
    kind: str
    data: bytes
    help: str


def take(session: Session) -> None:
    """The network, and what writes with it."""
    st.markdown("**To take along**, as it stood when it was handed over last:")
    if not (made := files(session)):
        st.caption(UNTRAINED)
        return
    offer(made)
    st.caption(f"Step {session.run.state_step:,}.")


def offer(files: list[File]) -> None:
    """A button for each."""
    with st.container(horizontal=True, gap="small"):
        for file in files:
            key, help = f"take-{file.key}", file.help
            st.download_button(file.label, file.data, file.name, file.kind, key=key, on_click="ignore", help=help)


def files(session: Session) -> list[File]:
    """The files of the latest state, made once for each; none before the first."""
    run, last = session.run, session.remember("files", Last)
    if run.state is None:
        return []
    if last.value is None or last.value[0] is not run.state:
        last.value = run.state, of_run(run)
    made: list[File] = last.value[1]
    return made


def of_run(run: Run) -> list[File]:
    """The files of a run as of its latest state."""
    network = run_file.of_run(run, with_text=not texts.is_known(run.corpus)).network
    own = "its text" if network.text.content else "the name of its text"
    name = stem(run, network.steps)
    return [
        File(
            "network",
            "Save the network",
            f"{name}.safetensors",
            "application/octet-stream",
            packed(network),
            f"All that training needs, its curve and {own}, in the safetensors format. Dropped where texts are, it is "
            "a run again, exactly as it stands; python -m charrnn train --resume FILE goes on with it, sample FILE has "
            "it write.",
        ),
        File(
            "script",
            "Save a script that writes",
            f"{name}.py",
            "text/x-python",
            to_script(network.parameters, network.characters, network.text.beginning).encode(),
            "One Python file that writes with this network and needs NumPy alone, the equations in it.",
        ),
        File(
            "pytorch",
            "Save for PyTorch",
            f"{name}-pytorch.safetensors",
            "application/octet-stream",
            to_pytorch(network),
            f"Its weights under the names of torch.nn.{network.settings.cell.upper()} and Linear, in the "
            "safetensors format; the characters are in the metadata.",
        ),
    ]


def stem(run: Known, step: int) -> str:
    """What the files of a run as of a step are called, without what each ends in."""
    return f"{re.sub(r'[^A-Za-z0-9]+', '-', run.name)[:40].strip('-') or 'network'}-step-{step}"
