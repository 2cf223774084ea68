"""Memory, process and processor limits kept by the kernel, where this process may make control groups (version 1 or 2).

With version 2 a group that holds processes cannot hand controllers on to groups of its own. So where this process's own
group does not serve, the one above it is tried: a service manager that delegates puts its processes one level down.
"""

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

NAME = "chainrule"
V2: Final = "v2"
# Controllers by kind of mount: the file by which each is known to be there. Of version 2, the first must be.
LIMITS: Final = {"memory": "memory.limit_in_bytes", "pids": "pids.max", "cpu": "cpu.cfs_quota_us", V2: "memory.max"}
V2_CONTROLLERS: Final = ("memory", "pids", "cpu")
PERIOD_US: Final = 100_000


class Cgroups:
    """A group of our own under every controller that lets us, opened before the view hides /sys/fs/cgroup.

    Attributes:
        kinds: of mounts: some of "memory", "pids", "cpu" (version 1), or "v2".
    """

    def __init__(self) -> None:
        self._own = f"{NAME}-{os.getpid()}"
        self._folders: dict[str, int] = {}
        self._above: dict[str, int] = {}
        for kind, mount in _mounts().items():
            own = f"{mount}{_own_group(kind)}".rstrip("/")
            above = os.path.dirname(own)
            for base in [own, above] if kind == V2 and own != mount and _is_delegated(above) else [own]:
                with contextlib.suppress(OSError):
                    self._claim(kind, base)
                    break
        self.kinds = tuple(self._folders)

    def _claim(self, kind: str, base: str) -> None:
        _sweep(base)
        if kind == V2:
            _hand_on(base)
        path = f"{base}/{self._own}"
        os.makedirs(path, exist_ok=True)  # there already when the warden started over
        try:
            if kind == V2:
                _hand_on(path)
            if not os.path.exists(f"{path}/{LIMITS[kind]}"):
                raise OSError(f"no {LIMITS[kind]}")  # noqa: TRY301 - the folder must go
        except OSError:
            os.rmdir(path)
            raise
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
        self._folders[kind], self._above[kind] = os.open(path, flags), os.open(base, flags)

    def open(self, name: str) -> dict[str, int]:
        """Make a group for one student, without limits so far.

        Returns:
            By kind, descriptors; a process that writes "0" to each of them joins.
        """
        joins: dict[str, int] = {}
        for kind, folder in self._folders.items():
            with contextlib.suppress(OSError):
                os.mkdir(name, dir_fd=folder)
                joins[kind] = os.open(f"{name}/cgroup.procs", os.O_WRONLY | os.O_CLOEXEC, dir_fd=folder)
        return joins

    def limit(self, name: str, *, memory_bytes: int, processes: int, cores: float) -> bool:
        """Give a group its limits. Those that the kernel does not know are left to the watchdog and rlimits.

        Returns:
            Whether the kernel keeps the one on memory.
        """
        kept = False
        for kind, folder in self._folders.items():
            for file, value in limits(kind, memory_bytes=memory_bytes, processes=processes, cores=cores):
                with contextlib.suppress(OSError):
                    self._write(folder, f"{name}/{file}", value)
                    kept = kept or file in (LIMITS["memory"], LIMITS[V2])
        return kept

    def counts(self, name: str) -> bool:
        """Whether the kernel counts somebody's memory there: a group may be made and not joined."""
        return any(
            procs.strip() for kind in ("memory", V2) if (procs := self._told(kind, f"{name}/cgroup.procs")) is not None
        )

    def overflowed(self, name: str) -> bool:
        """Whether the kernel killed something in the box for its memory."""
        told = (self._told("memory", f"{name}/memory.oom_control"), self._told(V2, f"{name}/memory.events"))
        lines = [line.split() for text in told if text for line in text.splitlines()]
        return any(len(line) == 2 and line[0] == "oom_kill" and int(line[1]) > 0 for line in lines)  # noqa: PLR2004

    def peak(self, name: str) -> int:
        """Most bytes the box held at once, 0 where nobody counted."""
        told = (self._told("memory", f"{name}/memory.max_usage_in_bytes"), self._told(V2, f"{name}/memory.peak"))
        return max((int(text) for text in told if text), default=0)

    def remove(self, name: str) -> bool:
        """Forget a box's groups. False while something in them is still dying."""
        gone = True
        for folder in self._folders.values():
            try:
                os.rmdir(name, dir_fd=folder)
            except FileNotFoundError:
                continue
            except OSError:
                gone = False
        return gone

    def close(self, boxes: list[str], meanwhile: Callable[[], None]) -> None:
        """Remove everything, as far as the dead are buried; the next warden sweeps the rest.

        Args:
            boxes: names of the groups that are left.
            meanwhile: done again and again while their processes die.
        """
        deadline = time.monotonic() + 1.0
        for name in boxes:
            while not self.remove(name) and time.monotonic() < deadline:
                meanwhile()
                time.sleep(0.005)
        for above in self._above.values():
            # By descriptor: the view that the warden lives in shows no control groups.
            with contextlib.suppress(OSError):
                os.rmdir(self._own, dir_fd=above)

    def _told(self, kind: str, path: str) -> str | None:
        """What a file says; None without such a mount or file."""
        if kind not in self._folders:
            return None
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=self._folders[kind])
        except OSError:
            return None
        try:
            return os.read(descriptor, 4096).decode("ascii", "replace")
        except OSError:
            return None
        finally:
            os.close(descriptor)

    @staticmethod
    def _write(folder: int, path: str, text: str) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC, dir_fd=folder)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)


