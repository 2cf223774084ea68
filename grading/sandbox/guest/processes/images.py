"""Images: the zygotes that students are forked from, one for each set of imports.

One that ends while it warms up says why, and whoever waits for it is told at once; the next request tries it again. One
that was warm and died is started anew.
"""

import contextlib
import os
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..wire import control
from . import zygote
from .loop import Loop
from .places import close_all_but


@dataclass(slots=True)
class Image:
    """One zygote.

    Attributes:
        fault: what it said when it gave up.
        running: whether it is there, perhaps still warming up.
    """

    name: str
    pid: int = 0
    channel: socket.socket | None = None
    running: bool = False
    ready: bool = False
    fault: str = ""
    since: float = field(default_factory=time.monotonic)


class Images:
    """All zygotes.

    Args:
        loop: that we are called from.
        start: what a fresh child runs: with the image's name and its end of the channel. It never returns.
        on_ready: called when one is warm.
        on_word: called with what one says of a student: born, or gone.
        on_lost: called when one is gone, with the image's name and the reason.
    """

    def __init__(
        self,
        loop: Loop,
        start: Callable[[str, socket.socket], None],
        *,
        on_ready: Callable[[], None],
        on_word: Callable[[dict[str, Any], list[int]], None],
        on_lost: Callable[[str, str], None],
    ) -> None:
        self._loop, self._start_child = loop, start
        self._on_ready, self._on_word, self._on_lost = on_ready, on_word, on_lost
        self._all: dict[str, Image] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._all

    def names(self) -> list[str]:
        """Of all images."""
        return list(self._all)

    def start(self, name: str) -> None:
        """Start a zygote, unless it is there."""
        if name in self._all and self._all[name].running:
            return
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        pid = os.fork()
        if pid == 0:
            keep = theirs.detach()
            close_all_but(keep)
            self._start_child(name, socket.socket(fileno=keep))
            os._exit(1)
        theirs.close()
        image = self._all[name] = Image(name, pid, ours, running=True)
        self._loop.listen(ours, lambda: self._hear(image))

    def is_ready(self, name: str) -> bool:
        """Whether it can fork."""
        return self._all[name].ready

    def running(self, name: str) -> bool:
        """Whether it is there, perhaps still warming up."""
        return self._all[name].running

    def waits(self, name: str) -> str:
        """What one who waits for it waits for."""
        image = self._all[name]
        return "" if image.ready else f"the {name} zygote, warming up for {time.monotonic() - image.since:.0f} s"

    def fork(self, name: str, body: dict[str, Any], descriptors: tuple[int, ...]) -> None:
        """Ask for a student.

        Raises:
            Gone: the zygote is not there.
        """
        channel = self._all[name].channel
        if channel is None:
            raise control.Gone(f"the {name} zygote is gone")
        control.send(channel, body, descriptors)

    def kill(self) -> None:
        """End all of them, without waiting."""
        for image in self._all.values():
            if image.running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(image.pid, signal.SIGKILL)

    def _hear(self, image: Image) -> None:
        if image.channel is None:
            return
        try:
            body, descriptors = control.receive(image.channel, wait=False)
        except control.Gone:
            self._lose(image)
            return
        if "fault" in body:
            image.fault = str(body["fault"])
        elif body.get("ready"):
            image.ready = True
            self._on_ready()
        else:
            self._on_word(body, descriptors)
            return
        control.close(descriptors)

    def _lose(self, image: Image) -> None:
        if image.channel is not None:
            self._loop.forget(image.channel)
        with contextlib.suppress(ProcessLookupError):
            os.kill(image.pid, signal.SIGKILL)
        was_ready = image.ready
        image.channel, image.running, image.ready = None, False, False
        why = image.fault or ("it died" if was_ready else "it died while it warmed up")
        if was_ready:
            self.start(image.name)
        self._on_lost(image.name, f"the {image.name} zygote is gone: {why}")


def child(settings: dict[str, Any], *, tier: str, inner_root: bool) -> Callable[[str, socket.socket], None]:
    """What a fresh child runs to be a zygote."""
    return lambda name, channel: zygote.main(name, channel, settings, tier=tier, inner_root=inner_root)
