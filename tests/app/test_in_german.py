"""The page in another language: all that it says is from that language's catalogue, nothing from the English one."""

import re
from dataclasses import replace

import pytest
from app_page import Page
from catalogue import LANGUAGES, read, texts
from google.protobuf.message import Message

from charrnn.dashboard.language import use
from charrnn.dashboard.session.listing import lines
from charrnn.dashboard.session.server import engine
from charrnn.dashboard.wire import unsealed

SECTIONS = ("works", "watched", "guessing", "knows", "remembers", "learns", "film", "compare")


@pytest.fixture
def folded():
    return ()


@pytest.fixture
def panels():
    return "network", "learning", "text", "share"


@pytest.fixture(autouse=True)
def german():
    """What a simulated page makes of its widgets' words is made in the test's thread."""
    use("de")
    yield
    use("en")


def said(message: Message):
    """All texts in what a browser is sent, and the heads of what components are."""
    for field, value in message.ListFields():
        for one in value if field.is_repeated else [value]:
            if field.type == field.TYPE_STRING and field.name not in ("js_content", "id"):
                yield one
            elif field.type == field.TYPE_BYTES and field.name == "bytes":
                yield unsealed(one).partition(b"\0")[0].decode()
            elif field.type == field.TYPE_MESSAGE and isinstance(one, Message):
                yield from said(one)


def english():
    """What of each English sentence would be seen: its longest piece without a value, where that has several words."""
    for message in read(LANGUAGES / "de.po"):
        for pattern, meant in zip(texts(message.id), texts(message.string), strict=True) if message.id else ():
            piece = max(re.split(r"{.*?}", pattern), key=len).strip()
            if piece not in meant and len(re.findall(r"[a-z]{2,}", piece)) > 1:
                yield piece


def found(page: Page):
    drawn = (element for element in page.elements if element.type != "html")  # which is style
    protos = [element.proto for element in drawn if getattr(element, "proto", None) is not None]
    seen = "\n".join(text for proto in protos for text in said(proto))
    return [piece for piece in english() if re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", seen)]


def test_a_page_in_german_says_nothing_in_english(open_page):
    page = open_page(lang="de")
    for section in SECTIONS:
        page.at.session_state[section] = True
    page.look().step("100 Schritte").wait(lambda run: run.snapshot.held_out_step == 100)
    page.look()
    assert page.headline.startswith("Jetzt schwankt es zwischen ")
    assert found(page) == []
    for subject in ("extremes", "elsewhere", "silence"):
        page.session.subject = subject
        assert found(page.look()) == []


def test_a_pasted_text_is_called_so_in_the_language_of_the_page(open_page):
    page = open_page(lang="de")
    page.at.text_area(key="pasted").set_value("the cat sat on the mat. " * 40)
    assert page.click("use-pasted").run.corpus.name == "eingefügter Text"


def test_what_a_fork_is_called_is_said_in_the_language_of_the_page_also_where_it_is_read_from_the_store(open_page):
    page = open_page(lang="de")
    page.at.session_state["compare"] = True
    page.look().step("100 Schritte")
    run = page.session.run
    fork = engine().fork(run, 30, replace(run.in_force_at(30), learning_rate=0.02, clip=1.0))
    page.session.compared.append(fork)
    name = "Names, bei 30 abgezweigt: Lernrate 0,02, Kappung 1,0"
    assert page.look().table("results").iloc[:, 1].tolist() == ["Names", name]
    assert [line["name"] for line in lines([fork.token])[0]] == [name]
    assert fork.name == "Names, forked at 30: learning rate 0.02, clip 1.0"


def test_the_link_keeps_the_language_and_one_that_is_not_spoken_is_said(open_page):
    page = open_page(lang="de")
    assert page.at.query_params["lang"] == "de"
    assert "Text: Names" in page.shown_labels
    use("en")
    other = open_page(lang="<b>kl")
    assert "lang" not in other.at.query_params
    assert other.warnings == ["There is no language “<b>kl” here: here is another one."]
    assert other.headline.startswith("It hesitates between ")
