"""The warden: opens boxes, watches them, ends them. Small, single-threaded, standard library only.

Whatever happens to any part of a box (the host closes the lifeline, the student dies, the deadline passes, memory runs
over), the rest is killed, and the host is told once, when all of it is dead.
"""

import contextlib
import itertools
import json
import os
import signal
import socket
import sys
import time
from dataclasses import dataclass
from typing import Any, NoReturn

from . import cgroups, memory, messages, syscalls, view, zygote
from .loop import Loop
from .places import OUTER_ID_RANGE, OUTER_IDS, Place, Places, close_all_but

TICK_S = 0.05
IDLE_S = 2.0


@dataclass(slots=True)
class Box:
    """One open request and what became of it.

    Attributes:
        number: of the box, the first is 1.
        cause: why it ends; "" while it lives. The first one stays.
        ended: what the zygote said about the student's end.
        passed_on: whether the zygote was asked to fork.
        folder: of a box without namespaces.
    """

    name: str
    number: int
    request: dict[str, Any]
    wire: int
    lifeline: socket.socket
    deadline: float
    place: Place | None = None
    student: int = 0
    pidfd: int = -1
    baseline: int = 0
    cause: str = ""
    detail: str = ""
    ended: dict[str, Any] | None = None
    passed_on: bool = False
    folder: str = ""


@dataclass(slots=True)
class Image:
    """One zygote."""

    name: str
    pid: int
    channel: socket.socket
    ready: bool = False


