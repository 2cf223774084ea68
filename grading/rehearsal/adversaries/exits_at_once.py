"""Ends the process with a status that says all is well."""

import os

ENTRIES = ("B19",)
SEEN = ("exit",)


def attack(asked, *given):
    if asked == "import":
        return None
    os._exit(0)
