"""What can be taken out of the page: the network, and a script that writes with it."""

import re
from typing import NamedTuple

import streamlit as st

from charrnn.dashboard.session.session import Last, Session
from charrnn.network.rnn import Parameters
from charrnn.runs.run import Run
from charrnn.training.checkpoint import from_bytes, with_its_text
from charrnn.training.export import to_script

UNTRAINED = "Train it a little first: an untrained network is made anew from its settings."


class File(NamedTuple):
    """A file to be saved."""

    label: str
    name: str
    kind: str
    data: bytes
    help: str


def take(session: Session) -> None:
    """A button for each file."""
    st.markdown("**To take along**, as it stood when it was handed over last:")
    if not (made := files(session)):
        st.caption(UNTRAINED)
        return
    with st.container(horizontal=True, gap="small"):
        for file in made:
            key = f"take-{file.name.rpartition('.')[2]}"
            st.download_button(file.label, file.data, file.name, file.kind, key=key, on_click="ignore", help=file.help)
    st.caption(f"Step {session.run.state_step:,}.")


def files(session: Session) -> list[File]:
    """The files of the latest state, made once for each; none before the first."""
    run, last = session.run, session.remember("files", Last)
    if run.state is None:
        return []
    if last.value is None or last.value[0] is not run.state:
        last.value = run.state, of_state(run, run.state, run.state_step)
    made: list[File] = last.value[1]
    return made


def of_state(run: Run, data: bytes, step: int) -> list[File]:
    """The files of a run as of a state."""
    state, corpus = from_bytes(data), run.corpus
    name = stem(run, step)
    parameters = Parameters(*(state.arrays[array] for array in Parameters._fields))
    return [
        File(
            "Save the network",
            f"{name}.safetensors",
            "application/octet-stream",
            with_its_text(state, corpus, run.settings),
            "All that training needs, in the safetensors format: python -m charrnn train --resume FILE TEXT goes on "
            "with it to the last digit, sample FILE has it write.",
        ),
        File(
            "Save a script that writes",
            f"{name}.py",
            "text/x-python",
            to_script(parameters, corpus.vocabulary.characters, corpus.beginning).encode(),
            "One Python file that writes with this network and needs NumPy alone, the equations in it.",
        ),
    ]


def stem(run: Run, step: int) -> str:
    """What the files of a run as of a step are called, without what each ends in."""
    return f"{re.sub(r'[^A-Za-z0-9]+', '-', run.name)[:40].strip('-') or 'network'}-step-{step}"
