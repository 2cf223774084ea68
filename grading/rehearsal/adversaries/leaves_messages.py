"""Leaves a message for whoever is graded next or at the same time, and looks for one."""

import ctypes
import os
import socket

ENTRIES = ("D58",)
SEEN = ("network",)
WORD = "chainrule-was-here"
PLACES = ("/tmp/", "/dev/shm/", "/box/", "/box/home/", "/var/tmp/", "/data/", "./", "/run/", "/proc/sys/kernel/")
KEPT = []


def attack(asked, *given):
    if asked != "import":
        return None
    library = ctypes.CDLL(None, use_errno=True)
    for place in PLACES:
        path = place + WORD
        if os.path.exists(path):
            escaped(path)
        tried(lambda: open(path, "w").write(WORD))
    if library.shmget(0x5EED, 4096, 0) >= 0 or library.msgget(0x5EED, 0) >= 0 or library.semget(0x5EED, 1, 0) >= 0:
        escaped("a System V object")
    library.shmget(0x5EED, 4096, 0o1666), library.msgget(0x5EED, 0o1666), library.semget(0x5EED, 1, 0o1666)
    channel = socket.socket(socket.AF_UNIX)
    if tried(lambda: channel.bind("\0" + WORD) or True):
        channel.listen()
        KEPT.append(channel)
    else:
        escaped("an abstract socket is taken")
    return None
