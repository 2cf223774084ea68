"""The seccomp profile of a worker's container, made from the list that boxes refuse.

A container engine's own profile refuses what makes namespaces, and a worker needs that to confine students' programs.
So its container gets a profile of ours instead, `deploy/worker-seccomp.json`: whatever a box refuses, but for what
makes boxes, and what engines refuse besides. `make profile` writes it; a test holds the two equal.
"""

import errno
import json
from pathlib import Path
from typing import Any, Final

from grading.sandbox.guest.confinement import seccomp, syscalls

PROFILE: Final = Path(__file__).resolve().parents[2] / "deploy" / "worker-seccomp.json"

MAKES_BOXES: Final = frozenset({"mount", "pivot_root", "sethostname", "setns", "umount2", "unshare"})
ENGINES_ALLOW: Final = frozenset({"adjtimex", "modify_ldt", "mq_open", "personality", "vmsplice"})
"""Refused in a box, and harmless to those who share a machine with a container."""

ENGINES_REFUSE: Final = (
    "clock_adjtime64",
    "clock_settime64",
    "create_module",
    "get_kernel_syms",
    "get_mempolicy",
    "mbind",
    "query_module",
    "quotactl_fd",
    "set_mempolicy",
    "set_mempolicy_home_node",
    "stime",
    "vm86",
    "vm86old",
)
"""Beyond what a box refuses: names that only other architectures have, and the memory of other nodes."""

NAMESPACES: Final = {
    "mount": syscalls.CLONE_NEWNS,
    "cgroup": syscalls.CLONE_NEWCGROUP,
    "uts": syscalls.CLONE_NEWUTS,
    "ipc": syscalls.CLONE_NEWIPC,
    "user": syscalls.CLONE_NEWUSER,
    "pid": syscalls.CLONE_NEWPID,
    "network": syscalls.CLONE_NEWNET,
}


def profile() -> dict[str, Any]:
    """The profile in the form that container engines read."""
    refused = sorted({*seccomp.DENIED, *ENGINES_REFUSE} - MAKES_BOXES - ENGINES_ALLOW)
    return {
        "defaultAction": "SCMP_ACT_ALLOW",
        "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
        "syscalls": [
            _rule(
                refused,
                errno.EPERM,
                "What container engines deny by default, but for the six calls with which boxes are made: "
                f"{', '.join(sorted(MAKES_BOXES))}.",
            ),
            _rule(
                ["clone3"], errno.ENOSYS, "Its arguments cannot be looked into; whoever finds it missing takes clone."
            ),
            *(
                _rule(["clone"], errno.EPERM, f"A new {name} namespace, in this way.", flag=flag)
                for name, flag in NAMESPACES.items()
            ),
        ],
    }


def _rule(names: list[str], error: int, comment: str, *, flag: int | None = None) -> dict[str, Any]:
    masked = {"index": 0, "value": flag, "valueTwo": flag, "op": "SCMP_CMP_MASKED_EQ"}
    arguments = {} if flag is None else {"args": [masked]}
    return {"names": names, "action": "SCMP_ACT_ERRNO", "errnoRet": error, **arguments, "comment": comment}


if __name__ == "__main__":
    PROFILE.write_text(json.dumps(profile(), indent=2) + "\n", encoding="utf-8")
