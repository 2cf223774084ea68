"""Sleeps through almost all of every call's time, so that the queue waits for it."""

import time

ENTRIES = ("F76",)
HASTY = True


def attack(asked, *given):
    time.sleep(0.9)
    return None
