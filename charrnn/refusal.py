"""What cannot be done, in a sentence: one line that can be shown anywhere, whatever names are part of it."""

import unicodedata
from typing import Any

from charrnn.sentence import Sentence

UNSHOWN = ("Cc", "Cs", "Co", "Cn")  # Unicode's categories of controls and of what has no sign
TURNING = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}  # code points that have what follows read another way


class SaidError(Exception):
    """What went wrong is one sentence, in which values may stand as in str.format."""

    def __init__(self, said: str, /, **values: Any) -> None:
        plain = {name: in_a_line(value) if type(value) is str else value for name, value in values.items()}
        self.said = said if isinstance(said, Sentence) else Sentence(said, **plain)
        super().__init__(in_a_line(self.said))


class RefusalError(SaidError, ValueError):
    """What was asked for cannot be had; why, and what to do, is one sentence."""


def in_a_line(text: str) -> str:
    """What somebody has named or written as part of a sentence: blanks are one space, what would move the cursor, turn
    the line around or cannot be written at all is U+FFFD."""
    return " ".join("".join(map(_shown, text)).split())


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    hidden = unicodedata.category(character) in UNSHOWN or ord(character) in TURNING
    return "\ufffd" if hidden else character
