"""seccomp: system calls that no coursework needs are refused, each with its reason.

A deny-list, because NumPy, torch and the interpreter between them use several hundred calls and change with every
release; what the list leaves open is bounded by namespaces, Landlock and rlimits. Refusals return EPERM, so a library
that merely tries goes on; `clone3` returns ENOSYS: glibc then falls back to `clone`, whose flags a filter can read.
"""

import ctypes
import errno
import functools
import struct
from typing import Final

from . import syscalls

# name: (x86_64, aarch64, reason). None: the architecture has no such call.
DENIED: Final[dict[str, tuple[int | None, int | None, str]]] = {
    "ptrace": (101, 117, "steers other processes of the same uid"),
    "process_vm_readv": (310, 270, "reads other processes' memory"),
    "process_vm_writev": (311, 271, "writes other processes' memory"),
    "process_madvise": (440, 440, "acts on other processes' memory"),
    "kcmp": (312, 272, "compares kernel objects: leaks addresses' order"),
    "pidfd_getfd": (438, 438, "takes descriptors from other processes"),
    "mount": (165, 40, "would uncover what is mounted over"),
    "umount2": (166, 39, "the same"),
    "pivot_root": (155, 41, "the same"),
    "chroot": (161, 51, "a classic way out of a root"),
    "open_tree": (428, 428, "the newer mount calls"),
    "move_mount": (429, 429, "the same"),
    "fsopen": (430, 430, "the same"),
    "fsconfig": (431, 431, "the same"),
    "fsmount": (432, 432, "the same"),
    "fspick": (433, 433, "the same"),
    "mount_setattr": (442, 442, "the same"),
    "unshare": (272, 97, "a nested user namespace opens kernel code that only root reaches"),
    "setns": (308, 268, "enters other namespaces"),
    "bpf": (321, 280, "loads programs into the kernel"),
    "userfaultfd": (323, 282, "pauses the kernel inside a copy: the tool of many exploits"),
    "perf_event_open": (298, 241, "a side channel, and a large surface"),
    "io_uring_setup": (425, 425, "performs calls that this filter never sees"),
    "io_uring_enter": (426, 426, "the same"),
    "io_uring_register": (427, 427, "the same"),
    "keyctl": (250, 219, "key rings are not namespaced by pid"),
    "add_key": (248, 217, "the same"),
    "request_key": (249, 218, "starts a helper program on the host"),
    "kexec_load": (246, 104, "starts another kernel"),
    "kexec_file_load": (320, 294, "the same"),
    "init_module": (175, 105, "loads kernel code"),
    "finit_module": (313, 273, "the same"),
    "delete_module": (176, 106, "unloads kernel code"),
    "reboot": (169, 142, "ends the machine"),
    "swapon": (167, 224, "swap"),
    "swapoff": (168, 225, "swap"),
    "acct": (163, 89, "writes accounting files"),
    "quotactl": (179, 60, "quotas of the host's disks"),
    "settimeofday": (164, 170, "the clock"),
    "clock_settime": (227, 112, "the clock"),
    "clock_adjtime": (305, 266, "the clock"),
    "adjtimex": (159, 171, "the clock"),
    "syslog": (103, 116, "reads the kernel's log"),
    "sethostname": (170, 161, "names"),
    "setdomainname": (171, 162, "names"),
    "iopl": (172, None, "ports of the machine"),
    "ioperm": (173, None, "the same"),
    "modify_ldt": (154, None, "a rarely used corner with a history of holes"),
    "uselib": (134, None, "obsolete"),
    "ustat": (136, None, "obsolete"),
    "sysfs": (139, None, "obsolete"),
    "_sysctl": (156, None, "obsolete"),
    "nfsservctl": (180, 42, "obsolete"),
    "lookup_dcookie": (212, 18, "profiling"),
    "name_to_handle_at": (303, 264, "half of a known way out of containers"),
    "open_by_handle_at": (304, 265, "the other half: opens files by inode"),
    "fanotify_init": (300, 262, "watches others' files"),
    "vhangup": (153, 58, "terminals"),
    "personality": (135, 92, "turns off address randomization"),
    "move_pages": (279, 239, "other processes' pages"),
    "migrate_pages": (256, 238, "the same"),
    "vmsplice": (278, 75, "maps pages into pipes: a history of holes"),
    "mq_open": (240, 180, "message queues outlive their makers"),
}

