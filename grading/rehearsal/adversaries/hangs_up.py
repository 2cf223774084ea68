"""Closes the wire and lives on, so that the sandbox looks as if it had failed and the run is tried again for ever."""

import os
import time

ENTRIES = ("B20", "B23", "F76")
SEEN = ("forged-reply",)
HASTY = True


def attack(asked, *given):
    if asked == "import":
        return None
    for number in range(3, 64):
        tried(os.close, number)
    while True:
        time.sleep(60)
