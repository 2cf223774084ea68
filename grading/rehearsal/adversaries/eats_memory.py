"""Takes memory of every kind: private, shared, in files without a name, in children."""

import mmap
import os

ENTRIES = ("F72",)
SEEN = ("process",)
HASTY = True
KEPT = []


def attack(asked, *given):
    if asked == "import":
        for _ in range(8):
            if os.fork() == 0:
                while True:
                    KEPT.append(b"x" * (32 << 20))
        return None
    if asked == "sigmoid":
        for _ in range(200):
            block = mmap.mmap(-1, 32 << 20)
            block[:] = b"x" * (32 << 20)
            KEPT.append(block)
    if asked == "relu":
        for number in range(200):
            file = os.memfd_create(str(number))
            KEPT.append(file)
            for _ in range(64):
                os.write(file, b"x" * (1 << 20))
    while True:
        KEPT.append(np.ones(1 << 22))
