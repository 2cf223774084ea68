"""A report with people's marks over it: values only, so that the same marks always give the same score.

The judge's own report stays what its run determines. A criterion that people marked carries what they said in
its `marking`, and there also what the machine had said, so that a mark can be taken back.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from grading.domain.report import CriterionResult, MachineResult, Marking, Report
from grading.domain.verdict import Status


@dataclass(frozen=True, slots=True)
class GivenMark:
    """One person's points for one answer.

    Attributes:
        settled: whether they count whatever others gave.
        answer_sha256: of the answer that the person read.
    """

    grader_id: str
    grader: str
    points: Decimal
    comment: str
    covered: tuple[str, ...]
    settled: bool
    answer_sha256: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Ruling:
    """What several people's points come to.

    Attributes:
        state: "given" (all agree), "settled" (somebody's points count) or "disputed" (nothing counts yet).
        points: None while disputed.
    """

    state: str
    points: Decimal | None
    comment: str
    covered: tuple[str, ...]
    answer_sha256: str


def ruling(given: Sequence[GivenMark]) -> Ruling | None:
    """What counts: a settled mark, or what all who marked agree on; None where nobody did."""
    if not given:
        return None
    in_order = sorted(given, key=lambda one: (one.at, one.grader_id))
    settled = [one for one in in_order if one.settled]
    if settled:
        last = settled[-1]
        return Ruling("settled", last.points, last.comment, last.covered, last.answer_sha256)
    newest = in_order[-1].answer_sha256
    if len({one.points for one in in_order}) > 1:
        return Ruling("disputed", None, "", (), newest)
    comments = dict.fromkeys(one.comment for one in in_order if one.comment)
    covered = dict.fromkeys(point for one in in_order for point in one.covered)
    return Ruling("given", in_order[0].points, "\n\n".join(comments), tuple(covered), newest)


def with_marks(report: Report, marks: Mapping[str, Sequence[GivenMark]]) -> Report:
    """The report with people's marks, by criterion id.

    A mark counts in whatever state the machine left the criterion, also where it no longer finds the answer: it is a
    person's. `Marking.changed` says when the answer is another one than the person read.
    """
    criteria = (_marked(_unmarked(row), marks.get(row.id, ()), answer_digest(row, report)) for row in report.criteria)
    return replace(report, criteria=tuple(criteria))


def answer_digest(row: CriterionResult, report: Report) -> str | None:
    """The digest of what a person marks in that criterion: its answers, or the whole submission; None for nothing."""
    digests = [answer.sha256 for answer in row.answers]
    if len(digests) == 1:
        return digests[0]
    if digests:
        return hashlib.sha256("\n".join(digests).encode()).hexdigest()
    return report.submission_sha256 if _unmarked(row).status is Status.MANUAL else None


def _unmarked(row: CriterionResult) -> CriterionResult:
    """The criterion as the machine left it."""
    if row.marking is None or row.marking.machine is None:
        return row
    return replace(row, status=row.marking.machine.status, points=row.marking.machine.points, marking=None)


def _marked(row: CriterionResult, given: Sequence[GivenMark], digest: str | None) -> CriterionResult:
    told = ruling(given)
    if told is None:
        return row
    points = None if told.points is None else min(told.points, row.possible)
    if points is None:
        status = Status.MANUAL
    else:
        status = Status.PASSED if points == row.possible else Status.PARTIAL if points > 0 else Status.FAILED
    marking = Marking(
        state=told.state,
        points=points,
        comment=told.comment,
        covered=told.covered,
        changed=told.answer_sha256 != (digest or ""),
        graders=tuple(sorted({one.grader for one in given})),
        machine=MachineResult(row.status, row.points),
    )
    return replace(row, status=status, points=points or Decimal(0), marking=marking)
