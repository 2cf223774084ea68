"""Crashes, and hopes for a core file with everything in it."""

import ctypes
import resource

ENTRIES = ("F73",)


def attack(asked, *given):
    if asked == "import":
        tried(resource.setrlimit, resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        if resource.getrlimit(resource.RLIMIT_CORE)[1] != 0:
            escaped("core files are allowed")
        return None
    ctypes.string_at(0)
