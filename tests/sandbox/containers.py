"""Containers without an engine: what one would ask of runc for a service of the compose file, or by default.

Nothing is pulled or built: the container's root is this machine's own system, interpreter and working copy, read-only.
What an engine's default profile refuses is stated here as far as a sandbox meets it: making namespaces, and mounting.
"""

import errno
import json
import platform
import shutil
import subprocess
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[2]
SYSTEM: Final = ("/bin", "/etc", "/lib", "/lib32", "/lib64", "/libx32", "/sbin", "/usr")
# What engines cover or write-protect of /proc and /sys. A process file system of one's own can only be mounted where
# nothing covers any of it.
MASKED: Final = (
    "/proc/acpi",
    "/proc/asound",
    "/proc/kcore",
    "/proc/keys",
    "/proc/latency_stats",
    "/proc/scsi",
    "/proc/sched_debug",
    "/proc/timer_list",
    "/proc/timer_stats",
    "/sys/devices/virtual/powercap",
    "/sys/firmware",
)
READ_ONLY: Final = ("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger")
DEFAULT_CAPABILITIES: Final = (
    "CAP_AUDIT_WRITE",
    "CAP_CHOWN",
    "CAP_DAC_OVERRIDE",
    "CAP_FOWNER",
    "CAP_FSETID",
    "CAP_KILL",
    "CAP_MKNOD",
    "CAP_NET_BIND_SERVICE",
    "CAP_NET_RAW",
    "CAP_SETFCAP",
    "CAP_SETGID",
    "CAP_SETPCAP",
    "CAP_SETUID",
    "CAP_SYS_CHROOT",
)
# The flags of clone(2) that ask for a namespace: mount, cgroup, uts, ipc, user, pid, network.
NEW_NAMESPACES: Final = (1 << 17, *(1 << bit for bit in range(25, 31)))
PATHS: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

Json = dict[str, Any]


def service(name: str) -> Json:
    """A service of the compose file, with what it inherits."""
    compose: Json = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    return dict(compose["services"][name])


def by_default(wanted: Json) -> Json:
    """The same service started by somebody who gives no options that loosen or tighten anything."""
    kept = {key: value for key, value in wanted.items() if key not in {"security_opt", "cap_drop"}}
    return {**kept, "security_opt": []}


def specification(wanted: Json, command: Sequence[str], *, root: Path, binds: Sequence[Path] = ()) -> Json:
    """What an engine makes of a service: the runtime's configuration.

    Args:
        wanted: a service of a compose file; its user, root, capabilities, security options and tmpfs count.
        command: to run in it.
        root: the container's root folder.
        binds: paths of this machine that are there as well, read-only, under the same name.
    """
    options = [str(option).replace("=", ":", 1) for option in wanted.get("security_opt", ())]
    profiles = [option.removeprefix("seccomp:") for option in options if option.startswith("seccomp:")]
    uncovered = "systempaths:unconfined" in options
    uid, gid = (int(part) for part in str(wanted.get("user", "0:0")).split(":"))
    kept = () if wanted.get("cap_drop") == ["ALL"] else DEFAULT_CAPABILITIES
    # Who is not root has the bounding set only, as under an engine.
    held = kept if uid == 0 else ()
    return {
        "ociVersion": "1.0.2",
        "process": {
            "user": {"uid": uid, "gid": gid},
            "args": list(command),
            "env": [f"PATH={PATHS}", "HOME=/tmp", "OMP_NUM_THREADS=1", "PYTHONDONTWRITEBYTECODE=1"],
            "cwd": str(ROOT),
            "capabilities": {"bounding": list(kept), "effective": list(held), "permitted": list(held)},
            "noNewPrivileges": "no-new-privileges:true" in options,
        },
        "root": {"path": str(root), "readonly": bool(wanted.get("read_only", False))},
        "hostname": "container",
        "mounts": [*_mounts(wanted.get("tmpfs", ())), *(_bind(path) for path in binds)],
        "linux": {
            "namespaces": [{"type": kind} for kind in ("mount", "network", "uts", "pid", "ipc")],
            "seccomp": _profile(ROOT / profiles[0]) if profiles else _default_profile(),
            "maskedPaths": [] if uncovered else list(MASKED),
            "readonlyPaths": [] if uncovered else list(READ_ONLY),
        },
    }


