"""Asks to be traced and stops, so that whoever waits for it is confused."""

import ctypes
import os
import signal

ENTRIES = ("A18", "F71")
SEEN = ("ctypes",)
HASTY = True


def attack(asked, *given):
    if asked == "import":
        if ctypes.CDLL(None, use_errno=True).ptrace(0, 0, 0, 0) == 0:
            escaped("ptrace")
    if asked == "sigmoid":
        os.kill(os.getpid(), signal.SIGSTOP)
    return None
