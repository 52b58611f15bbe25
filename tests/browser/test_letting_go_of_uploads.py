"""Many files brought by one visitor take the room of one, and nothing of a visit is left once it has ended."""

import json
import re
import urllib.request

import pytest
from playwright.sync_api import expect
from serving import Server, soon
from visit import Visit

LINE = "she sells sea shells by the sea shore, and shells she sells are sea shells.\n"
LINES = 10_000


@pytest.fixture(scope="module")
def counting():
    """The page, served by a process that tells what it keeps."""
    with Server("tests/browser/kept_page.py", CHARRNN_GRACE="1") as server:
        yield server


def told(server, path):
    """What the server answers."""
    with urllib.request.urlopen(f"{server.url}/{path}", timeout=60) as answer:
        return answer.read().decode()


def uploaded(server):
    """Bytes of the files that Streamlit keeps."""
    found = re.findall(r'{cache_type="UploadedFileManager".*} (\d+)', told(server, "_stcore/metrics"))
    return sum(map(int, found))


def kept(server):
    """Which texts and how many runs are left."""
    return json.loads(told(server, "kept"))


@pytest.mark.parametrize("visitor", ["the first, whom the server has seen as it started", "a later one"])
def test_many_files_take_the_room_of_one_and_nothing_is_left_of_a_visit(visitor, counting, chromium):
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    lab = Visit(context.new_page(), counting.url).open()
    for number in range(5):
        data = (f"number {number}\n" + LINE * LINES).encode()
        lab.button("text").first.click()
        field = lab.page.locator(".st-key-uploaded input[type=file]")
        field.set_input_files({"name": f"mine-{number}.txt", "mimeType": "text/plain", "buffer": data})
        lab.page.get_by_role("button", name=f"Learn from mine-{number}.txt").click()
        expect(lab.button("text").first).to_contain_text(f"mine-{number}.txt")
        expect(field).to_have_count(0)  # the panel has closed
        assert uploaded(counting) <= len(data)  # none once the panel that asked for it has been forgotten
    assert soon(lambda: kept(counting)["texts"] == ["mine-4.txt"]), kept(counting)
    context.close()
    assert soon(lambda: not uploaded(counting))
    assert soon(lambda: kept(counting) == {"texts": [], "runs": 0, "at work": [], "unsaved": []}), kept(counting)
