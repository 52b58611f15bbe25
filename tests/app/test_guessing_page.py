"""A round of guesses: what is shown, and what it costs the person, the network, the n-grams and chance."""

from math import log2

import numpy as np
import pytest

from charrnn.dashboard.views.guessing import BACK, FRESH
from charrnn.insight.reading import read
from charrnn.text.baselines import ngram_probabilities


@pytest.fixture
def folded():
    return ()


@pytest.fixture
def playing(page):
    page.step("100 steps")
    page.at.session_state["guessing"] = True
    return page.look().click("guessing-begin")


def bet(page, picked, sure):
    if picked in page.at.session_state[FRESH].common:
        page.at.pills(key="guessing-pick").set_value(picked)
    elif picked is not None:
        page.at.text_input(key="guessed").set_value(page.run.corpus.vocabulary.characters[picked])
    page.at.segmented_control(key="guessing-sure").set_value(sure)
    next(button for button in page.at.button if button.label == "Guess").click()
    return page.look()


def test_ten_guesses_are_scored_in_bits_as_everybody_bet(playing):
    corpus, parameters = playing.run.corpus, playing.session.view.parameters
    ids, V = corpus.held_out_ids, len(corpus.vocabulary)
    text, questions = corpus.vocabulary.decode(ids), playing.at.session_state[FRESH].questions
    counted = ngram_probabilities(corpus.train_ids, ids, V)[2]
    paid = []
    for number, question in enumerate(questions):
        assert playing.passages("guessing-text")[0]["text"] == question.before
        place = next(
            at
            for at in range(len(question.before), len(ids))
            if text[at - len(question.before) : at] == question.before and ids[at] == question.came
        )
        right = number % 2 == 0
        bet(playing, question.came if right else (question.came + 1) % V, 0.8)
        p = read(parameters, ids[max(0, place - BACK) : place]).probabilities[-1]
        own = 0.8 if right else 0.2 / (V - 1)
        paid.append([-log2(x) for x in (own, p[question.came], counted[place], 1 / V)])
        table = playing.table("guessing-scores").set_index("who")
        order = ["you", "the network", "counting triples", "chance"]
        np.testing.assert_allclose(table.loc[order, "this one, bits"], paid[-1], rtol=0.02)
        np.testing.assert_allclose(table.loc[order, "on average, bits"], np.mean(paid, axis=0), rtol=0.02)
        thought = playing.table("guessing-thought")
        assert thought["probability"].iloc[0] == pytest.approx(p.max(), rel=0.02)
        assert thought["next"].str.endswith("(came)").sum() == 1
    assert len(paid) == 10
    assert any(
        one.value.startswith(f"**{np.mean(paid, axis=0)[0]:.2f} bits a character**") for one in playing.at.markdown
    )
    assert playing.click("guessing-begin").at.session_state[FRESH].guesses == []


def test_a_character_of_ones_own_counts_and_one_that_the_text_has_not_is_told(playing):
    question = playing.at.session_state[FRESH].questions[0]
    came = playing.run.corpus.vocabulary.characters[question.came]
    playing.at.text_input(key="guessed").set_value("é")
    bet(playing, None, 0.5)
    assert any("is not in this text's alphabet" in caption for caption in playing.captions)
    assert playing.at.session_state[FRESH].guesses == []
    playing.at.text_input(key="guessed").set_value(came)
    bet(playing, None, 0.95)
    (guess,) = playing.at.session_state[FRESH].guesses
    assert guess.bits[0] == pytest.approx(-log2(0.95))


def test_folded_it_costs_nothing_and_training_on_changes_no_round_that_is_played(playing):
    before = playing.at.session_state[FRESH]
    playing.step("100 steps")
    assert playing.at.session_state[FRESH] is before
    playing.at.session_state["guessing"] = False
    assert "guessing-text" not in {getattr(element, "key", None) for element in playing.look().elements}
