"""What is seen inside a network, for real: pictures drawn, and picks that are followed elsewhere on the page."""

import re

import pytest
from playwright.sync_api import expect
from visit import SMALL, Visit, choose, rows

UNITS = 32


def paused(lab):
    expect(lab.figures).to_contain_text(re.compile(r"step 1,000.*paused", re.DOTALL))
    return lab


@pytest.fixture
def fresh(lab):
    """The small network, after a thousand windows, at rest; it may be trained on."""
    lab.choose_steps("1,000 steps")
    return paused(lab)


@pytest.fixture(scope="module")
def token(server, browser):
    """The run of all tests here that train it no further, whose first page stays open."""
    lab = Visit(browser().new_page(), server.url).open(SMALL)
    lab.choose_steps("1,000 steps")
    yield paused(lab).token
    lab.page.close()
    assert lab.errors == []


@pytest.fixture
def trained(visit, token):
    """A page of its own at that run, at rest."""
    return paused(visit(f"run={token}"))


def unfold(lab, key):
    """Open a question of the page."""
    lab.key(key).locator("summary").click()


def unit_named(lab):
    """The unit that colours the text."""
    found = re.match(r"unit (\d+)", lab.key("on-the-text").locator(".head b").inner_text())
    return found and int(found[1])


def backgrounds(lab, key):
    """The colour behind each character of a coloured text."""
    spans = lab.key(key).locator(".text > span")
    return spans.evaluate_all("spans => spans.map((span) => span.style.backgroundColor)")


def charts_drawn(lab, *keys):
    """Wait until charts stand there, with marks for numbers in them, numbers in plain words and a description."""
    for key in keys:
        chart = lab.key(key).locator("[role=graphics-document]")
        expect(chart.locator("svg.marks [role=graphics-symbol]").first).to_be_attached()
        assert len(chart.get_attribute("aria-label")) > 30
        expect(chart).not_to_contain_text(re.compile(r"\de[+−-]?\d"))  # 20, and not 2e+1


def test_the_heatmap_shows_all_units_and_a_picked_cell_moves_the_unit_on_the_text(trained):
    cells = trained.key("heatmap").locator("canvas").nth(1)
    expect(cells).to_have_attribute("aria-label", re.compile(rf": {UNITS} units at 84 characters"))
    assert trained.colours(cells) > 50
    before, colours = unit_named(trained), backgrounds(trained, "on-the-text")
    box, seen = cells.bounding_box(), {before}
    for part in (0.3, 0.8):  # at least one of them is another unit
        cells.click(position={"x": box["width"] / 2, "y": box["height"] * part})
        picked = trained.key("heatmap").locator(".spoken")
        expect(picked).to_have_text(re.compile(r"Unit \d+ at character"))
        unit = int(re.match(r"Unit (\d+)", picked.inner_text())[1])
        assert trained.soon(lambda unit=unit: unit_named(trained) == unit)
        if unit != before:
            assert trained.soon(lambda: backgrounds(trained, "on-the-text") != colours)
        seen.add(unit)
    assert len(seen) > 1


def test_at_rest_the_units_are_ranked_and_the_best_are_named_in_the_strip(trained):
    assert trained.soon(lambda: rows(trained.key("verdicts")))
    told = trained.page.get_by_text(re.compile(r"^Unit \d+ knows")).first
    expect(told).to_be_visible()
    unit = re.match(r"Unit (\d+)", told.inner_text())[1]
    trained.strip.focus()
    trained.page.keyboard.press("ArrowRight")
    expect(trained.key("strip").locator(".card")).to_contain_text(re.compile(rf"\w+ {unit}\b"))
    expect(trained.key("strip").locator(".card")).not_to_contain_text(f"unit {unit} ")


def verdict_ticked(lab):
    """The row of the verdicts that is ticked, in words."""
    return lab.key("verdicts").locator("canvas tbody tr[aria-selected=true]").all_text_contents()


