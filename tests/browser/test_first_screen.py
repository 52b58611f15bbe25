"""The first screen in every size and light."""

import re

import pytest
from playwright.sync_api import expect

LAPTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


def bottom(box):
    return box["y"] + box["height"]


def test_the_first_screen_shows_strip_curve_sample_and_player_without_scrolling(visit):
    lab = visit(viewport=LAPTOP)
    parts = [lab.strip.bounding_box(), lab.curve.bounding_box(), lab.sample.bounding_box()]
    player = lab.key("player").bounding_box()
    assert all(box["y"] >= 0 and bottom(box) <= player["y"] for box in parts)
    assert bottom(player) <= LAPTOP["height"]
    assert parts[0]["width"] > 900
    assert parts[1]["height"] >= 200
    assert lab.page.evaluate("scrollY + document.querySelector('[data-testid=stMain]').scrollTop") == 0


def test_a_projector_has_headline_strip_curve_and_sample_on_one_screen(visit):
    lab = visit("present=1&text=Names&hidden_size=32", viewport={"width": 1280, "height": 720})
    lab.choose_steps("100 steps")
    expect(lab.figures).to_contain_text("step 100")
    parts = [lab.key("headline").bounding_box(), *(one.bounding_box() for one in (lab.strip, lab.curve, lab.sample))]
    player = lab.key("player").bounding_box()
    assert all(box["y"] >= 0 and bottom(box) <= player["y"] for box in parts)
    assert bottom(player) <= 720
    assert player["height"] < 100  # one row
    assert parts[2]["height"] > 140


def test_a_large_screen_is_used(visit):
    lab = visit("text=Names&hidden_size=32", viewport={"width": 2560, "height": 1440})
    strip, curve, sample = (one.bounding_box() for one in (lab.strip, lab.curve, lab.sample))
    assert strip["x"] + strip["width"] > 2400
    assert min(curve["height"], sample["height"]) > 350


def test_a_wide_window_takes_more_characters_and_a_projector_larger_ones(visit):
    lab = visit("text=Names&hidden_size=32", viewport=LAPTOP)
    heatmap = lab.key("heatmap").locator("canvas").nth(1)
    expect(lab.strip).to_have_attribute("aria-label", re.compile("of 84 guessed right"))
    expect(heatmap).to_have_attribute("aria-label", re.compile("units at 84 characters"))
    lab.page.set_viewport_size({"width": 1920, "height": 1080})
    expect(lab.strip).to_have_attribute("aria-label", re.compile("of 126 guessed right"))
    expect(heatmap).to_have_attribute("aria-label", re.compile("units at 126 characters"))
    cell = lab.strip.bounding_box()["width"] / 126
    assert cell > 12
    lab.open("text=Names&hidden_size=32&present=1")
    expect(lab.strip).to_have_attribute("aria-label", re.compile("of 84 guessed right"))


@pytest.mark.parametrize(("width", "language"), [(390, "en"), (700, "en"), (768, "en"), (900, "de"), (1024, "de")])
def test_what_comes_with_training_never_takes_the_place_of_the_button_that_began_it(visit, width, language):
    """At 768 pixels Start over came to lie under the pointer, and its tip over Pause."""
    lab = visit(f"text=Shakespeare&hidden_size=32&lang={language}", viewport={"width": width, "height": 900})
    train = lab.button("train").bounding_box()
    lab.choose_steps({"en": "100 steps", "de": "100 Schritte"}[language])
    expect(lab.figures).to_contain_text({"en": "step 100", "de": "Schritt 100"}[language])
    expect(lab.key("start-over")).to_be_visible()
    assert lab.button("train").bounding_box() == train


def test_everything_on_the_first_screen_comes_from_this_server(visit):
    lab = visit()
    expect(lab.page).to_have_title("CharRNN Lab")
    assert not [error for error in lab.errors if "another host" in error]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("viewport", [LAPTOP, PHONE], ids=["laptop", "phone"])
def test_the_strip_is_drawn_in_every_light_and_size(visit, scheme, viewport):
    lab = visit("text=Names&hidden_size=32", viewport=viewport, color_scheme=scheme)
    assert lab.soon(lambda: lab.colours(lab.strip) > 50)
    background = lab.page.evaluate("getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor")
    brightness = sum(int(part) for part in background.removeprefix("rgb(").removesuffix(")").split(", ")) / 3
    assert (brightness > 128) == (scheme == "light")


def test_a_phone_scrolls_the_strip_and_never_the_page_sideways(visit):
    lab = visit("text=Names&hidden_size=32", viewport=PHONE, has_touch=True)
    widths = lab.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1]
    assert lab.strip.evaluate("canvas => canvas.clientWidth > canvas.parentElement.clientWidth")
    box = lab.button("train").bounding_box()
    small = """() => [...document.querySelectorAll("button, [role=radio], [role=combobox], input[type=text], summary")]
        .filter((one) => one.checkVisibility({ visibilityProperty: true }))
        .filter((one) => !one.closest("[data-testid=stElementToolbar]"))
        .map((one) => (one.closest("[role=group]") ?? one.closest("[data-testid=stTextInputRootElement]") ?? one))
        .filter((one) => one.getBoundingClientRect().height < 44).map((one) => one.outerHTML.slice(0, 200))"""
    assert lab.page.evaluate(small) == []
    assert 0 <= box["x"] < PHONE["width"]
    assert bottom(box) <= PHONE["height"]
