"""What is this browser's: the tokens of its runs, and how far it has come in lessons, in its own storage."""

from typing import Any, NamedTuple

from charrnn.dashboard.wire import pack

from .mounting import mount


class Kept(NamedTuple):
    """What a browser has told."""

    tokens: list[str]  # of its runs, the newest first
    first: bool  # whether it was there for the first time


def kept_runs(add: list[str], drop: list[str], greets: bool, *, key: str) -> Kept:
    """Keep and forget tokens; return those that are kept, none before the browser has answered.

    Only a page that `greets` makes a visit the first one.
    """
    told = mount("kept_runs", pack({"add": add, "drop": drop, "greets": greets}), key=key, choice="kept")
    said = told if isinstance(told, dict) else {}
    tokens = said.get("tokens")
    known = tokens if isinstance(tokens, list) else []
    return Kept([token for token in known if isinstance(token, str)], said.get("first") is True)


def kept_lessons(put: dict[str, Any], *, key: str) -> dict[str, Any] | None:
    """Keep notes by their names; return those that were kept before, None until the browser has answered.

    What comes back may be anything: people write into their browser's storage.
    """
    notes = mount("kept_lessons", pack({"put": put}), key=key, choice="notes")
    return None if notes is None else dict(notes) if isinstance(notes, dict) else {}
