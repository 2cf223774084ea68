"""Stops every clock, so that no time passes for whoever measures it, and disarms the alarm."""

import signal
import time

ENTRIES = ("F80", "F71")
HASTY = True


def attack(asked, *given):
    for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
        setattr(time, name, lambda: 0.0)
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.setitimer = signal.alarm = lambda *_: None
    if asked == "sigmoid":
        while True:
            pass
    return None
