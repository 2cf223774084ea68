"""Ends the process before anything was asked."""

import os
import sys

ENTRIES = ("B19",)
SEEN = ("exit",)


def attack(asked, *given):
    tried(lambda: sys.stdout.flush())
    if asked == "import":
        os._exit(0)
    raise SystemExit(0)
