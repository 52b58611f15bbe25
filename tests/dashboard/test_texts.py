"""What a text is, and what it is compared to, depends on its characters, never on what somebody has called it."""

from math import log

import pytest

from charrnn.dashboard.session import links, texts
from charrnn.dashboard.session.texts import Choices
from charrnn.text.corpus import Corpus
from charrnn.text.synthetic import SOURCES, Brackets, drawn, source_of
from charrnn.training.settings import Settings

OWN = "she sells sea shells by the sea shore. " * 60


def exact(corpus):
    """The exact entropies that a text is compared to, in nats."""
    return [baseline.nats for baseline in texts.baselines_of(corpus) if baseline.name == "exact entropy"]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.title)
def test_a_generated_text_is_compared_to_its_entropy_and_a_text_called_like_it_is_not(source):
    assert exact(Corpus.from_text(OWN, name=source.title)) == []
    assert exact(texts.find(source.title, Choices())) == [source.entropy_bits * log(2)]
    assert source_of(source.title, drawn(source)[:-1]) is None


def test_what_one_visitor_calls_a_text_changes_nothing_for_another_who_has_the_same_text():
    text = drawn(Brackets(kinds=1))
    assert exact(Corpus.from_text(text, name="mine")) == []
    assert exact(Corpus.from_text(text, name="Brackets in brackets")) == []
    assert exact(Corpus.from_text(text, name="Brackets in brackets (kinds=1)")) == [
        Brackets(kinds=1).entropy_bits * log(2)
    ]
    assert exact(Corpus.from_text(text, name="mine")) == []


def test_a_link_names_a_text_only_where_that_name_leads_to_this_very_text():
    for name in (*texts.names(), Brackets.title):
        corpus = texts.find(name, Choices())
        assert links.query(corpus, Settings()) is not None
        assert links.query(Corpus.from_text(OWN, name=name), Settings()) is None


def test_a_first_visit_opens_a_text_that_can_be_read(monkeypatch, tmp_path):
    monkeypatch.setattr(texts, "DATA", tmp_path)
    (tmp_path / "shakespeare.txt").write_bytes(b"")
    (tmp_path / "alice.txt").write_bytes(bytes(range(256)) * 9)
    assert texts.first().name == SOURCES[0].title
    (tmp_path / "zebra.txt").write_text(OWN)
    assert texts.first().name == "Zebra"