# Without namespaces the process must stay alone, keep quiet, and touch no socket file of the host.
DENIED_WHEN_CONTAINED: Final[dict[str, tuple[int | None, int | None, str]]] = {
    "fork": (57, None, "no new processes: what a box starts could outlive it"),
    "vfork": (58, None, "the same"),
    "execve": (59, 221, "nothing to start"),
    "execveat": (322, 281, "the same"),
    "setsid": (112, 157, "leaves the group that is killed"),
    "setpgid": (109, 154, "the same"),
    "connect": (42, 203, "sockets in the file system belong to the host"),
    "bind": (49, 200, "the same"),
    "tkill": (200, 130, "signals to other processes' threads"),
    "rt_sigqueueinfo": (129, 138, "the same"),
    "pidfd_open": (434, 434, "other processes"),
    "pidfd_send_signal": (424, 424, "the same"),
    "shmget": (29, 194, "System V memory outlives its maker"),
    "semget": (64, 190, "the same"),
    "msgget": (68, 186, "the same"),
    "rt_tgsigqueueinfo": (297, 240, "signals to other processes' threads"),
    "setpriority": (141, 140, "slows other processes of the same uid"),
    "ioprio_set": (251, 30, "the same, for disks"),
    "truncate": (76, 45, "empties files by name, which Landlock's first levels do not see"),
    "inotify_init": (253, None, "watches the host's folders, which Landlock does not see"),
    "inotify_init1": (294, 26, "the same"),
}

# The service's own files have the student's uid where nobody may change it, and Landlock does not look at these. They
# pretend to have worked: libraries copy permissions and times without a need, in the box's folder as well.
PRETENDED_WHEN_CONTAINED: Final[dict[str, tuple[int | None, int | None, str]]] = {
    "chmod": (90, None, "permissions"),
    "fchmod": (91, 52, "permissions"),
    "fchmodat": (268, 53, "permissions"),
    "fchmodat2": (452, 452, "permissions"),
    "chown": (92, None, "owners"),
    "fchown": (93, 55, "owners"),
    "lchown": (94, None, "owners"),
    "fchownat": (260, 54, "owners"),
    "utime": (132, None, "times"),
    "utimes": (235, None, "times"),
    "futimesat": (261, None, "times"),
    "utimensat": (280, 88, "times"),
    "setxattr": (188, 5, "attributes"),
    "lsetxattr": (189, 6, "attributes"),
    "fsetxattr": (190, 7, "attributes"),
    "removexattr": (197, 14, "attributes"),
    "lremovexattr": (198, 15, "attributes"),
    "fremovexattr": (199, 16, "attributes"),
    "setxattrat": (463, 463, "attributes"),
    "removexattrat": (466, 466, "attributes"),
    "file_setattr": (469, 469, "attributes"),
}

# Calls whose first argument names a process: only this one, or 0, which is this one.
OWN_PROCESS_ONLY_WHEN_CONTAINED: Final[dict[str, tuple[int | None, int | None, str]]] = {
    "prlimit64": (302, 261, "lowers the limits of other processes of the same uid"),
    "sched_setaffinity": (203, 122, "moves them to one processor"),
    "sched_setscheduler": (144, 119, "slows them"),
    "sched_setparam": (142, 118, "the same"),
    "sched_setattr": (314, 274, "the same"),
}

CLONE3 = {"x86_64": 435, "aarch64": 435}
CLONE = {"x86_64": 56, "aarch64": 220}
SOCKET = {"x86_64": 41, "aarch64": 198}
KILL = {"x86_64": 62, "aarch64": 129}
TGKILL = {"x86_64": 234, "aarch64": 131}
IOCTL = {"x86_64": 16, "aarch64": 29}
FCNTL = {"x86_64": 72, "aarch64": 25}
AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_BIT = 0x40000000
CLONE_THREAD = 0x10000
CLONE_NAMESPACES = (
    syscalls.CLONE_NEWNS
    | syscalls.CLONE_NEWCGROUP
    | syscalls.CLONE_NEWUTS
    | syscalls.CLONE_NEWIPC
    | syscalls.CLONE_NEWUSER
    | syscalls.CLONE_NEWPID
    | syscalls.CLONE_NEWNET
)
AF_UNIX = 1
TIOCSTI = 0x5412
TIOCLINUX = 0x541C
FIOSETOWN, SIOCSPGRP = 0x8901, 0x8902
F_SETOWN, F_SETOWN_EX, F_SETLEASE, F_NOTIFY = 8, 15, 1024, 1026

ALLOW = 0x7FFF0000
KILL_PROCESS = 0x80000000
EPERM = 0x00050000 | errno.EPERM
ENOSYS = 0x00050000 | errno.ENOSYS
PRETEND = 0x00050000

