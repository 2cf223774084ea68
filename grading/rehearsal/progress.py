"""That a long command lives: a line on standard error now and then, with what it is at and how far it has come."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from threading import Lock
from typing import Any, TypeVar

EVERY_S = 5.0
T = TypeVar("T")


def to_standard_error(line: str) -> None:
    """Write one line."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


class Progress:
    """Says what goes on, with the minutes that have passed.

    Args:
        say: takes a line.
    """

    def __init__(self, say: Callable[[str], None] = to_standard_error) -> None:
        self._say = say
        self._begun = time.monotonic()
        self._lock = Lock()
        self._latest = 0.0
        self._awaited: dict[str, list[int]] = {}

    def at(self, what: str) -> None:
        """A new stage begins."""
        self._line(what, at_once=True)

    def awaited(self, what: str, work: "Future[Any]") -> None:
        """Count a piece of work that is done elsewhere.

        Args:
            what: of which kind ("known submissions graded"); all of a kind are counted together.
            work: when it ends, one more is done.
        """
        with self._lock:
            self._awaited.setdefault(what, [0, 0])[1] += 1
        work.add_done_callback(lambda _: self._done(what))

    def through(self, what: str, items: Iterable[T], total: int) -> Iterator[T]:
        """Go over items here, telling how many there have been."""
        for number, item in enumerate(items):
            self._line(f"{what}: {number} of {total}")
            yield item

    def _done(self, what: str) -> None:
        with self._lock:
            counted = self._awaited[what]
            counted[0] += 1
            done, total = counted
        self._line(f"{what}: {done} of {total}", at_once=done == total)

    def _line(self, text: str, *, at_once: bool = False) -> None:
        with self._lock:
            now = time.monotonic()
            if not at_once and now - self._latest < EVERY_S:
                return
            self._latest = now
            minutes, seconds = divmod(int(now - self._begun), 60)
            self._say(f"{minutes}:{seconds:02d} {text}")
