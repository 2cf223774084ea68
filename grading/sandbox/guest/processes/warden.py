"""The warden: opens boxes, watches them, ends them. Small, single-threaded, standard library only.

Whatever happens to any part of a box (the host closes the lifeline, the student dies, the deadline passes, memory runs
over), the rest is killed, and the host is told once, when all of it is dead.
"""

import contextlib
import json
import os
import signal
import socket
import time
from dataclasses import dataclass
from typing import Any, NoReturn

from ..confinement import cgroups, syscalls, view
from ..wire import control as messages
from . import images, memory
from .loop import Loop
from .places import Place, Places
from .students import StudentProcess, Students

TICK_S = 0.05
IDLE_S = 2.0
# Spare students are made when nobody has asked for anything for so long.
BREATH_S = 0.005


@dataclass(slots=True)
class OpenRequest:
    """One open request and what became of it.

    Attributes:
        cause: why it ends; "" while it lives. The first one stays.
        company: most processes seen that the program started itself.
    """

    name: str
    request: dict[str, Any]
    wire: int
    lifeline: socket.socket
    deadline: float
    student: StudentProcess | None = None
    cause: str = ""
    detail: str = ""
    company: int = 0

    @property
    def granted(self) -> bool:
        """Whether it gets the granted devices."""
        return self.request.get("device") == "cuda"


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
        self.tier = str(settings["tier"])
        self.cgroups: cgroups.Cgroups | None = None
        self.boxes: dict[str, OpenRequest] = {}
        self.waiting: list[OpenRequest] = []
        self.trash: list[str] = []
        self.opened = 0
        self.loop = Loop()

    # -- Start ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Take the place that the kernel allows, start the zygotes, say hello."""
        if self.settings.get("cgroups", True):
            with contextlib.suppress(OSError):
                self.cgroups = cgroups.Cgroups()
        if self.tier == "full":
            self._enter_view()
        self.images = images.Images(
            self.loop,
            images.child(self.settings, tier=self.tier, inner_root=self.inner_root),
            on_ready=self._match,
            on_word=self._on_word,
            on_lost=self._on_image_lost,
        )
        self.places = Places(
            self.loop,
            inner_root=self.inner_root,
            on_free=self._match,
            on_sized=self._on_sized,
            on_lost=self._on_place_lost,
        )
        self.students = Students(
            self.images,
            self.places if self.tier == "full" else None,
            self.cgroups,
            run_dir=str(self.settings["run_dir"]),
            spares=int(self.settings.get("spares", 1)),
            inner_root=self.inner_root,
            on_end=self._on_student_end,
        )
        for name in self.settings["images"]:
            self.images.start(name)
        self.loop.listen(self.control, self._on_request)
        self._top_up_places()
        messages.send(self.control, {"hello": os.getpid()})

    def _enter_view(self) -> None:
        try:
            view.leave_host(inner_root=self.inner_root)
            view.enter(
                data=self.settings.get("data"),
                checkpoints=self.settings.get("checkpoints"),
                hidden=self.settings["hidden"],
                granted=self.settings["granted"],
            )
        except OSError as fault:
            # Too late to go back to the host's users and files after a half-made view: the host starts another warden.
            messages.send(self.control, {"refused": str(fault)})
            os._exit(0)

    # -- The loop ---------------------------------------------------------------------------------------------------

    def run(self) -> NoReturn:
        """Until the host closes the control socket."""
        while True:
            busy = bool(self.boxes or self.trash or self.places.unfinished)
            lacking = self.students.lacking
            if not self.loop.turn(BREATH_S if lacking else TICK_S if busy else IDLE_S):
                self.students.top_up()
                self._top_up_places()
            syscalls.reap()
            self._watch()

    def _top_up_places(self) -> None:
        """Have some places ready, and one for everybody who waits."""
        if self.tier == "full":
            granted = sum(1 for box in self.waiting if box.granted)
            self.places.top_up(len(self.waiting) - granted, granted=granted)

    def _on_request(self) -> None:
        try:
            request, descriptors = messages.receive(self.control, wait=False)
        except messages.Gone:
            self._close()
        if request.get("op") != "open" or len(descriptors) != 2:  # noqa: PLR2004 - wire and lifeline
            messages.close(descriptors)
            return
        lifeline = socket.socket(fileno=descriptors[1])
        self.opened += 1
        deadline = time.monotonic() + float(request["wall_s"])
        box = OpenRequest(f"box-{self.opened}", request, descriptors[0], lifeline, deadline)
        self.boxes[box.name] = box
        self.loop.listen(lifeline, lambda: self._on_lifeline(box))
        if request["image"] not in self.images:
            self._kill(box, "house", f"no image called {request['image']}")
            return
        self.images.start(str(request["image"]))
        self.waiting.append(box)
        self._match()

    def _on_lifeline(self, box: OpenRequest) -> None:
        try:
            messages.receive(box.lifeline, wait=False)
        except messages.Gone:
            box.cause = box.cause or "closed"
            box.detail = box.detail or self._waits(box)
        self._kill(box, "ended", "")

    def _waits(self, box: OpenRequest) -> str:
        """What a box that has not begun waits for."""
        if box.student is None:
            return "it waited for " + (self.images.waits(str(box.request["image"])) or "a place")
        if not box.student.passed_on:
            return "it waited for its folders"
        return "" if box.student.pid else "it waited for its process"

    def _on_word(self, body: dict[str, Any], descriptors: list[int]) -> None:
        self.students.hear(body, descriptors)

    def _on_image_lost(self, image: str, why: str) -> None:
        """A zygote died, and its students with it. Where it was warm another takes its place."""
        self.students.lose_image(image, why)
        if not self.images.running(image):
            for box in [box for box in self.waiting if box.request["image"] == image]:
                self._kill(box, "house", why)

    def _on_sized(self, place: Place) -> None:
        for box in self.boxes.values():
            if box.student is not None and box.student.place is place:
                self._pass_on(box)
                return

    def _on_place_lost(self, place: Place, why: str) -> None:
        if place.box:
            self.students.lose_place(place, why)
        elif why:
            self.students.rest()
            if self.waiting:
                # Namespaces cannot be made any more: whoever waits longest is told, instead of all waiting for ever.
                self._kill(self.waiting[0], "house", why)

    # -- Boxes ------------------------------------------------------------------------------------------------------

    def _match(self) -> None:
        """Give students to waiting boxes."""
        for box in list(self.waiting):
            if not self.images.is_ready(str(box.request["image"])):
                continue
            student = self.students.take(str(box.request["image"]), box.name, granted=box.granted)
            if student is None:
                self._top_up_places()
                continue
            self.waiting.remove(box)
            box.student = student
            if self.cgroups is not None:
                student.counted = self.cgroups.limit(
                    student.name,
                    memory_bytes=int(box.request["memory_bytes"]) + int(box.request["file_bytes"]),
                    processes=int(box.request["processes"]) + 2,
                    cores=float(self.settings.get("cores", 1.0)),
                )
            if student.place is not None:
                self.places.size(student.place, int(box.request["file_bytes"]))
            if student.place is None or student.place.step == "sized":
                self._pass_on(box)

    def _pass_on(self, box: OpenRequest) -> None:
        """Put the request and the wire through the student's hatch."""
        student = box.student
        if student is None or student.passed_on or student.dying:
            return
        student.passed_on = True
        try:
            messages.send(student.hatch, box.request, (box.wire,))
        except messages.Gone:
            self._kill(box, "house", "its process died before it was asked")
        finally:
            messages.close([box.wire])
            box.wire = -1

    def _kill(self, box: OpenRequest, cause: str, detail: str) -> None:
        """End every process of the box. The first cause stays; it is buried when all are dead."""
        if not box.cause:
            box.cause, box.detail = cause, detail
        if box in self.waiting:
            self.waiting.remove(box)
        if box.student is not None:
            self.students.kill(box.student)
        else:
            self._tell_end(box, {}, 0)

    def _on_student_end(self, student: StudentProcess) -> None:
        """Everything of a student is dead: so is its box."""
        peak, overflowed = 0, False
        if self.cgroups is not None:
            peak, overflowed = self.cgroups.peak(student.name), self.cgroups.overflowed(student.name)
            if not self.cgroups.remove(student.name):
                self.trash.append(student.name)
        box = self.boxes.get(student.box)
        if box is None:
            return
        ended = student.ended or {}
        if overflowed and box.cause in ("", "ended"):
            box.cause = "memory"
        if student.why and not box.cause:
            box.cause, box.detail = "house", student.why
        if not box.cause:
            box.cause, box.detail = _how_it_ended(int(ended.get("status", 0)))
        self._tell_end(box, ended, peak or int(ended.get("peak_bytes", 0)))

    def _tell_end(self, box: OpenRequest, ended: dict[str, Any], peak: int) -> None:
        """Tell the host, forget it."""
        if self.boxes.pop(box.name, None) is None:
            return
        last = {
            "ended": box.cause,
            "detail": box.detail,
            "cpu_s": ended.get("cpu_s", 0.0),
            "peak_bytes": peak,
            "company": box.company,
        }
        with contextlib.suppress(messages.Gone, OSError):
            messages.send(box.lifeline, last)
        self.loop.forget(box.lifeline)
        messages.close([box.wire] if box.wire >= 0 else [])

    def _watch(self) -> None:
        now = time.monotonic()
        for box in list(self.boxes.values()):
            student = box.student
            if box.cause:
                continue
            own = memory.tree([student.pid]) if student is not None and student.pid else []
            box.company = max(box.company, len(own) - 1)
            if now > box.deadline:
                self._kill(box, "deadline", "its time was up")
            elif student is not None and self._overflows(box, student, own):
                self._kill(box, "memory", "")
            elif student is not None and student.folder and _holds_more(student.folder, box.request):
                self._kill(box, "disk", "")
        self.places.sweep(now)
        if self.cgroups is not None:
            self.trash = [name for name in self.trash if not self.cgroups.remove(name)]

    def _overflows(self, box: OpenRequest, student: StudentProcess, own: list[int]) -> bool:
        if self.cgroups is not None and student.counted and self.cgroups.counts(student.name):
            # The kernel killed one process, perhaps a child; the box is over.
            return self.cgroups.overflowed(student.name)
        if not student.pid:
            return False
        roots = [student.place.pid] if student.place else []
        return memory.overflows(roots, student.baseline, int(box.request["memory_bytes"]), own)

    def _close(self) -> NoReturn:
        """The host is gone: so is everything else. Zygotes and students die with this process."""
        self.places.close()
        self.images.kill()
        self.students.close()
        if self.cgroups is not None:
            self.cgroups.close([*self.trash, *self.students.names()], syscalls.reap)
        os._exit(0)


def main(control: int, settings: str) -> None:
    """Be the warden, to the end."""
    syscalls.name_process("chainrule-ward")
    # Orphans of boxes' builders come to us; an interrupt at the host's terminal is the host's to handle.
    syscalls.prctl(syscalls.PR_SET_CHILD_SUBREAPER, 1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    warden = Warden(socket.socket(fileno=control), json.loads(settings))
    warden.start()
    warden.run()


def _holds_more(folder: str, request: dict[str, Any]) -> bool:
    return memory.folder_bytes(folder) > int(request["file_bytes"])


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
