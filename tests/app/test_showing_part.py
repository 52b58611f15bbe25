"""A link that shows a part of the page: made by ticking, drawn alone, kept in the address."""

import re

import pytest

from charrnn.dashboard.session import showing


@pytest.fixture
def panels():
    return ("share",)


def sections(page):
    return {key for key in showing.SECTIONS if any(getattr(element, "key", None) == key for element in page.elements)}


def test_what_is_ticked_in_share_is_in_the_links_and_what_is_not_is_not_drawn(open_page, page):
    page.at.toggle(key="show-part").set_value(True)
    page.look()
    page.at.button_group(key="shown-parts").set_value(["strip", "player", "watched", "learns", "share"])
    page.look()
    link = "strip,player,watched,learns"
    links = [code.value for code in page.at.code if re.match(r"\?(watch|text|run)=", code.value)]
    assert len(links) == 3
    assert all(code.endswith(f"&show=share,{link}") for code in links)
    page = open_page(show=link + ",share")
    assert sections(page) == {"watched", "learns"}
    assert {"lessons", "new-sample"}.isdisjoint(page.buttons)
    assert "start-over" in page.buttons
    assert page.at.query_params["show"] in (f"share,{link}", [f"share,{link}"])
    page.step("10 steps")
    assert not page.failed
    assert page.warnings == []


def test_what_a_link_cannot_show_is_said_and_the_rest_shown(open_page):
    page = open_page(show="player,share,<b>,strip")
    assert page.warnings == ["There is nothing called “<b>” to be shown: here is the rest."]
    assert sections(page) == set()
