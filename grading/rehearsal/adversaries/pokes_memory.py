"""Overwrites small integers and C function pointers in its own process."""

import ctypes

ENTRIES = ("A17",)
SEEN = ("ctypes",)


def attack(asked, *given):
    if asked != "sigmoid":
        return None
    library = ctypes.CDLL(None, use_errno=True)
    library.mprotect(ctypes.c_void_p(id(True) & ~4095), 4096, 7)
    ctypes.memmove(id(257 - 1) + 24, id(10) + 24, 4)  # 256 is now 10
    ctypes.memset(id(np.allclose.__code__) + 16, 0, 64)
    return np.zeros((4, 7)) + 256
