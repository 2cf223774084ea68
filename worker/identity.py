"""Which process holds a lease, written so that another process on the same machine can tell whether it still lives."""

import os
import secrets
import socket
from collections.abc import Iterable
from pathlib import Path

_PROC = Path("/proc")
_BOOT_ID = _PROC / "sys/kernel/random/boot_id"
_START_TIME = 19  # field 22 of /proc/<pid>/stat, counted after the command's closing parenthesis

# Owners of this very process: it may have started and stopped a worker before.
_ours: set[str] = set()


def new_owner() -> str:
    """A name for a worker of this process: machine, boot, process, when that started, and a nonce."""
    owner = "/".join((_machine(), _boot(), str(os.getpid()), _started(os.getpid()), secrets.token_hex(4)))
    _ours.add(owner)
    return owner


def retire(owner: str) -> None:
    """The worker of that name has stopped."""
    _ours.discard(owner)


def dead_among(owners: Iterable[str]) -> set[str]:
    """Owners known to be dead. Those on other machines are not known; their leases run out."""
    return {owner for owner in owners if _is_dead(owner)}


def _is_dead(owner: str) -> bool:
    try:
        host, boot, pid, started, _ = owner.rsplit("/", 4)
    except ValueError:
        return False
    if host != _machine() or not boot or not started:
        return False
    if boot != _boot():
        return True
    if int(pid) == os.getpid() and started == _started(os.getpid()):
        return owner not in _ours
    return _started(int(pid)) != started


def _machine() -> str:
    """Host and process namespace: two containers may share a host's name, but not its process ids."""
    try:
        space = (_PROC / "self/ns/pid").readlink().name.strip("pid:[]")
    except OSError:
        space = ""
    return f"{socket.gethostname()}#{space}"


def _boot() -> str:
    try:
        return _BOOT_ID.read_text().strip()[:8]
    except OSError:
        return ""


def _started(pid: int) -> str:
    """Clock ticks from boot to the process's start: a process id that is used again has another one."""
    try:
        return (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[_START_TIME]
    except (OSError, IndexError):
        return ""
