"""What the kernel limits for a whole box, where control groups may be made."""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grading.sandbox import Sandbox, SandboxConfig
from grading.sandbox.guest import cgroups
from tests.sandbox.conformance import LIMITS
from tests.sandbox.programs import program

BUSY = """
    import os, time
    def f(processes, seconds):
        before, end, children = sum(os.times()[:4]), time.monotonic() + seconds, []
        while len(children) + 1 < processes:
            child = os.fork()
            if child == 0:
                while time.monotonic() < end: pass
                os._exit(0)
            children.append(child)
        while time.monotonic() < end: pass
        for child in children: os.waitpid(child, 0)
        return sum(os.times()[:4]) - before
    """


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One that gives a box half a processor."""
    with Sandbox.start(SandboxConfig(images=("numpy",), cores=0.5)) as sandbox:
        yield sandbox


def joined(sandbox: Sandbox) -> set[str]:
    """Kinds of control groups that its boxes are in."""
    [layer] = [layer for layer in sandbox.layers if layer.name == "cgroup"]
    return set(layer.detail.split()) if layer.holds else set()


@pytest.mark.box
@pytest.mark.timeout(120)
def test_all_processes_of_a_box_share_its_processors(sandbox: Sandbox) -> None:
    """Three that compute as hard as they can get half a processor together, whatever the machine has."""
    if not joined(sandbox) & {"cpu", "v2"}:
        pytest.skip("no control group for processors may be made here")
    with sandbox.open(program(BUSY), limits=LIMITS, seed=1) as box:
        box.load()
        began = time.monotonic()
        used = box.call("f", 3, 1.5)
        took = time.monotonic() - began

    assert 0.1 < used <= 0.5 * took + 0.2


@pytest.mark.box
@pytest.mark.timeout(120)
def test_nothing_of_a_sandbox_is_left_among_the_control_groups() -> None:
    """Whoever starts and stops many leaves no folder behind."""
    with Sandbox.start(SandboxConfig(images=("numpy",))) as sandbox:
        name = f"{cgroups.NAME}-{sandbox.pid}"
        there = found(name)
        if not there:
            pytest.skip("no control group may be made here")
    deadline = time.monotonic() + 5.0
    while found(name) and time.monotonic() < deadline:
        time.sleep(0.05)

    assert found(name) == []


def found(name: str) -> list[str]:
    """Control groups of that name."""
    return [folder for folder, _, _ in os.walk("/sys/fs/cgroup") if Path(folder).name == name]


def test_limits_are_written_in_the_order_that_the_kernel_takes() -> None:
    """Version 1 has a file for each mount; memory with swap may not be less than without. Version 2 has all in one."""
    asked = {"memory_bytes": 1 << 20, "processes": 7, "cores": 1.5}

    assert cgroups.limits("memory", **asked) == [
        ("memory.limit_in_bytes", "1048576"),
        ("memory.memsw.limit_in_bytes", "1048576"),
    ]
    assert cgroups.limits("pids", **asked) == [("pids.max", "7")]
    assert cgroups.limits("cpu", **asked) == [("cpu.cfs_period_us", "100000"), ("cpu.cfs_quota_us", "150000")]
    assert dict(cgroups.limits("v2", **asked)) == {
        "memory.max": "1048576",
        "memory.swap.max": "0",
        "pids.max": "7",
        "cpu.max": "150000 100000",
    }
