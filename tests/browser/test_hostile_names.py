"""What people bring, as Streamlit itself reads it: no link, no picture, no icon comes of it, and no sign is lost."""

import os
import re
from urllib.parse import quote

import hostile
import pytest
from playwright.sync_api import expect
from serving import ROOT, Server
from visit import Visit

from charrnn.dashboard.terms.vocabulary import SECTIONS
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
                ran: "ran" in window,
            };
        }"""
    )


NOTHING = {"links": [], "pictures": [], "icons": [], "emoji": False, "ran": False}
MARKUP = (
    "<img src=https://example.invalid onerror='ran=1'> <script>ran=1</script> ![x](https://example.invalid) <b>a</b>\n"
)
POLICED = """async () => {
    const script = document.createElement("script"), picture = new Image();
    script.textContent = "ran = 1";
    picture.src = "https://example.invalid/picture";
    document.body.append(script, picture);
    const inline = document.createElement("div");
    inline.innerHTML = "<img src=x onerror='ran = 1'>";
    const failed = new Promise((done) => inline.firstChild.addEventListener("error", done));
    document.body.append(inline);
    await failed;  // and its handler has been asked for
    return fetch("https://example.invalid/asked").then(() => "asked", () => "refused");
}"""


def test_a_hostile_name_in_a_link_makes_nothing_of_the_warning(visit):
    lab = visit(f"text={quote(LINK)}&hidden_size=32")
    expect(lab.page.get_by_test_id("stAlert")).to_contain_text("There is no text called")
    assert made_of(lab) == NOTHING


def test_hostile_markup_as_text_and_file_name_makes_nothing_in_any_view(visit):
    lab = visit("text=Names&hidden_size=32&sequence_length=20")
    lab.button("text").click()
    file = {"name": NAME + ".txt", "mimeType": "text/plain", "buffer": MARKUP.encode() * 60}
    lab.page.locator("input[type=file]").set_input_files(file)
    use = lab.button("use-uploaded")
    expect(use).to_contain_text("skull_and_crossbones")
    assert made_of(lab) == NOTHING
    use.click()
    expect(lab.button("text")).to_contain_text("www")
    lab.button("text").click()
    expect(lab.page.get_by_text("6,720 characters · 33 different ones · read as")).to_be_visible()
    assert made_of(lab) == NOTHING
    lab.page.keyboard.press("Escape")
    lab.train().pause()
    for section in SECTIONS:
        closed = lab.key(section).locator("details:not([open]) > summary").first
        if closed.count():
            closed.click()
    for part in ("step-drawn", "on-the-text", "connected", "matrix", "film-passages"):
        expect(lab.key(part)).to_be_visible()
    assert made_of(lab) == NOTHING


def test_what_should_come_to_be_markup_all_the_same_runs_nothing_and_asks_nobody(lab):
    """The page's policy, as its browser keeps it: it holds for what stands on the page whoever has put it there."""
    assert lab.page.evaluate(POLICED) == "refused"
    assert not lab.page.evaluate("'ran' in window")
    told = [error for error in lab.errors if "Content Security Policy" in error]
    assert {rule for rule in ("script-src", "img-src", "connect-src") for error in told if rule in error} == {
        "script-src",
        "img-src",
        "connect-src",
    }
    lab.errors.clear()


LESSON = """# Lesson MARKUP

About MARKUP

## Step MARKUP

```toml
question = "Why MARKUP"
choices = ["One MARKUP", "Two MARKUP"]
answer = 2
because = "Since MARKUP"
do = "Do MARKUP"
point = "playing"
```

It says MARKUP
"""
OF_A_LESSON = "<img src=https://example.invalid/i onerror='ran=1'> <script>ran=1</script> [x](javascript:ran=1)"
OF_A_LESSON += " ![x](https://example.invalid/spy.png)"


def test_a_lesson_full_of_markup_runs_nothing_and_asks_nobody(chromium, tmp_path):
    """Teachers write Markdown, so a picture of another host may stand there: the page's policy keeps it from coming."""
    (tmp_path / "bad.md").write_text(LESSON.replace("MARKUP", OF_A_LESSON))
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    with Server("tests/browser/hostile_lesson_page.py", PYTHONPATH=path, HOSTILE_LESSONS=str(tmp_path)) as server:
        context = chromium.new_context(viewport={"width": 1280, "height": 800})
        sent = []
        context.on("response", lambda answer: sent.append(answer.url))
        lab = Visit(context.new_page(), server.url).open("lesson=bad")
        lab.page.get_by_text("Two ").first.click()
        expect(lab.page.get_by_text("Why ").first).to_be_visible()
        lab.button("all-lessons").click()
        expect(lab.key("lesson-bad")).to_be_visible()
        assert not lab.page.evaluate("'ran' in window")
        assert lab.page.locator("a[href^=javascript]").count() == 0
        assert [url for url in sent if not url.startswith((server.url, "data:", "blob:"))] == []
        allowed = "Content Security Policy|ERR_BLOCKED_BY_CSP|asked another host: https://example.invalid/spy.png"
        assert [error for error in lab.errors if not re.search(allowed, error)] == []
        context.close()
