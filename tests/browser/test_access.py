"""For people with other eyes and hands: names, roles and contrasts by axe-core, and the page by keys alone."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from visit import SMALL

LAPTOP = {"viewport": {"width": 1280, "height": 800}}
PANELS = ("text", "network", "learning", "my-runs", "sentence", "share", "curve-more", "words", "sampling", "stop-at")
GRAVE = ("serious", "critical")
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ALL = {"runOnly": LEVELS, "resultTypes": ["violations"]}
COLOURS = {"runOnly": ["color-contrast"], "resultTypes": ["violations"]}  # all that another theme can spoil


class Examined:
    """A page under axe-core."""

    def __init__(self, lab, rules):
        self.lab, self.rules = lab, rules

    def faults(self, within=":root"):
        """The grave ones within an element, at rest."""
        self.lab.at_rest()
        if not self.lab.page.evaluate("'axe' in window"):  # the page was left for another one
            self.lab.page.evaluate(Axe().axe_script)
        part = self.lab.page.locator(within)
        return [
            (found["id"], node["target"][-1], node["html"][:200])
            for found in part.evaluate("(part, rules) => axe.run(part, rules)", self.rules)["violations"]
            if found["impact"] in GRAVE
            for node in found["nodes"]
        ]


@pytest.mark.parametrize(("scheme", "rules"), [("light", ALL), ("dark", COLOURS)], ids=["light", "dark"])
def test_no_part_of_the_page_has_a_grave_fault(visit, scheme, rules):
    lab = visit(SMALL, color_scheme=scheme, **LAPTOP)
    lab.choose_steps("100 steps")
    expect(lab.figures).to_contain_text("saved at 100")
    examined = Examined(lab, rules)
    dialog = ":is([role=dialog], dialog[open])"
    opened = lab.page.locator(dialog)

    def left():  # Streamlit opens one again that is closed as it is being drawn
        return lab.soon(lambda: lab.page.keyboard.press("Escape") or not opened.count())

    for key in PANELS:
        lab.button(key).first.press("Enter")
        expect(opened).to_have_count(1)
        assert examined.faults(dialog) == [], key
        if key == "share":
            watch = lab.page.get_by_text("?watch=").first.inner_text()
        assert left()
    lab.page.keyboard.press("?")
    expect(opened).to_contain_text("takes one step")
    assert examined.faults(dialog) == []
    assert left()
    lab.button("start-over").click()
    expect(opened).to_contain_text("This run is at step 100.")
    assert examined.faults(dialog) == []
    lab.button("confirm-no").click()
    expect(opened).to_have_count(0)

    folded = lab.page.locator("details:not([open]) > summary")
    while folded.count():
        folded.first.click()
    lab.button("lessons").click()
    expect(lab.button("close-lessons")).to_be_visible()
    assert examined.faults() == []
    lab.button("fork").click()
    expect(opened).to_contain_text("At step")
    assert examined.faults(dialog) == []

    lab.page.goto(watch)
    lab.settled()
    assert examined.faults() == []
    lab.page.goto(watch.replace("watch=", "class="))
    expect(lab.page.get_by_test_id("stDataFrame")).to_be_visible()
    assert examined.faults() == []


def test_the_page_is_used_by_keys_alone(lab):
    page, keyboard = lab.page, lab.page.keyboard
    expect(page.get_by_role("heading", level=1)).to_have_text("CharRNN Lab")
    expect(page.get_by_role("heading", name="What does it know?", level=2)).to_be_visible()
    expect(page.get_by_role("button", name="Help: Hidden state")).to_be_visible()
    told = lab.key("playing").get_by_role("status")
    lab.button("train").scroll_into_view_if_needed()
    lab.button("train").focus()
    assert page.evaluate("document.querySelector('main').scrollTop") == 0  # for what is in sight nothing moves
    page.evaluate("document.activeElement.blur()")

    keyboard.press(".")
    expect(told).to_have_text("Finished at step 1.")
    keyboard.press(" ")
    expect(lab.button("pause")).to_be_visible()
    expect(told).to_have_text("Training.")
    keyboard.press(" ")
    expect(told).to_have_text(re.compile(r"Paused at step [\d,]+\."))

    keyboard.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_contain_text("takes one step")
    keyboard.press("Escape")
    expect(keys).to_have_count(0)

    opener = lab.button("sentence").first
    opener.press("Enter")
    expect(page.get_by_role("dialog")).to_be_focused()
    step = lab.step
    page.get_by_role("dialog").get_by_role("textbox").press_sequentially("a b. c?")  # none of them acts here
    expect(page.get_by_role("dialog").get_by_role("textbox")).to_have_value("a b. c?")
    lab.at_rest()
    expect(keys).to_have_count(0)
    keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(opener).to_be_focused()
    assert lab.step == step

    # All that Tab comes to is in sight, and not under the player.
    player = lab.key("player").bounding_box()
    for _ in range(60):
        keyboard.press("Tab")
        low = page.evaluate(LOW)
        assert low is None or low <= player["y"] + 1, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


# Where what has the focus ends, unless that is in the player or higher than the screen.
LOW = """(() => {
  let element = document.activeElement;
  if (element.closest(".st-key-player")) return null;
  while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  const { height, bottom } = element.getBoundingClientRect();
  return height < 600 ? bottom : null;
})()"""
