"""A network that was saved is dropped where texts are: a run of one's own stands where it stood; all else is said."""

import numpy as np
import pytest
from app_page import Page, as_read

from charrnn.dashboard.controls import taking
from charrnn.runs import run_file
from charrnn.training.checkpoint import from_bytes
from charrnn.training.network_file import packed

QUOTED = """She said "it's mine", \\ and 'left'.\n""" * 40


@pytest.fixture
def panels():
    return ("text",)


def drop(page: Page, *files: tuple[str, bytes]) -> Page:
    """Have these in the drop zone, in place of what was there."""
    zone = page.at.file_uploader(key="uploaded")
    for name, data in files:
        zone.upload(name, data)
    return page.look()


def said(page: Page) -> str:
    """All that the page says of what was dropped."""
    return "\n".join(
        [*(text.value for text in page.at.text), *(as_read(info.value) for info in page.at.info), *page.warnings]
    )


def taken(page: Page, key: str) -> bytes:
    return next(file.make() for file in taking.files(page.run) if file.key == key)


def test_a_saved_network_is_a_run_of_ones_own_that_goes_on_exactly(page, open_page):
    page.paste(QUOTED).step("100 steps")
    data, token, before = taken(page, "network"), page.run.token, page.run
    page.step("100 steps")
    drop(page, ("[a](b).safetensors", data))
    assert any("pasted text: vanilla, 16 units" in caption and "step 100" in caption for caption in page.captions)
    assert "exactly where it stopped" in said(page)
    page.click("open-network")
    assert (page.run.token != token, page.run.snapshot.step, before.snapshot.step) == (True, 100, 200)
    assert page.run.corpus.text == QUOTED
    assert page.line("headline").startswith("It now hesitates")
    assert "open-network" not in page.buttons
    page.step("100 steps")
    one, two = from_bytes(page.run.state), from_bytes(before.state)
    assert one.values == two.values
    for name, array in one.arrays.items():
        np.testing.assert_array_equal(array, two.arrays[name])


def test_what_is_not_in_the_file_is_said_and_its_text_may_lie_beside_it(page):
    page.paste(QUOTED).step("10 steps")
    bare = packed(run_file.of_run(page.run).network)
    pytorch = taken(page, "pytorch")
    present = page.run.corpus
    page.at.button(key="text-Names").click()
    page.look().click("confirm-another")
    drop(page, ("net.safetensors", bare))
    assert "“pasted text”, which is not in the file: it goes on with “Names”" in said(page)
    drop(page, ("net.safetensors", bare), ("mine.txt", QUOTED.encode()))
    assert "Training goes on with “mine.txt” exactly where it stopped." in said(page)
    page.click("open-network")
    assert (page.run.snapshot.step, page.run.corpus.digest) == (10, present.digest)
    drop(page, ("net-pytorch.safetensors", pytorch))
    assert "From PyTorch come its weights, not what an optimiser remembers" in said(page)
    page.click("open-network")
    assert (page.run.snapshot.step, page.run.saved_step) == (10, 10)
    page.step("1 step")


@pytest.mark.parametrize("name", ["**bold** $x$.safetensors", "cut.safetensors"])
def test_what_is_no_network_is_said_and_the_run_left_alone(page, name):
    page.step("10 steps")
    run, data = page.run, taken(page, "network")
    drop(page, (name, data[: len(data) // 2] if "cut" in name else b"\xff" * 99))
    assert "not a checkpoint of CharRNN Lab, or it is damaged" in said(page)
    assert "open-network" not in page.buttons
    assert (page.run, run.snapshot.step, run.status) == (run, 10, "paused")
    drop(page, ("one.safetensors", data), ("two.safetensors", data))
    assert "drop one at a time" in said(page)


def test_beside_an_untrained_network_a_trained_one_of_the_same_text_can_be_seen(page, open_page):
    assert "see-trained" not in page.buttons  # there is none of this text in the box
    page = open_page(text="Delayed recall")
    untrained = page.run
    page.click("see-trained")
    assert page.run is not untrained
    assert (page.run.snapshot.step, page.run.corpus) == (20_000, untrained.corpus)
    assert "see-trained" not in page.buttons
    assert page.run.curve.steps[-1] == 20_000
    page.step("1 step")
    assert page.run.snapshot.step == 20_001
    page.click("start-over").click("confirm-another")
    assert "see-trained" in page.buttons
