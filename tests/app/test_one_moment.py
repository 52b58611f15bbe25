"""A moment has one loss and one unit that is looked at, wherever on the page it is spoken of."""

import re

import pytest
from serving import soon

from charrnn.dashboard.pictures.losses import smoothed
from charrnn.dashboard.session import listing
from charrnn.dashboard.views import first_screen, writing
from charrnn.text.corpus import Corpus


@pytest.fixture
def panels():
    return "text", "my-runs"


def spoken(page):
    """The loss in the headline, in nats, and the kind of loss that it is said to be."""
    nats, kind = re.search(r"([\d.]+) nats = .* a character, (.*) at step", page.headline).groups()
    return float(nats), kind


def test_headline_curve_and_my_runs_have_the_same_loss_of_a_run_at_rest(page):
    page.train(200).wait(lambda run: run.snapshot.held_out_step == run.snapshot.step)
    nats, kind = spoken(page)
    assert kind == "held out"
    beaten = re.search(r"Better than ([^.]+)\.", page.headline)[1]
    assert beaten in page.frames("curve")["baselines"]["name"].tolist()
    last_step, last = page.run.curve.held_out[-1]
    assert (last_step, nats) == (page.run.snapshot.step, pytest.approx(last, abs=0.005))
    ((row,), _) = listing.lines([page.run.token])
    assert row["held out, nats"] == last
    assert row["smoothed, nats"] == pytest.approx(smoothed(page.run)[-1])
    assert len(row["curve"]) == listing.POINTS
    assert row["curve"][-1] == row["smoothed, nats"]


def test_headline_and_my_runs_have_the_same_loss_of_a_run_with_nothing_held_out(page):
    page.paste("ha ha ha " * 100).step("100 steps").wait(lambda run: run.saved_step == 100)
    nats, kind = spoken(page)
    assert kind == "on the text it reads, smoothed,"
    ((row,), _) = listing.lines([page.run.token])
    assert row["held out, nats"] is None
    assert row["smoothed, nats"] == pytest.approx(nats, abs=0.005)


def test_pausing_does_not_change_of_which_kind_of_loss_the_headline_speaks(page):
    page.click("train").wait(lambda run: run.curve.held_out)
    _, while_training = spoken(page)
    page.click("pause").wait(lambda run: run.status == "paused")
    assert spoken(page)[1] == while_training == "held out"


def test_a_picture_that_was_begun_of_one_text_and_has_come_to_another_is_shown_to_nobody(page, monkeypatch, caplog):
    other, units_of, channel = Corpus.from_text("ab" * 200), first_screen.shown_units, page.session.channel
    begun = []

    def meanwhile(session, hidden):
        if not begun:  # somebody else, who has the run's link
            page.run.reset(corpus=other)
        begun.append(session.run.corpus)
        return units_of(session, hidden)

    monkeypatch.setattr(first_screen, "shown_units", meanwhile)
    page.run.set(learning_rate=0.01)
    assert soon(lambda: channel.fresh("strip") is None and begun)  # when it may be made again
    assert begun == [other]
    assert soon(lambda: channel.fresh("strip"))
    assert begun == [other, other]
    assert caplog.record_tuples == []


def test_a_sentence_of_which_another_browser_s_text_knows_nothing_is_not_read_until_the_page_is_drawn(page, caplog):
    page.at.session_state["typed"] = "johanna"
    assert page.look().component("strip")[0]["text"] == "johanna"
    page.run.reset(corpus=Corpus.from_text("0123 " * 100))
    channel = page.session.channel
    assert soon(lambda: channel.fresh("strip"))
    assert [record for record in caplog.record_tuples if record[0].startswith("charrnn")] == []


def test_lines_that_end_as_none_of_another_browser_s_text_does_are_shown_once_the_page_is_drawn(
    page, monkeypatch, caplog
):
    listed, tried = writing.listed, []
    monkeypatch.setattr(writing, "listed", lambda *of: tried.append(of) or listed(*of))
    page.at.session_state["temperature"] = True
    page.at.session_state["by-line"], page.at.session_state["stop"] = True, "j"
    assert "stand in the text" in page.look().component("written-text")[0]["passages"][0]["title"]
    page.run.reset(corpus=Corpus.from_text("0123 " * 100))
    tried.clear()
    assert soon(lambda: page.session.channel.fresh("written") is None and tried)
    assert [record for record in caplog.record_tuples if record[0].startswith("charrnn")] == []
    assert page.look().component("written-text")[0]["passages"][0]["title"] == ""
