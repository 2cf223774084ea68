"""Entering a box and trying to get out: what decides the tier.

The attempts run in a real box, as a student's function would. A layer that is announced and does not hold is worse
than none, so every promise of a tier is tried.
"""

import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from grading.domain.assignment import Limits
from grading.domain.errors import AnswerFault
from grading.domain.verdict import Tier
from grading.sandbox.answers import PlainProgram, PlainUnit, SandboxLayer
from grading.sandbox.box import Box
from grading.sandbox.guest.confinement import view

_ROOT: Final = Path(__file__).resolve().parents[2]
MOST_FILES: Final = 50
LIMITS: Final = Limits(call_s=10.0, part_s=30.0, memory_bytes=512 << 20, file_bytes=16 << 20, processes=16)

ATTEMPTS: Final = """
import ctypes, os, signal, socket, sys

def attempt(action):
    try:
        return action()
    except BaseException as refused:
        return None

def connects():
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
        s.settimeout(0.2)
        return s.connect_ex(("127.0.0.1", 9)) != 101

def sends_datagrams():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        return s.sendto(b"x", ("127.0.0.1", 9)) == 1

def reads(path):
    with open(path, "rb") as f:
        return len(f.read(1)) >= 0

def writes(path):
    with open(path, "wb") as f:
        return f.write(b"x") == 1

def others():
    return [p for p in os.listdir("/proc") if p.isdigit() and int(p) not in (1, os.getpid())]

def reads_others():
    for p in others():
        with open(f"/proc/{p}/cmdline", "rb") as f:
            if f.read():
                return True

def signals_parent():
    os.kill(os.getppid(), 0) if os.getppid() else None
    return bool(os.getppid())

def forks():
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    return True

def traces():
    return ctypes.CDLL(None, use_errno=True).ptrace(0, 0, 0, 0) == 0

def unshares():
    return ctypes.CDLL(None, use_errno=True).unshare(0x10000000) == 0

def blind():
    import colorsys  # nobody has imported it so far
    import numpy
    return not all(reads(path) for path in (os.__file__, colorsys.__file__, numpy.__file__))

def probe(canary, package, secrets):
    ours = ("grading/pipeline.py", "reference_models/mlp.py", "api/app.py", "worker/app.py", "cli/main.py")
    secrets = [*secrets, *(entry + "/" + name for entry in sys.path for name in ours)]
    return {
        "uid": os.getuid(),
        "pid": os.getpid(),
        "connect": bool(attempt(connects)),
        "datagram": bool(attempt(sends_datagrams)),
        "shadow": bool(attempt(lambda: reads("/etc/shadow"))),
        "canary": bool(attempt(lambda: reads(canary))),
        "secrets": any(attempt(lambda: reads(path)) for path in secrets),
        "blind": attempt(blind) is not False,
        "write_package": bool(attempt(lambda: writes(package + "/chainrule_probe"))),
        "write_outside": bool(attempt(lambda: writes(canary + ".written"))),
        "others": bool(attempt(reads_others)),
        "parent": bool(attempt(signals_parent)),
        "fork": bool(attempt(forks)),
        "ptrace": bool(attempt(traces)),
        "unshare": bool(attempt(unshares)),
        "environment": sorted(os.environ),
    }
"""

# What must have failed, by tier. In the full tier a box may fork: its namespace dies with it. A "blind" box cannot read
# its own interpreter: our mistake would be charged to students, whose imports fail.
FORBIDDEN: Final[Mapping[Tier, tuple[str, ...]]] = {
    Tier.FULL: (
        "connect",
        "datagram",
        "shadow",
        "canary",
        "secrets",
        "blind",
        "write_package",
        "write_outside",
        "others",
        "parent",
        "ptrace",
        "unshare",
    ),
    Tier.CONTAINED: (
        "connect",
        "datagram",
        "shadow",
        "canary",
        "secrets",
        "blind",
        "write_package",
        "write_outside",
        "others",
        "parent",
        "fork",
        "ptrace",
        "unshare",
    ),
    Tier.NONE: (),
}
NEEDED_LAYERS: Final[Mapping[Tier, tuple[str, ...]]] = {
    Tier.FULL: ("namespaces", "uid", "no_new_privs", "rlimits", "seccomp"),
    Tier.CONTAINED: ("no_new_privs", "rlimits", "landlock", "seccomp"),
    Tier.NONE: (),
}


PROGRAM: Final = PlainProgram("probe.py", "definitions", (PlainUnit("probe", ATTEMPTS),))


@dataclass(frozen=True, slots=True)
class Found:
    """What the probe saw.

    Attributes:
        holds: whether the tier keeps what it promises.
        layers: of the box, and one more for the probe itself.
        broken: attempts that went through and should not have, and layers that are missing.
    """

    holds: bool
    layers: tuple[SandboxLayer, ...]
    broken: tuple[str, ...]


def secrets_in(hidden: Iterable[Path], shown: Iterable[Path | None]) -> list[str]:
    """Some files of our own packages and of the service.

    Args:
        hidden: folders of the service.
        shown: folders below them, perhaps, that boxes may read.
    """
    guest = Path(__file__).resolve().with_name("guest")
    skipped = {str(folder.resolve()) for folder in (guest, *shown) if folder is not None}
    found: list[str] = []
    # Of `grading` every room by itself: rubrics, references and tables of expected behaviour are wanted most.
    rooms = [entry for entry in (_ROOT / "grading").iterdir() if entry.is_dir()]
    for top in (*rooms, *map(Path, view.own_folders()), *hidden):
        files: list[str] = []
        for folder, folders, names in os.walk(top.resolve()):
            folders[:] = [name for name in folders if f"{folder}/{name}" not in skipped]
            files += [f"{folder}/{name}" for name in names]
            if len(files) > MOST_FILES:
                break
        found += files[:MOST_FILES]
    return [path for path in found if os.path.isfile(path)]  # noqa: PTH113 - text, for the box


def run(box: Box, tier: Tier, secrets: list[str]) -> Found:
    """Try to break out of a box that holds `PROGRAM`.

    Args:
        box: to break out of.
        tier: that it promises to be of.
        secrets: files that it must not be able to read.

    Raises:
        HouseFault: the box did not even answer.
    """
    package = str(Path(tempfile.__file__).parent)
    with tempfile.NamedTemporaryFile(prefix="chainrule-canary-") as canary:
        canary.write(b"canary")
        canary.flush()
        os.chmod(canary.name, 0o644)  # noqa: PTH101 - file permissions alone must not be what protects it
        try:
            box.load()
            seen = box.call("probe", canary.name, package, secrets)
        except AnswerFault as fault:
            return Found(holds=tier is Tier.NONE, layers=box.layers, broken=(f"the probe failed: {fault}",))
        escaped = Path(canary.name + ".written")
        # The box may have a /tmp of its own to write to; what counts is whether the file turned up in ours.
        seen["write_outside"] = escaped.exists()
        escaped.unlink(missing_ok=True)
    broken = [name for name in FORBIDDEN[tier] if seen.get(name) is not False]
    standing = {layer.name for layer in box.layers if layer.holds}
    broken += [f"no {name}" for name in NEEDED_LAYERS[tier] if name not in standing]
    detail = f"{len(FORBIDDEN[tier])} ways out tried" + (f"; open: {', '.join(broken)}" if broken else "")
    layers = (*box.layers, SandboxLayer("probe", holds=not broken, detail=detail))
    return Found(holds=not broken, layers=layers, broken=tuple(broken))
