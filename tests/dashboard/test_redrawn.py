"""The page is drawn as a whole where it belongs, whatever was redrawn just before."""

from pathlib import Path
from unittest.mock import MagicMock

import pytest
from streamlit.runtime import Runtime
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import RerunData, ScriptRunnerEvent
from streamlit.runtime.state import SafeSessionState, SessionState
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

PAGE = """
import streamlit as st
from charrnn.dashboard import redrawn

{first}
st.text("the page")
with st.container():
    st.fragment(lambda: st.text("a part"), key="part")()
"""


def places(script: Path) -> list[list[int]]:
    """Where the page's text is put: when it is drawn at first, and right after a part of it was drawn anew."""
    fragments = MemoryFragmentStorage()
    state = SafeSessionState(SessionState(), lambda: None)
    runner = LocalScriptRunner(str(script), state, PagesManager(str(script)), fragment_storage=fragments)
    found = []

    def then(_sender, event, **sent):
        if event is ScriptRunnerEvent.ENQUEUE_FORWARD_MSG:
            message = sent["forward_msg"]
            if message.delta.new_element.text.body == "the page":
                found.append(list(message.metadata.delta_path))
        if event is ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS and len(found) == 1:
            runner.request_rerun(RerunData(fragment_id_queue=[*fragments._fragments]))
        elif event is ScriptRunnerEvent.FRAGMENT_STOPPED_WITH_SUCCESS:
            runner.request_rerun(RerunData())
        elif event is ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS:
            runner.request_stop()

    runner.on_event.connect(then, weak=False)
    runner.start()
    runner.join()
    return found


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.setattr(Runtime, "_instance", MagicMock(spec=Runtime))

    def written(first: str) -> Path:
        path = tmp_path / "page.py"
        path.write_text(PAGE.format(first=first))
        return path

    return written


def test_the_page_stays_in_its_place(page):
    assert places(page("redrawn.from_the_top()")) == [[0, 0], [0, 0]]


def test_streamlit_would_draw_it_inside_the_part(page):
    first, second = places(page(""))  # once both are the same, redrawn.from_the_top can go
    assert first == [0, 0] != second