def test_a_ticked_verdict_shows_its_unit_on_the_text_and_a_unit_picked_elsewhere_is_ticked(trained):
    verdicts = trained.key("verdicts")
    assert trained.soon(lambda: len(rows(verdicts)) > 2 and verdict_ticked(trained) == rows(verdicts)[:1])
    units = [int(unit) for unit in verdicts.locator("canvas tbody td[aria-colindex='2']").all_text_contents()]
    row = next(row for row, unit in enumerate(units) if unit != units[0])
    in_words = rows(verdicts)
    choose(verdicts, row)
    assert trained.soon(lambda: verdict_ticked(trained) == [in_words[row]])
    assert trained.soon(lambda: unit_named(trained) == units[row])
    text = trained.key("on-the-text")
    first = re.search(rf"\b1 of {UNITS}", text.locator(".head").inner_text())
    text.get_by_role("button", name="Next row (arrow down)" if first else "Row before (arrow up)").click()
    assert trained.soon(lambda: unit_named(trained) != units[row])
    other = unit_named(trained)
    expected = [in_words[units.index(other)]] if other in units else []
    assert trained.soon(lambda: verdict_ticked(trained) == expected)
    trained.turn_to("Where it is on and off")
    expect(trained.key("most-on")).to_contain_text(f"Unit {other} is most on")
    expect(verdicts).to_have_count(0)
    text.get_by_role("button", name="Row before (arrow up)" if first else "Next row (arrow down)").click()
    expect(trained.key("most-on")).to_contain_text(f"Unit {units[row]} is most on")
    trained.turn_to("Which unit knows what")
    assert trained.soon(lambda: verdict_ticked(trained) == [in_words[row]])


def test_a_silenced_unit_changes_the_loss_and_what_is_written(trained):
    trained.turn_to("Silence it")
    expect(trained.page.get_by_text(re.compile(r"^Step 1,000, the \d+ dearest"))).to_be_visible()  # the page rests
    said = trained.page.get_by_text(re.compile(r"^Unit \d+ held at .* costs"))
    expect(said).to_contain_text("held at 0 costs")
    before = said.inner_text()
    trained.key("held-at").get_by_role("slider").press("End")
    expect(said).to_contain_text("held at 1 costs")
    losses = re.search(r"from (\d\.\d+) to (\d\.\d+) nats", said.inner_text())
    assert losses[1] in before
    assert losses[1] != losses[2]
    expect(trained.page.get_by_text("measured anew when training pauses")).to_have_count(0)


def test_who_arrives_at_a_trained_run_is_shown_one_unit_everywhere_the_best_known_one(trained, visit):
    lab = visit(f"run={trained.token}")
    knows = lab.page.get_by_text(re.compile(r"^Unit \d+ knows")).first
    expect(knows).to_be_visible()
    best = re.match(r"Unit (\d+)", knows.inner_text())[1]
    assert best != "0", "the test needs a best unit that is not the first one"
    lab.key("on-the-text").scroll_into_view_if_needed()  # what is far from sight is drawn once it comes near
    assert lab.soon(lambda: unit_named(lab) == int(best))
    lab.turn_to("Where it is on and off")
    expect(lab.key("most-on")).to_contain_text(f"Unit {best} is most on")
    lab.turn_to("Silence it")
    expect(lab.page.get_by_text(re.compile(r"^Unit \d+ held at 0"))).to_contain_text(f"Unit {best} held")
    placeholder = f"unit {best}, which is looked at; or choose some"
    expect(lab.key("silenced").get_by_role("combobox")).to_have_attribute("placeholder", placeholder)
    lab.key("step-as-tables").locator("label").click()
    expect(lab.key("step-sheet").locator("pre")).to_contain_text(f"z[{best}]")


def test_memory_and_connections_are_drawn_and_a_picked_prediction_colours_what_came_before(trained):
    unfold(trained, "remembers")
    expect(trained.page.get_by_text(re.compile("^Spectral radius"))).to_be_visible()
    charts_drawn(trained, "reach", "eigenvalues")
    text = trained.key("connected").locator(".text > span")
    text.nth(20).click()
    assert trained.soon(lambda: len(set(backgrounds(trained, "connected")[20:])) == 1)
    behind = backgrounds(trained, "connected")
    assert len(set(behind[:20])) > 5
    text.nth(60).click()
    assert trained.soon(lambda: len(set(backgrounds(trained, "connected")[20:60])) > 5)
    assert len(set(backgrounds(trained, "connected")[60:])) == 1


