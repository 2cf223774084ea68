"""What dies in the middle of grading costs time, never a grade."""

import contextlib
import os
import signal
import time
from pathlib import Path

import pytest

from testing.service import RunningService, program_of, tree_of, wait_until_over
from tests.acceptance.conftest import NOTEBOOK_1, QUICK_LEASES, notebook, right, students_of

pytestmark = [pytest.mark.box, pytest.mark.slow, pytest.mark.timeout(300)]

# Slow enough to be caught running, quick enough to be graded.
SLOW = notebook(
    "import numpy as np\nimport time",
    "def sigmoid(x):\n    time.sleep(0.4)\n    return 1 / (1 + np.exp(-x))",
    "def relu(x):\n    return np.maximum(0, x)",
)
RUNNING = "SELECT COUNT(*) FROM runs WHERE state = 'running'"
STATE = "SELECT state FROM runs WHERE submission_id = ?"
REPORTS = "SELECT COUNT(*) FROM reports JOIN runs ON runs.id = reports.run_id WHERE runs.submission_id = ?"
# How each is known: the judge's server with its children, the guest's parent, the one that students are forked from.
VICTIMS = {"judge": "grading.judge.server", "warden": "chainrule-ward", "zygote": "chainrule-numpy"}


@pytest.fixture(scope="module")
def mortal(tmp_path_factory):
    """A service that is killed bit by bit, and survives."""
    with RunningService(tmp_path_factory.mktemp("mortal") / "state", QUICK_LEASES) as running:
        yield running


def wait_for_a_run(service: RunningService) -> None:
    """Until a run is claimed, and a moment more so that its box is open."""
    end = time.monotonic() + 90
    while service.rows(RUNNING) == [(0,)] and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(0.5)


def members(service: RunningService, word: str) -> list[int]:
    """Processes of the service that go by this name, or were started with it."""
    return [pid for pid in tree_of(service.process.pid) if word == name_of(pid) or word in program_of(pid)]


def name_of(pid: int) -> str:
    """What `ps` shows."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
    return ""


def kill(*pids: int) -> None:
    """End processes at once, those that have just ended by themselves as well."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("who", list(VICTIMS))
def test_whatever_is_killed_below_the_service_costs_only_time(mortal, who):
    """The run in hand is taken up again, the next ones as well, and all are graded once."""
    with students_of(mortal, 3) as students:
        slow = students[0].submit((NOTEBOOK_1, SLOW))
        wait_for_a_run(mortal)
        victims = members(mortal, VICTIMS[who])
        kill(*victims)
        others = [student.submit((NOTEBOOK_1, right(NOTEBOOK_1))) for student in students[1:]]

        assert victims
        assert wait_until_over(mortal, [slow, *others], timeout_s=120.0) == {"graded": 3}
        assert [mortal.rows(REPORTS, submission) for submission in (slow, *others)] == [[(1,)]] * 3


def test_after_each_power_failure_every_run_is_graded_exactly_once(tmp_path):
    """First the service alone is killed, then all of it: what waited or ran is picked up, none lost or doubled."""
    state = tmp_path / "state"
    first = RunningService(state, QUICK_LEASES)
    with students_of(first, 5) as students:
        ids = [student.submit((NOTEBOOK_1, SLOW)) for student in students]
    wait_for_a_run(first)
    below = tree_of(first.process.pid)[1:]
    first.kill(alone=True)
    waiting = {state for submission in ids for [state] in first.rows(STATE, submission)}
    second = RunningService(state, QUICK_LEASES)
    wait_for_a_run(second)
    orphans = [pid for pid in below if alive(pid)]
    second.kill()
    with RunningService(state, QUICK_LEASES) as third:
        states = wait_until_over(third, ids, timeout_s=120.0)
        reports = [third.rows(REPORTS, submission) for submission in ids]

    assert waiting == {"queued", "running"}
    assert not orphans
    assert states == {"graded": 5}
    assert reports == [[(1,)]] * 5


def alive(pid: int) -> bool:
    """Whether the process is there and no zombie."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    return False
