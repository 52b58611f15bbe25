"""A lesson beside the page, walked from its link to its end; all of them walks tests/soak/lessons.py."""

from lesson_walk import Walk
from playwright.sync_api import expect

from charrnn.dashboard.lessons.lesson import LESSONS, read

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
LESSON = read(LESSONS / "one-step-by-hand.md")


def test_a_first_visit_leads_to_the_first_lesson_and_is_none_ever_after(visit):
    lab = visit(color_scheme="light")
    expect(lab.key("welcome")).to_have_count(0)
    lab.page.evaluate("localStorage.clear()")
    lab.open()
    expect(lab.key("welcome")).to_contain_text("guesses the next. Press Train")
    lab.button("first-lesson").click()
    expect(lab.page.get_by_text("It learns to write · 1 of 4")).to_be_visible()
    expect(lab.key("welcome")).to_have_count(0)
    for panel in ("text", "network", "learning", "my-runs", "sentence", "share"):  # none is cut by the lesson's room
        expect(lab.key("header").locator(f".st-key-{panel}")).to_be_in_viewport(ratio=1)
    assert lab.soon(lambda: lab.key("header").bounding_box()["height"] < 60)  # all of them in one row
    lab.open()
    lab.at_rest()
    expect(lab.key("welcome")).to_have_count(0)


def test_a_lesson_is_walked_to_its_end_and_a_reload_keeps_the_place(visit, server):
    lab = visit()
    walk = Walk(lab.page, server.url, LESSON)
    steps = walk.to_its_end()
    assert "a surprise of" in next(steps).found
    assert lab.soon(lambda: "place=1" in lab.page.url)
    next(steps)
    lab.page.reload()
    expect(lab.page.get_by_text(f"2 of {len(LESSON.steps)}")).to_be_visible()
    assert "steps; held out it went from" in next(steps).found
    assert list(steps) == []  # the lesson is marked in the list
    lab.button("close-lessons").click()
    expect(lab.page.get_by_test_id("stSidebar")).to_have_count(0)


def test_a_press_of_next_counts_though_the_step_is_done_meanwhile(visit):
    lab = visit("lesson=it-learns-to-write")
    lab.page.get_by_text("Whole words").click()
    expect(lab.key("lesson-to-do")).to_be_visible()
    lab.button("lesson-next").hover()
    lab.page.mouse.down()
    lab.button("train").dispatch_event("click")  # as it does by itself where it has been training
    expect(lab.key("lesson-done")).to_be_visible()
    expect(lab.page.get_by_text("That is what you guessed.").or_(lab.page.get_by_text("It is: "))).to_be_visible()
    lab.page.mouse.up()
    expect(lab.page.get_by_text("2 of 4")).to_be_visible()


def test_beside_a_lesson_the_player_keeps_one_row(visit):
    lab = visit("lesson=one-step-by-hand&lang=de", viewport={"width": 1280, "height": 800})
    expect(lab.page.get_by_test_id("stSidebar")).to_be_visible()
    lab.choose_steps("100 Schritte")
    expect(lab.figures).to_contain_text("gespeichert bei 100")
    assert lab.key("player").bounding_box()["height"] < 100
    epochs = lab.figures.locator("span", has_text="Epochen")
    expect(epochs).to_be_hidden()  # there would be no room for them after more steps
    lab.page.set_viewport_size({"width": 1440, "height": 800})
    expect(epochs).to_be_visible()


def test_on_a_phone_a_lesson_stands_above_the_page_while_one_does_what_it_says(visit):
    lab = visit("lesson=it-learns-to-write", **PHONE)
    page, title, onward = lab.page, lab.key("lesson-title"), lab.button("lesson-next")
    expect(onward).to_be_in_viewport(ratio=1)
    page.get_by_text("Whole words").tap()
    expect(lab.button("train")).to_be_in_viewport(ratio=1)
    lab.button("train").tap()  # Streamlit would put away what lies at the side, and the touch would miss
    expect(lab.button("pause")).to_be_visible()
    expect(lab.key("lesson-done")).to_be_visible()
    expect(title).to_be_in_viewport(ratio=1)
    lab.key("lesson-step").evaluate("step => step.scrollIntoView({ block: 'end' })")
    expect(title).not_to_be_in_viewport(ratio=1)
    onward.tap()
    expect(page.get_by_text("2 of 4")).to_be_in_viewport(ratio=1)
    lab.button("all-lessons").tap()
    lab.button("close-lessons").tap()
    expect(page.get_by_test_id("stSidebar")).to_have_count(0)
