"""Walks a lesson in Chromium from its link to its end, doing what its conditions ask for."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Locator, Page, expect
from serving import soon

from charrnn.dashboard.lessons.lesson import Lesson, Step
from charrnn.dashboard.terms.sentences import Condition
from charrnn.dashboard.terms.vocabulary import OF_A_RUN, fact

EXCERPT = (Path(__file__).resolve().parents[1] / "data" / "alice.txt").read_text("utf-8")[2_000:32_000]
PATIENCE = 300  # seconds of training for a step, on a busy machine
MEASURED = ("score", "reach", "copied", "copied_share", "paused", "back", "gradient_error")  # at rest


class Taken(NamedTuple):
    """A step that was taken: what stands there at its end, and how long training took."""

    title: str
    found: str
    seconds: float


class Walk:
    """Somebody who follows a lesson."""

    def __init__(self, page: Page, url: str, lesson: Lesson) -> None:
        self.page, self.lesson = page, lesson
        page.goto(f"{url}/?lesson={lesson.name}")
        expect(self.key("strip").locator("canvas").nth(1)).to_be_visible()

    def key(self, key: str) -> Locator:
        """A widget or container by its key."""
        return self.page.locator(f".st-key-{key}")

    def press(self, key: str) -> None:
        """A button."""
        self.key(key).locator("button:visible").first.click()

    def to_its_end(self) -> Iterator[Taken]:
        """Take one step after the other; at the end the lesson is marked in the list."""
        for number, step in enumerate(self.lesson.steps, 1):
            expect(self.page.get_by_text(f"{number} of {len(self.lesson.steps)}")).to_be_visible()
            yield self.take(step)
            self.press("lesson-end" if number == len(self.lesson.steps) else "lesson-next")
        expect(self.key(f"lesson-{self.lesson.name}")).to_contain_text("check_circle")

    def take(self, step: Step) -> Taken:
        """Answer, do what is asked for, and wait until it is done."""
        if step.fork:
            self.press("lesson-fork")
        if step.question:
            expect(self.key("lesson-said")).to_have_count(0)
            self.key("lesson-step").locator("label", has_text=step.question.choices[0]).last.click()
        seconds = self.do(step)
        if step.do:
            expect(self.key("lesson-done")).to_be_visible()
        if not step.found:
            return Taken(step.title, "", seconds)
        expect(self.key("lesson-said")).not_to_contain_text("…")
        return Taken(step.title, self.key("lesson-said").inner_text(), seconds)

    def do(self, step: Step) -> float:
        """By the names in its conditions; returns for how many seconds it trained."""
        asked = {one.fact.partition(" of ")[0]: one for one in step.done}
        if "own_text" in asked:
            self.press("text")
            self.key("pasted").locator("textarea").fill(EXCERPT)
            self.page.keyboard.press("Control+Enter")
            self.press("use-pasted")
        if "pinned" in asked:
            self.key("strip").locator("canvas").nth(1).click(position={"x": 200, "y": 60})
        seconds = self.train(step)
        if asked.keys() & set(MEASURED):
            self.pause()
        if "temperature" in asked:
            self.press("sampling")
            slider = self.key("temperature").get_by_role("slider")
            slider.press("Home" if asked["temperature"].relation == "at most" else "End")
        if "bug" in asked:
            self.key("bug").get_by_role("radio", name=str(asked["bug"].value)).click()
        if "back" in asked:
            self.key("scrubber").get_by_role("slider").press("Home")
        return seconds

    def train(self, step: Step) -> float:
        """Until all is there that training brings."""
        by_training = [one for one in step.done if one.fact.partition(" of ")[0] in OF_A_RUN and one.relation]
        if self.stand(by_training):
            return 0.0
        if step.point == "train-all":
            self.press("train-all")
        elif (train := self.key("playing").locator("button[name=train]:visible")).count():
            train.click()
        began = time.monotonic()
        assert soon(lambda: self.page.wait_for_timeout(50) or self.stand(by_training), PATIENCE), (
            f"{step.title}: {self.said}"
        )
        return time.monotonic() - began

    @property
    def said(self) -> str:
        """The figures that stand there, or what is missing."""
        return " ".join(self.key("lesson-said").all_inner_texts())

    def stand(self, conditions: list[Condition]) -> bool:
        """Whether none of these is said to be missing any more."""
        said = self.said
        return not conditions or (bool(said) and not any(f"{fact(one.fact).words}:" in said for one in conditions))

    def pause(self) -> None:
        """Have all rest."""
        both = self.key("pause-all").locator("button:visible")
        alone = self.key("playing").locator("button[name=pause]:visible")
        if both.count():
            both.click()
        elif alone.count():
            alone.click()
        expect(self.key("playing").locator("button[name=train]:visible")).to_be_visible()
