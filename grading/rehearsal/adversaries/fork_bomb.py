"""Forks until it cannot."""

import os

ENTRIES = ("F70",)
SEEN = ("process",)
HASTY = True


def attack(asked, *given):
    if asked == "import":
        tried(os.fork)
        return None
    while True:
        tried(os.fork)