def test_each_array_of_weights_has_its_own_sizes(trained):
    unfold(trained, "learns")
    V = int(re.search(r"down from (\d+)", trained.page.inner_text("body"))[1])
    for array, size in (("W_xh", f"{V} × {UNITS}"), ("W_hy", f"{UNITS} × {V}"), ("W_hh", f"{UNITS} × {UNITS}")):
        trained.key("array").get_by_role("radio", name=array).click()
        expect(trained.page.get_by_text(re.compile(rf"^{array}: .*{size} numbers at step 1,000"))).to_be_visible()
        expect(trained.key("matrix").locator("canvas").nth(1)).to_be_visible()
    charts_drawn(trained, "histogram", "gradient-norm", "gradient-clipped", "saturated", "points")


def test_a_table_stays_sorted_and_scrolled_while_its_numbers_move(fresh):
    fresh.key("step-as-tables").locator("label").click()
    table = fresh.key("step-units")
    scroller = table.locator(".dvn-scroller")
    scroller.click(position={"x": 110, "y": 15})  # the head of "h before"

    def column() -> list[float]:
        return [float(text) for text in table.locator("canvas tbody td[aria-colindex='2']").all_text_contents()]

    assert fresh.soon(lambda: column() and column() == sorted(column()))
    scroller.evaluate("scroller => scroller.scrollTo(0, 330)")
    assert fresh.soon(lambda: scroller.evaluate("scroller => scroller.scrollTop") == 330)
    before = column()
    fresh.train()
    assert fresh.soon(lambda: column() != before)
    assert fresh.soon(lambda: column() == sorted(column()))
    assert scroller.evaluate("scroller => scroller.scrollTop") == 330


def test_find_where_else_lists_places_for_a_stretch_that_was_drawn_over(trained):
    spans = trained.key("on-the-text").locator(".text > span")
    spans.nth(10).scroll_into_view_if_needed()
    first, last = spans.nth(10).bounding_box(), spans.nth(11).bounding_box()
    mouse = trained.page.mouse
    mouse.move(first["x"] + first["width"] / 2, first["y"] + first["height"] / 2)
    mouse.down()
    mouse.move(last["x"] + last["width"] / 2, last["y"] + last["height"] / 2, steps=4)
    mouse.up()
    found = trained.page.get_by_text(re.compile("are so throughout|No unit is so"))
    expect(found).to_be_visible()  # where a stretch is drawn over, one need not ask for that
    trained.key("which-way").get_by_role("radio", name="on or off").click()
    expect(found).to_contain_text("(↓ off)")
    assert trained.soon(lambda: len(rows(trained.key("places"))) > 5)
    assert all(re.match(r"\d+ of \d+", row) for row in rows(trained.key("places")))
    expect(trained.page.get_by_text(re.compile(r"in all [\d,]+ characters"))).to_be_visible()


def test_on_a_phone_no_table_and_no_choice_is_cut_and_the_other_columns_come_with_the_room(trained):
    trained.page.set_viewport_size({"width": 360, "height": 740})
    for key in ("watched", "learns"):
        unfold(trained, key)
    trained.key("step-as-tables").locator("label").click()
    tables = ("step-characters", "step-units", "step-columns", "usual", "verdicts", "proof-rows")
    scrollers = [trained.key(key).locator(".dvn-scroller") for key in tables]

    def widths():
        return [each.evaluate("table => [table.clientWidth, table.scrollWidth]") for each in scrollers]

    for scroller in scrollers:
        expect(scroller).to_be_attached()
    assert trained.soon(lambda: all(room > 290 and needed <= room for room, needed in widths()))
    choices = trained.page.locator("[data-testid=stButtonGroup] [role=radiogroup]")
    cut = choices.evaluate_all("all => all.filter((of) => of.scrollWidth > of.clientWidth).map((of) => of.innerText)")
    assert cut == []
    trained.turn_to("Where it is on and off")
    scrollers = [trained.key(key).locator(".dvn-scroller") for key in ("most-on", "most-off")]
    assert trained.soon(lambda: all(needed <= room for room, needed in widths()))
    units = trained.key("step-units").locator("canvas thead th")
    assert trained.soon(lambda: units.all_text_contents() == ["unit", "h before", "h", "dh"])
    trained.page.set_viewport_size({"width": 1280, "height": 800})
    assert trained.soon(lambda: len(units.all_text_contents()) == 7)
