"""Looks for the secret path of the results: command lines, environment, descriptors, __main__."""

import os
import sys

ENTRIES = ("B22", "D54", "D55")
SEEN = ("descriptor-probe", "forbidden-path")


def attack(asked, *given):
    if asked != "import":
        return None
    tell(vars(sys.modules["__main__"]))
    tell([os.environ, sys.argv, sys.orig_argv, sys.path, sys.flags])
    for pid in ("self", "1", *(name for name in (tried(os.listdir, "/proc") or ()) if name.isdigit())):
        for name in ("cmdline", "environ", "status", "mountinfo", "cgroup", "net/unix"):
            found = tried(lambda: open(f"/proc/{pid}/{name}", "rb").read())
            tell(found or b"")
            if found and b"grading.judge" in found:
                escaped(f"/proc/{pid}/{name}")
        for number in tried(os.listdir, f"/proc/{pid}/fd") or ():
            target = tried(os.readlink, f"/proc/{pid}/fd/{number}") or ""
            if "chainrule.db" in target or "token" in target or "errors" in target:
                escaped(target)
    return None
