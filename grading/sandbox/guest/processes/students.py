"""Students: forks of a zygote, each in a place of its own, some made in advance.

All that confines a student and does not depend on its request is done when it is made: namespaces, control groups (to
join one waits some 10 ms for the kernel), uid, Landlock, seccomp. Then it waits at its *hatch* for the open request and
the wire. Each serves one box, and dies with it.
"""

import contextlib
import itertools
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..confinement.cgroups import Cgroups
from ..wire import control as messages
from . import memory, zygote
from .images import Images
from .places import OUTER_ID_RANGE, OUTER_IDS, Place, Places

# After a spare one died unused, or a place could not be made, none is made in advance for so long: whatever it was,
# trying again at once would only load the machine.
REST_S = 1.0


@dataclass(slots=True)
class StudentProcess:
    """One fork.

    Attributes:
        hatch: to it, until its request has gone through.
        folder: of one without namespaces.
        box: name of the box that has it, "" while it is spare.
        passed_on: whether it has its request.
        ended: what the zygote said about its end.
        baseline: bytes resident when it was born.
        counted: whether the kernel keeps its limit on memory.
        dying: whether it is to end.
        why: it died of something of ours.
    """

    name: str
    image: str
    hatch: socket.socket
    place: Place | None = None
    folder: str = ""
    pid: int = 0
    pidfd: int = -1
    baseline: int = 0
    counted: bool = False
    box: str = ""
    passed_on: bool = False
    ended: dict[str, Any] | None = None
    dying: bool = False
    why: str = ""

    @property
    def is_free(self) -> bool:
        """Whether a box can have it."""
        return not self.box and not self.dying and self.ended is None


class Students:
    """All students, spare and taken.

    Args:
        images: that they are forked from.
        places: that they are put in; None in a tier without namespaces.
        cgroups: that count them, if any.
        run_dir: where folders are made for students without a place.
        spares: how many to have ready for each image.
        inner_root: whether this process may give them uids of their own.
        on_end: called when everything of one is dead.
    """

    def __init__(
        self,
        images: Images,
        places: Places | None,
        cgroups: Cgroups | None,
        *,
        run_dir: str,
        spares: int,
        inner_root: bool,
        on_end: Callable[[StudentProcess], None],
    ) -> None:
        self._images, self._places, self._cgroups = images, places, cgroups
        self._run_dir, self._spares, self._inner_root = run_dir, spares, inner_root
        self._on_end = on_end
        self._numbers = itertools.count(1)
        self._all: dict[str, StudentProcess] = {}
        self._rests_until = 0.0

    @property
    def lacking(self) -> bool:
        """Whether an image that could fork has fewer spare ones than it should."""
        return time.monotonic() >= self._rests_until and any(
            self._images.is_ready(name) and self._count(name) < self._spares for name in self._images.names()
        )

    def rest(self) -> None:
        """Make none in advance for a while."""
        self._rests_until = time.monotonic() + REST_S

    def top_up(self) -> None:
        """Make one more for each image that has too few."""
        for name in self._images.names() if self.lacking else ():
            if self._images.is_ready(name) and self._count(name) < self._spares:
                self.make(name)

    def take(self, image: str, box: str, *, granted: bool = False) -> StudentProcess | None:
        """A spare one or a new one; None where no place is free. One with granted devices is always new."""
        spare = [one for one in self._all.values() if one.image == image and one.is_free]
        student = spare[0] if spare and not granted else self.make(image, granted=granted)
        if student is not None:
            student.box = box
        return student

    def make(self, image: str, *, granted: bool = False) -> StudentProcess | None:
        """Have one forked.

        Returns:
            The student, not born yet; None where no place is free for it or the zygote is gone.
        """
        number = next(self._numbers)
        name = f"student-{number}"
        place = None
        if self._places is not None:
            place = self._places.take(name, granted=granted)
            if place is None:
                return None
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        student = self._all[name] = StudentProcess(name, image, ours, place)
        uid = -1
        if place is None:
            uid = self._outer_id(number)
            self._lay_folder(student, uid)
        joins = self._cgroups.open(name) if self._cgroups is not None else {}
        body = {
            "student": name,
            "namespaces": place is not None,
            "folder": student.folder,
            "uid": uid,
            "cgroups": list(joins),
            "granted": granted,
        }
        try:
            with theirs:
                descriptors = (theirs.fileno(), *([place.pidfd] if place else []), *joins.values())
                self._images.fork(image, body, descriptors)
        except messages.Gone:
            student.ended = {}
            self.kill(student, "the zygote is gone")
            return None
        finally:
            messages.close(list(joins.values()))
        return student

    def hear(self, body: dict[str, Any], descriptors: list[int]) -> None:
        """The zygote's word on a student: born or gone."""
        student = self._all.get(str(body.get("student")))
        if student is None or "gone" in body:
            messages.close(descriptors)
        if student is None:
            return
        if "born" in body:
            student.pid = int(body["born"])
            student.pidfd = descriptors[0] if descriptors else -1
            student.baseline = memory.resident(student.pid)
            if student.dying:
                self.kill(student)
        elif "gone" in body:
            student.ended = body
            self.kill(student)

    def lose_place(self, place: Place, why: str) -> None:
        """Everything in a place is dead."""
        student = self._all.get(place.box)
        if student is not None:
            student.place = None
            self.kill(student, why)

    def lose_image(self, image: str, why: str) -> None:
        """The zygote is gone, and with it its children."""
        for student in [one for one in self._all.values() if one.image == image and one.ended is None]:
            student.ended = {}
            self.kill(student, why)

    def kill(self, student: StudentProcess, why: str = "") -> None:
        """End every process of it; `on_end` follows when all are dead."""
        student.dying = True
        student.why = student.why or why
        if student.pidfd >= 0 and student.ended is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(student.pidfd, signal.SIGKILL)
        if student.place is not None and self._places is not None:
            self._places.end(student.place)
        elif student.pid:
            memory.kill_descendants(student.pid)
        if student.place is None and student.ended is not None:
            self._forget(student)

    def close(self) -> None:
        """End what no place ends, without waiting."""
        for student in self._all.values():
            if student.pid:
                memory.kill_descendants(student.pid)
            if student.folder:
                memory.remove_tree(student.folder)

    def names(self) -> list[str]:
        """Of all."""
        return list(self._all)

    def _forget(self, student: StudentProcess) -> None:
        if self._all.pop(student.name, None) is None:
            return
        if not student.box:
            self.rest()
        student.hatch.close()
        messages.close([student.pidfd] if student.pidfd >= 0 else [])
        if student.folder:
            memory.remove_tree(student.folder)
        self._on_end(student)

    def _count(self, image: str) -> int:
        return sum(1 for one in self._all.values() if one.image == image and one.is_free)

    def _outer_id(self, number: int) -> int:
        """Without namespaces: the uid that a student gets, -1 where it keeps ours."""
        may_change = self._inner_root and zygote.others_reach_interpreter()
        return OUTER_IDS + number % OUTER_ID_RANGE if may_change else -1

    def _lay_folder(self, student: StudentProcess, uid: int) -> None:
        """Without namespaces: private folders in the run folder, which Landlock alone guards."""
        student.folder = f"{self._run_dir}/{student.name}"
        for folder in ("", "/work", "/home", "/tmp", "/shm"):
            os.mkdir(student.folder + folder, 0o700)
            if uid >= 0:
                os.chown(student.folder + folder, uid, uid)
