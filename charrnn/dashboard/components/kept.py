"""Which runs are this browser's: their tokens, in the browser's own storage."""

from charrnn.dashboard.wire import pack

from .mounting import mount


def kept_runs(add: list[str], drop: list[str], *, key: str) -> list[str]:
    """Keep and forget tokens; return those that are kept, the newest first (none before the browser has answered)."""
    tokens = mount("kept_runs", pack({"add": add, "drop": drop}), key=key, choice="tokens", on_choice=None)
    return [token for token in tokens or [] if isinstance(token, str)]
