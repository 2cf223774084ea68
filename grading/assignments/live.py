"""The catalog while the service runs: what was published, changed or taken away is seen without a restart."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock

import structlog

from grading.assignments.catalog import catalog, enter, fingerprint, folders_in, read_assignment
from grading.domain.assignment import Assignment
from grading.domain.errors import RubricFault

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 1.0
SHARE_OF_TIME = 0.02
"""At most so much of the time is spent on looking, however many files there are."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A folder as it was last read; without an assignment, it never was sound."""

    fingerprint: str
    assignment: Assignment | None
    fault: RubricFault | None = None


class LiveCatalog(Mapping[str, Assignment]):
    """Every assignment that can be submitted, by slug, as its folder has it now. Safe to use from several threads.

    A publish is a rename in one of `extra_dirs`: it is seen at the next question, by that folder's time. Files that are
    edited in place are looked for once a second. A manifest that was broken meanwhile leaves the assignment as it was.
    What is shipped with the engine changes with the engine, and that only by a restart.

    Args:
        extra_dirs: course-made assignments, beside the built-in ones.

    Attributes:
        faults: what is wrong with manifests, as of the last look.
    """

    def __init__(self, extra_dirs: Sequence[Path] = ()) -> None:
        self._dirs = tuple(extra_dirs)
        self._lock = Lock()
        self._built_in, self._built_in_faults = _built_in()
        self._read: dict[Path, _Read] = {}
        self._missed: set[Path] = set()
        self._times: tuple[int, ...] = ()
        self._look_at = 0.0
        self._found: Mapping[str, Assignment] = self._built_in
        self.faults = self._built_in_faults
        self._current()

    def __getitem__(self, slug: str) -> Assignment:
        """The assignment of that slug."""
        return self._current()[slug]

    def __iter__(self) -> Iterator[str]:
        """The slugs, in order."""
        return iter(self._current())

    def __len__(self) -> int:
        """How many there are."""
        return len(self._current())

    def _current(self) -> Mapping[str, Assignment]:
        due = self._dirs and (time.monotonic() >= self._look_at or self._times != _times_of(self._dirs))
        # Whoever comes while another looks takes what was there before.
        if due and self._lock.acquire(blocking=False):
            try:
                self._look()
            finally:
                self._lock.release()
        return self._found

    def _look(self) -> None:
        began = time.monotonic()
        self._times = _times_of(self._dirs)
        folders = [folder.resolve() for folder in folders_in(self._dirs)]
        # A publish moves the old folder away before the new one comes: one that is missed once is still there.
        gone = set(self._read) - set(folders)
        for folder in gone & self._missed:
            del self._read[folder]
        self._missed = gone - self._missed
        for folder in folders:
            self._read[folder] = _read_again(folder, self._read.get(folder))
        found, faults = dict(self._built_in), list(self._built_in_faults)
        for read in self._read.values():
            if read.fault is not None:
                faults.append(read.fault)
            try:
                if read.assignment is not None:
                    enter(found, read.assignment)
            except RubricFault as taken:
                faults.append(taken)
        for problem in {str(fault) for fault in faults} - {str(fault) for fault in self.faults}:
            log.warning("assignment is not read", problem=problem)
        self._found, self.faults = dict(sorted(found.items())), tuple(faults)
        took = time.monotonic() - began
        self._look_at = time.monotonic() + max(LOOK_EVERY_S, took / SHARE_OF_TIME)


@cache
def _built_in() -> tuple[Mapping[str, Assignment], tuple[RubricFault, ...]]:
    faults: list[RubricFault] = []
    return catalog((), faults), tuple(faults)


def _read_again(folder: Path, before: _Read | None) -> _Read:
    """What the folder says now; read only where its files changed."""
    last, now = (None if before is None else before.assignment), ""
    try:
        # Taken first: what changes while the folder is read makes it read once more.
        now = fingerprint(folder)
        if before is not None and before.fingerprint == now:
            return before
        return _Read(now, read_assignment(folder))
    except RubricFault as fault:
        return _Read(now, last, fault)
    except OSError:
        # Files come and go under the reader: somebody is at work there.
        return _Read("", last)


def _times_of(folders: Sequence[Path]) -> tuple[int, ...]:
    """When something was last added to, renamed in or taken out of each folder itself."""
    times = []
    for folder in folders:
        try:
            times.append(folder.stat().st_mtime_ns)
        except OSError:
            times.append(0)
    return tuple(times)
