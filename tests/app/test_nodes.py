"""Where runs train, for whoever serves the page: counts, and no run's name."""

from types import SimpleNamespace

from app_page import PAGE, SECONDS
from streamlit.testing.v1 import AppTest

from charrnn.dashboard import words
from charrnn.dashboard.views import nodes
from charrnn.runs.cluster import NO_NODE, Node
from charrnn.runs.engine import Load


def test_machines_places_and_the_queue_are_shown(monkeypatch):
    page = AppTest.from_file(str(PAGE), default_timeout=SECONDS)
    page.query_params[nodes.LINK] = "1"
    assert "All runs train on this machine: 0 of" in page.run().caption[0].value
    loads = [Load(Node("a", "vm", 4, True).where, 4, 4, 400.4), Load(Node("b", "b", 2).where, 2, 1, 120.0)]
    owner = SimpleNamespace(cluster=SimpleNamespace(trouble=NO_NODE), loads=lambda: loads, waiting=3)
    monkeypatch.setattr(nodes, "engine", lambda: owner)
    page.run()
    assert page.dataframe[0].value.values.tolist() == [["this machine", 4, 4, 400], ["node b", 2, 1, 120]]
    assert page.caption[0].value == "3 runs wait for a place."
    assert page.warning[0].value == words.plain(NO_NODE)
