"""Reports: kept whole, taken apart for lists and charts, and shown to each reader as far as they may see."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from grading.domain.report import CriterionResult, Report
from grading.domain.verdict import Blame, RunState, Status, Visibility
from grading.store import marking, runs
from grading.store.events import record
from grading.store.marked_reports import answer_digest, with_marks
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
    db: Session, claimed: runs.Claim, report: Report, figures: Iterable[str], *, graded_at: datetime
) -> Stored | None:
    """Write the report, its rows and the grade post in one transaction, exactly once.

    Args:
        db: a writing transaction.
        claimed: the right to do so.
        report: what the judge made.
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
    runs.finish(db, run.id, report.run, graded_at=graded_at)
    record(db, run, run.state, score=float(report.score), max_score=float(report.max_score), final=report.final)
    posts = enqueue_counting(db, run.Offering, run.SubmissionRow.user_id) if run.current else ()
    return Stored(posts, run.current)


def add_rows(db: Session, run_id: str, report: Report, figures: Iterable[str]) -> None:
    """The report whole, and one row for each criterion, finding and picture."""
    whole = {
        "run_id": run_id,
        "body": report.to_json(),
        "score": report.score,
        "max_score": report.max_score,
        "pending_points": report.pending_points,
        "final": report.final,
        "flagged": bool(report.integrity),
        "version": report.assignment_version[:80],
        "engine": report.run.engine[:80],
    }
    criteria = [
        {
            "run_id": run_id,
            "criterion_id": row.id,
            "position": position,
            "title": row.title,
            "status": row.status.value,
            "points": row.points,
            "possible": row.possible,
            "answer_sha256": answer_digest(row, report),
        }
        for position, row in enumerate(report.criteria)
    ]
    findings = [
        {
            "run_id": run_id,
            "criterion_id": row.id,
            "position": place,
            "question": finding.question[:200],
            "passed": finding.passed,
            "remark": finding.remark,
            "mistake": finding.mistake,
            "visibility": finding.visibility.value,
            "blame": finding.blame.value,
        }
        for row in report.criteria
        for place, finding in enumerate(row.findings)
    ]
    pictures = [{"run_id": run_id, "sha256": sha256} for sha256 in sorted(set(figures))]
    for kind, rows in ((ReportRow, [whole]), (CriterionRow, criteria), (FindingRow, findings), (FigureRow, pictures)):
        if rows:
            db.execute(insert(rows_of(kind)), rows)


def house_must_act(report: Report) -> bool:
    """Whether a criterion could not be judged through a fault of ours, so that another try may help."""
    return any(
        finding.blame is Blame.HOUSE
        for row in report.criteria
        if row.status is Status.ERROR
        for finding in row.findings
    )


def as_seen_by(report: Report, role: Reader, *, after_due: bool) -> Report:
    """The report as its reader may see it.

    Staff see all. Students see neither integrity entries nor the seed nor findings for staff, and findings for after
    the due date only then; `hidden` counts, per criterion, what is still to come. Of people's marks they see
    points and comment, not whose they are, nor the course's key points. The form is the same for everybody.
    """
    if role == "staff":
        return report
    criteria = tuple(_for_student(row, after_due=after_due) for row in report.criteria)
    return replace(report, run=replace(report.run, seed=None), integrity=(), criteria=criteria)


def _for_student(row: CriterionResult, *, after_due: bool) -> CriterionResult:
    shown = {Visibility.STUDENT} | ({Visibility.AFTER_DUE} if after_due else set())
    return replace(
        row,
        findings=tuple(finding.for_student() for finding in row.findings if finding.visibility in shown),
        marking=row.marking.for_student() if row.marking is not None else None,
        hidden=sum(finding.visibility is Visibility.AFTER_DUE and not after_due for finding in row.findings),
    )


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
