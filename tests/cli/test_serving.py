"""`chainrule serve`: what it prints, and that it answers."""

import shlex
import signal
import socket
import subprocess
import sys

import httpx2
import pytest

from cli.announcing import listening
from cli.authoring import TEMPLATE
from grading.domain.errors import HouseFault
from testing.service import ROOT


@pytest.fixture
def port():
    """A port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.slow
def test_a_demo_prints_what_one_needs_to_try_it(port, tmp_path):
    """Address, sign-in link, token and a command that names a sample that is there; the token opens the interface."""
    environment = {"PATH": "/usr/bin:/bin", "PORT": str(port), "CHAINRULE_STATE": str(tmp_path / "state")}
    environment["CHAINRULE_ASSIGNMENT_DIRS"] = f'["{TEMPLATE}"]'
    command = [sys.executable, "-u", "-m", "cli", "serve", "--demo"]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as served:
        lines = []
        while not lines or not lines[-1].startswith("Everything is kept in"):
            lines.append(served.stdout.readline().strip())
            assert served.poll() is None
        [token] = [line for line in lines if line.startswith("chr_")]
        headers = {"Authorization": f"Bearer {token}"}
        listed = httpx2.get(f"http://127.0.0.1:{port}/api/v1/assignments", headers=headers)
        served.send_signal(signal.SIGTERM)

    assert f"Chainrule answers at http://127.0.0.1:{port}" in lines
    assert any(line.startswith(f"http://127.0.0.1:{port}/sign-in/") for line in lines)
    assert listed.status_code == 200
    [pasted] = [line for line in lines if " submit " in line]
    words = shlex.split(pasted)
    assert words[1] == "submit"
    assert token in words
    assert (ROOT / words[2]).is_dir()
    assert served.returncode == 0


def test_a_taken_port_is_said_in_words(port):
    """Which port, and how to choose another, before anything is started."""
    with listening("127.0.0.1", port), pytest.raises(HouseFault, match=f"port {port} is taken.*PORT="):
        listening("127.0.0.1", port)
