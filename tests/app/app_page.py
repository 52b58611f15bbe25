"""What a visitor of the simulated page sees and does. No element's position matters, only keys and words."""

import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from streamlit.proto.Dataframe_pb2 import Dataframe
from streamlit.testing.v1 import AppTest

from charrnn.dashboard.session.session import Session
from charrnn.dashboard.wire import unsealed
from charrnn.dashboard.words import JOINER
from charrnn.runs.run import Run

PAGE = Path(__file__).resolve().parents[2] / "charrnn" / "dashboard" / "page.py"
PANELS = ("text", "network", "learning", "my-runs", "stop-at", "share")
SMALL = {"text": "Names", "hidden_size": "16", "sequence_length": "20", "batch_size": "2"}  # a network, as in a link
SECONDS = 60  # a deadline on a busy machine, not an expectation


def as_read(markdown: str) -> str:
    """Markdown without what makes plain text of it: backslashes, and joiners that nobody sees."""
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown).replace(JOINER, "")


def without_cells(frame: Dataframe) -> Dataframe:
    """A table's title, and what is said of its columns."""
    rest = Dataframe()
    rest.CopyFrom(frame)
    rest.ClearField("arrow_data")
    return rest


class Page:
    """The page in a browser that has no screen."""

    def __init__(self, query: dict[str, str], folded: Sequence[str] = (), panels: Sequence[str] = PANELS) -> None:
        self.at = AppTest.from_file(str(PAGE), default_timeout=SECONDS)
        for section in folded:
            self.at.session_state[section] = False
        for name, value in query.items():
            self.at.query_params[name] = value
        self.panels = panels  # those that stand open
        self.broken: set[str] = set()  # parts that are to fail
        self.look().look()  # the first screen comes first, then the whole page

    def look(self) -> "Page":
        """Draw the page anew, as it does by itself in a browser; with its panels open, whatever has closed them."""
        seen = False
        while not seen:  # a callback may have only a part drawn, and then the simulated browser forgets the others
            for panel in self.panels:
                self.at.session_state[panel] = True
            self.at.run()
            assert not self.at.exception, self.at.exception
            assert self.failed == self.broken, (self.failed - self.broken, self.broken - self.failed)
            whole = any(getattr(block, "key", None) == "player" for block in self.elements)
            asks = self.session.proposal or self.session.forking  # then none is open
            seen = whole and (asks or all(self.at.session_state[panel] for panel in self.panels))
        return self

    def click(self, key: str) -> "Page":
        if key == self.playing:
            self.session.channel.press(key)
        else:
            self.at.button(key=key).click()
        return self.look()

    def step(self, choice: str) -> "Page":
        """Choose from the step menu and wait until the steps are done."""
        self.at.get("menu_button")[0].click(choice)
        self.look()
        return self.wait(lambda run: run.status == "paused")

    def train(self, steps: int = 100) -> "Page":
        """Train for at least so many steps, then pause."""
        self.click("train").wait(lambda run: run.snapshot.step >= steps)
        return self.click("pause").wait(lambda run: run.status == "paused")

    def wait(self, condition: Callable[[Run], Any]) -> "Page":
        """Wait for the run, then look."""
        assert self.run.wait(condition, SECONDS), (self.run.status, self.run.message, self.run.snapshot.step)
        return self.look()

    def paste(self, text: str) -> "Page":
        self.at.text_area(key="pasted").set_value(text)
        return self.look().click("use-pasted")

    def upload(self, name: str, data: bytes) -> "Page":
        self.at.file_uploader(key="uploaded").upload(name, data)
        return self.look().click("use-uploaded")

    @property
    def failed(self) -> set[str]:
        """The parts of the page where it says that they could not be drawn."""
        keys = (getattr(element, "key", None) or "" for element in self.elements)
        return {key.removeprefix("failed-") for key in keys if key.startswith("failed-")}

    @property
    def session(self) -> Session:
        return self.at.session_state["session"]

    @property
    def run(self) -> Run:
        return self.session.run

    @property
    def elements(self) -> Iterator[Any]:
        """Everything on the page, containers included."""
        return iter(self.at._tree)

    @property
    def labels(self) -> list[str]:
        """What stands on the buttons that open a panel, once these are closed."""
        labels = self.closed().shown_labels
        self.look()
        return labels

    @property
    def shown_labels(self) -> list[str]:
        """What stands on them now."""
        return [as_read(element.proto.popover.label) for element in self.elements if element.type == "popover"]

    def closed(self) -> "Page":
        """Draw the page anew with its panels closed."""
        for panel in PANELS:
            self.at.session_state[panel] = False
        self.at.run()
        assert not self.at.exception, self.at.exception
        return self

    @property
    def warnings(self) -> list[str]:
        """Sentences about what could not be done, as they are read."""
        return [as_read(warning.value) for warning in self.at.warning]

    @property
    def captions(self) -> list[str]:
        """Small print, as it is read."""
        return [as_read(caption.value) for caption in self.at.caption]

    def warnings_in(self, panel: str) -> list[str]:
        """Those that stand inside an open panel, by how its button's label begins."""
        popovers = [element for element in self.elements if element.type == "popover"]
        inside = next(each for each in popovers if each.proto.popover.label.startswith(panel))
        return [as_read(warning.value) for warning in inside.warning]

    def shown(self, role: str) -> str:
        """The key of the widget that has a role now."""
        return self.at.session_state[f"{role} shown"][1]

    def turn_to(self, subject: str) -> "Page":
        """Choose what is shown of the units."""
        self.at.segmented_control(key=self.shown("subject")).set_value(subject)
        return self.look()

    def look_back(self, step: int) -> "Page":
        """Move the scrubber to a stored step, and open what can be done there."""
        self.at.session_state["go-on"] = True
        self.at.select_slider(key=self.shown("scrubber")).set_value(step)
        return self.look()

    @property
    def headline(self) -> str:
        return self.line("headline")

    @property
    def figures(self) -> str:
        return self.line("figured")

    def line(self, key: str) -> str:
        """A line of moving text, as it is read."""
        return "".join(text for text, _ in self.component(key)[0]["spans"])

    def component(self, key: str) -> tuple[dict[str, Any], bytes]:
        """What a component has received: its header, and its numbers behind it."""
        message = next(e.proto for e in self.elements if getattr(e, "key", None) == key).bytes
        head, _, body = unsealed(message).partition(b"\0")
        return json.loads(head), body

    def frames(self, key: str) -> dict[str, pd.DataFrame]:
        """A chart's frames by their names."""
        chart = next(element.proto for element in self._inside(key) if element.type == "vega_lite_chart")
        return {each.name: pa.ipc.open_stream(each.data.data).read_pandas() for each in chart.datasets}

    def _inside(self, key: str) -> Iterator[Any]:
        return iter(next(element for element in self.elements if getattr(element, "key", None) == key))

    def passages(self, key: str) -> list[dict[str, str]]:
        """Passages of text, as their component has received them."""
        return self.component(key)[0]["passages"]

    def table(self, key: str) -> pd.DataFrame:
        """A table's frame."""
        return next(element for element in self._inside(key) if element.type == "dataframe").value

    def written(self, key: str) -> pd.DataFrame:
        """The same as its cells are written, where the page and not the browser decides on that."""
        found = next(element for element in self._inside(key) if element.type == "dataframe")
        return pa.ipc.open_stream(found.proto.arrow_data.styler.display_values).read_pandas()

    def titles(self, key: str) -> list[str]:
        """What stands above a table, as it is read."""
        return [as_read(element.value) for element in self._inside(key) if element.type == "markdown"]

    def markup(self, plain: Collection[str]) -> list[str]:
        """All words on the page that Streamlit would read as Markdown or HTML: none in a table's cells, nor in elements
        of these plain types."""
        protos = [element.proto for element in self.elements if element.type not in plain and hasattr(element, "proto")]
        return [str(without_cells(proto) if isinstance(proto, Dataframe) else proto) for proto in protos]

    @property
    def playing(self) -> str:
        """What the player's first button does."""
        return self.component("playing")[0]["name"]

    @property
    def buttons(self) -> list[str]:
        return [self.playing, *(button.key for button in self.at.button)]

    @property
    def sample(self) -> str:
        """What the network writes now, the prime before it."""
        passage = self.component("written-text")[0]["passages"][0]
        return passage["prime"] + passage["text"]

    def strip(self) -> dict[str, Any]:
        """The reading strip as its component receives it: strings, and numbers in their own units."""
        strip, body = self.component("strip")
        columns, top = len(strip["text"]), len(strip["top"])
        numbers = np.frombuffer(body, "<u2", top + columns)
        units = np.frombuffer(body, "<i2", columns * len(strip["units"]), numbers.nbytes)
        return strip | {
            "top": np.array(list(strip["top"])).reshape(columns, -1),
            "top_p": numbers[:top].reshape(columns, -1) / 65535,
            "surprise": numbers[top:] / 1000,
            "values": units.reshape(-1, columns) / 32767,
        }
