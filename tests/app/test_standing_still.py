"""What is pressed stays what it is: what comes and goes moves nothing to another place.

While the page is redrawn a browser may show a part of the new places and not yet the others: what has another place
then is taken away and built anew, and whoever has just pressed it has done so in vain.
"""

import pytest
from app_page import PANELS

PRESSED = {
    "button",
    "button_group",
    "checkbox",
    "download_button",
    "menu_button",
    "number_input",
    "popover",
    "radio",
    "segmented_control",
    "select_slider",
    "selectbox",
    "slider",
    "text_area",
    "text_input",
    "toggle",
}


@pytest.fixture
def folded():
    return ()


@pytest.fixture
def panels():
    return PANELS


def places(page):
    """Where each thing that is pressed stands: by its key, its number in all that it stands in."""
    found, to_see = {}, [((), page.at._tree)]
    while to_see:
        place, node = to_see.pop()
        to_see += [((*place, number), child) for number, child in getattr(node, "children", {}).items()]
        if node.type in PRESSED and (key := getattr(node, "key", None)):
            found[node.type, key] = place
    return found


def test_nothing_that_is_pressed_moves_to_another_place_while_it_learns_and_a_lesson_is_walked(open_page):
    page = open_page(lesson="it-learns-to-write")
    seen = places(page)

    def stand():
        now = places(page)
        moved = {key: (seen[key], place) for key, place in now.items() if seen.get(key, place) != place}
        assert moved == {}
        seen.update(now)
        return {key for __, key in now}

    assert "lesson-next" in stand()
    question = next(radio for radio in page.at.radio if radio.key.startswith("guess-"))
    question.set_value(question.options[0])
    page.look()
    stand()
    page.step("100 steps")
    assert "start-over" in stand()
    page.look_back(30)
    assert {"rewind", "start-over"} <= stand()
    page.look_back(-1)
    stand()
    page.click("lesson-next")
    stand()
    page.click("all-lessons").click("close-lessons")
    assert "lessons" in stand()
