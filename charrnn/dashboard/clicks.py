"""No click is forgotten because the browser asks for something else at the same moment.

Before Streamlit (1.67) tells the widgets of a request that they were used, it looks whether a newer request has come,
and if so takes that one instead: what was used in the first is lost. Here the widgets are told first, and callbacks
called; right after that Streamlit looks once more (ScriptRunner, code_to_exec). With runner.fastReruns off
(.streamlit/config.toml) a newer request waits until then.
"""

from typing import Any

from streamlit.runtime.state import SafeSessionState

_told_by_streamlit = SafeSessionState.on_script_will_rerun


def keep() -> None:
    """From here on, in this process."""
    setattr(SafeSessionState, "on_script_will_rerun", _told)  # noqa: B010  a type checker allows no assignment


def _told(self: Any, *states: Any, **options: Any) -> None:
    own = vars(self)
    if not {"_lock", "_state"} <= own.keys():  # another Streamlit than the one that was looked into
        return _told_by_streamlit(self, *states, **options)
    with own["_lock"]:
        own["_state"].on_script_will_rerun(*states, **options)
