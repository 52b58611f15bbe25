"""The tokens in a run's links: who has one can drive the run, or only watch it."""

import base64
import hashlib
import secrets


def new_token() -> str:
    """A token that nobody can guess: 128 random bits."""
    return secrets.token_urlsafe(16)


def watch_token_of(token: str) -> str:
    """A one-way function of a run's token."""
    digest = hashlib.sha256(f"watch {token}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:18]).decode()
