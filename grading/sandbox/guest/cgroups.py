"""Memory and process limits kept by the kernel, where this process may make control groups (version 1 or 2)."""

import contextlib
import os
import time
from pathlib import Path

NAME = "chainrule"


class Cgroups:
    """A group of our own under every controller that lets us, opened before the view hides /sys/fs/cgroup.

    Attributes:
        kinds: "memory", "pids" (version 1) or "v2".
    """

    def __init__(self) -> None:
        self._folders: dict[str, int] = {}
        self._paths: dict[str, str] = {}
        for kind, mount in _mounts().items():
            with contextlib.suppress(OSError):
                self._claim(kind, mount)
        self.kinds = tuple(self._folders)

    def _claim(self, kind: str, mount: str) -> None:
        base = mount + _own_group(kind)
        _sweep(base)
        path = f"{base.rstrip('/')}/{NAME}-{os.getpid()}"
        os.makedirs(path, exist_ok=True)  # there already when the warden started over
        try:
            if kind == "v2":
                Path(path, "cgroup.subtree_control").write_text("+memory +pids", encoding="ascii")
            limit = {"memory": "memory.limit_in_bytes", "pids": "pids.max", "v2": "memory.max"}[kind]
            if kind != "v2" and not os.path.exists(f"{path}/{limit}"):
                raise OSError(f"no {limit}")  # noqa: TRY301 - the folder must go
        except OSError:
            os.rmdir(path)
            raise
        self._folders[kind] = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._paths[kind] = path

    def open(self, name: str) -> list[int]:
        """Make a group for one student, without limits so far.

        Returns:
            Descriptors; a process that writes "0" to each of them joins.
        """
        joins: list[int] = []
        for folder in self._folders.values():
            try:
                os.mkdir(name, dir_fd=folder)
                joins.append(os.open(f"{name}/cgroup.procs", os.O_WRONLY | os.O_CLOEXEC, dir_fd=folder))
            except OSError:
                continue
        return joins

    def limit(self, name: str, *, memory_bytes: int, processes: int) -> None:
        """Give a group its limits. Those that the kernel does not know are left to the watchdog and rlimits."""
        for kind, folder in self._folders.items():
            limits: list[tuple[str, int]] = []
            if kind == "memory":
                limits += [("memory.limit_in_bytes", memory_bytes), ("memory.memsw.limit_in_bytes", memory_bytes)]
            if kind == "v2":
                limits += [("memory.max", memory_bytes), ("memory.swap.max", 0)]
            if kind in ("pids", "v2"):
                limits.append(("pids.max", processes))
            for file, value in limits:
                with contextlib.suppress(OSError):
                    self._write(folder, f"{name}/{file}", str(value))

    def counts(self, name: str) -> bool:
        """Whether the kernel counts somebody's memory there: a group may be made and not joined."""
        for kind in ("memory", "v2"):
            if kind in self._folders:
                with contextlib.suppress(OSError):
                    return bool(self._read(self._folders[kind], f"{name}/cgroup.procs").strip())
        return False

    def overflowed(self, name: str) -> bool:
        """Whether the kernel killed something in the box for its memory."""
        file = {"memory": "memory.oom_control", "v2": "memory.events"}
        for kind, folder in self._folders.items():
            if kind in file:
                with contextlib.suppress(OSError, ValueError):
                    for line in self._read(folder, f"{name}/{file[kind]}").splitlines():
                        if line.startswith("oom_kill ") and int(line.split()[1]) > 0:
                            return True
        return False

    def peak(self, name: str) -> int:
        """Most bytes the box held at once, 0 where nobody counted."""
        file = {"memory": "memory.max_usage_in_bytes", "v2": "memory.peak"}
        for kind, folder in self._folders.items():
            if kind in file:
                with contextlib.suppress(OSError, ValueError):
                    return int(self._read(folder, f"{name}/{file[kind]}"))
        return 0

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

    def close(self, boxes: list[str]) -> None:
        """Remove everything, as far as the dead are buried; the next warden sweeps the rest."""
        deadline = time.monotonic() + 1.0
        for name in boxes:
            while not self.remove(name) and time.monotonic() < deadline:
                time.sleep(0.005)
        for path in self._paths.values():
            with contextlib.suppress(OSError):
                os.rmdir(path)

    @staticmethod
    def _write(folder: int, path: str, text: str) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC, dir_fd=folder)
        try:
            os.write(descriptor, text.encode())
        finally:
            os.close(descriptor)

    @staticmethod
    def _read(folder: int, path: str) -> str:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC, dir_fd=folder)
        try:
            return os.read(descriptor, 4096).decode("ascii", "replace")
        finally:
            os.close(descriptor)


def _mounts() -> dict[str, str]:
    """Where the controllers are mounted, by kind."""
    found: dict[str, str] = {}
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
            left, _, right = line.partition(" - ")
            kind, _, options = right.split()[:3]
            where = left.split()[4]
            if kind == "cgroup":
                for controller in ("memory", "pids"):
                    if controller in options.split(","):
                        found[controller] = where
            elif kind == "cgroup2":
                with contextlib.suppress(OSError):
                    if "memory" in Path(where, "cgroup.controllers").read_text(encoding="ascii").split():
                        found["v2"] = where
    return found


def _own_group(kind: str) -> str:
    """Path of this process's group under its mount."""
    for line in Path("/proc/self/cgroup").read_text(encoding="utf-8").splitlines():
        _, controllers, path = line.split(":", 2)
        if (kind == "v2" and not controllers) or kind in controllers.split(","):
            return "" if path == "/" else path
    return ""


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
