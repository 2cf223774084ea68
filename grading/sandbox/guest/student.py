"""The fork that becomes the student: gives everything up, says `ready`, answers questions until the wire closes."""

import contextlib
import gc
import os
import signal
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from . import confinement, service, syscalls, view, wire
from .confinement import Layer
from .output import Printed

INNER_ID = confinement.INNER_ID


@dataclass(frozen=True, slots=True)
class Place:
    """Where a student is born.

    Attributes:
        wire: descriptor of the guest's end.
        namespaces: pidfd of the box's init, -1 where there is none.
        cgroups: descriptors to join by.
        settings: of the warden.
        image: name of the zygote.
        tier: full, contained or none.
        inner_root: whether this process is root in its user namespace.
    """

    wire: int
    namespaces: int
    cgroups: list[int]
    settings: dict[str, Any]
    image: str
    tier: str
    inner_root: bool


def main(request: dict[str, Any], place: Place) -> NoReturn:
    """Confine this process and serve. Whatever goes wrong before `ready` is told as a fault of the house."""
    syscalls.name_process("student")
    layers = [confinement.join_cgroups(place.cgroups)]
    descriptor, namespaces = _close_others(place.wire, place.namespaces)
    try:
        _become(request, place, descriptor, namespaces, layers)
    except BaseException as fault:
        _say_fault(descriptor, f"{type(fault).__name__}: {fault}")
    os._exit(0)


def _become(request: dict[str, Any], place: Place, descriptor: int, namespaces: int, layers: list[Layer]) -> None:
    settings = place.settings
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL if number != signal.SIGXFSZ else signal.SIG_IGN)
    os.setsid()
    if namespaces >= 0:
        layers.append(confinement.enter_namespaces(namespaces))
        os.close(namespaces)
    else:
        layers.append(Layer("namespaces", holds=False, detail="not available here"))
    box = view.BOX if namespaces >= 0 else str(request["folder"])
    layers.append(
        confinement.limit_resources(
            memory_bytes=int(request["memory_bytes"]),
            file_bytes=int(request["file_bytes"]),
            processes=int(request["processes"]),
            cpu_s=float(request["cpu_s"]),
            gpu=request.get("device") == "cuda",
        )
    )
    if namespaces >= 0:
        layers.append(confinement.become_nobody(INNER_ID, change=place.inner_root))
    else:
        uid = int(request["uid"])
        layers.append(confinement.become_nobody(uid, change=uid >= 0))
    confinement.die_with_parent()
    layers.append(confinement.forbid_new_privileges())
    printed = _settle(box, int(request["output_bytes"]))
    extra = [str(settings[key]) for key in ("data", "checkpoints") if settings.get(key)]
    writable = [box, "/tmp", "/dev/shm"] if namespaces >= 0 else [box]
    if place.tier != "none":
        layers.append(
            confinement.hide_files(
                own_view=namespaces >= 0, hidden=tuple(settings["hidden"]), extra=extra, writable=writable
            )
        )
        layers.append(confinement.filter_calls(contained=namespaces < 0))
    service.Service(
        wire.adopt(descriptor),
        printed=printed,
        layers=layers,
        limits=request,
        image=place.image,
        work=Path(box, "work"),
        paths={
            "data": view.DATA if namespaces >= 0 else str(settings.get("data") or ""),
            "checkpoints": view.CHECKPOINTS if namespaces >= 0 else str(settings.get("checkpoints") or ""),
        },
    ).run()


def _close_others(descriptor: int, namespaces: int) -> tuple[int, int]:
    """Keep the wire and the way into the namespaces, and nothing else that a zygote had open."""
    os.dup2(descriptor, 200)
    if namespaces >= 0:
        os.dup2(namespaces, 201)
    null = os.open("/dev/null", os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)
    os.closerange(3, 200)
    os.closerange(202 if namespaces >= 0 else 201, 65_536)
    os.dup2(200, 3, inheritable=False)
    os.close(200)
    if namespaces >= 0:
        os.dup2(201, 4, inheritable=False)
        os.close(201)
        return 3, 4
    return 3, -1


def _settle(box: str, output_bytes: int) -> Printed:
    """Home, temporary folder, standard streams; the collector awake again."""
    os.umask(0o022)
    os.environ.update(
        {"HOME": f"{box}/home", "TMPDIR": f"{box}/tmp", "MPLCONFIGDIR": f"{box}/home", "PWD": f"{box}/work"}
    )
    tempfile.tempdir = None
    os.chdir(f"{box}/work")
    sys.path.insert(0, f"{box}/work")
    sys.argv = ["program.py"]
    printed = Printed(output_bytes)
    printed.connect()
    gc.enable()
    return printed


def _say_fault(descriptor: int, text: str) -> None:
    # Where nobody is listening, the warden tells the host that we are gone.
    with contextlib.suppress(OSError, wire.Closed, wire.LateError):
        wire.send(wire.adopt(descriptor), wire.encode({"house": text}, {}))
