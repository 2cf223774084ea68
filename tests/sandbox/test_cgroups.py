"""What the kernel limits for a whole box, where control groups may be made."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from grading.sandbox import Sandbox, SandboxConfig
from grading.sandbox.guest.confinement import cgroups
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
def test_version_2_keeps_every_limit_on_the_processes_of_a_box(sandbox: Sandbox) -> None:
    """Memory, processes and processors stand in the one group that the box's processes are in."""
    if "v2" not in joined(sandbox):
        pytest.skip(f"no group of version 2 with a controller of memory is ours: {controllers()}")
    with sandbox.open(program(BUSY), limits=LIMITS, seed=1) as box:
        box.load()
        [top] = found(f"{cgroups.NAME}-{sandbox.pid}")
        [group] = [folder for folder in Path(top).iterdir() if told(folder, "memory.max") not in {"", "max"}]
        asked = cgroups.limits(
            "v2",
            memory_bytes=LIMITS.memory_bytes + LIMITS.file_bytes,
            processes=LIMITS.processes + 2,
            cores=0.5,
        )
        counted = told(group, "cgroup.procs").split()

        # A kernel that was built without swap has no file for it.
        assert {file: told(group, file) for file, _ in asked if (group / file).exists()}.items() <= dict(asked).items()
        assert counted


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


def told(group: Path, file: str) -> str:
    """What a group's file says; "" where there is none."""
    path = group / file
    return path.read_text(encoding="ascii").strip() if path.is_file() else ""


def controllers() -> str:
    """Where version 2 is mounted here, and what it counts."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()]
    where = [fields[1] for fields in mounts if fields[2] == "cgroup2"]
    return (
        "; ".join(f"{mount} has {told(Path(mount), 'cgroup.controllers') or 'none'}" for mount in where) or "no mount"
    )


def found(name: str) -> list[str]:
    """Control groups of that name."""
    return [folder for folder, _, _ in os.walk("/sys/fs/cgroup") if Path(folder).name == name]


FULL_BYTES = 64 << 20
TRIED = """
    import json, os, sys, time
    joins = json.loads(sys.argv[1])
    for descriptor in joins: os.write(descriptor, b"0")
    busy, end = sum(os.times()[:2]), time.monotonic() + 1.0
    while time.monotonic() < end: pass
    seen = {"cpu_s": sum(os.times()[:2]) - busy, "forks": 0}
    try:
        while seen["forks"] < 50:
            if os.fork() == 0: time.sleep(60)
            seen["forks"] += 1
    except BlockingIOError: pass
    print(json.dumps(seen), flush=True)
    kept = b"x" * (256 << 20)
    """


@pytest.fixture
def groups() -> Iterator[cgroups.Cgroups]:
    """Those of this process, whichever the machine lets it make."""
    made = cgroups.Cgroups()
    yield made
    made.close(["tried"], lambda: None)


@pytest.mark.box
@pytest.mark.timeout(60)
def test_the_kernel_keeps_each_limit(groups: cgroups.Cgroups) -> None:
    """Half a processor, a handful of processes, death to whoever takes more memory: in version 1 and in version 2."""
    if not {"memory", "pids", "cpu"} <= set(groups.kinds) and "v2" not in groups.kinds:
        pytest.skip(f"groups can be made for {groups.kinds or 'nothing'} only; {controllers()}")
    joins = groups.open("tried")
    kept = groups.limit("tried", memory_bytes=FULL_BYTES, processes=8, cores=0.5)
    with subprocess.Popen(
        [sys.executable, "-S", "-c", dedent(TRIED), json.dumps(list(joins.values()))],
        stdout=subprocess.PIPE,
        pass_fds=tuple(joins.values()),
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        seen = json.loads(process.stdout.readline())
        process.wait()
        os.killpg(process.pid, signal.SIGKILL)
    for descriptor in joins.values():
        os.close(descriptor)

    assert kept
    assert seen["cpu_s"] < 0.8
    assert seen["forks"] == 7
    assert process.returncode == -signal.SIGKILL
    assert groups.overflowed("tried")
    assert FULL_BYTES // 2 < groups.peak("tried") <= FULL_BYTES


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
