"""Students made in advance: as confined and as fresh as those made when asked for, few, and gone with their warden."""

import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grading.domain.verdict import Tier
from grading.sandbox import Sandbox, SandboxConfig
from grading.sandbox.guest.processes import memory
from grading.sandbox.guest.processes.students import REST_S
from tests.sandbox.conformance import LIMITS
from tests.sandbox.programs import program

pytestmark = [pytest.mark.box, pytest.mark.timeout(120)]

CONFIG = SandboxConfig(images=("numpy",))
# What /proc tells of a process and its confinement decides: not its numbers, nor what it happens to use.
CONFINED = ("Seccomp", "NoNewPrivs", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "Groups", "SigIgn", "SigBlk")
SPARE_BYTES = 24 << 20
TIERS = pytest.mark.parametrize("tier", [Tier.FULL, Tier.CONTAINED], ids=lambda tier: tier.value)


@pytest.fixture(params=[Tier.FULL, Tier.CONTAINED], ids=lambda tier: tier.value)
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A sandbox of one tier, with one student made in advance."""
    with started(replace(CONFIG, tier=request.param)) as sandbox:
        yield sandbox


def started(config: SandboxConfig) -> Sandbox:
    """A sandbox of just the tier that was asked for."""
    sandbox = Sandbox.start(config)
    if sandbox.tier is not config.tier:
        sandbox.close()
        pytest.skip(f"this machine gives no more than {sandbox.tier.value}: {sandbox.why}")
    return sandbox


def named(sandbox: Sandbox, name: str) -> list[int]:
    """Processes of a sandbox that go by a name and live."""
    return [pid for pid in memory.tree([sandbox.pid]) if proc(pid, "comm") == name and fields(pid)["State"] != "Z"]


def proc(pid: int, file: str) -> str:
    """One file of a process; nothing when it is gone."""
    try:
        return Path(f"/proc/{pid}/{file}").read_text(encoding="utf-8").strip()
    except OSError:
        return ""


def fields(pid: int) -> dict[str, str]:
    """A process's status."""
    table = {key: value.strip() for key, _, value in (line.partition(":") for line in proc(pid, "status").splitlines())}
    return {**table, "State": table.get("State", "Z")[:1]}


