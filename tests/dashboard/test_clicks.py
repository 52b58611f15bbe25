"""Clicks are taken in before Streamlit looks for a newer request, which would have it forget them."""

import inspect
from unittest.mock import Mock

import pytest
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.state import SafeSessionState

from charrnn.dashboard import clicks


class NewerRequestError(Exception):
    """What Streamlit raises where it finds one."""


@pytest.fixture
def told():
    """Session state whose every look for a newer request finds one; called, it takes in a click."""
    state = Mock()
    safe = SafeSessionState(state, yield_callback=Mock(side_effect=NewerRequestError))
    return lambda: (safe.on_script_will_rerun("clicked", is_history_navigation=False), state)[1]


def test_a_click_is_taken_in_whatever_comes_just_then(told, monkeypatch):
    monkeypatch.setattr(SafeSessionState, "on_script_will_rerun", SafeSessionState.on_script_will_rerun)
    clicks.keep()
    told().on_script_will_rerun.assert_called_once_with("clicked", is_history_navigation=False)


def test_streamlit_would_forget_it(told):
    with pytest.raises(NewerRequestError):  # once it no longer does, clicks.py can go
        told()


def test_streamlit_looks_for_a_newer_request_right_after_the_click_was_taken_in():
    source = inspect.getsource(ScriptRunner._run_script)
    taken_in = source.index("self._session_state.on_script_will_rerun(")
    assert taken_in < source.index("self._maybe_handle_execution_control_request()") < source.index("on_script_start()")
