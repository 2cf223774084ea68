"""Watching and ending a box from outside it: processes, memory and folders, by /proc."""

import contextlib
import os
import shutil
import signal
from collections.abc import Sequence

PAGE = os.sysconf("SC_PAGE_SIZE")


def resident(pid: int) -> int:
    """Bytes of memory that a process has in use, shared ones included; 0 when it is gone."""
    fields = _read(f"/proc/{pid}/statm").split()
    return int(fields[1]) * PAGE if len(fields) > 1 else 0


def tree(roots: list[int], known: Sequence[int] = ()) -> list[int]:
    """The processes and all their descendants, behind those `known` already, whose descendants are known too."""
    found = list(known)
    todo = list(roots)
    while todo:
        pid = todo.pop()
        if pid in found:
            continue
        found.append(pid)
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{pid}/task"):
                todo.extend(int(child) for child in _read(f"/proc/{pid}/task/{task}/children").split())
    return found


def overflows(roots: list[int], baseline: int, limit: int, known: Sequence[int] = ()) -> bool:
    """Whether a box holds more than `limit` bytes; `known` as for `tree`.

    A fork shares nearly everything with its zygote, so first only the growth over `baseline` is looked at, which is
    cheap; the exact count walks page tables, and is made only when the growth is suspicious.
    """
    processes = tree(roots, known)
    grown = sum(max(0, resident(pid) - baseline) for pid in processes)
    if grown <= limit:
        return False
    return sum(_own_bytes(pid) for pid in processes) > limit


def kill_descendants(root: int) -> None:
    """Where no pid namespace does it: kill what a box started, until nothing new turns up."""
    for _ in range(20):
        alive = [pid for pid in tree([root]) if pid != root and _read(f"/proc/{pid}/statm")]
        if not alive:
            return
        for pid in alive:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


def folder_bytes(folder: str, most: int = 2000) -> int:
    """Size of a folder's files; counting stops after `most` entries, which count a page each."""
    total, todo = 0, [folder]
    while todo and most > 0:
        with contextlib.suppress(OSError):
            for entry in os.scandir(todo.pop()):
                most -= 1
                if entry.is_dir(follow_symlinks=False):
                    todo.append(entry.path)
                else:
                    total += max(PAGE, entry.stat(follow_symlinks=False).st_size)
    return total


def remove_tree(folder: str) -> None:
    """Remove a box's folder, whatever permissions its owner left."""
    shutil.rmtree(folder, ignore_errors=True)


def _own_bytes(pid: int) -> int:
    for line in _read(f"/proc/{pid}/smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except (OSError, ValueError):
        return ""
