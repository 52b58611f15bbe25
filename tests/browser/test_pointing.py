"""The strip under the pointer and under the keys."""

import re

from playwright.sync_api import expect


def card(lab):
    """What is told of the column that is pinned or pointed at."""
    return lab.key("strip").locator(".card")


def said(lab):
    """Which column the strip last spoke of."""
    found = re.search(r"Character (\d+) of", lab.key("strip").locator(".spoken").inner_text())
    return found and int(found[1])


def test_a_click_pins_a_column_arrows_move_it_and_escape_lets_go(lab):
    box = lab.strip.bounding_box()
    expect(card(lab)).to_be_hidden()
    lab.strip.click(position={"x": box["width"] * 0.4, "y": box["height"] / 2})
    lab.page.mouse.move(5, 5)
    expect(card(lab)).to_be_visible()
    column = said(lab)
    assert column
    lab.page.keyboard.press("ArrowRight")
    assert lab.soon(lambda: said(lab) == column + 1)
    lab.page.keyboard.press("ArrowLeft")
    lab.page.keyboard.press("ArrowLeft")
    assert lab.soon(lambda: said(lab) == column - 1)
    lab.page.keyboard.press("Escape")
    expect(card(lab)).to_be_hidden()


def test_a_pinned_column_lists_five_likeliest_characters_with_their_probabilities(lab):
    lab.strip.focus()
    lab.page.keyboard.press("ArrowRight")
    rows = card(lab).locator("table").first.locator("tr")
    expect(rows).to_have_count(5)
    expect(rows.first).to_contain_text("%")


def test_a_pin_stays_while_the_network_learns(lab):
    lab.strip.focus()
    for _ in range(3):
        lab.page.keyboard.press("ArrowRight")
    before = card(lab).inner_text()
    lab.train()
    assert lab.soon(lambda: card(lab).inner_text() != before)
    expect(card(lab)).to_be_visible()
    assert said(lab) == 3


def test_the_heatmap_tells_the_value_under_the_pointer(lab):
    cells = lab.key("heatmap").locator("canvas").nth(1)
    cells.scroll_into_view_if_needed()
    cells.hover(position={"x": 40, "y": 40})
    expect(lab.key("heatmap").locator(".card")).to_contain_text(re.compile(r"unit \d+, character \d+ .*[−+]\d\.\d{3}"))
