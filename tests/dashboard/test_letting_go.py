"""What a visitor brings is let go: files that are not on the page any more, runs that are not shown, ended sessions."""

import asyncio
from types import SimpleNamespace

import pytest
from serving import SECONDS, soon
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.testing.v1 import AppTest

from charrnn.dashboard import streamlit_fixes
from charrnn.dashboard.session.letting_go import Visit
from charrnn.runs.engine import Engine
from charrnn.text.corpus import Corpus
from charrnn.training.settings import Settings

SIZE = 20_000


@pytest.fixture
def manager(monkeypatch):
    """What keeps uploaded files, as the server has it."""
    monkeypatch.setattr(MemoryUploadedFileManager, "add_file", MemoryUploadedFileManager.add_file)  # put back after
    streamlit_fixes.keep_newest_uploads(3 * SIZE)
    return MemoryUploadedFileManager("/upload")


def kept(manager):
    """Bytes of all files that are kept."""
    return sum(len(file.data) for files in manager.file_storage.values() for file in files.values())


def test_fifty_files_of_a_session_take_the_room_of_a_few_and_touch_no_other_session(manager):
    manager.add_file("other", UploadedFileRec("theirs", "theirs.txt", "text/plain", b"t" * SIZE))
    for number in range(50):
        manager.add_file("mine", UploadedFileRec(f"{number}", f"{number}.txt", "text/plain", b"m" * SIZE))
        together = [f"{one}" for one in range(number - number % 3, number + 1)]
        assert [file.file_id for file in manager.get_files("mine", [*map(str, range(50))])] == together
        assert kept(manager) == (1 + len(together)) * SIZE
    assert manager.get_files("other", ["theirs"])
    manager.remove_session_files("mine")
    assert kept(manager) == SIZE


@pytest.fixture
def engine():
    engine = Engine(grace=0)
    yield engine
    engine.close()


@pytest.fixture
def runs(engine, monkeypatch):
    context = SimpleNamespace(session_id="tab", session_state=SimpleNamespace(), fragment_storage=None)
    monkeypatch.setattr(streamlit_fixes, "get_script_run_ctx", lambda: context)
    corpus = Corpus.from_text("a text that somebody has brought. " * 30)
    return [engine.create(corpus, Settings(hidden_size=8, sequence_length=8)) for _ in range(2)]


def test_what_is_pressed_as_a_session_ends_comes_to_nothing():
    def page():
        import streamlit as st

        from charrnn.dashboard.session.session import Session

        ended = object.__new__(Session)  # and knows nothing
        st.button("pressed", on_click=lambda: ended.run.pause())
        st.text("stands")

    visited = AppTest.from_function(page).run()
    visited.button[0].click().run()
    assert not visited.exception


def test_runs_that_a_browser_shows_no_more_are_held_for_it_no_more(engine, runs):
    first, second = runs
    visit, tab = Visit(), SimpleNamespace(name="tab")
    for shown in ([first], [first, second], [second, first]):
        visit.hold(engine, shown, tab)
    assert engine._leases.held(first)
    visit.hold(engine, [second], tab)
    assert soon(lambda: engine.find(first.token) is None)  # it has never trained, and nobody holds it
    assert engine.find(second.token) is second


def test_a_page_that_is_drawn_for_a_browser_that_has_left_meanwhile_holds_nothing(engine, runs, monkeypatch):
    visit, tab = Visit(), SimpleNamespace(name="tab")
    with monkeypatch.context() as gone:
        gone.setattr(streamlit_fixes.Connection, "left", True)
        visit.hold(engine, runs, tab)
    assert soon(lambda: not any(map(engine._leases.held, runs)))
    visit.hold(engine, runs, tab)  # it is back
    assert all(map(engine._leases.held, runs))


def test_a_session_that_has_ended_has_nothing_measured_for_it_any_more(engine, runs, monkeypatch):
    monkeypatch.setattr(streamlit_fixes.Connection, "end", lambda _: True)

    async def leaving():
        closed, asks_no_more = asyncio.Event(), asyncio.Event()
        tab = SimpleNamespace(name="tab", channel=SimpleNamespace(close=closed.set), ask_no_more=asks_no_more.set)
        visit = Visit()
        visit.hold(engine, runs, tab)
        visit.leave()
        await asyncio.wait_for(asyncio.gather(closed.wait(), asks_no_more.wait()), SECONDS)
        return tab

    assert vars(asyncio.run(leaving())) == {}
