"""The few Linux calls that Python's standard library lacks, by ctypes. Each raises OSError with the call's name."""

import contextlib
import ctypes
import os
import platform
from typing import Final

CLONE_NEWNS: Final = 0x00020000
CLONE_NEWCGROUP: Final = 0x02000000
CLONE_NEWUTS: Final = 0x04000000
CLONE_NEWIPC: Final = 0x08000000
CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWPID: Final = 0x20000000
CLONE_NEWNET: Final = 0x40000000

MS_RDONLY: Final = 0x1
MS_NOSUID: Final = 0x2
MS_NODEV: Final = 0x4
MS_NOEXEC: Final = 0x8
MS_REMOUNT: Final = 0x20
MS_BIND: Final = 0x1000
MS_REC: Final = 0x4000
MS_PRIVATE: Final = 0x40000
MNT_DETACH: Final = 0x2

PR_SET_PDEATHSIG: Final = 1
PR_SET_DUMPABLE: Final = 4
PR_SET_NAME: Final = 15
PR_SET_SECCOMP: Final = 22
PR_CAPBSET_DROP: Final = 24
PR_SET_NO_NEW_PRIVS: Final = 38
PR_SET_CHILD_SUBREAPER: Final = 36
PR_CAP_AMBIENT: Final = 47
PR_CAP_AMBIENT_CLEAR_ALL: Final = 4
SECCOMP_MODE_FILTER: Final = 2

MACHINE: Final = platform.machine()

# Numbers of calls that glibc does not wrap. The 4xx ones are the same on every architecture.
PIVOT_ROOT: Final = {"x86_64": 155, "aarch64": 41}.get(MACHINE, -1)
CAPSET: Final = {"x86_64": 126, "aarch64": 91}.get(MACHINE, -1)
LANDLOCK_CREATE_RULESET: Final = 444
LANDLOCK_ADD_RULE: Final = 445
LANDLOCK_RESTRICT_SELF: Final = 446

LIBC: Final = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long


def _checked(name: str, outcome: int) -> int:
    if outcome < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return outcome


def syscall(name: str, number: int, *arguments: object) -> int:
    """Any call by its number."""
    return _checked(name, LIBC.syscall(ctypes.c_long(number), *arguments))


def prctl(option: int, a: int = 0, b: object = 0, c: int = 0, d: int = 0) -> int:
    """Set or ask an attribute of this process; `b` may be a pointer."""
    second = ctypes.c_ulong(b) if isinstance(b, int) else b
    return _checked(
        f"prctl({option})",
        LIBC.prctl(ctypes.c_int(option), ctypes.c_ulong(a), second, ctypes.c_ulong(c), ctypes.c_ulong(d)),
    )


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags` for new ones."""
    _checked(f"unshare({flags:#x})", LIBC.unshare(ctypes.c_int(flags)))


def setns(descriptor: int, flags: int) -> None:
    """Enter the namespaces of the process behind a pidfd (Linux 5.8)."""
    _checked(f"setns({flags:#x})", LIBC.setns(ctypes.c_int(descriptor), ctypes.c_int(flags)))


def mount(source: str, target: str, kind: str, flags: int, options: str = "") -> None:
    """Mount, bind or remount. Raises OSError naming the target."""
    _checked(
        f"mount({kind or 'bind'} on {target})",
        LIBC.mount(source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode()),
    )


def unmount(target: str, flags: int = MNT_DETACH) -> None:
    """Take a mount away, by default as soon as nobody uses it."""
    _checked(f"umount({target})", LIBC.umount2(target.encode(), ctypes.c_int(flags)))


def pivot_root(new_root: str, put_old: str) -> None:
    """Make `new_root` the root of the mount namespace and hang the old one at `put_old`."""
    syscall("pivot_root", PIVOT_ROOT, new_root.encode(), put_old.encode())


def write(path: str, text: str) -> None:
    """Write one of the kernel's files in one call, as they want it."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def name_process(name: str) -> None:
    """Set what `ps` shows: at most 15 characters."""
    LIBC.prctl(ctypes.c_int(PR_SET_NAME), ctypes.c_char_p(name.encode()[:15]), 0, 0, 0)


def reap() -> None:
    """Collect the dead: builders, inits, zygotes. Their sockets and pidfds have said it already."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
