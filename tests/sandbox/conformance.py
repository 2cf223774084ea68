"""What any sandbox must do, behaviour by behaviour, whatever confines it.

A behaviour is a function of a `Backend`; it fails by AssertionError, or by an exception that it does not expect.
The behaviours stand in `behaviours/`, by topic; `test_conformance` runs all of them against every tier that this
machine can have. What a tier cannot do by design stands in `KNOWN_EXCEPTIONS` with its reason, and must then really
fail.
"""

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from grading.domain.assignment import Limits
from grading.sandbox import Box, Sandbox
from grading.sandbox.guest.processes import memory
from tests.sandbox.programs import program

LIMITS = Limits(
    call_s=10.0,
    cell_s=10.0,
    part_s=30.0,
    memory_bytes=256 << 20,
    file_bytes=8 << 20,
    processes=24,
    output_bytes=4096,
    reply_bytes=8 << 20,
)
SOON_S = 2.0
CANARY = "canary-5f2d91"

Behaviour = Callable[["Backend"], None]
BEHAVIOURS: list[Behaviour] = []

# What a tier cannot do, by the behaviour's name; and what it cannot where an ordinary user started it.
KNOWN_EXCEPTIONS: Mapping[str, Mapping[str, str]] = {
    "full": {},
    "contained": {
        "may_start_processes": "without a pid namespace a child could outlive its box: none may be started",
    },
}
EXCEPTIONS_OF_ORDINARY_USERS: Mapping[str, Mapping[str, str]] = {
    "full": {},
    "contained": {
        "could_not_be_given_a_privilege": "only who has a privilege may empty that set; no_new_privs has to be enough",
    },
}


def known_exceptions(tier: str) -> Mapping[str, str]:
    """Those that apply to us: behaviours and reasons."""
    ordinary = os.geteuid() != 0 and _may_be_given()
    return {**KNOWN_EXCEPTIONS[tier], **(EXCEPTIONS_OF_ORDINARY_USERS[tier] if ordinary else {})}


def _may_be_given() -> bool:
    """Whether the set that bounds privileges has any left: a container that dropped all has emptied it before us."""
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("CapBnd:")]
    return int(line.split()[1], 16) != 0


@dataclass(frozen=True, slots=True)
class Backend:
    """A started sandbox, and what its host holds that no box may see.

    Attributes:
        repository: our own folder.
        state: a folder of the service, with the canary in a file that everybody may read.
    """

    sandbox: Sandbox
    repository: Path
    state: Path

    def box(self, *sources: str, files: Mapping[str, bytes] | None = None, seed: int = 1, **changes: float) -> Box:
        """A box with a program in it, loaded."""
        box = self.bare(*sources, files=files, seed=seed, **changes)
        loaded = box.load()

        assert not loaded.faults, loaded.faults
        return box

    def bare(self, *sources: str, files: Mapping[str, bytes] | None = None, seed: int = 1, **changes: float) -> Box:
        """A box whose program has not run yet."""
        limits = replace(LIMITS, **changes)
        return self.sandbox.open(program(*sources, files=files), limits=limits, seed=seed, image="numpy")

    def students(self) -> list[int]:
        """Processes of students, and of what they started, that are alive."""
        alive = []
        for pid in memory.tree([self.sandbox.pid]):
            try:
                state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
                if Path(f"/proc/{pid}/comm").read_text().strip() == "student" and state != "Z":
                    alive.append(pid)
            except OSError:
                continue
        return alive

    def all_students_gone(self, within_s: float = SOON_S) -> bool:
        """Whether nothing of any box is left, soon."""
        deadline = time.monotonic() + within_s
        while self.students():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True


def behaviour(function: Behaviour) -> Behaviour:
    """List a behaviour."""
    BEHAVIOURS.append(function)
    return function
