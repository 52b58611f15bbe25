"""Settings are checked where they are made, and survive the way to JSON and back."""

import json
import math
from dataclasses import replace

import pytest

from charrnn import Settings
from charrnn.training.settings import CELL_RATES, CHOICES, LIMITS, WORDS, SettingsError


def test_the_classic_experiment_is_the_one_of_the_books():
    classic = Settings.classic()
    assert (classic.hidden_size, classic.sequence_length, classic.batch_size) == (128, 30, 1)
    assert (classic.learning_rate, classic.decay, classic.optimizer, classic.clip) == (1e-2, 0, "adagrad", 5)
    assert (classic.init, classic.init_scale) == ("gaussian", 0.01)
    assert Settings.classic(hidden_size=7).hidden_size == 7


@pytest.mark.parametrize("settings", [Settings(), Settings.classic(), Settings(seed=9, learning_rate=1 / 3)])
def test_settings_survive_json(settings):
    assert Settings.from_dict(json.loads(json.dumps(settings.to_dict()))) == settings


def test_names_that_are_not_settings_are_left_out_and_missing_ones_take_their_default():
    assert Settings.from_dict({"hidden_size": 64, "colour": "teal"}) == Settings(hidden_size=64)


@pytest.mark.parametrize("name", LIMITS)
def test_a_value_at_a_limit_is_taken_and_one_beyond_refused_by_name(name):
    for limit, beyond in zip(LIMITS[name], (-1, +1), strict=True):
        assert getattr(Settings(**{name: limit}), name) == limit
        outside = limit + beyond if limit else -1
        outside = limit * (2.0**beyond) if 0 < limit < 1 or limit >= 1e6 else outside
        with pytest.raises(SettingsError, match=name):
            Settings(**{name: outside})


@pytest.mark.parametrize("value", [math.nan, math.inf, "128", None, True, [128]])
@pytest.mark.parametrize("name", ["hidden_size", "learning_rate"])
def test_what_is_no_number_is_refused(name, value):
    with pytest.raises(SettingsError, match=name):
        Settings(**{name: value})


@pytest.mark.parametrize("value", [127.5, 128.0])
@pytest.mark.parametrize("name", ["hidden_size", "sequence_length", "batch_size", "seed"])
def test_what_is_counted_must_be_a_whole_number(name, value):
    with pytest.raises(SettingsError, match="whole"):
        Settings(**{name: value})


@pytest.mark.parametrize("name", CHOICES)
def test_an_unknown_choice_is_refused_and_the_known_ones_are_named(name):
    with pytest.raises(SettingsError, match=CHOICES[name][0]):
        Settings(**{name: "magic"})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"hidden_size": 0}, "units (hidden_size) is 0; it must be a number between 1 and 2048."),
        ({"seed": "one"}, "seed is 'one'; it must be a number between 0 and 4.29497e+09."),
        ({"batch_size": 1.5}, "streams (batch_size) is 1.5; it must be a whole number."),
        ({"seed": 1.5}, "seed is 1.5; it must be a whole number."),
        ({"cell": "cnn"}, "cell is 'cnn'; it must be one of rnn, gru, lstm."),
        ({"init": "zero"}, "start (init) is 'zero'; it must be one of orthogonal, gaussian."),
    ],
)
def test_a_refusal_says_what_it_is_called_on_the_page_and_in_programs_and_what_may_be_had(wrong, said):
    with pytest.raises(SettingsError) as refused:
        Settings(**wrong)
    assert str(refused.value) == said


def test_the_rate_falls_with_the_characters_that_were_read():
    settings = Settings(learning_rate=0.5, decay=100.0)
    assert [settings.rate_at(characters) for characters in (0, 300, 800)] == [0.5, 0.25, 0.5 / 3]
    assert replace(settings, decay=0.0).rate_at(800) == 0.5


def test_a_notebook_shows_every_setting_by_its_name():
    rows = [f'<tr><th style="text-align:left">{WORDS[name]}</th>' for name in Settings().to_dict()]
    shown = Settings(hidden_size=1_234)._repr_html_()
    assert shown.startswith(f"<table><caption><b>Settings</b></caption>{rows[0]}<td>1,234</td></tr>{rows[1]}")
    assert all(row in shown for row in rows)


def test_settings_cannot_be_changed_behind_a_runs_back():
    with pytest.raises(AttributeError):
        Settings().seed = 2


def test_another_cell_brings_the_learning_rate_found_for_it_unless_somebody_chose_one():
    assert Settings().learning_rate == CELL_RATES["rnn"]
    gated = Settings().with_cell("gru")
    assert (gated.cell, gated.learning_rate) == ("gru", CELL_RATES["gru"])
    assert gated.with_cell("rnn") == Settings()
    assert Settings(learning_rate=0.05).with_cell("lstm") == Settings(learning_rate=0.05, cell="lstm")
