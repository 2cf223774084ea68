"""Reports: kept whole, taken apart for lists and charts, and shown to each reader as far as they may see."""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from grading.domain.verdict import Blame, RunState, Status, Visibility
from grading.store import marking, runs
from grading.store.events import record
from grading.store.marked_reports import answer_digest, for_student, with_marks
from grading.store.outbox import enqueue_counting
from grading.store.submissions import current_run
from grading.store.tables import CriterionRow, FigureRow, FindingRow, Offering, ReportRow, Run, SubmissionRow, rows_of

Reader = Literal["student", "staff"]


@dataclass(frozen=True, slots=True)
class Stored:
    """What came of storing a report.

    Attributes:
        posts: ids of grade posts that now wait to be sent.
        current: whether the report is the submission's result (a dry run's is not).
    """

    posts: tuple[str, ...]
    current: bool


def store(
    db: Session, claimed: runs.Claim, report: Mapping[str, Any], figures: Iterable[str], *, graded_at: datetime
) -> Stored | None:
    """Write the report, its rows and the grade post in one transaction, exactly once.

    Args:
        db: a writing transaction.
        claimed: the right to do so.
        report: `Report.to_json()`.
        figures: hashes of the pictures, already kept as blobs.
        graded_at: when the judge was done.

    Returns:
        None when the claim no longer stands; then nothing was written.

    What people marked before stays: the points they gave to this submission, and those for the very same answer in an
    earlier attempt.
    """
    run = db.execute(
        select(
            Run.id,
            Run.submission_id,
            Run.current,
            literal(RunState.GRADED.value).label("state"),
            SubmissionRow,
            Offering,
        )
        .join(SubmissionRow, SubmissionRow.id == Run.submission_id)
        .join(Offering, Offering.id == SubmissionRow.offering_id)
        .where(runs.stands(claimed))
        .with_for_update(of=Run)
    ).one_or_none()
    if run is None:
        return None
    if run.current:
        marking.carry_over(db, run.SubmissionRow, report)
    if given := marking.marks_for(db, run.submission_id):
        report = with_marks(report, given)
    add_rows(db, run.id, report, figures)
    runs.finish(db, run.id, report, graded_at=graded_at)
    record(db, run, run.state, score=report["score"], max_score=report["max_score"], final=_final(report))
    posts = enqueue_counting(db, run.Offering, run.SubmissionRow.user_id) if run.current else ()
    return Stored(posts, run.current)


def add_rows(db: Session, run_id: str, report: Mapping[str, Any], figures: Iterable[str]) -> None:
    """The report whole, and one row for each criterion, finding and picture."""
    whole = {
        "run_id": run_id,
        "body": dict(report),
        "score": _points(report["score"]),
        "max_score": _points(report["max_score"]),
        "pending_points": _points(report["pending_points"]),
        "final": _final(report),
        "flagged": bool(report["integrity"]),
        "version": str(report["assignment"]["version"])[:80],
        "engine": str(report["run"]["engine"])[:80],
    }
    criteria = [
        {
            "run_id": run_id,
            "criterion_id": criterion["id"],
            "position": position,
            "title": criterion["title"],
            "status": criterion["status"],
            "points": _points(criterion["points"]),
            "possible": _points(criterion["possible"]),
            "answer_sha256": answer_digest(criterion, report),
        }
        for position, criterion in enumerate(report["criteria"])
    ]
    findings = [
        {
            "run_id": run_id,
            "criterion_id": criterion["id"],
            "position": place,
            "question": finding["question"][:200],
            "passed": finding["passed"],
            "remark": finding.get("remark", False),
            "mistake": finding["mistake"],
            "visibility": finding["visibility"],
            "blame": finding.get("blame", Blame.NOBODY.value),
        }
        for criterion in report["criteria"]
        for place, finding in enumerate(criterion["findings"])
    ]
    pictures = [{"run_id": run_id, "sha256": sha256} for sha256 in sorted(set(figures))]
    for kind, rows in ((ReportRow, [whole]), (CriterionRow, criteria), (FindingRow, findings), (FigureRow, pictures)):
        if rows:
            db.execute(insert(rows_of(kind)), rows)


def house_must_act(report: Mapping[str, Any]) -> bool:
    """Whether a criterion could not be judged through a fault of ours, so that another try may help."""
    return any(
        finding.get("blame") == Blame.HOUSE.value
        for criterion in report["criteria"]
        if criterion["status"] == Status.ERROR.value
        for finding in criterion["findings"]
    )


def as_seen_by(report: Mapping[str, Any], role: Reader, *, after_due: bool) -> dict[str, Any]:
    """The report as its reader may see it.

    Staff see all. Students see neither integrity entries nor the seed nor findings for staff, and findings for after
    the due date only then; `hidden` counts, per criterion, what is still to come. Of people's marks they see
    points and comment, not whose they are, nor the course's key points. The form is the same for everybody.
    """
    seen = copy.deepcopy(dict(report))
    if role == "staff":
        return seen
    seen["integrity"] = []
    seen["run"]["seed"] = None
    shown = {Visibility.STUDENT.value} | ({Visibility.AFTER_DUE.value} if after_due else set())
    for criterion in seen["criteria"]:
        for_student(criterion)
        findings = criterion["findings"]
        criterion["findings"] = [finding for finding in findings if finding["visibility"] in shown]
        criterion["hidden"] = sum(
            finding["visibility"] == Visibility.AFTER_DUE.value and not after_due for finding in findings
        )
    return seen


def figures_seen(report: Mapping[str, Any]) -> set[str]:
    """Hashes of the pictures that a report shows."""
    return {figure["sha256"] for figure in report.get("figures", ())}


def make_current(db: Session, run: Run) -> None:
    """Let a run's report be its submission's result from now on."""
    old = current_run(db, run.submission_id)
    if old.id == run.id:
        return
    old.current = False
    db.flush()
    run.current = True
    db.flush()
    marking.refresh(db, run)
    record(db, run, run.state)


def _final(report: Mapping[str, Any]) -> bool:
    return all(criterion["status"] != Status.ERROR.value for criterion in report["criteria"])


def _points(value: object) -> Decimal:
    return Decimal(str(value))
