"""What stands there when the page opens, and which texts it offers."""

import os
import re
from pathlib import Path

import pytest

from charrnn.dashboard.session import texts
from charrnn.text.folder import corpora


@pytest.fixture
def panels():
    return ("text",)


@pytest.fixture
def folded():
    return ()


def test_the_first_page_names_text_network_and_learning_with_their_values(page):
    text, network, learning = page.labels[:3]
    assert text == "Text: Names"
    assert network == "Network: 16 units · 20 back"
    assert learning == "Learning: 0.004 · Adam"


def test_an_untrained_network_is_announced_as_a_blind_guess(page):
    alphabet = len(page.run.corpus.vocabulary)
    assert page.headline.startswith(f"It hesitates between {alphabet} characters: a blind guess.")
    nats, bits = map(float, re.findall(r"([\d.]+) (?:nats|bits)", page.headline))
    assert abs(nats / bits - 0.693) < 0.002


def test_the_first_page_has_one_obvious_button_and_warns_of_nothing(page):
    assert page.component("playing")[0]["label"] == "Train"
    assert "pause" not in page.buttons
    assert page.at.button(key="start-over").disabled
    assert not page.warnings


def test_a_bare_address_opens_a_text_of_the_data_folder_with_the_default_network(open_page):
    page = open_page(text="Alice", hidden_size="128", sequence_length="50", batch_size="8")
    assert page.labels[:2] == ["Text: Alice", "Network: 128 units · 50 back"]


def test_every_file_of_the_data_folder_is_a_choice(page):
    titles = [title for title, _ in corpora()]
    assert titles
    assert {f"text-{title}" for title in titles} <= set(page.buttons)


def test_a_file_dropped_into_the_data_folder_becomes_a_choice(open_page, monkeypatch, tmp_path: Path):
    monkeypatch.setattr(texts, "DATA", tmp_path)
    (tmp_path / "brought_by_hand.txt").write_text("she sells sea shells by the sea shore. " * 50)
    page = open_page(text="Brought by Hand")
    (tmp_path / "brought_later.txt").write_text("peter piper picked a peck of pickled peppers. " * 50)
    page.look()
    page.click("text-Brought Later")
    assert page.labels[0] == "Text: Brought Later"
    assert page.run.corpus.text.startswith("peter piper")


def test_a_link_to_a_run_that_is_gone_says_so_and_opens_a_new_one(open_page):
    page = open_page(run="nothing-is-kept-under-this")
    assert page.warnings == ["No run is kept under this link any more: here is a new one."]
    assert page.run.snapshot.step == 0
    assert page.at.query_params["run"] == page.run.token != "nothing-is-kept-under-this"


def test_a_link_to_a_run_opens_that_run(open_page, page):
    page.train()
    other = open_page(run=page.run.token)
    assert other.run is page.run
    assert other.session.name != page.session.name


def test_the_address_of_a_page_holds_its_run_alone(page):
    assert dict(page.at.query_params) == {"run": page.run.token}


def test_a_link_to_an_experiment_opens_it(open_page):
    page = open_page(text="Brackets in brackets", hidden_size="24", seed="7", optimizer="adagrad")
    assert page.run.corpus.name == "Brackets in brackets"
    assert (page.run.settings.hidden_size, page.run.settings.seed, page.run.settings.optimizer) == (24, 7, "adagrad")


def test_a_link_with_settings_that_cannot_be_had_says_so_and_opens_the_defaults(open_page):
    largest = {"hidden_size": "2048", "sequence_length": "1000", "batch_size": "256", "dtype": "float64"}
    for query in ({"hidden_size": "many"}, {"hidden_size": "-3"}, {"text": "No Such Text"}, largest):
        page = open_page(**query)
        assert len(page.warnings) == 1, query
        assert page.run.settings.hidden_size == 128


def test_files_of_one_title_or_of_a_generated_texts_or_of_no_utf_8_are_choices_like_any_other(
    open_page, monkeypatch, tmp_path: Path
):
    monkeypatch.setattr(texts, "DATA", tmp_path)
    for name in (b"my_text.txt", b"my text.txt", b"Additions.txt", b"caf\xe9.txt"):
        Path(tmp_path, os.fsdecode(name)).write_text(f"{name!r} holds this. " * 80)
    page = open_page(text="Additions")
    assert page.labels[0] == "Text: Additions"
    for title in ("My Text (my_text.txt)", "My Text (my text.txt)", "Additions (Additions.txt)", "Caf\ufffd"):
        page.click(f"text-{title}")
        assert page.run.corpus.name == title
        assert page.run.corpus.text.endswith("holds this. ")
