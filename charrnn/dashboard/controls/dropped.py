"""What lies in the drop zone of the Text panel: texts, and networks that were saved."""

from typing import NamedTuple

import streamlit as st

from charrnn.refusal import in_a_line
from charrnn.training.network_file import is_network

FILE_NAME = 255  # characters of a file's name that count: no more have names on disks, whatever a browser sends


class Dropped(NamedTuple):
    """A file."""

    name: str
    data: bytes
    key: str  # another one with another file


def dropped() -> tuple[list[Dropped], list[Dropped]]:
    """The texts and the networks that are there now."""
    # Of a file that has been learned from a browser may tell once more, though it is gone: it has no content then.
    files = [file for file in st.session_state.get("uploaded") or () if hasattr(file, "getvalue")]
    found = [Dropped(in_a_line(file.name[:FILE_NAME]), file.getvalue(), file.file_id) for file in files]
    networks = [file for file in found if is_network(file.name, file.data)]
    return [file for file in found if file not in networks], networks
