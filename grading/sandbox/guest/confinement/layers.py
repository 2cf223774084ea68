"""The layers of the sandbox boundary, from inside: each function gives something up for good and says so.

Order matters: namespaces need capabilities, dropping them needs the uid still to be root's, Landlock and seccomp need
no_new_privs, and seccomp comes last because it forbids the calls that the others use.
"""

import contextlib
import ctypes
import functools
import os
import resource
import signal
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from . import landlock, seccomp, syscalls, view

INNER_ID = 1000
NAMESPACES = {
    "user": syscalls.CLONE_NEWUSER,
    "mount": syscalls.CLONE_NEWNS,
    "net": syscalls.CLONE_NEWNET,
    "ipc": syscalls.CLONE_NEWIPC,
    "uts": syscalls.CLONE_NEWUTS,
    "cgroup": syscalls.CLONE_NEWCGROUP,
}
LAST_CAPABILITY = 63
OPEN_FILES = 256
ADDRESS_SLACK_BYTES = 512 << 20
CAPABILITY_VERSION_3 = 0x20080522


@dataclass(frozen=True, slots=True)
class ConfinementLayer:
    """One layer: whether it holds in this box, and how."""

    name: str
    holds: bool
    detail: str

    def to_json(self) -> list[object]:
        """As the ready message carries it."""
        return [self.name, self.holds, self.detail]


def all_namespaces() -> int:
    """The flags that an init unshares."""
    flags = syscalls.CLONE_NEWPID
    for flag in NAMESPACES.values():
        flags |= flag
    return flags


def enter_namespaces(init: int) -> ConfinementLayer:
    """Join the box's namespaces: own users, files, network (none), names and messages; the pid one since the fork."""
    flags = 0
    for flag in NAMESPACES.values():
        flags |= flag
    syscalls.setns(init, flags)
    return ConfinementLayer("namespaces", holds=True, detail="pid " + " ".join(NAMESPACES))


def become_nobody(uid: int, *, change: bool) -> ConfinementLayer:
    """Give up uid 0 and every capability: files of the host's users are not ours, and no privileged call is left.

    Args:
        uid: the unprivileged one to become.
        change: whether this process may change its uid at all (it is root, in some user namespace).
    """
    for capability in range(LAST_CAPABILITY + 1):
        try:
            syscalls.prctl(syscalls.PR_CAPBSET_DROP, capability)
        except OSError:
            break
    if change:
        # A user namespace whose maker was unprivileged forbids it, and has no groups to lose.
        with contextlib.suppress(PermissionError):
            os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    # Linux before 4.3 has none.
    with contextlib.suppress(OSError):
        syscalls.prctl(syscalls.PR_CAP_AMBIENT, syscalls.PR_CAP_AMBIENT_CLEAR_ALL)
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    none = (ctypes.c_uint32 * 6)()
    syscalls.syscall("capset", syscalls.CAPSET, ctypes.byref(header), ctypes.byref(none))
    # A change of uid makes the process undumpable, and its own /proc/self/fd unreadable; core dumps are off by rlimit.
    syscalls.prctl(syscalls.PR_SET_DUMPABLE, 1)
    return ConfinementLayer("uid", holds=os.getuid() != 0, detail=f"uid {os.getuid()}, no capabilities")


def forbid_new_privileges() -> ConfinementLayer:
    """No set-uid program gives anything back."""
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    return ConfinementLayer("no_new_privs", holds=True, detail="")


def die_with_parent() -> None:
    """A zygote that dies takes its boxes along. Cleared by every change of uid, so it is set after it."""
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)


