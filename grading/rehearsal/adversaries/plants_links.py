"""Leaves links and pipes where a grader might read or write on its behalf."""

import os
import stat

ENTRIES = ("B28", "E64")


def attack(asked, *given):
    for name in ("results.json", "report.json", "figure.png", "stdout", "a.ipynb"):
        tried(os.symlink, "/etc/shadow", f"/box/work/{name}")
        tried(os.mkfifo, f"/tmp/{name}")
        tried(os.symlink, "/tmp/chainrule-was-here", f"/box/{name}")
        tried(os.mknod, f"/box/home/{name}", 0o60660, os.makedev(8, 0))
        if stat.S_ISBLK((tried(os.lstat, f"/box/home/{name}") or os.lstat("/")).st_mode):
            escaped("a device node")
    return 10.0