def until(holds: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait until something holds."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)


def waiting(sandbox: Sandbox) -> int:
    """The one student that waits, when it has given everything up."""
    until(lambda: [pid for pid in named(sandbox, "chainrule-spare") if fields(pid).get("Seccomp") == "2"])
    [pid] = named(sandbox, "chainrule-spare")
    return pid


def confinement(pid: int) -> dict[str, object]:
    """All that is seen from outside of how a process is confined."""
    status = fields(pid)
    ours = {name: str(Path(f"/proc/self/ns/{name}").readlink()) for name in ("user", "mnt", "net", "ipc", "uts", "pid")}
    private = [name for name, place in ours.items() if str(Path(f"/proc/{pid}/ns/{name}").readlink()) != place]
    return {
        **{name: status[name] for name in CONFINED},
        "depth": len(status["NSpid"].split()),
        "own": private,
        "root": os.getuid() == 0 and int(status["Uid"].split()[0]) == 0,
        "mounts": sorted(line.split()[4] for line in proc(pid, "mountinfo").splitlines()) if "mnt" in private else [],
        "groups": re.sub(r"chainrule-\d+/student-\d+", "GROUP", proc(pid, "cgroup")),
    }


def limits(pid: int) -> dict[str, list[str]]:
    """Resource limits but for the address space and data, which start from what was mapped already."""
    lines = [re.split(r"\s{2,}", line) for line in proc(pid, "limits").splitlines()[1:]]
    return {line[0]: line[1:] for line in lines if line[0] not in ("Max address space", "Max data size")}


def test_one_made_in_advance_is_confined_like_one_made_when_asked_for(sandbox: Sandbox) -> None:
    """Before its program comes it lacks nothing but the request's limits; with it, nothing."""
    spare = waiting(sandbox)
    before = confinement(spare)
    with sandbox.open(program("x = 1"), limits=LIMITS, seed=1):
        taken = confinement(spare), limits(spare)
        served = proc(spare, "comm")
    with (
        started(replace(sandbox.config, spares=0)) as on_demand,
        on_demand.open(program("x = 1"), limits=LIMITS, seed=1),
    ):
        [student] = named(on_demand, "student")
        asked = confinement(student), limits(student)

    assert served == "student"
    assert before == taken[0] == asked[0]
    assert taken[1] == asked[1]
    assert before["Seccomp"] == "2"
    assert before["CapEff"] == "0" * 16
    assert not (before["root"] and sandbox.tier is Tier.FULL)
    assert ("pid" in before["own"]) is (sandbox.tier is Tier.FULL)


def test_each_serves_one_box(sandbox: Sandbox) -> None:
    """Two boxes at once and one after them are three processes, and what the first wrote is not in the others."""
    source = """
        import os
        def put():
            for folder in (".", os.environ["HOME"], os.environ["TMPDIR"], "/dev/shm"):
                try: open(os.path.join(folder, "left"), "w").close()
                except OSError: pass
            os.environ["LEFT"] = "1"
            return 1
        def seen():
            found = [os.environ.get("LEFT", "")]
            for folder in (".", os.environ["HOME"], os.environ["TMPDIR"], "/dev/shm"):
                try: found += os.listdir(folder)
                except OSError: pass
            return [name for name in found if "left" in name.lower() or name == "1"]
        """
    first = waiting(sandbox)
    with sandbox.open(program(source), limits=LIMITS, seed=1) as spoilt:
        spoilt.load()

        assert spoilt.call("put") == 1
        assert spoilt.call("seen")
        second = waiting(sandbox)
        with sandbox.open(program(source), limits=LIMITS, seed=1) as beside:
            beside.load()

            assert beside.call("seen") == []
    third = waiting(sandbox)
    with sandbox.open(program(source), limits=LIMITS, seed=1) as after:
        after.load()

        assert after.call("seen") == []
    assert len({first, second, third}) == 3


def test_few_wait_and_hold_little(sandbox: Sandbox) -> None:
    """After a burst no more wait than were asked for, and one that waits has only a few pages of its own."""
    boxes = [sandbox.open(program("x = 1"), limits=LIMITS, seed=1) for _ in range(3)]
    for box in boxes:
        box.end()
    spare = waiting(sandbox)
    time.sleep(3 * 0.05)
    private = [line.split()[1] for line in proc(spare, "smaps_rollup").splitlines() if line.startswith("Private_")]

    assert named(sandbox, "chainrule-spare") == [spare]
    assert 0 < sum(map(int, private)) * 1024 < SPARE_BYTES


def test_one_that_dies_is_replaced_and_not_at_once(sandbox: Sandbox) -> None:
    """Boxes open all the same; whatever kills the waiting ones does not keep the machine busy with new ones."""
    killed: set[int] = set()
    began = time.monotonic()
    while time.monotonic() - began < 3 * REST_S:
        for pid in named(sandbox, "chainrule-spare"):
            os.kill(pid, signal.SIGKILL)
            killed.add(pid)
        time.sleep(0.01)
    most = 1 + (time.monotonic() - began) / REST_S
    with sandbox.open(program("def f(): return 1"), limits=LIMITS, seed=1) as box:
        box.load()

        assert box.call("f") == 1
    assert 1 <= len(killed) <= most


@TIERS
@pytest.mark.parametrize("way", ["closed", "killed"])
def test_none_outlives_its_warden(tier: Tier, way: str) -> None:
    """Neither a service that stops nor one whose warden is killed leaves one behind, nor anything else of its own."""
    sandbox = started(replace(CONFIG, tier=tier))
    try:
        students = {waiting(sandbox)}
        family = set(memory.tree([sandbox.pid]))
        if way == "killed":
            os.kill(sandbox.pid, signal.SIGKILL)
    finally:
        sandbox.close()
    # Gone with whoever was there to kill them; a busy machine takes its time to let the dead go.
    until(lambda: not living(students), 2.0 if way == "closed" else 10.0)
    # An init ends when somebody has buried its students; where nobody but the machine's first process is left to do it,
    # that one takes its time.
    until(lambda: not living(family))


def living(family: set[int]) -> set[int]:
    """Those that are neither gone nor dead and unburied."""
    return {pid for pid in family if fields(pid)["State"] != "Z"}
