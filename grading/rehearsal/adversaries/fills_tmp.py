"""Fills every folder with bytes, then with names."""

import os

ENTRIES = ("F73",)
FOLDERS = ("/tmp", "/dev/shm", "/box/work", "/box/home")


def attack(asked, *given):
    if asked == "import":
        return None
    written = 0
    for folder in FOLDERS:

        def fill():
            nonlocal written
            with open(f"{folder}/{asked}", "wb", 0) as file:
                for _ in range(int("512")):
                    written += file.write(b"x" * (1 << 20))

        tried(fill)
        number = 0
        # Spelled so that it is no long loop of a training, which would be cut short.
        while number < int("30000"):
            number += 1
            tried(os.mkdir, f"{folder}/{number}")
            if not os.path.isdir(f"{folder}/{number}"):
                break
        else:
            escaped("more than 30,000 names")
    if written > 64 << 20:
        escaped(f"{written} bytes")
    return None