def limits(kind: str, *, memory_bytes: int, processes: int, cores: float) -> list[tuple[str, str]]:
    """Which files of a group get which values, in this order."""
    quota = max(1000, int(cores * PERIOD_US))
    match kind:
        case "memory":
            # Without swap; a kernel that does not count swap has no second file.
            return [(file, str(memory_bytes)) for file in (LIMITS["memory"], "memory.memsw.limit_in_bytes")]
        case "pids":
            return [("pids.max", str(processes))]
        case "cpu":
            return [("cpu.cfs_period_us", str(PERIOD_US)), ("cpu.cfs_quota_us", str(quota))]
        case _:
            return [
                ("memory.max", str(memory_bytes)),
                ("memory.swap.max", "0"),
                ("pids.max", str(processes)),
                ("cpu.max", f"{quota} {PERIOD_US}"),
            ]


def _hand_on(base: str) -> None:
    """Let the groups below a group of version 2 have its controllers, as far as it has them itself.

    Raises:
        OSError: it may not hand on that of memory.
    """
    control = Path(base, "cgroup.subtree_control")
    for controller in V2_CONTROLLERS:
        if controller not in control.read_text(encoding="ascii").split():
            with contextlib.suppress(OSError):
                control.write_text(f"+{controller}", encoding="ascii")
    if V2_CONTROLLERS[0] not in control.read_text(encoding="ascii").split():
        raise OSError(f"{base} does not hand on {V2_CONTROLLERS[0]}")


def _mounts() -> dict[str, str]:
    """Where the controllers are mounted, by kind."""
    found: dict[str, str] = {}
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
            left, _, right = line.partition(" - ")
            kind, _, options = right.split()[:3]
            where = left.split()[4]
            if kind == "cgroup":
                found |= {name: where for name in LIMITS if name != V2 and name in options.split(",")}
            elif kind == "cgroup2":
                with contextlib.suppress(OSError):
                    if "memory" in Path(where, "cgroup.controllers").read_text(encoding="ascii").split():
                        found[V2] = where
    return found


def _own_group(kind: str) -> str:
    """Path of this process's group under its mount."""
    for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines():
        _, controllers, path = line.split(":", 2)
        if (kind == V2 and not controllers) or kind in controllers.split(","):
            return "" if path == "/" else path
    return ""


def _is_delegated(group: str) -> bool:
    """Whether a group is its user's to divide: the service manager said so, or gave it to one who is not root."""
    if os.geteuid() != 0:
        return os.access(f"{group}/cgroup.procs", os.W_OK)
    try:
        return os.getxattr(group, "user.delegate") == b"1"
    except OSError:
        return False


def _sweep(base: str) -> None:
    """Remove the groups of wardens that are dead: they had no time to do it themselves."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(base):
            owner = entry.name.removeprefix(f"{NAME}-")
            if owner == entry.name or not owner.isdigit() or os.path.exists(f"/proc/{owner}"):
                continue
            with contextlib.suppress(OSError):
                for box in os.scandir(entry.path):
                    if box.is_dir():
                        with contextlib.suppress(OSError):
                            os.rmdir(box.path)
                os.rmdir(entry.path)
