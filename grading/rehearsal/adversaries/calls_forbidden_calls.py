"""Asks the kernel for everything that breaks out of containers: namespaces, mounts, keys, bpf, io_uring, faults."""

import ctypes
import os

ENTRIES = ("A18", "D58")
SEEN = ("ctypes",)
CALLS = {"unshare": (272, 0x10000000), "bpf": (321, 0, 0, 0), "userfaultfd": (323, 0), "perf_event_open": (298, 0, 0, -1, -1, 0),
         "io_uring_setup": (425, 8, 0), "keyctl": (250, 0, -3, 1), "add_key": (248, b"user", b"x", b"x", 1, -3),
         "pidfd_getfd": (438, 0, 0, 0), "setns": (308, 0, 0), "open_by_handle_at": (304, 0, 0, 0), "personality": (135, 0x40000),
         "memfd_secret": (447, 1 << 20), "kcmp": (312, 1, 1, 0, 0, 0), "quotactl": (179, 0, 0, 0, 0)}  # fmt: skip


def attack(asked, *given):
    if asked != "import" or os.uname().machine != "x86_64":
        return None
    library = ctypes.CDLL(None, use_errno=True)
    for name, (number, *arguments) in CALLS.items():
        if library.syscall(number, *arguments) >= 0:
            escaped(name)
    if library.mount(b"none", b"/tmp", b"tmpfs", 0, None) == 0 or library.umount2(b"/box", 2) == 0:
        escaped("mount")
    if library.chroot(b"/tmp") == 0 or library.sethostname(b"x", 1) == 0 or library.setuid(0) == 0:
        escaped("a privileged call")
    for path in ("/usr/bin/su", "/usr/bin/sudo", "/bin/mount", "/usr/bin/newuidmap"):
        if os.path.exists(path) and tried(lambda: os.stat(path).st_mode & 0o4000 and os.statvfs(path).f_flag & 2 == 0):
            escaped(f"{path} keeps its set-uid bit")
    return None
