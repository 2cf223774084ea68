"""Starting a sandbox: what it says where it cannot, and that nothing is graded unconfined by accident."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grading.domain.errors import HouseFault
from grading.domain.verdict import Tier
from grading.sandbox import Sandbox, SandboxConfig
from grading.sandbox.guest.processes import memory
from tests.sandbox.conformance import LIMITS
from tests.sandbox.programs import program


def test_no_tier_is_only_had_by_name() -> None:
    """Where nothing confines, nothing is started, and the operator is told the setting's name."""
    with pytest.raises(HouseFault, match="allow_none"):
        Sandbox.start(SandboxConfig(tier=Tier.NONE))


@pytest.mark.box
@pytest.mark.timeout(120)
def test_no_tier_by_name_says_so() -> None:
    """The operator's word is enough, and each missing layer is named."""
    with Sandbox.start(SandboxConfig(tier=Tier.NONE, allow_none=True, images=("numpy",))) as sandbox:
        with sandbox.open(program("def f(): return 1"), limits=LIMITS, seed=1) as box:
            box.load()

            assert box.call("f") == 1
        assert sandbox.tier is Tier.NONE
        assert {layer.name for layer in sandbox.layers if not layer.holds} >= {"namespaces"}
        assert not {"seccomp", "landlock"} & {layer.name for layer in sandbox.layers if layer.holds}


@pytest.mark.box
@pytest.mark.timeout(120)
def test_without_namespaces_too_a_warden_that_died_is_followed_by_another() -> None:
    """What the dead one left in the run folder is not in the next one's way."""
    with Sandbox.start(SandboxConfig(images=("numpy",), tier=Tier.CONTAINED)) as sandbox:
        first = sandbox.pid
        os.kill(first, signal.SIGKILL)
        while sandbox.pid == first:
            sandbox.ensure()
        with sandbox.open(program("def f(): return 1"), limits=LIMITS, seed=1) as box:
            box.load()

            assert box.call("f") == 1


@pytest.mark.box
@pytest.mark.timeout(120)
def test_a_zygote_that_gives_up_is_heard_at_once(tmp_path: Path) -> None:
    """Its own words reach whoever waits for a box; nobody waits for a time-out."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    began = time.monotonic()
    with pytest.raises(HouseFault, match="numpy zygote is gone: ModuleNotFoundError: No module named 'matplotlib'"):
        Sandbox.start(SandboxConfig(images=("numpy",), python=tmp_path / "bare" / "bin" / "python"))

    assert time.monotonic() - began < 40


@pytest.fixture
def family() -> Iterator[int]:
    """A process that holds little and has a child that holds 64 MiB."""
    source = "import os, time\nif os.fork() == 0: kept = b'x' * (64 << 20)\nprint(1, flush=True)\ntime.sleep(60)"
    with subprocess.Popen([sys.executable, "-S", "-c", source], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert [process.stdout.readline(), process.stdout.readline()] == [b"1\n"] * 2
        yield process.pid
        for pid in reversed(memory.tree([process.pid])):
            subprocess.run(["kill", "-9", str(pid)], check=True)


def test_the_watchdog_counts_what_is_resident(family: int) -> None:
    """All of a tree's memory together, above what the first of it had when it was born."""
    baseline = memory.resident(family)

    assert len(memory.tree([family])) == 2
    assert memory.overflows([family], baseline, 48 << 20)
    assert not memory.overflows([family], baseline, 160 << 20)
    assert not memory.overflows([family], 200 << 20, 48 << 20)
