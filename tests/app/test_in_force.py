"""What was set while training is in force everywhere: in the link, in what starts over, in forks and comparisons."""

from urllib.parse import parse_qs, urlsplit

import pytest


@pytest.fixture
def panels():
    return ("text", "network", "learning", "share")


def set_rate(page, rate):
    """Turn the knob while training stands, as the panel does."""
    page.at.number_input(key="rate-typed").set_value(rate)
    page.look()
    assert page.run.snapshot.learning_rate == rate
    return page


@pytest.fixture
def turned(page):
    """A run whose rate was set at step 30."""
    return set_rate(page.step("10 steps").step("10 steps").step("10 steps"), 0.001)


def experiment(page):
    """What the link to the experiment says."""
    links = [parse_qs(urlsplit(code.value).query) for code in page.at.code if "hidden_size" in code.value]
    (link,) = links
    return {name: value for name, (value,) in link.items()}


def test_the_link_of_the_experiment_has_the_rate_in_force_and_says_with_which_it_began(turned):
    assert experiment(turned)["learning_rate"] == "0.001"
    assert any("began with learning rate 0.004" in caption.value for caption in turned.at.caption)


def test_the_link_of_the_experiment_opens_as_it_says(turned, open_page):
    link = experiment(turned)
    assert open_page(**link).run.settings == turned.run.in_force


def test_starting_over_keeps_the_rate_in_force(turned):
    turned.click("start-over").click("confirm-yes")
    assert (turned.run.snapshot.step, turned.run.snapshot.learning_rate) == (0, 0.001)


def test_another_text_network_or_optimiser_keeps_the_rate_in_force(turned):
    turned.click("text-Alice").click("confirm-yes")
    assert (turned.run.corpus.name, turned.run.settings.learning_rate) == ("Alice", 0.001)
    set_rate(turned.step("10 steps"), 0.002)
    next(box for box in turned.at.number_input if box.label == "Units").set_value(24)
    turned.click("FormSubmitter:network-form-Start over with these").click("confirm-yes")
    assert (turned.run.settings.hidden_size, turned.run.settings.learning_rate) == (24, 0.002)
    set_rate(turned.step("10 steps"), 0.003)
    turned.at.selectbox(key="optimizer").set_value("sgd")
    turned.look().click("confirm-yes")
    assert (turned.run.settings.optimizer, turned.run.settings.learning_rate) == ("sgd", 0.003)
