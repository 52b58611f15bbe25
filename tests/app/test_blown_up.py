"""Training that has blown up: the headline says so at once, with its likely cause, and a button leads back."""

import re

import numpy as np
import pytest
from app_page import SECONDS

from charrnn.dashboard.session import server
from charrnn.dashboard.terms.vocabulary import SECTIONS
from charrnn.runs.store_types import StoreError

PRAISE = re.compile(r"Better than|down from|hesitates between")


@pytest.fixture
def blown(page):
    """A network that had learned something when its learning rate was set to 1."""
    page.step("100 steps")
    assert page.run.wait(lambda run: run.snapshot.held_out_step == 100, SECONDS)  # so it is known to have been sound
    page.run.set(learning_rate=1.0)
    return page.step("100 steps")


def test_the_headline_says_so_and_praises_nothing(blown):
    V = len(blown.run.corpus.vocabulary)
    assert blown.headline.startswith(f"It has blown up: now it is worse than a blind guess among {V} characters.")
    assert "Likely cause: the learning rate of 1, set at step 100." in blown.headline
    assert not PRAISE.search(blown.headline)


def test_a_button_leads_back_to_where_all_was_well_with_the_rate_of_before(blown):
    before = blown.run.settings.learning_rate
    assert blown.at.button(key="back-to-sound").label == "Back to step 100"
    blown.click("back-to-sound")
    assert (blown.session.said(), blown.run.snapshot.step) == ("", 100)
    assert blown.run.in_force.learning_rate == before
    assert "back-to-sound" not in blown.buttons
    assert PRAISE.search(blown.headline)
    blown.step("100 steps")
    assert "back-to-sound" not in blown.buttons
    assert "blown up" not in blown.headline


def test_where_it_cannot_go_back_it_says_so_and_leaves_the_rate_as_it_is(blown, monkeypatch):
    def locked(run):
        raise StoreError("Another program holds the file.")

    monkeypatch.setattr(server.engine().keeper, "saved", locked)
    blown.click("back-to-sound")
    assert "Another program holds the file." in blown.warnings
    assert (blown.run.snapshot.step, blown.run.in_force.learning_rate) == (200, 1.0)


def test_a_rate_too_high_from_the_start_is_named_too(open_page):
    page = open_page(learning_rate="10").step("100 steps")
    assert "Likely cause: the learning rate of 10." in page.headline
    page.click("back-to-sound")
    assert (page.run.snapshot.step, page.run.in_force.learning_rate) == (0, 1.0)


def test_a_network_trained_to_no_number_leads_back_too_with_a_lower_rate(open_page):
    """Each step multiplies the weights by 1 − 10 · 10, until they are beyond what float32 holds."""
    page = open_page(learning_rate="10", weight_decay="10")
    for section in SECTIONS:
        page.at.session_state[section] = True
    page.step("100 steps")
    assert page.headline.startswith("It has blown up: its loss was no number any more.")
    assert page.run.snapshot.step < 100
    assert not re.search(r"\b(nan|inf)\b", str(page.component("step-drawn")[0]))
    assert np.isfinite(page.run.snapshot.parameters.flat).all()
    page.click("back-to-sound")
    assert (page.run.snapshot.step, page.run.in_force.learning_rate) == (0, 1.0)
    assert "blown up" not in page.headline


def test_who_watches_is_told_and_offered_nothing(blown, open_page):
    watcher = open_page(watch=blown.run.watch_token)
    now, said = blown.run.in_force, [text.value for text in watcher.at.caption]
    assert any(f"Network: {now.hidden_size} units · {now.sequence_length} back · Learning: " in text for text in said)
    assert watcher.headline == blown.headline
    assert not any(button.key == "back-to-sound" for button in watcher.at.button)


def test_looking_back_a_sound_network_is_told_as_it_was(blown):
    blown.session.at = 100
    assert blown.look().headline.startswith("Looking back. At step 100 it hesitated between")
    assert "back-to-sound" not in blown.buttons


def test_a_network_worse_than_a_blind_guess_is_never_said_to_be_down_from_it(page):
    page.step("100 steps").wait(lambda run: run.snapshot.held_out_step == 100)  # or it would come after the one below
    run, V = page.run, len(page.run.corpus.vocabulary)
    run.record = run.record._replace(curve=run.curve.measured(100, 5.47))
    assert f"between 237 characters: a blind guess among {V} would do better." in page.look().headline
    assert "down from" not in page.headline
