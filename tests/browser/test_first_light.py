"""The whole straight line, as a newcomer walks it: start, paste what was printed, look at the result in a browser."""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading

import pytest
from playwright.sync_api import expect

from testing.service import ROOT

LAST = "Everything is kept in"


def started(folder) -> tuple[subprocess.Popen, str]:
    """`chainrule serve` with its worker and demo course on a free port, and what it prints."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "CHAINRULE_STATE": str(folder / "state")}
    command = [sys.executable, "-u", "-m", "cli", "serve", "--demo", "--with-worker", "--port", str(port)]
    with (folder / "log").open("wb") as log:
        served = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
    watch = threading.Timer(90, served.kill)
    watch.start()
    printed = ""
    while LAST not in printed and (line := served.stdout.readline()):
        printed += line
    watch.cancel()
    return served, printed


@pytest.mark.box
@pytest.mark.timeout(240)
def test_what_make_run_prints_leads_to_a_report_that_the_instructor_sees(chromium, tmp_path) -> None:
    """The pasted command ends in full marks; the link opens the results; the report shows the pictures in pairs."""
    served, printed = started(tmp_path)
    try:
        assert LAST in printed, (tmp_path / "log").read_text()
        [link] = re.findall(r"http://\S+/sign-in/\S+", printed)
        [pasted] = [line for line in printed.splitlines() if " submit " in line]
        ended = subprocess.run(shlex.split(pasted), capture_output=True, text=True, timeout=150, check=False)

        assert (ended.returncode, "Score 10 of 10" in ended.stdout) == (0, True), ended.stdout + ended.stderr
        context = chromium.new_context()
        page = context.new_page()
        page.goto(link)
        page.get_by_role("button", name="Continue as").click()
        page.get_by_role("link", name="Vanishing Gradients and Feature Visualization", exact=True).click()
        page.get_by_role("link", name="Emmy Noether").click()
        row = page.locator("#row-backward-pass")
        row.locator("summary").first.click()
        pictures = row.get_by_role("img", name=re.compile("decision boundary", re.IGNORECASE))

        expect(page.get_by_text("Every row is right.")).to_be_visible()
        expect(pictures).to_have_count(4)
        expect(row.get_by_text("Yours, drawn by your code.").first).to_be_visible()
        expect(row.get_by_text("The reference.").first).to_be_visible()
        context.close()
    finally:
        served.send_signal(signal.SIGINT)
        try:
            code = served.wait(30)
        finally:
            served.kill()
            served.stdout.close()

    assert code == 0
