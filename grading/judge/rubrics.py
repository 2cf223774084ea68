"""The rubrics, held warm: imported once in the server, inherited by every judge child."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grading.assignments import load_rubric
from grading.assignments.catalog import BUILT_IN, catalog, fingerprint, read_assignment
from grading.domain.assignment import Assignment
from grading.domain.errors import RubricFault

if TYPE_CHECKING:
    from grading.authoring import Rubric


@dataclass(frozen=True, slots=True)
class Held:
    """An assignment with its rubric, and what its folder looked like when both were read."""

    assignment: Assignment
    rubric: "Rubric"
    fingerprint: str


class Shelf:
    """All assignments of a judge.

    Args:
        held: the assignments.
        extra_dirs: where those may lie that are published later.
        faults: of those that cannot be offered.
    """

    def __init__(
        self, held: Iterable[Held], extra_dirs: Sequence[Path] = (), faults: Sequence[RubricFault] = ()
    ) -> None:
        self._held = {one.assignment.slug: one for one in held}
        self._extra_dirs = tuple(extra_dirs)
        self.faults = tuple(faults)

    @classmethod
    def read(cls, extra_dirs: Sequence[Path] = ()) -> "Shelf":
        """The built-in assignments, and course-made ones in `extra_dirs`."""
        held: list[Held] = []
        faults: list[RubricFault] = []
        for assignment in catalog(extra_dirs, faults).values():
            try:
                held.append(_held(assignment))
            except RubricFault as fault:
                faults.append(fault)
        return cls(held, extra_dirs, faults)

    def __iter__(self) -> Iterator[Held]:
        return iter(self._held.values())

    def take(self, slug: str) -> Held:
        """The assignment as its folder has it now.

        One that was published or changed since the server started is read again, at the price of its imports; the
        server's own copy stays as it was, and the next start takes the new one in.

        Raises:
            RubricFault: there is none with this slug, or it is broken.
        """
        held = self._held.get(slug)
        if held is not None:
            folder = held.assignment.folder
            # What is shipped with the engine changes with the engine, and that only by a restart.
            if folder.is_relative_to(BUILT_IN) or fingerprint(folder) == held.fingerprint:
                return held
            return _held(read_assignment(folder))
        faults: list[RubricFault] = []
        assignment = catalog(self._extra_dirs, faults).get(slug)
        if assignment is None:
            reasons = "".join(f" {fault}" for fault in faults)
            raise RubricFault(f"There is no assignment {slug!r} among those this judge reads.{reasons}")
        return _held(assignment)


def _held(assignment: Assignment) -> Held:
    return Held(assignment, load_rubric(assignment), fingerprint(assignment.folder))
