"""Starts threads and workers by the hundred."""

import threading
import time

ENTRIES = ("F75",)


def attack(asked, *given):
    if asked != "sigmoid":
        return None
    started = 0
    for _ in range(500):
        try:
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
            started += 1
        except RuntimeError:
            break
    if started > 64:
        escaped(f"{started} threads")
    return None
