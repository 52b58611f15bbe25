"""Every touch of what Streamlit does not promise, each with its reason and its way out.

Each mends something by itself. What it takes hold of may be gone with another Streamlit than the one that was looked
into (1.67): then the page works without it, less well as is said there. For each, test_streamlit_fixes.py has the
shortest way to see what Streamlit does, in a test that fails once the fix is needed no longer.
"""

from contextlib import suppress
from typing import Any

try:
    from streamlit.runtime.state import SafeSessionState
except ImportError:
    SafeSessionState = None  # type: ignore[assignment, misc]

try:
    from streamlit.delta_generator_singletons import context_dg_stack, get_default_dg_stack_value
except ImportError:
    context_dg_stack = None  # type: ignore[assignment]

try:
    from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
except ImportError:
    MemoryUploadedFileManager = None  # type: ignore[assignment, misc]

try:
    from streamlit import runtime
    from streamlit.runtime.scriptrunner import get_script_run_ctx
    from streamlit.runtime.state.session_state import SessionState
except ImportError:
    get_script_run_ctx = None  # type: ignore[assignment]


def keep_clicks() -> None:
    """From here on, in this process, no click is forgotten because the browser asks for something else just then.

    Before Streamlit tells the widgets of a request that they were used, it looks whether a newer request has come, and
    if so takes that one instead: what was used in the first is lost. Here the widgets are told first, and callbacks
    called; right after that Streamlit looks once more (ScriptRunner, code_to_exec). With runner.fastReruns off
    (.streamlit/config.toml) a newer request waits until then.

    Without it: of some hundred clicks while training one has to be repeated.
    """
    told_by_streamlit = getattr(SafeSessionState, "on_script_will_rerun", None)
    if told_by_streamlit is None:
        return

    def told(self: Any, *states: Any, **options: Any) -> None:
        own = vars(self)
        if not {"_lock", "_state"} <= own.keys():
            return told_by_streamlit(self, *states, **options)
        with own["_lock"]:
            own["_state"].on_script_will_rerun(*states, **options)

    setattr(SafeSessionState, "on_script_will_rerun", told)  # noqa: B010  a type checker allows no assignment


def leaves_out() -> bool:
    """Whether, in the request that is taken in just now, a widget was used that stands in no part of the page which is
    to be redrawn; only from a widget's callback.

    What a page tells before a timeout of 0 is over, a quarter of a second on a busy machine, its browser sends as one
    request, and Streamlit redraws the part in which the first of these widgets stands.

    Without it: who clicks just as a part of the page asks to be redrawn now and then sees nothing come of it.
    """
    with suppress(AttributeError, TypeError):
        context: Any = get_script_run_ctx()
        redrawn, state = context.fragment_ids_this_run, context.session_state._state
        for name in list(state._new_widget_state):
            widget = state._new_widget_state.widget_metadata.get(name)
            known = widget and (name in state._old_state or "trigger" in widget.value_type)
            if redrawn and known and state._widget_changed(name) and widget.fragment_id not in redrawn:
                return True
    return False


def keep_newest_uploads(limit: int) -> None:
    """From here on, in this process, a browser's session has uploaded files of `limit` bytes at most: one that would be
    beyond takes the place of all before.

    Streamlit keeps every file that a browser sends until its session ends.

    Without it: who uploads again and again fills the server's memory until they leave.
    """
    add_file = getattr(MemoryUploadedFileManager, "add_file", None)
    if add_file is None or not hasattr(MemoryUploadedFileManager, "remove_session_files"):
        return

    def add_within(self: Any, session_id: str, file: Any) -> None:
        before = getattr(self, "file_storage", {}).get(session_id, {}).values()
        if sum(len(one.data) for one in list(before)) + len(file.data) > limit:
            self.remove_session_files(session_id)
        add_file(self, session_id, file)

    setattr(MemoryUploadedFileManager, "add_file", add_within)  # noqa: B010  a type checker allows no assignment


def let_go_of_uploads() -> None:
    """What this browser has uploaded is not needed any more: what is learned from is a copy.

    Without it: it stays until the browser leaves, or uploads much more.
    """
    context = get_script_run_ctx() if get_script_run_ctx is not None else None
    if context is not None:
        context.uploaded_file_mgr.remove_session_files(context.session_id)


class Connection:
    """The session that Streamlit has for the browser that is served just now.

    A session that its browser has left Streamlit keeps, with its files, until some other one ends after
    server.disconnectedSessionTTL; to be taken up again it needs no longer than the runs it shows are held.

    Without it: what a visitor brought stays until then.
    """

    def __init__(self) -> None:
        context = get_script_run_ctx() if get_script_run_ctx is not None else None
        self.name = str(getattr(context, "session_id", id(self)))
        self._fragments = getattr(context, "fragment_storage", None)
        self._state = getattr(getattr(context, "session_state", None), "_state", None)

    @property
    def left(self) -> bool:
        """Whether the browser is known to have left."""
        with suppress(AttributeError, RuntimeError):
            return not runtime.get_instance().is_active_session(self.name)
        return False

    def end(self) -> bool:
        """End it for good, unless its browser is back; return whether it has ended."""
        with suppress(AttributeError, RuntimeError):
            server = runtime.get_instance()
            if server.is_active_session(self.name):
                return False
            server.close_session(self.name)
            if isinstance(self._state, SessionState):
                # The server's loop still knows the session that it has served last: at least that is to be empty.
                self._state.clear()
                self._state._new_widget_state.widget_metadata.clear()
            if self._fragments is not None:
                self._fragments.clear()
        return True


