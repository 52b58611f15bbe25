"""A network to take home: its arrays for other programs, or one Python file that needs NumPy and nothing of ours."""

import base64
import io
import json
from pathlib import Path
from textwrap import indent

import numpy as np

from charrnn.network.cells import CELLS, cell_of
from charrnn.network.parameters import Parameters

SCRIPT = '''"""A character network trained with CharRNN Lab. It writes: python FILE [length] [temperature]"""

import base64
import io
import sys

import numpy as np

CHARACTERS = {characters}
BEGINNING = {beginning}  # what stands before a beginning in its text
ARRAYS = """
{arrays}
"""


def write(length=500, temperature=0.8, seed=None):
    """`length` characters, each drawn from softmax(y / temperature), at 0 the likeliest, and read back in."""
    network = np.load(io.BytesIO(base64.b64decode(ARRAYS)))
    W_xh, W_hh, W_hy, b_h, b_y = (network[name] for name in ("W_xh", "W_hh", "W_hy", "b_h", "b_y"))
    rng, h, text = np.random.default_rng(seed), np.zeros(len(W_hy)), ""{start}
    character = CHARACTERS.find(BEGINNING)
    for _ in range(length):
        if character >= 0:
{read}
        y = h @ W_hy + b_y
        if temperature < 1e-6:
            character = int(y.argmax())
        else:
            p = np.exp((y - y.max()) / temperature)
            character = rng.choice(len(p), p=p / p.sum())
        text += CHARACTERS[character]
    return text


if __name__ == "__main__":
    sys.stdout.reconfigure(errors="replace")
    print(write(*(kind(value) for kind, value in zip((int, float), sys.argv[1:]))))
'''


START = {"rnn": "", "gru": "", "lstm": "\n    c = np.zeros(len(W_hy))"}  # what a state has beside h
READ = {  # one character by each cell's equations
    "rnn": """\
h = np.tanh(W_xh[character] + h @ W_hh + b_h)""",
    "gru": """\
b_r, b_z, b_n, b_m = np.split(b_h, 4)
(a_r, a_z, a_n), (q_r, q_z, q_n) = np.split(W_xh[character], 3), np.split(h @ W_hh, 3)
r, z = 1 / (1 + np.exp(-(a_r + q_r + b_r))), 1 / (1 + np.exp(-(a_z + q_z + b_z)))
n = np.tanh(a_n + b_n + r * (q_n + b_m))
h = n + z * (h - n)""",
    "lstm": """\
o, i, f, g = np.split(W_xh[character] + h @ W_hh + b_h, 4)
o, i, f = (1 / (1 + np.exp(-gate)) for gate in (o, i, f))
c = f * c + i * np.tanh(g)
h = o * np.tanh(c)""",
}


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


def to_script(parameters: Parameters, characters: str, beginning: str) -> str:
    """A Python script that holds the network and writes text with it."""
    encoded = base64.encodebytes(to_npz(parameters, characters)).decode("ascii").strip()
    (cell,) = (name for name, one in CELLS.items() if one is cell_of(parameters))
    read = indent(READ[cell], " " * 12)
    texts = {"characters": ascii(characters), "beginning": ascii(beginning)}
    return SCRIPT.format(**texts, arrays=encoded, start=START[cell], read=read)


def export(parameters: Parameters, characters: str, path: Path, beginning: str = "\n") -> None:
    """Write the network to path as its suffix says: .npz, .json or .py. Raises ValueError for another one.

    A script begins as if it had just read `beginning`, a character, if it knows that.
    """
    if path.suffix == ".npz":
        path.write_bytes(to_npz(parameters, characters))
    elif path.suffix == ".json":
        path.write_text(to_json(parameters, characters), encoding="utf-8")
    elif path.suffix == ".py":
        path.write_text(to_script(parameters, characters, beginning), encoding="utf-8")
    else:
        raise ValueError(
            f"The name {path.name} must end in .npz, .json, .safetensors or .py, which says what to write."
        )