def run(wanted: Json, command: Sequence[str], folder: Path, *, timeout_s: float) -> "subprocess.CompletedProcess[str]":
    """Run a command in a container whose root is this machine's own.

    Args:
        wanted: the service whose permissions it gets.
        command: to run.
        folder: an empty one, for the bundle.
        timeout_s: after which it is killed.
    """
    root = folder / "root"
    root.mkdir(mode=0o755)
    (root / "mnt").mkdir()
    for path in map(Path, SYSTEM):
        if path.is_symlink():
            (root / path.name).symlink_to(path.readlink())
    interpreter = {Path(sys.base_prefix), Path(sys.prefix).resolve(), ROOT}
    system = [path for path in map(Path, SYSTEM) if path.is_dir() and not path.is_symlink()]
    binds = [*system, *sorted(path for path in interpreter if not any(path.is_relative_to(other) for other in system))]
    (folder / "config.json").write_text(json.dumps(specification(wanted, command, root=root, binds=binds)))
    name = f"chainrule-test-{uuid.uuid4().hex[:12]}"
    runc = str(shutil.which("runc"))
    try:
        return subprocess.run(
            [runc, "run", "--bundle", folder, name],
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout_s,
            stdin=subprocess.DEVNULL,
        )
    finally:
        subprocess.run([runc, "delete", "--force", name], capture_output=True, check=False)


def why_not(folder: Path) -> str:
    """Why no container can be run here; "" where one can."""
    if platform.machine() != "x86_64":
        return f"system calls are listed for x86_64, not {platform.machine()}"
    if shutil.which("runc") is None:
        return "runc is not installed"
    ended = run({"user": "0:0"}, ["true"], folder, timeout_s=30.0)
    return f"runc: {ended.stderr.strip()[-300:]}" if ended.returncode else ""


def _bind(path: Path) -> Json:
    return {"destination": str(path), "type": "bind", "source": str(path), "options": ["rbind", "ro"]}


def _mounts(tmpfs: Sequence[str]) -> list[Json]:
    few = ["nosuid", "noexec", "nodev"]
    terminals = ["nosuid", "noexec", "newinstance"]
    mounts = [
        {"destination": "/proc", "type": "proc", "source": "proc", "options": few},
        {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755", "size=65536k"]},
        {"destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": terminals},
        {"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": [*few, "mode=1777", "size=65536k"]},
        {"destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue", "options": few},
        {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": [*few, "ro"]},
        {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": [*few, "ro"]},
    ]
    for line in tmpfs:
        where, _, options = line.partition(":")
        mounts.append(
            {"destination": where, "type": "tmpfs", "source": "tmpfs", "options": [*few, *options.split(",")]}
        )
    return mounts


def _profile(path: Path) -> Json:
    """A profile of ours, as the runtime takes it: without words."""
    profile: Json = json.loads(path.read_text(encoding="utf-8"))
    profile["syscalls"] = [{k: v for k, v in rule.items() if k != "comment"} for rule in profile["syscalls"]]
    return profile


def _default_profile() -> Json:
    """What engines refuse by default of the calls with which namespaces are made and filled."""
    refused = ["bpf", "keyctl", "mount", "mount_setattr", "pivot_root", "setns", "umount2", "unshare"]
    return {
        "defaultAction": "SCMP_ACT_ALLOW",
        "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
        "syscalls": [
            _refusal(refused, errno.EPERM),
            _refusal(["clone3"], errno.ENOSYS),
            *(_refusal(["clone"], errno.EPERM, flag) for flag in NEW_NAMESPACES),
        ],
    }


def _refusal(names: Sequence[str], error: int, flag: int = 0) -> Json:
    """Calls that fail with an error; with a flag, only where the first argument has it."""
    asked = {"index": 0, "value": flag, "valueTwo": flag, "op": "SCMP_CMP_MASKED_EQ"}
    return {
        "names": list(names),
        "action": "SCMP_ACT_ERRNO",
        "errnoRet": error,
        "args": [asked] if flag else [],
    }