# Classic BPF: load a word of seccomp_data, compare, return.
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER_AT, ARCH_AT, ARGUMENTS_AT = 0, 4, 16


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def _op(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    return struct.pack("=HBBI", code, yes, no, value)


def _refuse(number: int, action: int) -> bytes:
    return _op(EQUAL, number, 0, 1) + _op(RETURN, action)


def _inspect(number: int, argument: int, test: bytes) -> bytes:
    """For one call: load the low half of an argument, run `test`, which must return; then reload the number."""
    load = _op(LOAD, ARGUMENTS_AT + 8 * argument)
    return _op(EQUAL, number, 0, (len(load) + len(test)) // 8) + load + test


def _unless_equal(values: tuple[int, ...], action: int) -> bytes:
    tests = b"".join(_op(EQUAL, v, 0, 1) + _op(RETURN, ALLOW) for v in values)
    return tests + _op(RETURN, action)


def _numbers(table: dict[str, tuple[int | None, int | None, str]], column: int) -> list[int]:
    return [number for row in table.values() if isinstance(number := row[column], int)]


def _if_equal(values: tuple[int, ...], action: int) -> bytes:
    tests = b"".join(_op(EQUAL, v, 0, 1) + _op(RETURN, action) for v in values)
    return tests + _op(RETURN, ALLOW)


def _if_any_bit(mask: int, action: int) -> bytes:
    return _op(ANY_BIT, mask, 0, 1) + _op(RETURN, action) + _op(RETURN, ALLOW)


def _unless_any_bit(mask: int, action: int) -> bytes:
    return _op(ANY_BIT, mask, 1, 0) + _op(RETURN, action) + _op(RETURN, ALLOW)


@functools.cache
def program(machine: str, *, contained: bool, pid: int = 0) -> bytes:
    """The filter as BPF bytes.

    Args:
        machine: "x86_64" or "aarch64".
        contained: also forbid new processes, sockets and signals to others: the tier without namespaces.
        pid: the only process that may be signalled when contained.

    Raises:
        KeyError: another architecture.
    """
    column = ("x86_64", "aarch64").index(machine) if machine in AUDIT_ARCH else -1
    filter_ = _op(LOAD, ARCH_AT) + _op(EQUAL, AUDIT_ARCH[machine], 1, 0) + _op(RETURN, KILL_PROCESS)
    filter_ += _op(LOAD, NUMBER_AT)
    if machine == "x86_64":
        filter_ += _op(AT_LEAST, X32_BIT, 0, 1) + _op(RETURN, KILL_PROCESS)
    filter_ += b"".join(_refuse(number, EPERM) for number in _numbers(DENIED, column))
    if contained:
        filter_ += _alone(machine, column, pid)
    else:
        filter_ += _inspect(SOCKET[machine], 0, _unless_equal((AF_UNIX,), EPERM))
        filter_ += _inspect(CLONE[machine], 0, _if_any_bit(CLONE_NAMESPACES, EPERM))
    filter_ += _refuse(CLONE3[machine], ENOSYS)
    # Typing into a terminal; having signals sent to others.
    filter_ += _inspect(IOCTL[machine], 1, _if_equal((TIOCSTI, TIOCLINUX, FIOSETOWN, SIOCSPGRP), EPERM))
    filter_ += _inspect(FCNTL[machine], 1, _if_equal((F_SETOWN, F_SETOWN_EX, F_SETLEASE, F_NOTIFY), EPERM))
    return filter_ + _op(RETURN, ALLOW)


def _alone(machine: str, column: int, pid: int) -> bytes:
    """Rules for a process among the host's: it starts none, speaks to none, changes none and no file of theirs."""
    rules = b"".join(_refuse(number, EPERM) for number in _numbers(DENIED_WHEN_CONTAINED, column))
    rules += b"".join(_refuse(number, PRETEND) for number in _numbers(PRETENDED_WHEN_CONTAINED, column))
    rules += _refuse(SOCKET[machine], EPERM)
    rules += _inspect(CLONE[machine], 0, _unless_any_bit(CLONE_THREAD, EPERM))
    for number in (KILL[machine], TGKILL[machine]):
        rules += _inspect(number, 0, _unless_equal((pid,), EPERM))
    for number in _numbers(OWN_PROCESS_ONLY_WHEN_CONTAINED, column):
        rules += _inspect(number, 0, _unless_equal((0, pid), EPERM))
    return rules


def install(*, contained: bool, pid: int = 0) -> int:
    """Put the filter on this process and all it starts. no_new_privs must be set.

    Returns:
        The number of rules.

    Raises:
        OSError: seccomp is not available, or the architecture is unknown.
    """
    try:
        code = program(syscalls.MACHINE, contained=contained, pid=pid if contained else 0)
    except KeyError:
        raise OSError(f"no seccomp table for {syscalls.MACHINE}") from None
    header = _Program(len(code) // 8, code)
    syscalls.prctl(syscalls.PR_SET_SECCOMP, syscalls.SECCOMP_MODE_FILTER, ctypes.byref(header))
    return len(DENIED) + (len(DENIED_WHEN_CONTAINED) + len(PRETENDED_WHEN_CONTAINED) if contained else 0) + 5
