"""The page behind nginx, below a path of a site with a name, in Chromium: python tests/soak/proxy.py (nginx installed)

nginx is given .deploy/nginx.conf, which README names, with another port. What is tried: that the page comes, that what
moves moves over its own WebSocket, that a file is brought and one saved, that a link of Share opens, and that a reload
finds the run again.
"""

import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import expect, sync_playwright
from serving import ROOT, SECONDS, Server, launch, soon

sys.path.insert(0, str(ROOT / "tests" / "browser"))
from visit import SMALL, Visit

SITE = "lab.example.org"
CONF = """
daemon off; worker_processes 1; error_log stderr; pid {folder}/pid;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{ listen 127.0.0.1:{port}; server_name {site}; include {folder}/location.conf; }}
}}
"""


def free_port() -> int:
    """One that nobody listens at."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def walked(lab: Visit, folder: Path) -> None:
    """What a visitor does."""
    lab.train()
    step = lab.step
    assert lab.soon(lambda: lab.step > step + 50), "what moves does not"
    lab.pause()
    rhyme = folder / "rhyme.txt"
    rhyme.write_text("The cat sat on the mat; the dog lay on the log. " * 80)
    lab.button("share").first.click()
    watch = lab.page.get_by_text("?watch=").first.inner_text()
    assert watch.startswith(f"{lab.url}?watch="), watch
    with lab.page.expect_download() as saving:
        lab.button("take-csv").click()
    saving.value.save_as(folder / "run.csv")
    assert (folder / "run.csv").read_text().startswith("step,")
    token, step = lab.token, lab.step
    lab.reload()
    assert (lab.token, lab.step) == (token, step), "the run is not found again"
    lab.page.goto(watch)
    lab.settled()
    expect(lab.page.get_by_text("You are watching.")).to_be_visible()
    lab.open(SMALL)
    lab.button("text").first.click()
    lab.page.locator(".st-key-uploaded input[type=file]").set_input_files(rhyme)
    lab.button("use-uploaded").click()
    expect(lab.key("text")).to_contain_text("rhyme.txt")
    assert lab.errors == [], lab.errors


def main() -> None:
    """Start all three, and walk."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not nginx:
        sys.exit("nginx is not installed (on Debian: apt-get install nginx-light).")
    below = {"STREAMLIT_SERVER_BASE_URL_PATH": "lab"}
    with (
        tempfile.TemporaryDirectory() as name,
        Server(below="/lab", **below) as server,
        sync_playwright() as playwright,
    ):
        folder, port = Path(name), free_port()
        location = (ROOT / ".deploy" / "nginx.conf").read_text().replace("127.0.0.1:8501", server.url[7:].split("/")[0])
        (folder / "location.conf").write_text(location)
        (folder / "nginx.conf").write_text(CONF.format(folder=folder, port=port, site=SITE))
        proxy = subprocess.Popen([nginx, "-c", folder / "nginx.conf"])
        try:
            assert soon(lambda: answers(port)), "nginx does not answer"
            browser = launch(playwright, f"--host-resolver-rules=MAP {SITE} 127.0.0.1")
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.set_default_timeout(1000 * SECONDS)
            expect.set_options(timeout=1000 * SECONDS)
            lab = Visit(page, f"http://{SITE}:{port}/lab")
            walked(lab.open(SMALL), folder)
            browser.close()
        finally:
            proxy.terminate()
            proxy.wait()
    print("Behind nginx at /lab/: opened, trained, saved, reloaded, watched, learned from a file; nothing failed.")


if __name__ == "__main__":
    main()
