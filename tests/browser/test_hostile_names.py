"""What people bring, as Streamlit itself reads it: no link, no picture, no icon comes of it, and no sign is lost."""

import os
from urllib.parse import quote

import hostile
import pytest
from playwright.sync_api import expect
from serving import ROOT, Server

from charrnn.dashboard.words import JOINER

MADE = "a, img, em, del, code, pre, h1, h2, h3, h4, ul, ol, blockquote, table, hr, sup, input, .katex, [style*=color]"
PLACES = "[data-testid=stMarkdownContainer], [data-testid=stCaptionContainer]"
TEXTS = hostile.texts(150)  # as many as on the plain page
NAME = (
    "www.example.invalid me@example.invalid :skull_and_crossbones: :material_skull: ![x](https:example.invalid) **b**"
)
LINK = "https://example.invalid :material/skull: :skull_and_crossbones:"


@pytest.fixture(scope="module")
def shown(chromium):
    """By the number of each hostile text: what its container says in each of its places, and what was made of it."""
    with Server("tests/browser/plain_page.py", PYTHONPATH=os.pathsep.join([str(ROOT), str(ROOT / "tests")])) as server:
        page = chromium.new_page()
        page.goto(server.url)
        expect(page.get_by_text("That is all.")).to_be_attached()
        expect(page.locator(f"[class*='st-key-text-'] :is({PLACES})")).to_have_count(
            5 * len(TEXTS)
        )  # labels come later
        yield page.evaluate(
            """([made, places]) => [...document.querySelectorAll("[class*='st-key-text-']")].map((one) => {
                return [...one.querySelectorAll(places)].map((part) => ({
                    text: part.textContent,
                    made: [...part.querySelectorAll(made)].map((element) => element.outerHTML),
                    strong: part.querySelectorAll("strong").length,
                }));
            })""",
            [MADE, PLACES],
        )
        page.close()


def as_read(text):
    """On one line, and without what nobody sees."""
    return " ".join(text.replace(JOINER, "").split())


def test_whatever_is_brought_stands_there_as_it_is_and_nothing_is_made_of_it(shown):
    assert len(shown) == len(TEXTS)
    for text, parts in zip(TEXTS, shown, strict=True):
        said = [as_read(part["text"]) for part in parts]
        assert said == [as_read(before + text) for before in ("", "", "Step 1: ", "Learn from ", "Text: ")]
        assert [part["made"] for part in parts] == [[]] * 5, text
        assert [part["strong"] for part in parts] == [0, 0, 1, 0, 0], text


def made_of(lab):
    """What the whole page shows that a hostile name could have made."""
    return lab.page.evaluate(
        """() => {
            const found = (selector, of, like) =>
                [...document.querySelectorAll(selector)].map(of).filter((one) => like.test(one));
            return {
                links: found("a[href]", (a) => a.href, /example|mailto/),
                pictures: found("img", (img) => img.src, /example/),
                icons: found("[data-testid=stIconMaterial], [role=img]", (icon) => icon.textContent, /skull/),
                emoji: document.body.innerText.includes("\\u2620"),
            };
        }"""
    )


NOTHING = {"links": [], "pictures": [], "icons": [], "emoji": False}


def test_a_hostile_name_in_a_link_makes_nothing_of_the_warning(visit):
    lab = visit(f"text={quote(LINK)}&hidden_size=32")
    expect(lab.page.get_by_test_id("stAlert")).to_contain_text("There is no text called")
    assert made_of(lab) == NOTHING


def test_a_hostile_name_of_a_file_makes_nothing_anywhere(visit):
    lab = visit("text=Names&hidden_size=32")
    lab.button("text").click()
    data = b"she sells sea shells by the sea shore. " * 60
    file = {"name": NAME + ".txt", "mimeType": "text/plain", "buffer": data}
    lab.page.locator("input[type=file]").set_input_files(file)
    use = lab.button("use-uploaded")
    expect(use).to_contain_text("skull_and_crossbones")
    assert made_of(lab) == NOTHING
    use.click()
    expect(lab.button("text")).to_contain_text("www")
    lab.button("text").click()
    expect(lab.page.get_by_text("different ones")).to_be_visible()
    assert made_of(lab) == NOTHING
