"""Generated texts: their parameters are chosen in the page, told by the text's name and carried by the link."""

from math import log
from urllib.parse import parse_qs

import pytest

from charrnn.dashboard.session import links, texts
from charrnn.dashboard.session.texts import Choices
from charrnn.text.parameters import name_of
from charrnn.text.synthetic import Brackets, Quotes, Recall

SMALL = {"hidden_size": "16", "sequence_length": "20", "batch_size": "2"}
CHANGED = Brackets(kinds=2, open=0.4)


@pytest.fixture
def panels():
    return ("text",)


@pytest.fixture
def brackets(open_page):
    return open_page(text=Brackets.title)


def told(page):
    """The bits a character that stand in the page."""
    return [caption.value for caption in page.at.caption if "Exact entropy" in caption.value]


def change(page, **values):
    for name, value in values.items():
        page.at.number_input(key=f"{name} of {page.run.corpus.name}").set_value(value)
    return page.look()


def test_only_a_generated_text_has_parameters_and_only_its_own(page, brackets):
    inputs = {box.key for box in brackets.at.number_input}
    assert {f"{name} of {Brackets.title}" for name in ("kinds", "deepest", "end", "open")} <= inputs
    assert not any(" of " in (box.key or "") for box in page.at.number_input)
    assert not told(page)


def test_changed_parameters_change_the_entropy_at_once_and_the_text_when_pressed(brackets):
    before = brackets.run.corpus
    assert "use-generated" not in brackets.buttons
    change(brackets, kinds=2, open=0.4)
    assert f"{CHANGED.entropy_bits:.4f} bits" in told(brackets)[0]
    assert brackets.run.corpus is before
    brackets.click("use-generated")
    corpus = brackets.run.corpus
    assert corpus.text == texts.of_source(CHANGED, 0.05).text != before.text
    assert corpus.name == name_of(CHANGED) == "Brackets in brackets (kinds=2, open=0.4)"
    assert brackets.labels[0] == "Text: Brackets in brackets (kinds…"
    assert corpus.name in brackets.captions
    assert f"{CHANGED.entropy_bits:.4f} bits" in told(brackets)[0]
    assert texts.baselines_of(corpus)[-1].nats == pytest.approx(CHANGED.entropy_bits * log(2))
    assert "use-generated" not in brackets.buttons


def test_other_parameters_ask_before_training_is_thrown_away(brackets):
    brackets.step("10 steps")
    change(brackets, kinds=1).click("use-generated")
    assert (brackets.run.corpus.name, brackets.run.snapshot.step) == (Brackets.title, 10)
    brackets.click("confirm-yes")
    assert (brackets.run.corpus.name, brackets.run.snapshot.step) == ("Brackets in brackets (kinds=1)", 0)


@pytest.mark.parametrize("source", [CHANGED, Quotes(close=0.15, width=60), Recall(keys=2, lag=7), Recall()], ids=repr)
def test_the_link_of_a_generated_text_opens_exactly_that_text(open_page, source):
    corpus = texts.find(name_of(source), Choices(held_out=0.1))
    page = open_page(text=name_of(source), **SMALL)
    query = links.query(corpus, page.run.settings)
    again = open_page(**{name: value for name, (value,) in parse_qs(query).items()})
    assert (again.run.corpus.name, again.run.corpus.digest) == (corpus.name, corpus.digest)
    assert again.run.settings == page.run.settings
    assert not again.warnings


@pytest.mark.parametrize("told_so", ["kinds=9", "kinds=", "size=3", "open=0.4; kinds"])
def test_a_link_with_parameters_that_cannot_be_had_says_so_in_one_sentence(open_page, told_so):
    page = open_page(text=f"{Brackets.title} ({told_so})")
    (warning,) = page.warnings
    assert warning.startswith(f"“{Brackets.title}” cannot have {told_so.partition('=')[0]}")
    assert page.run.snapshot.step == 0


def test_a_text_brought_under_a_generated_one_s_name_does_no_harm(page):
    page.upload(f"{Brackets.title} (kinds=99)", b"she sells sea shells by the sea shore. " * 60)
    assert page.run.corpus.name == f"{Brackets.title} (kinds=99)"
    assert links.query(page.run.corpus, page.run.settings) is None