def limit_resources(*, memory_bytes: int, file_bytes: int, processes: int, cpu_s: float, gpu: bool) -> ConfinementLayer:
    """Per-process limits: the first to say no, as an exception in the student's own code.

    Memory is counted on top of what the zygote had already mapped. A GPU job reserves huge address ranges that it never
    touches, so the address space is left open there.
    """
    mapped, data = _mapped()
    bounds = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: file_bytes,
        resource.RLIMIT_NOFILE: OPEN_FILES,
        resource.RLIMIT_NPROC: processes,
        resource.RLIMIT_DATA: data + memory_bytes,
        resource.RLIMIT_MEMLOCK: 1 << 20,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_RTPRIO: 0,
    }
    if not gpu:
        bounds[resource.RLIMIT_AS] = mapped + memory_bytes + ADDRESS_SLACK_BYTES
    for which, bound in bounds.items():
        _, hard = resource.getrlimit(which)
        bound = bound if hard == resource.RLIM_INFINITY else min(bound, hard)  # noqa: PLW2901
        resource.setrlimit(which, (bound, bound))
    seconds = max(1, int(cpu_s) + 1)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))
    return ConfinementLayer(
        "rlimits", holds=True, detail=f"memory {memory_bytes >> 20} MiB, cpu {seconds} s, {processes} processes"
    )


def hide_files(
    *, own_view: bool, hidden: tuple[str, ...], extra: Iterable[str], writable: Iterable[str], devices: Iterable[str]
) -> ConfinementLayer:
    """Landlock: even a path that a mistake of ours left visible cannot be opened.

    Args:
        own_view: whether the box has mounts and a `/proc` of its own; without them, `/proc` shows the whole machine.
        hidden: folders of the service; what the view covers, Landlock must leave out where there is no view.
        extra: data and checkpoint folders under the host's names, for a box without a view.
        writable: the box's private folders.
        devices: nodes that it may use.
    """
    listed: list[str] = []
    if own_view:
        readable = view.readable_paths()
    else:
        open_to_all, listed = _around_hidden(hidden)
        readable = [
            *open_to_all,
            *extra,
            f"/proc/{os.getpid()}",
            "/proc/cpuinfo",
            "/proc/meminfo",
            "/proc/stat",
            "/proc/filesystems",
        ]
    try:
        known = landlock.restrict(readable, writable, devices, listed)
    except OSError as fault:
        return ConfinementLayer("landlock", holds=False, detail=str(fault))
    return ConfinementLayer("landlock", holds=True, detail=f"ABI {known}")


@functools.cache
def _around_hidden(hidden: tuple[str, ...]) -> tuple[list[str], list[str]]:
    """Paths that may be read, and folders of which only the list may be, where mounts hide nothing."""
    closed = [os.path.realpath(path) for path in (*view.own_folders(), *hidden)]
    found = [part for path in view.readable_paths() if path != "/proc" for part in view.around(path, closed)]
    return [path for path, whole in found if whole], [path for path, whole in found if not whole]


def filter_calls(*, contained: bool) -> ConfinementLayer:
    """seccomp: what is left of the kernel's surface."""
    try:
        rules = seccomp.install(contained=contained, pid=os.getpid())
    except OSError as fault:
        return ConfinementLayer("seccomp", holds=False, detail=str(fault))
    extra = ", no new processes, no sockets" if contained else ""
    return ConfinementLayer("seccomp", holds=True, detail=f"{rules} rules{extra}")


def join_cgroups(descriptors: Mapping[str, int]) -> ConfinementLayer:
    """Be counted: the kernel kills the box, and nothing else, when its memory is full, and shares processors out."""
    joined = []
    for kind, descriptor in descriptors.items():
        # Where it is refused the watchdog counts instead.
        with contextlib.suppress(OSError):
            os.write(descriptor, b"0\n")
            joined.append(kind)
        os.close(descriptor)
    return ConfinementLayer("cgroup", holds=bool(joined), detail=" ".join(joined) or "none; a watchdog counts memory")


def _mapped() -> tuple[int, int]:
    """Bytes of address space, and of private data, that this process has mapped."""
    with open("/proc/self/statm", encoding="ascii") as file:
        fields = file.read().split()
    page = resource.getpagesize()
    return int(fields[0]) * page, int(fields[5]) * page
