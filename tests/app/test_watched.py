"""Writing, watched: what is written one at a time is the sample, and what is copied is found and said."""

import pytest
from app_page import SECONDS

from charrnn.dashboard import words
from charrnn.dashboard.views import copying, watched, writing


@pytest.fixture
def panels():
    return ("text",)


def measured(page):
    for measurement in list(page.session.measurements.values()):
        measurement.future.result(SECONDS)
    return page.look()


@pytest.fixture
def opened(page):
    page.at.session_state["watched"] = True
    return measured(page.step("1,000 steps"))


def test_one_at_a_time_it_writes_the_sample_and_a_picked_character_leads_elsewhere(opened):
    def text():
        return opened.component("watched-text")[0]["text"]

    sample = opened.passages("written-text")[0]["text"]
    assert text() == sample[: watched.FIRST]
    opened.click("write-one")
    assert text() == sample[: watched.FIRST + 1]
    opened.click("write-on")
    assert text() == sample[: watched.FIRST + 1 + watched.ON]
    opened.click("take-back").click("take-back")
    many = watched.FIRST + watched.ON - 1
    assert text() == sample[:many]
    bars, segments, die = (
        opened.frames(chart)[name] for chart, name in (("bars", "bars"), ("die", "segments"), ("die", "die"))
    )
    follows = segments[segments["drawn"]]
    assert follows["sign"].item().replace("␣", " ").replace("↵", "\n") == sample[many]
    assert follows["start"].item() <= die["start"].item() < follows["end"].item()
    assert segments["q"].sum() == pytest.approx(1)
    assert bars["q"].is_monotonic_decreasing
    x = opened.run.corpus.vocabulary.encode("x")[0]
    opened.at.selectbox(key=f"watched-pick-{many}").set_value(int(x))
    assert opened.look().component("watched-text")[0]["text"] == sample[:many] + "x"
    opened.click("take-back")
    assert text() == sample[:many]


def test_lines_are_written_each_anew_and_those_of_the_text_are_marked(page):
    text = "anna\nbert\nclara\n\n" * 100
    page.paste(text + "dora\n" * 20).step("1,000 steps")  # what is held out begins amid dora
    page.at.toggle(key="by-line").set_value(True)
    (shown,) = page.look().passages("written-text")
    written, names = shown["text"].split("\n"), {"anna", "bert", "clara", "dora"}
    assert len(written) == writing.LINES
    assert {shown["text"][start:end] for start, end in shown["known"]} == set(written) & names != set()
    assert shown["title"] == f"{len(shown['known'])} of 10 stand in the text"
    page.at.text_input(key="prime").set_value("cl")
    page.look()
    assert all(line.startswith("cl") for line in page.passages("written-text")[0]["text"].split("\n"))
    page.at.text_input(key="stop").set_value("e")
    shown = page.look().passages("written-text")[0]
    assert "e" not in shown["text"]
    page.at.text_input(key="stop").set_value("é")
    assert "No line ends at “é”, which is not in the text." in page.look().captions
    assert "title" in page.passages("written-text")[0]
    assert not page.passages("written-text")[0]["title"]  # a text again


def test_a_line_that_stands_only_where_it_never_read_is_told_apart():
    found = writing.in_lines(["anna", "", "dora", "xyz"], writing.Lines(frozenset({"anna", "dora", ""}), {"anna"}))
    assert found == {
        "title": "2 of 4 stand in the text, 1 of them where it never read",
        "text": "anna\n\ndora\nxyz",
        "known": [(0, 4), (6, 10)],
    }


def test_samples_at_four_temperatures_are_written_with_the_same_dice(opened):
    four = opened.passages("four-temperatures")
    assert [each["title"] for each in four] == [f"temperature {t:g}" for t in watched.TEMPERATURES]
    assert four[2]["text"] == opened.passages("written-text")[0]["text"]


def test_what_stands_in_the_text_is_found_named_and_set_beside_what_is_usual(page):
    page.at.session_state["watched"] = True
    page.at.session_state["copy-places"] = True
    text = "the quick brown fox jumps over the lazy dog. " * 60
    measured(page.paste(text).step("1,000 steps"))
    usual = page.table("usual")
    assert usual["writing"].tolist() == ["what it wrote", "held-out text", "an n-gram"]
    assert usual["longest"].tolist()[1] == len(page.run.corpus.held_out_ids)  # the same sentence again
    rows, found = page.table("copies"), page.session.measurements["copying"].value.sample
    assert len(rows) == len(found.stretches) > 0
    trained_on = page.run.corpus.text[: len(page.run.corpus.train_ids)]
    here = [row.before[-3:] + row.here + row.after[:3] for row in rows.itertuples()]
    assert all(piece in trained_on.replace(" ", words.visible(" ")) for piece in here)
    for stretch in found.stretches:
        piece = page.run.corpus.vocabulary.decode(found.ids[stretch.start : stretch.end])
        assert trained_on[stretch.place : stretch.place + len(piece)] == piece
        assert len(piece) >= copying.GRAM
    assert rows["characters"].max() == usual["longest"].iloc[0]
    assert any(f"has **{rows['characters'].max()} characters**" in m.value for m in page.at.markdown)


def test_where_too_little_is_held_out_the_ngram_alone_stands_beside_it(page):
    page.at.session_state["watched"] = True
    measured(page.paste("the quick brown fox jumps over the lazy dog. " * 20).step("10 steps"))
    assert not len(page.run.corpus.held_out_ids)  # the text is too short
    assert page.table("usual")["writing"].tolist() == ["what it wrote", "an n-gram"]
