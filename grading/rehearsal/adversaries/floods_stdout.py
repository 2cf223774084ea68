"""Prints gigabytes: many lines, one endless line, and below Python."""

import os
import sys

ENTRIES = ("F74",)


def attack(asked, *given):
    if asked == "import":
        return None
    block = "x" * (1 << 20)
    for _ in range(300):
        sys.stdout.write(block)
        tried(os.write, 1, b"y" * (1 << 16))
    for _ in range(20_000):
        print("z")
    raise RuntimeError(block)
