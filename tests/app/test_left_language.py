"""A browser tells what is chosen by its words; those of a language that was left meanwhile are no choice."""

import pytest
from app_page import SECONDS, SMALL
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1.element_tree import Radio, Selectbox


@pytest.fixture
def folded():
    return ()


@pytest.fixture
def panels():
    return "text", "network"


@pytest.fixture
def told(monkeypatch):
    """Have the simulated browser tell these words of widgets, each by the end of its key."""

    def tell(kind, said):
        usual = kind._widget_state.fget

        def state(widget):
            words = next((words for key, words in said.items() if str(widget.key).endswith(key)), None)
            return usual(widget) if words is None else WidgetState(id=widget.id, string_value=words)

        monkeypatch.setattr(kind, "_widget_state", property(state))

    return tell


def test_of_how_the_heatmap_is_drawn_the_first_is_taken(open_page, told):
    page = open_page(**SMALL).step("100 steps")
    before = page.component("heatmap")
    told(Selectbox, {"order": "nach Nummer", "view": "Abweichung vom Mittel", "length": "wie oben"})
    assert page.look().component("heatmap") == before


def test_of_a_form_what_it_began_with(open_page, told):
    page = open_page(**SMALL)
    settings = page.run.settings
    next(box for box in page.at.number_input if box.label == "Units").set_value(settings.hidden_size + 1)
    told(Selectbox, {"network init orthogonal": "zufällig"})
    page.click("FormSubmitter:network-form-Start over with these")
    assert page.warnings == []
    assert (page.run.settings.init, page.run.settings.hidden_size) == (settings.init, settings.hidden_size + 1)


def test_a_guess_is_none(open_page, told):
    page = open_page(lesson="it-learns-to-write")
    (asked,) = page.at.radio
    told(Radio, {asked.key: "Ganze Wörter"})
    (again,) = page.look().at.radio
    assert again.label == asked.label
    told(Radio, {asked.key: "Whole words"})
    assert not page.look().at.radio


def test_who_changes_the_language_keeps_what_was_chosen_a_concept_of_the_network_too(open_page):
    page = open_page(**SMALL).step("1,000 steps")
    for measurement in list(page.session.measurements.values()):
        measurement.future.result(SECONDS)
    concept = page.look().session.ranked.value.verdicts[0].name
    page.at.session_state["order"] = concept
    page.look().at.segmented_control(key="lang").set_value("de")
    page.at.run()
    proto = page.at.selectbox(key="order").proto
    assert proto.set_value, "or the browser would show what it was called before"
    assert proto.raw_value.startswith("nach „")
