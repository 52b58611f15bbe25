"""The loss curve on the page: it moves while training, a zoom and what was chosen stay, labels keep apart."""

import csv
import re
from itertools import combinations

import pytest
from playwright.sync_api import expect


@pytest.fixture
def trained(lab):
    """The small network, after a hundred windows, at rest."""
    lab.choose_steps("100 steps")
    expect(lab.figures).to_contain_text(re.compile(r"step 100\b.*paused", re.DOTALL))
    return lab


def titles(lab) -> list[str]:
    return lab.curve.locator(".role-axis-title text").all_text_contents()


def across(lab) -> list[str]:
    """What stands on the horizontal axis."""
    return lab.curve.locator(".role-axis-label").nth(0).locator("text").all_text_contents()


def test_the_chart_is_the_same_one_while_training_moves_it(trained):
    trained.curve.evaluate("svg => { svg.marked = true; }")
    line = trained.curve.locator(".mark-line path").first
    before = line.get_attribute("d")
    trained.train()
    assert trained.soon(lambda: line.get_attribute("d") != before)
    trained.pause()
    assert trained.curve.evaluate("svg => svg.marked"), "it was built anew: it flickers, and a zoom is lost"


def test_out_of_sight_it_is_not_drawn_and_once_it_is_seen_it_is_of_now(trained):
    line = trained.curve.locator(".mark-line path").first
    trained.key("heatmap").evaluate("heatmap => heatmap.scrollIntoView()")
    expect(trained.curve).not_to_be_in_viewport()
    trained.train()

    def stays():
        before, step = line.get_attribute("d"), trained.step
        assert trained.soon(lambda: trained.step > step + 500)
        return line.get_attribute("d") == before

    assert trained.soon(stays)  # but for the whole page, which is drawn as training begins
    before = line.get_attribute("d")
    trained.curve.scroll_into_view_if_needed()
    assert trained.soon(lambda: line.get_attribute("d") != before)
    trained.pause()


def test_a_zoom_stays_while_training_goes_on(trained):
    shown = across(trained)
    box = trained.curve.bounding_box()
    trained.page.mouse.move(box["x"] + 200, box["y"] + 100)
    trained.page.mouse.down()
    trained.page.mouse.move(box["x"] + 120, box["y"] + 100, steps=5)
    trained.page.mouse.up()
    assert trained.soon(lambda: across(trained) != shown)
    zoomed = across(trained)
    trained.train()
    step = trained.step
    assert trained.soon(lambda: trained.step > step + 200)
    trained.pause()
    assert across(trained) == zoomed


def test_unit_axis_and_smoothing_are_kept_by_the_link(trained):
    assert trained.soon(lambda: "hesitates between so many characters" in titles(trained))
    trained.key("unit").get_by_role("radio", name="bits").click()
    assert trained.soon(lambda: "loss, bits a character" in titles(trained))
    trained.curve.hover()  # then Streamlit's own buttons stand above the chart
    expect(trained.page.get_by_test_id("stElementToolbar").locator("visible=true").first).to_be_visible()
    trained.key("curve-more").locator("button").first.click()
    trained.page.get_by_role("radio", name="characters", exact=True).click()
    assert trained.soon(lambda: titles(trained) == ["characters read", "loss, bits a character"])
    trained.page.get_by_role("radio", name="classic", exact=True).click()
    assert trained.soon(
        lambda: (
            {"unit=bits", "across=characters", "smoothing=classic"} <= set(trained.page.url.split("?")[1].split("&"))
        )
    )
    trained.page.keyboard.press("Escape")
    trained.reload()
    assert trained.soon(lambda: titles(trained) == ["characters read", "loss, bits a character"])
    trained.key("unit").get_by_role("radio", name="hesitates between").click()
    assert trained.soon(lambda: "unit=" not in trained.page.url)


def test_labels_of_baselines_lie_within_the_chart_and_not_on_one_another(visit):
    lab = visit("hidden_size=16&batch_size=2")
    labels = lab.curve.locator(".mark-text.role-mark text").filter(has_text=re.compile(r"\d$"))
    for width, longest in ((1280, "file compression"), (390, "compression")):  # where room is short names are too
        lab.page.set_viewport_size({"width": width, "height": 800})
        expect(labels.last).to_have_text(re.compile(rf"^{longest} [\d.]+$"))
        expect(labels).to_have_count(5)
        boxes = [label.bounding_box() for label in labels.all()]
        chart = lab.curve.bounding_box()
        for box in boxes:
            assert chart["x"] <= box["x"] <= box["x"] + box["width"] <= chart["x"] + chart["width"] + 1
        for one, other in combinations(sorted(boxes, key=lambda box: box["y"]), 2):
            middles = [box["y"] + box["height"] / 2 for box in (one, other)]
            assert middles[1] - middles[0] >= 10


def test_the_pointer_finds_the_loss_in_all_three_units(trained):
    tooltip = trained.page.locator("#vg-tooltip-element")

    def pointed_at() -> bool:
        """As a hand does that is never still: a curve that is drawn anew just then has not heard of the move before."""
        box = trained.curve.bounding_box()
        for across in (200, 201):
            trained.page.mouse.move(box["x"] + across, box["y"] + 100)
        return tooltip.is_visible()

    assert trained.soon(pointed_at)
    for words in ("step", "hesitates between", "smoothed, nats", "smoothed, bits", "each step, from, nats"):
        expect(tooltip).to_contain_text(words)


def test_the_data_can_be_saved_as_csv(trained):
    trained.key("curve-more").locator("button").first.click()
    with trained.page.expect_download() as download:
        trained.page.get_by_role("button", name=re.compile("Save the data as CSV, up to step 100")).click()
    rows = list(csv.DictReader(download.value.path().read_text().splitlines()))
    assert download.value.suggested_filename == "losses.csv"
    assert int(rows[-1]["step"]) == 100
    assert {"step", "characters", "seconds", "smoothed", "low", "high", "held_out"} == set(rows[0])
    smoothed, held_out = ([float(row[name]) for row in rows if row[name]] for name in ("smoothed", "held_out"))
    assert 0 < smoothed[-1] < smoothed[0]
    assert min(held_out) > 0
