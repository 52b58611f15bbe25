"""What Streamlit does that is mended, what it is mended to, and a page that stands where nothing can be mended.

A test that begins with `test_streamlit_would` fails once the mending is needed no longer.
"""

import importlib
import inspect
import re
import sys
from pathlib import Path
from unittest.mock import MagicMock, Mock

import pytest
import streamlit as st
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime import Runtime
from streamlit.runtime.fragment import MemoryFragmentStorage
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import RerunData, ScriptRunnerEvent
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.state import SafeSessionState, SessionState
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.local_script_runner import LocalScriptRunner

from charrnn.dashboard import streamlit_fixes
from charrnn.dashboard.session import server

ROOT = Path(__file__).resolve().parents[2]


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
    streamlit_fixes.keep_clicks()
    told().on_script_will_rerun.assert_called_once_with("clicked", is_history_navigation=False)


def test_streamlit_would_forget_it(told):
    with pytest.raises(NewerRequestError):
        told()


def test_streamlit_looks_for_a_newer_request_right_after_the_click_was_taken_in():
    source = inspect.getsource(ScriptRunner._run_script)
    taken_in = source.index("self._session_state.on_script_will_rerun(")
    assert taken_in < source.index("self._maybe_handle_execution_control_request()") < source.index("on_script_start()")


PAGE = """
import streamlit as st
from charrnn.dashboard import streamlit_fixes

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

    finished(runner, then)
    return found


def finished(runner: LocalScriptRunner, then) -> None:
    """Run a script until `then`, which hears of all that comes, asks for its end."""
    runner.on_event.connect(then, weak=False)
    runner.start()
    runner.join()


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.setattr(Runtime, "_instance", MagicMock(spec=Runtime))

    def written(first: str) -> Path:
        path = tmp_path / "page.py"
        path.write_text(PAGE.format(first=first))
        return path

    return written


def test_the_page_stays_in_its_place(page):
    assert places(page("streamlit_fixes.from_the_top()")) == [[0, 0], [0, 0]]


def test_streamlit_would_draw_it_inside_the_part(page):
    first, second = places(page(""))
    assert first == [0, 0] != second


STATIC = Path(st.__file__).parent / "static" / "static" / "js"


def test_the_browser_s_part_of_streamlit_has_all_that_the_style_names():
    """A rule for what is no longer there would do nothing, and nobody would see why the page has changed."""
    rules = streamlit_fixes.STYLE + streamlit_fixes.INK + streamlit_fixes.PRESENT
    named = set(re.findall(r"st[A-Z]\w+|data-stale|data-collapsed", rules))
    scripts = "".join(path.read_text(encoding="utf-8") for path in STATIC.glob("*.js"))
    assert len(named) == 24
    for name in named:  # a button's kind is put behind what all buttons begin with
        assert f"`{name}" in scripts or f'"{name}' in scripts


@pytest.fixture
def unmended(monkeypatch):
    """A Streamlit in which nothing is found that is no promise."""
    monkeypatch.setitem(sys.modules, "streamlit.runtime.state", None)
    monkeypatch.setitem(sys.modules, "streamlit.delta_generator_singletons", None)
    importlib.reload(streamlit_fixes)
    monkeypatch.undo()
    yield
    importlib.reload(streamlit_fixes)


def test_the_page_stands_where_nothing_can_be_mended(unmended):
    assert streamlit_fixes.SafeSessionState is streamlit_fixes.context_dg_stack is None
    streamlit_fixes.keep_clicks()
    page = AppTest.from_file(str(ROOT / "charrnn" / "dashboard" / "page.py"), default_timeout=60)
    page.query_params.update({"text": "Names", "hidden_size": "16", "sequence_length": "20", "batch_size": "2"})
    try:
        page.run().run()
        assert not page.exception
        assert page.button(key="start-over").disabled
        assert page.expander
    finally:
        server.engine().close()
        server.engine.clear()


def test_what_is_there_and_is_used_otherwise_stops_no_page(monkeypatch):
    monkeypatch.setattr(streamlit_fixes, "context_dg_stack", object())
    streamlit_fixes.from_the_top()
    monkeypatch.setattr(SafeSessionState, "on_script_will_rerun", SafeSessionState.on_script_will_rerun)
    taken_in = Mock()
    monkeypatch.setattr(SafeSessionState, "on_script_will_rerun", taken_in)
    streamlit_fixes.keep_clicks()
    SafeSessionState.on_script_will_rerun(Mock(spec=[]), "clicked")  # one that keeps its state elsewhere
    taken_in.assert_called_once()


TWO_PARTS = """
import streamlit as st
from charrnn.dashboard import streamlit_fixes

def asked():
    if {mended} and streamlit_fixes.leaves_out():
        st.rerun()

def asks():
    st.button("redraw", key="asks", on_click=asked)

def used():
    st.text("used" if st.toggle("use", key="used") else "not used")

st.fragment(asks, key="asking")()
st.fragment(used, key="using")()
"""


def texts_once(script: Path, used: bool) -> list[str]:
    """What the second part says when the first asks to be redrawn; it may have been used in the same moment."""
    fragments = MemoryFragmentStorage()
    session = SessionState()
    state = SafeSessionState(session, lambda: None)
    runner = LocalScriptRunner(str(script), state, PagesManager(str(script)), fragment_storage=fragments)
    found = []

    def told(name: str, value: bool, kind: str) -> WidgetState:
        (widget,) = (name_ for name_ in session._new_widget_state.widget_metadata if name_.endswith(f"-{name}"))
        return WidgetState(**{"id": widget, kind: value})

    def then(_sender, event, **sent):
        if event is ScriptRunnerEvent.ENQUEUE_FORWARD_MSG:
            found.extend(filter(None, [sent["forward_msg"].delta.new_element.text.body]))
        if event is ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS and found == ["not used"]:
            told_of = [told("used", used, "bool_value"), told("asks", True, "trigger_value")]
            (asking,) = fragments.resolve_target("asking")
            runner.request_rerun(RerunData(widget_states=WidgetStates(widgets=told_of), fragment_id_queue=[asking]))
        elif event in (ScriptRunnerEvent.SCRIPT_STOPPED_WITH_SUCCESS, ScriptRunnerEvent.FRAGMENT_STOPPED_WITH_SUCCESS):
            runner.request_stop()

    finished(runner, then)
    return found


@pytest.fixture
def two_parts(tmp_path, monkeypatch):
    monkeypatch.setattr(Runtime, "_instance", MagicMock(spec=Runtime))

    def texts(*, mended: bool, used: bool) -> list[str]:
        path = tmp_path / "page.py"
        path.write_text(TWO_PARTS.format(mended=mended))
        return texts_once(path, used)

    return texts


def test_what_was_used_as_another_part_asked_to_be_redrawn_is_redrawn_too(two_parts):
    assert two_parts(mended=True, used=True) == ["not used", "used"]
    assert two_parts(mended=True, used=False) == ["not used"]


def test_streamlit_would_redraw_only_the_part_that_asked(two_parts):
    assert two_parts(mended=False, used=True) == ["not used"]