def from_the_top() -> None:
    """What is drawn next belongs to the page itself: to be called before anything is drawn.

    A request that comes just as a part has been redrawn is answered by the same thread, which Streamlit has stand in
    that part still: the whole page would be drawn once more inside it. Streamlit does as much as this where it breaks
    off (exec_code.py).

    Without it: now and then the page stands within itself, until it is drawn anew.
    """
    if context_dg_stack is not None:
        with suppress(AttributeError, TypeError):
            context_dg_stack.set(get_default_dg_stack_value())


# What the theme cannot say, and what has no key. Without it: the player's margins are wider, a part that is long in
# being redrawn turns pale, lessons cover the page on a phone, fingers have smaller buttons, and in the dark white is
# written on bright mint.
STYLE = """
[data-testid="stBottomBlockContainer"] { padding-top: 0.7rem; padding-bottom: 0.8rem; }

/* What has yet to be redrawn is not outdated: what moves comes over the channel. */
[data-stale="true"] { opacity: 1 !important; transition: none !important; }

/* Beside lessons the page needs its room; on a phone they stand above it, and neither covers the other. There Streamlit
   puts away what lies at the side once one touches the page, and the touch would miss what then moves: it counts as put
   away, and stays. */
[data-testid="stSidebarHeader"] { height: 2.2rem; padding: 0; margin: 0; }
[data-testid="stSidebarUserContent"] { padding: 0; }
[data-testid="stSidebar"][data-collapsed="false"] + div [data-testid$="BlockContainer"] { padding-inline: 1.5rem; }
@media (max-width: 768px) {
  [data-testid="stAppViewContainer"]:has([data-testid="stSidebar"]) { flex-direction: column; }
  [data-testid="stSidebar"] + div { position: relative; flex: 1; min-height: 0; }
  [data-testid="stSidebar"] + div > [data-testid="stMain"] { height: 100%; }
  [data-testid="stSidebar"] + div [data-testid$="BlockContainer"] { padding-inline: 1rem !important; }
  [data-testid="stSidebar"] + div [data-testid="stMainBlockContainer"] { padding-top: 1rem; }
  [data-testid="stSidebar"] {
    position: relative !important; width: 100% !important; max-width: none !important; height: auto !important;
    max-height: 42dvh; box-shadow: none; border-bottom: 1px solid; flex: none; transform: none !important;
  }
  [data-testid="stSidebarHeader"], [data-testid="stSidebar"] + div [data-testid="stHeader"] { display: none; }
  [data-testid="stSidebarUserContent"] { padding: 0.5rem 0 0; }
  [data-testid="stSidebarUserContent"] [data-testid="stVerticalBlock"] { gap: 0.5rem; }
}

/* Captions are muted, and still to be read: half as dark as Streamlit has them they contrast too little. */
[data-testid="stCaptionContainer"] { opacity: 1; color: color-mix(in srgb, currentColor 75%, transparent); }

/* Help is small to the eye, not to the pointer. */
[data-testid="stTooltipHoverTarget"] > button[aria-label^="Help"] { padding: 0.35rem; margin: -0.35rem; }

/* A slider is all colour: where a person's own take the place of the page's, it keeps them. */
[data-testid="stSlider"] { forced-color-adjust: none; }

/* Where a screen is low, or enlarged four times, the player stands at the page's end and covers nothing. */
@media (max-height: 420px) {
  [data-testid="stBottom"] { position: static; }
}

/* On a large screen the curve grows with the strip and the sample. */
@media (min-width: 1800px) {
  .st-key-curve .stVegaLiteChart { zoom: 1.3; width: calc(100% / 1.3) !important }
}
@media (min-width: 2400px) {
  .st-key-curve .stVegaLiteChart { zoom: 1.6; width: calc(100% / 1.6) !important }
}

/* Fingers need 44 pixels. */
@media (pointer: coarse) {
  [data-testid="stTooltipHoverTarget"] > button[aria-label^="Help"] { padding: 1rem; margin: -1rem; }
  :is([data-testid="stSelectbox"], [data-testid="stMultiSelect"]) [role="group"],
  [data-testid="stTextInputRootElement"] { min-height: 44px; }
  [data-testid="stCheckbox"] label { min-height: 44px; align-items: center; }
  [data-testid^="stBaseButton"], [data-testid="stPopoverButton"], [data-testid="stExpander"] summary,
  [data-testid="stButtonGroup"] button { min-height: 44px; }
}
"""
# On a projector all is larger: what is sized in rem, and charts, which are told their width in pixels; the player has
# one row, and the controls above stay as small as they are. Without it charts stay as they are.
PRESENT = """
html { font-size: 140% !important }
.stVegaLiteChart { zoom: 1.4; width: calc(100% / 1.4) !important }
.stMainBlockContainer { padding: 0.5rem 2rem 4rem }
.st-key-header { zoom: 0.72 }
.st-key-figures span:nth-child(3) { display: none }
"""
INK = '[data-testid^="stBaseButton-primary"] { color: #0E1013; }'


def style(theme: str | None) -> str:
    """CSS for the page in a theme, light or dark."""
    return STYLE + (INK if theme == "dark" else "")
