"""Passages alone on a page."""

from alone import Alone, pages
from playwright.sync_api import expect

from charrnn.dashboard.components import Passage, encode_passages

COPIED = "document.addEventListener('copy', () => { window.copied = document.activeElement.value })"


def test_a_text_of_which_nothing_would_be_seen_stands_there_in_signs_and_is_copied_as_it_is(chromium):
    with pages(chromium, "passages", Alone) as opened:
        alone = opened(has_touch=True)
        written = alone.page.locator("pre")
        for text, shown in ((" \n\n\t ", "␣↵\n↵\n⇥␣"), (" a\n", " a\n"), ("\n", "↵\n"), ("", "")):
            alone.receive(encode_passages([Passage(title="step 10", prime="T", text=text)], height=100))
            expect(written).to_have_js_property("textContent", f"T{shown}")
            alone.page.evaluate(COPIED)
            alone.page.get_by_role("button", name="Copy step 10").click()
            alone.page.wait_for_function("text => window.copied === text", arg=f"T{text}")
