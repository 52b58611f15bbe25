"""What all components need of Streamlit: their scripts served, their names registered, their choices heard.

Streamlit serves a component's files only for packages that pip installed and whose pyproject.toml names the folder. The
folder is declared here instead, by the same call that Streamlit's own scan makes, so that a bare clone, an installed
package and a test's simulated page all work alike.

Each component's folder has an address of its own, though it is one folder. What components share they all import from
"../charrnn.link/": the browser loads it once, and it is one module with one state.
"""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from .wire import sealed

PROJECT = "charrnn"
NAMES = (
    *("reading_strip", "heatmap", "coloured_text", "matrix", "table", "passages", "line"),
    *("press", "link", "arrive", "kept_runs"),
)
IN_THE_PAGE = ("line",)  # these have the page's own style around them
MANIFEST = ComponentManifest(PROJECT, "1", [ComponentConfig(name, asset_dir="assets") for name in NAMES])

Choice = TypeVar("Choice")


@cache
def _renderer(name: str) -> Any:
    return st.components.v2.component(f"{PROJECT}.{name}", js=f"{name}.js", isolate_styles=name not in IN_THE_PAGE)


def mount(
    name: str,
    data: bytes,
    *,
    key: str,
    choice: str | None = None,
    on_choice: Callable[[Any], None] | None = None,
    width: Literal["stretch", "content"] = "stretch",
) -> Any:
    """Draw component ``name`` with ``data``, a message or the picture of a channel (sealed).

    Returns what the person last chose in it (None until then); ``on_choice`` is called with each new choice before the
    page runs again.
    """
    manager = get_bidi_component_manager()
    if manager.get_component_asset_root(f"{PROJECT}.{name}") is None:
        manager.register_from_manifest(MANIFEST, Path(__file__).parent)
    message = bytes(sealed(data))
    if choice is None:
        return _renderer(name)(key=key, data=message, width=width)

    def tell() -> None:
        if on_choice is not None:
            on_choice(st.session_state[key].get(choice))

    return _renderer(name)(key=key, data=message, width=width, **{f"on_{choice}_change": tell}).get(choice)
