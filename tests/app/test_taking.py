"""What is taken out of the page is the network that trains there: elsewhere it goes on and writes as it does here."""

import runpy
import zipfile
from hashlib import sha256

import numpy as np
import pytest
from app_page import Page

from charrnn.dashboard.controls import taking
from charrnn.text.corpus import Corpus
from charrnn.training.checkpoint import from_bytes
from charrnn.training.network_file import load
from charrnn.training.trainer import Trainer

QUOTED = """She said "it's mine", \\ and 'left'.\n""" * 40


@pytest.fixture
def panels():
    return "text", "share"


def saved(page: Page, folder):
    """The files that can be taken along, by their keys."""
    found = {}
    for file in taking.files(page.run):
        path = folder / file.name
        path.write_bytes(file.make())
        found[file.key] = path
    return found


def test_nothing_is_offered_of_an_untrained_network(page):
    assert not [button for button in page.elements if getattr(button, "type", "") == "download_button"]
    assert any(caption.startswith("Train it a little first") for caption in page.captions)


def test_the_network_goes_on_elsewhere_to_the_last_digit(page, tmp_path):
    page.paste(QUOTED).step("100 steps")
    assert page.run.state_step == 100
    path = saved(page, tmp_path)["network"]
    elsewhere = load(path, Corpus.from_text(QUOTED, name="elsewhere"))
    elsewhere.train(20)
    here = Trainer(page.run.corpus, page.run.settings)
    here.restore(from_bytes(page.run.state))
    here.train(20)
    assert elsewhere.state().values == here.state().values
    arrays = here.state().arrays
    assert {name: array.tobytes() for name, array in elsewhere.state().arrays.items()} == {
        name: array.tobytes() for name, array in arrays.items()
    }


def test_the_script_writes_what_the_network_writes(page, tmp_path):
    page.paste(QUOTED).step("100 steps")
    with zipfile.ZipFile(saved(page, tmp_path)["script"]) as archive:
        assert archive.namelist() == ["pasted-text-step-100.py", "pasted-text-step-100.npz"]
        archive.extractall(tmp_path)
    script = runpy.run_path(str(tmp_path / "pasted-text-step-100.py"))
    with np.load(script["FILE"]) as net:
        written = script["write"](dict(net), 60, 0.8, 1)
    here = Trainer(page.run.corpus, page.run.settings)
    here.restore(from_bytes(page.run.state))
    assert written == here.sample(60, 0.8, prime="", seed=1)


def test_the_buttons_offer_the_files_under_plain_names(page):
    page.paste(QUOTED).run.rename("../../a:b\n")
    page.step("10 steps")
    offered = {button.key for button in page.elements if getattr(button, "type", "") == "download_button"}
    assert {"take-network", "take-script", "take-pytorch", "take-html", "take-md", "take-csv"} <= offered
    names = [file.name for file in taking.files(page.run)]
    assert names == ["a-b-step-10.safetensors", "a-b-step-10.zip", "a-b-step-10-pytorch.safetensors"]
    assert len({sha256(file.make()).digest() for file in taking.files(page.run)}) == 3
