"""The fork that becomes the student: gives everything up, waits for its request, answers until the wire closes."""

import contextlib
import gc
import os
import signal
import socket
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from ..confinement import layers as confinement
from ..confinement import syscalls, view
from ..confinement.layers import ConfinementLayer
from ..program.output import Printed
from ..watching import integrity
from ..wire import control
from ..wire import frames as wire
from . import answering

INNER_ID = confinement.INNER_ID
SPARE = "chainrule-spare"


@dataclass(frozen=True, slots=True)
class StudentPlace:
    """Where a student is born.

    Attributes:
        hatch: descriptor over which the open request and the wire will come.
        namespaces: pidfd of the box's init, -1 where there is none.
        cgroups: descriptors to join control groups by, under their kinds.
        settings: of the warden.
        image: name of the zygote.
        folder: private, of a student without namespaces.
        uid: that a student without namespaces gets, -1 where it keeps ours.
        tier: full, contained or none.
        inner_root: whether this process is root in its user namespace.
        granted: whether it may use the granted devices.
    """

    hatch: int
    namespaces: int
    cgroups: dict[str, int]
    settings: dict[str, Any]
    image: str
    folder: str
    uid: int
    tier: str
    inner_root: bool
    granted: bool = False


def main(place: StudentPlace) -> NoReturn:
    """Confine this process, wait for a request, serve. What goes wrong before `ready` is told as the house's fault."""
    syscalls.name_process(SPARE)
    layers = [confinement.join_cgroups(place.cgroups)]
    fault = ""
    hatch, namespaces = _close_others(place.hatch, place.namespaces)
    try:
        _confine(place, namespaces, layers)
    except BaseException as refused:
        fault = f"{type(refused).__name__}: {refused}"
    channel = socket.socket(fileno=hatch)
    try:
        request, descriptors = control.receive(channel)
    except control.Gone:
        os._exit(0)
    channel.close()
    syscalls.name_process("student")
    descriptor = descriptors[0]
    os.set_inheritable(descriptor, False)
    try:
        if fault:
            raise OSError(fault)  # noqa: TRY301 - told like any other fault
        _serve(request, place, descriptor, layers)
    except BaseException as refused:
        _say_fault(descriptor, f"{type(refused).__name__}: {refused}")
    os._exit(0)


def _confine(place: StudentPlace, namespaces: int, layers: list[ConfinementLayer]) -> None:
    """All that does not depend on the request."""
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL if number != signal.SIGXFSZ else signal.SIG_IGN)
    os.setsid()
    own_view = namespaces >= 0
    if own_view:
        layers.append(confinement.enter_namespaces(namespaces))
        os.close(namespaces)
        layers.append(confinement.become_nobody(INNER_ID, change=place.inner_root))
    else:
        layers.append(ConfinementLayer("namespaces", holds=False, detail="not available here"))
        layers.append(confinement.become_nobody(place.uid, change=place.uid >= 0))
    confinement.die_with_parent()
    layers.append(confinement.forbid_new_privileges())
    if place.tier == "none":
        return
    extra = [str(place.settings[key]) for key in ("data", "checkpoints") if place.settings.get(key)]
    writable = [view.BOX, "/tmp", "/dev/shm"] if own_view else [place.folder]
    hidden = tuple(place.settings["hidden"])
    devices = (*view.DEVICES, *(place.settings["granted"] if place.granted else ()))
    layers.append(
        confinement.hide_files(own_view=own_view, hidden=hidden, extra=extra, writable=writable, devices=devices)
    )
    layers.append(confinement.filter_calls(contained=not own_view))


def _serve(request: dict[str, Any], place: StudentPlace, descriptor: int, layers: list[ConfinementLayer]) -> None:
    """Take on the request's limits and answer questions, to the end."""
    own_view = place.namespaces >= 0
    box = view.BOX if own_view else place.folder
    layers.append(
        confinement.limit_resources(
            memory_bytes=int(request["memory_bytes"]),
            file_bytes=int(request["file_bytes"]),
            processes=int(request["processes"]),
            cpu_s=float(request["cpu_s"]),
            gpu=request.get("device") == "cuda",
        )
    )
    integrity.lay_bait(f"{box}/home", str(request["bait"]))
    printed = _settle(box, int(request["output_bytes"]))
    answering.Answering(
        wire.adopt(descriptor),
        printed=printed,
        layers=layers,
        limits=request,
        image=place.image,
        work=Path(box, "work"),
        paths={
            "data": view.DATA if own_view else str(place.settings.get("data") or ""),
            "checkpoints": view.CHECKPOINTS if own_view else str(place.settings.get("checkpoints") or ""),
        },
    ).run()


def _close_others(descriptor: int, namespaces: int) -> tuple[int, int]:
    """Keep the hatch and the way into the namespaces, and nothing else that a zygote had open."""
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
