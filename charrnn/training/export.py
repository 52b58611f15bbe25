"""A network's arrays for other programs."""

import io
import json
from pathlib import Path

import numpy as np

from charrnn.network.parameters import Parameters


def to_npz(parameters: Parameters, characters: str) -> bytes:
    """A NumPy archive of the five arrays and of the alphabet as code points."""
    file = io.BytesIO()
    codes = np.array([ord(character) for character in characters])
    np.savez(file, characters=codes, **parameters._asdict())
    return file.getvalue()


def to_json(parameters: Parameters, characters: str) -> str:
    """The alphabet and the five arrays as nested lists."""
    arrays = {name: array.tolist() for name, array in parameters._asdict().items()}
    return json.dumps({"characters": characters, **arrays})


def export(parameters: Parameters, characters: str, path: Path) -> None:
    """Write the network to path as its suffix says: .npz or .json. Raises ValueError for another one."""
    if path.suffix == ".npz":
        path.write_bytes(to_npz(parameters, characters))
    elif path.suffix == ".json":
        path.write_text(to_json(parameters, characters), encoding="utf-8")
    else:
        raise ValueError(
            f"The name {path.name} must end in .npz, .json, .safetensors or .py, which says what to write."
        )
