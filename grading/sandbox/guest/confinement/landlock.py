"""Landlock: the kernel checks every path against a list that the process itself gave up to. Needs no privilege.

Each level of the kernel's interface adds rights; what a kernel does not know is left out and said.
Landlock does not stop UDP, `stat`, or (before level 6) signals and abstract sockets: namespaces or seccomp must.
"""

import ctypes
import os
from collections.abc import Iterable

from . import syscalls

RULE_PATH_BENEATH = 1
CREATE_RULESET_VERSION = 1

EXECUTE = 1 << 0
WRITE_FILE = 1 << 1
READ_FILE = 1 << 2
READ_DIR = 1 << 3
REMOVE_DIR = 1 << 4
REMOVE_FILE = 1 << 5
MAKE_DIR = 1 << 7
MAKE_REG = 1 << 8
MAKE_SOCK = 1 << 9
MAKE_FIFO = 1 << 10
MAKE_SYM = 1 << 12
REFER = 1 << 13
TRUNCATE = 1 << 14
IOCTL_DEV = 1 << 15

ALL_RIGHTS_BY_LEVEL = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
NETWORK_LEVEL, NETWORK_BIND_CONNECT = 4, 0b11
SCOPE_LEVEL, SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS = 6, 0b11

READ = EXECUTE | READ_FILE | READ_DIR
WRITE = (
    READ | WRITE_FILE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG | MAKE_SOCK | MAKE_FIFO | MAKE_SYM | REFER
) | TRUNCATE
DEVICE = READ_FILE | WRITE_FILE | TRUNCATE | IOCTL_DEV
ONLY_FOR_FILES = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV


class _Ruleset(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("access", ctypes.c_uint64), ("parent", ctypes.c_int32))


def level() -> int:
    """The kernel's Landlock level, 0 where there is none."""
    try:
        return syscalls.syscall(
            "landlock_create_ruleset",
            syscalls.LANDLOCK_CREATE_RULESET,
            None,
            ctypes.c_size_t(0),
            ctypes.c_uint32(CREATE_RULESET_VERSION),
        )
    except OSError:
        return 0


def restrict(
    readable: Iterable[str], writable: Iterable[str], devices: Iterable[str], listed: Iterable[str] = ()
) -> int:
    """Give up every path but these, for this process and all it starts. no_new_privs must be set.

    Paths that do not exist are passed over: nothing can be read there anyway.

    Args:
        readable: files, and folders with all that is in them.
        writable: folders in which anything may be done.
        devices: files that may be read and written, and nothing else.
        listed: folders whose names may be listed, at every depth.

    Returns:
        The level used.

    Raises:
        OSError: the kernel has no Landlock.
    """
    known = level()
    if known == 0:
        raise OSError("the kernel has no Landlock")
    handled = ALL_RIGHTS_BY_LEVEL[min(known, max(ALL_RIGHTS_BY_LEVEL))]
    ruleset = _Ruleset(
        handled,
        NETWORK_BIND_CONNECT if known >= NETWORK_LEVEL else 0,
        SCOPE_ABSTRACT_SOCKETS_AND_SIGNALS if known >= SCOPE_LEVEL else 0,
    )
    size = 24 if known >= SCOPE_LEVEL else 16 if known >= NETWORK_LEVEL else 8
    descriptor = syscalls.syscall(
        "landlock_create_ruleset",
        syscalls.LANDLOCK_CREATE_RULESET,
        ctypes.byref(ruleset),
        ctypes.c_size_t(size),
        ctypes.c_uint32(0),
    )
    try:
        for paths, rights in ((readable, READ), (writable, WRITE), (devices, DEVICE), (listed, READ_DIR)):
            for path in paths:
                _allow(descriptor, path, rights & handled)
        syscalls.syscall(
            "landlock_restrict_self",
            syscalls.LANDLOCK_RESTRICT_SELF,
            ctypes.c_int(descriptor),
            ctypes.c_uint32(0),
        )
    finally:
        os.close(descriptor)
    return known


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not os.path.isdir(path):
            rights &= ONLY_FOR_FILES
        rule = _PathBeneath(rights, parent)
        syscalls.syscall(
            "landlock_add_rule",
            syscalls.LANDLOCK_ADD_RULE,
            ctypes.c_int(ruleset),
            ctypes.c_int(RULE_PATH_BENEATH),
            ctypes.byref(rule),
            ctypes.c_uint32(0),
        )
    finally:
        os.close(parent)
