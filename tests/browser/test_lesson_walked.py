"""A lesson beside the page, walked from its link to its end; all of them walks tests/soak/lessons.py."""

from lesson_walk import Walk
from playwright.sync_api import expect

from charrnn.dashboard.lessons.lesson import LESSONS, read

LESSON = read(LESSONS / "one-step-by-hand.md")


def test_a_lesson_is_walked_to_its_end_and_a_reload_keeps_the_place(visit, server):
    lab = visit("lesson=one-step-by-hand")
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
    expect(lab.page.get_by_role("complementary")).to_have_count(0)