class Warden:
    """The loop and everything it owns.

    Args:
        control: where open requests come from.
        settings: what the host's SandboxConfig says, as JSON.
    """

    def __init__(self, control: socket.socket, settings: dict[str, Any]) -> None:
        self.control = control
        self.settings = settings
        self.inner_root = os.geteuid() == 0
        self.tier = "full"
        self.why = ""
        self.cgroups: cgroups.Cgroups | None = None
        self.images: dict[str, Image] = {}
        self.boxes: dict[str, Box] = {}
        self.numbers = itertools.count(1)
        self.waiting: list[Box] = []
        self.trash: list[str] = []
        self.loop = Loop()
        self.places = Places(
            self.loop,
            inner_root=self.inner_root,
            on_free=self._match,
            on_sized=self._on_sized,
            on_lost=self._on_lost,
        )

    # -- Start ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Take the place that the kernel allows, start the zygotes, say hello."""
        if self.settings.get("cgroups", True):
            with contextlib.suppress(OSError):
                self.cgroups = cgroups.Cgroups()
        wanted = self.settings.get("tier", "full")
        if wanted == "full":
            self._enter_view()
        else:
            self.tier = wanted
        for name in self.settings["images"]:
            self._start_image(name)
        self.loop.listen(self.control, self._on_request)
        self._top_up()
        messages.send(self.control, {"hello": os.getpid(), "tier": self.tier, "why": self.why})

    def _enter_view(self) -> None:
        try:
            view.leave_host(inner_root=self.inner_root)
            view.enter(
                data=self.settings.get("data"),
                checkpoints=self.settings.get("checkpoints"),
                hidden=self.settings["hidden"],
            )
        except OSError as fault:
            # Too late to go back into the host's files after a half-made view: start over without one.
            if self.settings.get("retry", True):
                again = json.dumps({**self.settings, "tier": "contained", "retry": False, "why": str(fault)})
                self.control.set_inheritable(True)
                os.execv(  # noqa: S606 - our own interpreter, with our own arguments
                    sys.executable, [sys.executable, "-s", "-P", sys.argv[0], str(self.control.fileno()), again]
                )
            raise

    def _start_image(self, name: str) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            keep = theirs.detach()
            close_all_but(keep)
            zygote.main(name, socket.socket(fileno=keep), self.settings, tier=self.tier, inner_root=self.inner_root)
        theirs.close()
        image = self.images[name] = Image(name, pid, ours)
        self.loop.listen(ours, lambda: self._on_image(image))

    # -- The loop ---------------------------------------------------------------------------------------------------

    def run(self) -> NoReturn:
        """Until the host closes the control socket."""
        while True:
            busy = bool(self.boxes or self.trash or self.places.unfinished)
            if not self.loop.turn(TICK_S if busy else IDLE_S):
                self._top_up()
            syscalls.reap()
            self._watch()

    def _top_up(self) -> None:
        """Have some places ready, and one for everybody who waits."""
        if self.tier == "full":
            self.places.top_up(len(self.waiting))

    def _on_request(self) -> None:
        try:
            request, descriptors = messages.receive(self.control, wait=False)
        except messages.Gone:
            self._close()
        if request.get("op") != "open" or len(descriptors) != 2:  # noqa: PLR2004 - wire and lifeline
            messages.close(descriptors)
            return
        lifeline = socket.socket(fileno=descriptors[1])
        number = next(self.numbers)
        deadline = time.monotonic() + float(request["wall_s"])
        box = Box(f"box-{number}", number, request, descriptors[0], lifeline, deadline)
        self.boxes[box.name] = box
        self.loop.listen(lifeline, lambda: self._on_lifeline(box))
        if request["image"] not in self.images:
            self._kill(box, "house", f"no image called {request['image']}")
        elif self.tier == "full":
            self.waiting.append(box)
            self._match()
        else:
            self._lay_folder(box)
            if self.images[request["image"]].ready:
                self._pass_on(box)

    def _on_lifeline(self, box: Box) -> None:
        try:
            messages.receive(box.lifeline, wait=False)
        except messages.Gone:
            box.cause = box.cause or "closed"
        self._kill(box, "ended", "")

    def _on_image(self, image: Image) -> None:
        try:
            body, descriptors = messages.receive(image.channel, wait=False)
        except messages.Gone:
            self._lose(image)
            return
        if body.get("ready"):
            image.ready = True
            messages.close(descriptors)
            for waiting in [b for b in self.boxes.values() if b.request["image"] == image.name and not b.passed_on]:
                if waiting.folder or (waiting.place is not None and waiting.place.step == "sized"):
                    self._pass_on(waiting)
            return
        box = self.boxes.get(str(body.get("box")))
        if box is None:
            messages.close(descriptors)
            return
        if "born" in body:
            box.student = int(body["born"])
            box.pidfd = descriptors[0] if descriptors else -1
            box.baseline = memory.resident(box.student)
            if box.cause:
                self._kill(box, box.cause, box.detail)
        elif "gone" in body:
            box.ended = body
            self._kill(box, "", "")

    def _lose(self, image: Image) -> None:
        """A zygote died. Its boxes die with it; another takes its place."""
        self.loop.forget(image.channel)
        for box in list(self.boxes.values()):
            if box.request["image"] == image.name and box.passed_on and box.ended is None:
                box.ended = {"status": 0, "cpu_s": 0.0, "peak_bytes": 0}
                self._kill(box, "house", "the zygote died")
        with contextlib.suppress(OSError):
            os.kill(image.pid, signal.SIGKILL)
        self._start_image(image.name)

    # -- Places -----------------------------------------------------------------------------------------------------

    def _match(self) -> None:
        """Give prepared places to waiting boxes."""
        while self.waiting:
            box = self.waiting[0]
            box.place = self.places.take(box.name, int(box.request["file_bytes"]))
            if box.place is None:
                break
            self.waiting.remove(box)
            self._on_sized(box.place)
        self._top_up()

    def _on_sized(self, place: Place) -> None:
        """The place is ready; once the zygote is, so is the box."""
        box = self.boxes.get(place.box)
        if box is None or box.passed_on or place.step != "sized":
            return
        if self.images[box.request["image"]].ready:
            self._pass_on(box)

    def _on_lost(self, place: Place, why: str) -> None:
        """Everything in a place is dead."""
        box = self.boxes.get(place.box)
        if box is not None:
            if why:
                self._kill(box, "house", why)
            box.place = None
            self._bury(box)
        elif not place.box and why and self.waiting:
            # Namespaces cannot be made any more: whoever waits longest is told, instead of all waiting for ever.
            self._kill(self.waiting[0], "house", why)

    # -- Boxes ------------------------------------------------------------------------------------------------------

    def _pass_on(self, box: Box) -> None:
        """Ask the zygote for a student in the prepared place."""
        joins: list[int] = []
        request, place = box.request, box.place
        if self.cgroups is not None:
            joins = self.cgroups.open(
                box.name,
                memory_bytes=int(request["memory_bytes"]) + int(request["file_bytes"]),
                processes=int(request["processes"]) + 2,
            )
        descriptors = [box.wire, *([place.pidfd] if place else []), *joins]
        body = {**request, "box": box.name, "namespaces": place is not None, "folder": box.folder}
        body["uid"] = self._outer_id(box)
        box.passed_on = True
        try:
            messages.send(self.images[request["image"]].channel, body, tuple(descriptors))
        except messages.Gone:
            box.passed_on = False
            self._kill(box, "house", "the zygote is gone")
        finally:
            messages.close([box.wire, *joins])
            box.wire = -1

    def _outer_id(self, box: Box) -> int:
        """Without namespaces: the uid that its student gets, -1 where it keeps ours."""
        may_change = self.inner_root and zygote.others_reach_interpreter()
        return OUTER_IDS + box.number % OUTER_ID_RANGE if may_change else -1

    def _lay_folder(self, box: Box) -> None:
        """Without namespaces: private folders in the run folder, which Landlock alone guards."""
        box.folder = f"{self.settings['run_dir']}/{box.name}"
        uid = self._outer_id(box)
        for folder in ("", "/work", "/home", "/tmp", "/shm"):
            os.mkdir(box.folder + folder, 0o700)
            if uid >= 0:
                os.chown(box.folder + folder, uid, uid)

    def _kill(self, box: Box, cause: str, detail: str) -> None:
        """End every process of the box. The first cause stays; it is buried when all are dead."""
        if not box.cause:
            box.cause, box.detail = cause, detail
        if box in self.waiting:
            self.waiting.remove(box)
        if box.pidfd >= 0 and box.ended is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(box.pidfd, signal.SIGKILL)
        if box.place is not None:
            self.places.end(box.place)
        elif box.student:
            memory.kill_descendants(box.student)
        self._bury(box)

    def _bury(self, box: Box) -> None:
        """Once everything of the box is dead: tell the host, forget it."""
        if box.place is not None or (box.passed_on and box.ended is None):
            return
        if self.boxes.pop(box.name, None) is None:
            return
        ended = box.ended or {}
        cause, detail, peak = box.cause, box.detail, int(ended.get("peak_bytes", 0))
        if self.cgroups is not None:
            peak = self.cgroups.peak(box.name) or peak
            if cause in ("", "ended") and self.cgroups.overflowed(box.name):
                cause = "memory"
            if not self.cgroups.remove(box.name):
                self.trash.append(box.name)
        if cause == "":
            cause, detail = _how_it_ended(int(ended.get("status", 0)))
        with contextlib.suppress(messages.Gone, OSError):
            messages.send(
                box.lifeline,
                {"ended": cause, "detail": detail, "cpu_s": ended.get("cpu_s", 0.0), "peak_bytes": peak},
            )
        self.loop.forget(box.lifeline)
        messages.close([d for d in (box.wire, box.pidfd) if d >= 0])
        if box.folder:
            memory.remove_tree(box.folder)

    def _watch(self) -> None:
        now = time.monotonic()
        for box in list(self.boxes.values()):
            if box.cause:
                continue
            if now > box.deadline:
                self._kill(box, "deadline", "its time was up")
            elif self.cgroups is not None and self.cgroups.overflowed(box.name):
                # The kernel killed one process, perhaps a child; the box is over.
                self._kill(box, "memory", "")
            elif box.student and (self.cgroups is None or not self.cgroups.kinds):
                roots = [box.student, *([box.place.pid] if box.place else [])]
                if memory.overflows(roots, box.baseline, int(box.request["memory_bytes"])):
                    self._kill(box, "memory", "")
            if box.folder and memory.folder_bytes(box.folder) > int(box.request["file_bytes"]):
                self._kill(box, "disk", "")
        self.places.sweep(now)
        if self.cgroups is not None:
            self.trash = [name for name in self.trash if not self.cgroups.remove(name)]

    def _close(self) -> NoReturn:
        """The host is gone: so is everything else. Zygotes and boxes die with this process."""
        boxes = list(self.boxes.values())
        self.places.close()
        for box in boxes:
            if box.student:
                memory.kill_descendants(box.student)
        for image in self.images.values():
            with contextlib.suppress(ProcessLookupError):
                os.kill(image.pid, signal.SIGKILL)
        if self.cgroups is not None:
            self.cgroups.close([*self.trash, *(box.name for box in boxes)])
        for box in boxes:
            if box.folder:
                memory.remove_tree(box.folder)
        os._exit(0)


def main(control: int, settings: str) -> None:
    """Be the warden, to the end."""
    syscalls.name_process("chainrule-ward")
    # Orphans of boxes' builders come to us; an interrupt at the host's terminal is the host's to handle.
    syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    chosen = json.loads(settings)
    warden = Warden(socket.socket(fileno=control), chosen)
    warden.why = str(chosen.get("why", ""))
    warden.start()
    warden.run()


def _how_it_ended(status: int) -> tuple[str, str]:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGXCPU:
            return "cpu", "its processor time was up"
        try:
            return "signal", signal.Signals(number).name
        except ValueError:
            return "signal", str(number)
    return "exit", str(os.WEXITSTATUS(status)) if os.WIFEXITED(status) else "stopped"
