"""Descriptions of assignments: written as a judge tells them, read by version."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from grading.domain.assignment import Assignment
from grading.domain.description import Description, MistakeSummary
from grading.store.tables import AssignmentVersion, now

KEPT_IN_MEMORY = 64
LONGEST_FAULT = 2000


def keep(db: Session, description: Description) -> None:
    """Store a description, in place of the fault that may have stood there."""
    row = _row(db, description.slug, description.version)
    row.described, row.fault, row.told_at = dict(description.to_json()), None, now()


def keep_fault(db: Session, slug: str, version: str, fault: str) -> None:
    """Store why a version could not be described; one that was stays as it is."""
    row = _row(db, slug, version)
    if row.described is None:
        row.fault, row.told_at = fault[:LONGEST_FAULT], now()


def undescribed(db: Session, assignments: Iterable[Assignment]) -> list[Assignment]:
    """Those whose version is not described yet, or could not be when it was tried."""
    query = select(AssignmentVersion.slug, AssignmentVersion.version).where(AssignmentVersion.described.is_not(None))
    known = {(slug, version) for slug, version in db.execute(query)}
    return [assignment for assignment in assignments if (assignment.slug, assignment.version) not in known]


def fault_of(db: Session, assignment: Assignment) -> str:
    """Why this version of the assignment could not be described; "" where nothing is known against it."""
    query = select(AssignmentVersion.fault).where(
        AssignmentVersion.slug == assignment.slug, AssignmentVersion.version == assignment.version
    )
    return db.scalar(query) or ""


class Descriptions:
    """What is described, by version. A description never changes, so each is read from the database once."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], Description] = {}

    def of(self, db: Session, slug: str, version: str) -> Description | None:
        """The description; None where no judge has told it yet."""
        known = self._known.get((slug, version))
        if known is None:
            row = db.get(AssignmentVersion, (slug, version))
            if row is None or row.described is None:
                return None
            known = Description.from_json(row.described)
            while len(self._known) >= KEPT_IN_MEMORY:
                self._known.pop(next(iter(self._known)), None)
            self._known[slug, version] = known
        return known

    def mistake(self, db: Session, slug: str, mistake: str, versions: Iterable[str]) -> MistakeSummary | None:
        """A known mistake in the words of the first of these versions that has any."""
        for version in versions:
            described = self.of(db, slug, version)
            if described is not None and (words := described.mistakes.get(mistake)) is not None:
                return words
        return None


def _row(db: Session, slug: str, version: str) -> AssignmentVersion:
    row = db.get(AssignmentVersion, (slug, version))
    if row is None:
        row = AssignmentVersion(slug=slug, version=version)
        db.add(row)
    return row
