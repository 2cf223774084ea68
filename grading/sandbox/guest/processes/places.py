"""Places that boxes are put in: namespaces and mounts, made in advance, each kept alive by an init.

A place is made in steps: *unsharing* (the builder leaves our namespaces), *building* (we wrote its user map; it forks
the init, which mounts), *laid* (free to take), *sized* (taken, with the folder sizes that its student's box asked for).
"""

import contextlib
import itertools
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from ..confinement import layers, syscalls
from ..wire import control
from . import init
from .loop import Loop

# Uids on the host that belong to nobody: a box's student is another one than its neighbour's.
OUTER_IDS = 60_000
OUTER_ID_RANGE = 5_000
SPARE = 2
BUILD_S = 20.0
FILE_BYTES = 256 << 20


@dataclass(slots=True)
class Place:
    """One prepared set of namespaces.

    Attributes:
        tether: to the builder and the init: its closing ends them.
        uid: what the student's uid is outside.
        builder: pid of the process that unshared.
        pid: of the init, 0 until it is known.
        pidfd: of the init, -1 until it is known. It becomes readable when the init and all of its namespace are dead.
        granted: whether it has the granted devices. Such a one is made for whoever waits for it, never in advance.
        box: name of the student that has it, "" while it is free.
    """

    tether: socket.socket
    uid: int
    builder: int
    file_bytes: int
    granted: bool = False
    pid: int = 0
    pidfd: int = -1
    step: str = "unsharing"
    box: str = ""
    dying: str = ""
    born: float = field(default_factory=time.monotonic)


class Places:
    """All places, free and taken.

    Args:
        loop: that we are called from.
        inner_root: whether we are root, and a place can have a uid 0 apart from the student's.
        on_free: called when a place can be taken.
        on_sized: called when a taken place is ready for its student.
        on_lost: called when a place is gone with everything in it, with the reason where it was not asked for.
    """

    def __init__(
        self,
        loop: Loop,
        *,
        inner_root: bool,
        on_free: Callable[[], None],
        on_sized: Callable[[Place], None],
        on_lost: Callable[[Place, str], None],
    ) -> None:
        self._loop = loop
        self._inner_root = inner_root
        self._on_free, self._on_sized, self._on_lost = on_free, on_sized, on_lost
        self._all: list[Place] = []
        self._numbers = itertools.count(1)
        self._file_bytes = FILE_BYTES  # the last box's: the next one's, as a rule

    @property
    def unfinished(self) -> bool:
        """Whether some are being made or unmade."""
        return any(place.step != "laid" for place in self._all if not place.box)

    def top_up(self, wanted: int, *, granted: int = 0) -> None:
        """Have some ready, and as many as are wanted now; of those with granted devices, just as many."""
        for which, most in ((False, max(SPARE, wanted)), (True, granted)):
            free = sum(1 for place in self._all if not place.box and not place.dying and place.granted is which)
            for _ in range(most - free):
                self._start(granted=which)

    def take(self, student: str, *, granted: bool = False) -> Place | None:
        """A free place for the student, or None."""
        free = (p for p in self._all if not p.box and not p.dying and p.step == "laid" and p.pidfd >= 0)
        place = next((p for p in free if p.granted is granted), None)
        if place is not None:
            place.box = student
        return place

    def size(self, place: Place, file_bytes: int) -> None:
        """Give its folders their size. Where its step is not `sized` then, `on_sized` says when it is."""
        self._file_bytes = file_bytes
        if place.file_bytes == file_bytes:
            place.step = "sized"
            return
        try:
            control.send(place.tether, {"file_bytes": file_bytes})
        except control.Gone:
            self._kill(place, "a box's init ended")

    def end(self, place: Place) -> None:
        """Kill everything in it. `on_lost` follows when all of it is dead."""
        self._kill(place, place.dying)

    def sweep(self, now: float) -> None:
        """End the places whose making got stuck."""
        for place in list(self._all):
            if place.step in ("unsharing", "building") and now - place.born > BUILD_S:
                self._kill(place, "namespaces could not be made in time")

    def close(self) -> None:
        """Kill all of them, without waiting."""
        for place in self._all:
            place.tether.close()
            with contextlib.suppress(ProcessLookupError):
                os.kill(place.pid or place.builder, signal.SIGKILL)

    def _start(self, *, granted: bool) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            keep = theirs.detach()
            close_all_but(keep)
            size = self._file_bytes
            init.start(socket.socket(fileno=keep), inner_root=self._inner_root, file_bytes=size, granted=granted)
        theirs.close()
        place = Place(ours, OUTER_IDS + next(self._numbers) % OUTER_ID_RANGE, pid, self._file_bytes, granted)
        self._all.append(place)
        self._loop.listen(ours, lambda: self._hear(place))

    def _hear(self, place: Place) -> None:
        try:
            body, _ = control.receive(place.tether, wait=False)
        except control.Gone:
            self._kill(place, "a box's init ended")
            return
        if "unshared" in body:
            try:
                self._write_maps(place)
                control.send(place.tether, {"mapped": True})
                place.step = "building"
            except (OSError, control.Gone) as fault:
                self._kill(place, f"user map: {fault}")
        elif "init" in body:
            place.pid = int(body["init"])
            try:
                place.pidfd = os.pidfd_open(place.pid)
            except ProcessLookupError:
                self._lose(place, "a box's init ended")
                return
            self._loop.listen(place.pidfd, lambda: self._lose(place, place.dying or "a box's init ended"))
        elif "laid" in body:
            place.step = "laid"
        elif "sized" in body:
            place.step = "sized"
            self._on_sized(place)
        elif "fault" in body:
            self._kill(place, str(body["fault"]))
        # `laid` may overtake `init`: they come from two processes.
        if place.step == "laid" and place.pidfd >= 0 and not place.box:
            self._on_free()

    def _write_maps(self, place: Place) -> None:
        if self._inner_root:
            lines = f"0 0 1\n{layers.INNER_ID} {place.uid} 1\n"
        else:
            lines = f"{layers.INNER_ID} 0 1\n"
            syscalls.write(f"/proc/{place.builder}/setgroups", "deny")
        syscalls.write(f"/proc/{place.builder}/uid_map", lines)
        syscalls.write(f"/proc/{place.builder}/gid_map", lines)

    def _kill(self, place: Place, why: str) -> None:
        """The init's death is that of its whole pid namespace; its pidfd says when all of them are gone."""
        place.dying = place.dying or why or "ended"
        self._loop.mute(place.tether)
        with contextlib.suppress(ProcessLookupError):
            if place.pidfd >= 0:
                signal.pidfd_send_signal(place.pidfd, signal.SIGKILL)
            else:
                os.kill(place.pid or place.builder, signal.SIGKILL)
        if place.pidfd < 0:
            self._lose(place, place.dying)

    def _lose(self, place: Place, why: str) -> None:
        if place not in self._all:
            return
        self._all.remove(place)
        self._loop.forget(place.tether)
        self._loop.forget(place.pidfd)
        place.pidfd = -1
        self._on_lost(place, "" if why == "ended" else why)


def close_all_but(keep: int) -> None:
    """In a fresh child: keep one descriptor beside the standard ones."""
    os.closerange(3, keep)
    os.closerange(keep + 1, 65_536)
