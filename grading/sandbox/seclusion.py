"""A process of ours that runs an author's code: without network, and without the service's state.

The judge's children seclude themselves before they know of a run, and so does the thread in which rubrics are read.
What a course writes in a rubric can then reach neither database nor broker, wherever these are: no socket can be made
or connected, and the folder of the service's state cannot be opened. What it needs it was given beforehand: the socket
of its run, and the sandbox's.

Both restrictions are the kernel's, hold for the calling thread and all that it starts, and cannot be taken back.
"""

import contextlib
import ctypes
import errno
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from grading.sandbox.guest.confinement import landlock, syscalls

# name: (x86_64, aarch64).
REFUSED: Final[dict[str, tuple[int, int]]] = {
    "socket": (41, 198),
    "connect": (42, 203),
    "bind": (49, 200),
    # The same by other ways, and the memory and descriptors of the processes that hold the credentials.
    "io_uring_setup": (425, 425),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "pidfd_getfd": (438, 438),
}

AUDIT_ARCH: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_BIT: Final = 0x40000000
ALLOW: Final = 0x7FFF0000
REFUSE: Final = 0x00050000 | errno.EPERM
PROCESSES: Final = Path("/proc")
DEVICES: Final = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
LOAD, EQUAL, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06
NUMBER_AT, ARCH_AT = 0, 4


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def seclude(hidden: Sequence[Path] = (), kept: Sequence[Path] = ()) -> tuple[str, ...]:
    """Give up the network, and every file under `hidden`, for this thread and all that it starts.

    Args:
        hidden: folders of the service's state.
        kept: folders that are needed all the same, wherever they lie.

    Returns:
        What could not be given up here, in words for the log; empty where all was.
    """
    lacking = []
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    try:
        _refuse_calls()
    except OSError as error:
        lacking.append(f"rubrics may use the network ({error})")
    try:
        outside, above = _around([folder.resolve() for folder in hidden])
        landlock.restrict((), [*outside, *map(str, kept), "/proc/self"], DEVICES, listed=above)
    except OSError as error:
        lacking.append(f"rubrics may read the service's state ({error})")
    return tuple(lacking)


def _refuse_calls() -> None:
    """Refuse the calls above with EPERM, so that a library that merely tries goes on.

    Raises:
        OSError: seccomp is not available, or the architecture is unknown.
    """
    if syscalls.MACHINE not in AUDIT_ARCH:
        raise OSError(f"no seccomp table for {syscalls.MACHINE}")
    column = list(AUDIT_ARCH).index(syscalls.MACHINE)
    steps = [(LOAD, ARCH_AT, 0, 0), (EQUAL, AUDIT_ARCH[syscalls.MACHINE], 1, 0), (RETURN, REFUSE, 0, 0)]
    steps += [(LOAD, NUMBER_AT, 0, 0)]
    if syscalls.MACHINE == "x86_64":
        steps += [(AT_LEAST, X32_BIT, 0, 1), (RETURN, REFUSE, 0, 0)]
    for numbers in REFUSED.values():
        steps += [(EQUAL, numbers[column], 0, 1), (RETURN, REFUSE, 0, 0)]
    steps += [(RETURN, ALLOW, 0, 0)]
    code = b"".join(struct.pack("=HBBI", operation, yes, no, value) for operation, value, yes, no in steps)
    header = _Program(len(steps), code)
    syscalls.prctl(syscalls.PR_SET_SECCOMP, syscalls.SECCOMP_MODE_FILTER, ctypes.byref(header))


def _around(hidden: Sequence[Path]) -> tuple[list[str], list[str]]:
    """Everything that is in none of the folders: as few paths as cover it, and the folders above the hidden ones.

    The processes are hidden as well: `/proc/PID/environ` shows what the service was started with. What is made later
    beside a hidden folder is in neither list, and cannot be opened.
    """
    outside: list[str] = []
    above: list[str] = []
    every = [*hidden, PROCESSES / "1"]

    def walk(folder: Path) -> None:
        if folder in hidden or (folder.parent == PROCESSES and folder.name.isdigit()):
            return
        if not any(folder in one.parents for one in every):
            outside.append(str(folder))
            return
        above.append(str(folder))
        with contextlib.suppress(OSError):
            for entry in folder.iterdir():
                # A link needs no rule: what counts is where it leads to.
                if not entry.is_symlink():
                    walk(entry)

    walk(Path("/"))
    return outside, above
