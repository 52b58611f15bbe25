"""The gradients proved, the doctor's click, a round of guesses: walked in a browser."""

import re

from playwright.sync_api import expect
from visit import SMALL, rows


def test_a_walk_from_the_doctor_to_the_proof_to_a_guess(visit):
    lab = visit(f"{SMALL.replace('batch_size=2', 'batch_size=8')}&clip=0.001")
    lab.choose_steps("1,000 steps")
    expect(lab.figures).to_contain_text(re.compile(r"step 1,000.*paused", re.DOTALL))
    says = lab.page.get_by_role("button", name=re.compile("Doctor: everything clipped"))
    expect(says).to_have_count(1)
    says.click()
    expect(lab.page.get_by_text("entries were cut at ±0.001")).to_be_visible()
    lab.button("remedy-everything-clipped").click()
    expect(lab.button("learning")).to_be_visible()
    lab.choose_steps("1,000 steps")
    expect(lab.figures).to_contain_text(re.compile(r"step 2,000.*paused", re.DOTALL))
    expect(says).to_have_count(0)

    lab.key("learns").locator("summary").click()
    checked = lab.key("proof-rows")
    assert lab.soon(lambda: len(rows(checked)) == 5 and all("agrees" in row for row in rows(checked)))
    lab.key("bug").get_by_role("radio", name="biases forgotten").click()
    expect(lab.page.get_by_text("The biases never learn")).to_be_visible()
    assert lab.soon(lambda: ["wrong" in row for row in rows(checked)] == [False, False, False, True, True])
    lab.key("learns").locator("summary").click()

    lab.key("guessing").locator("summary").click()
    lab.button("guessing-begin").click()
    for number in (1, 2):
        expect(lab.key("guessing-text")).to_contain_text(f"{number} of 10: what comes next?")
        lab.key("guessing-pick").get_by_role("radio").first.click()
        lab.page.get_by_role("button", name="Guess", exact=True).click()
    expect(lab.key("guessing-text")).to_contain_text("3 of 10")
    expect(lab.page.get_by_text(re.compile(r"bits for you, 50% sure"))).to_be_visible()
    assert lab.soon(lambda: len(rows(lab.key("guessing-scores"))) == 4)
