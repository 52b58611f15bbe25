"""What is this browser's: the tokens of its runs, and how far it has come in lessons, in its own storage."""

from typing import Any

from charrnn.dashboard.wire import pack

from .mounting import mount


def kept_runs(add: list[str], drop: list[str], *, key: str) -> list[str]:
    """Keep and forget tokens; return those that are kept, the newest first (none before the browser has answered)."""
    tokens = mount("kept_runs", pack({"add": add, "drop": drop}), key=key, choice="tokens", on_choice=None)
    return [token for token in tokens or [] if isinstance(token, str)]


def kept_lessons(put: dict[str, Any], *, key: str) -> dict[str, Any] | None:
    """Keep notes by their names; return those that were kept before, None until the browser has answered.

    What comes back may be anything: people write into their browser's storage.
    """
    notes = mount("kept_lessons", pack({"put": put}), key=key, choice="notes", on_choice=None)
    return None if notes is None else dict(notes) if isinstance(notes, dict) else {}
