"""What: offerings, submissions, runs and what came of them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, CheckConstraint, Float, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from grading.domain.verdict import RunState
from grading.store.ids import new_id
from grading.store.tables.base import ID, SHA256, Table, now

PURPOSE_GRADE = "grade"
PURPOSE_REGRADE_DRY = "regrade-dry"

_STATES = ", ".join(f"'{state.value}'" for state in RunState)


class Offering(Table):
    """A course sets an assignment: the slug students submit under, and the rubric that grades it.

    Attributes:
        counting: "latest" or "best": which attempt is the student's result.
        late_percent_per_day: taken off for each day begun after `due_at`.
        closes_at: no submission after this; None means never.
    """

    __tablename__ = "offerings"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    course_id: Mapped[str] = mapped_column(ID, ForeignKey("courses.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    rubric_slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    due_at: Mapped[datetime | None]
    closes_at: Mapped[datetime | None]
    late_percent_per_day: Mapped[Decimal] = mapped_column(default=Decimal(0))
    counting: Mapped[str] = mapped_column(String(10), default="latest")
    line_item_id: Mapped[str | None] = mapped_column(ID, ForeignKey("line_items.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class SubmissionRow(Table):
    """One submission. Immutable; `attempt` counts from 1 for each student and offering."""

    __tablename__ = "submissions"
    __table_args__ = (Unique("offering_id", "user_id", "attempt"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    offering_id: Mapped[str] = mapped_column(ID, ForeignKey("offerings.id", ondelete="CASCADE"))
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    attempt: Mapped[int] = mapped_column(Integer)
    sha256: Mapped[str] = mapped_column(SHA256)
    bytes: Mapped[int] = mapped_column(BigInteger)
    accepted_at: Mapped[datetime] = mapped_column(default=now)


class SubmissionFile(Table):
    """One file of a submission; the bytes are the blob of that hash."""

    __tablename__ = "submission_files"

    submission_id: Mapped[str] = mapped_column(ID, ForeignKey("submissions.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(400), primary_key=True)
    sha256: Mapped[str] = mapped_column(SHA256)
    bytes: Mapped[int] = mapped_column(BigInteger)


class Run(Table):
    """One grading of one submission. The row is the job; a message about it only says that something waits.

    Attributes:
        purpose: "grade", or "regrade-dry" until a regrade is applied.
        current: whether this run is the submission's result; exactly one of its runs is.
        attempts: how often it was claimed.
        lease_owner: process that grades it now, with `lease_expires_at` as its sign of life.
        not_before: after a fault of ours, when to try again.
        phases: seconds of each phase as the judge measured them.
        gpu_seconds: how long a GPU's slot was held for this run; None: it took none.
        gpu_peak_bytes: most memory in use on that GPU meanwhile; None: not measured.
        trace: W3C traceparent of the request that queued the run, where traces are kept.
        fault: why there is no report, for people; `blame` says who must act.
    """

    __tablename__ = "runs"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        Index("ix_runs_state_queue_created_at", "state", "queue", "created_at"),
        Index("ix_runs_queue_claimed_at", "queue", "claimed_at"),
        Index("ix_runs_submission_id", "submission_id"),
        # A submission has one current run, whatever happens at the same time.
        Index(
            "uq_runs_current_submission_id",
            "submission_id",
            unique=True,
            sqlite_where=text("current"),
            postgresql_where=text("current"),
        ),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    submission_id: Mapped[str] = mapped_column(ID, ForeignKey("submissions.id", ondelete="CASCADE"))
    regrade_id: Mapped[str | None] = mapped_column(ID, ForeignKey("regrades.id", ondelete="CASCADE"), index=True)
    purpose: Mapped[str] = mapped_column(String(20), default=PURPOSE_GRADE)
    current: Mapped[bool] = mapped_column(Boolean, default=True)
    state: Mapped[str] = mapped_column(String(20), default=RunState.QUEUED.value)
    queue: Mapped[str] = mapped_column(String(20))
    device: Mapped[str] = mapped_column(String(20))
    seed: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    lease_owner: Mapped[str | None] = mapped_column(String(200))
    lease_expires_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    claimed_at: Mapped[datetime | None]
    graded_at: Mapped[datetime | None]
    stored_at: Mapped[datetime | None]
    phases: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    gpu_seconds: Mapped[float | None] = mapped_column(Float)
    gpu_peak_bytes: Mapped[int | None] = mapped_column(BigInteger)
    trace: Mapped[str | None] = mapped_column(String(120))
    blame: Mapped[str | None] = mapped_column(String(20))
    fault_code: Mapped[str | None] = mapped_column(String(80))
    fault: Mapped[str | None] = mapped_column(Text)


class ReportRow(Table):
    """The report of a run, whole, with what lists and charts need beside it.

    Attributes:
        body: `Report.to_json()`, for `Report.from_json`; some tens of kilobytes, and read only where it is asked for by
            name.
    """

    __tablename__ = "reports"
    __table_args__ = (
        Index("ix_reports_not_final", "run_id", sqlite_where=text("final = 0"), postgresql_where=text("NOT final")),
    )

    run_id: Mapped[str] = mapped_column(ID, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    score: Mapped[Decimal]
    max_score: Mapped[Decimal]
    pending_points: Mapped[Decimal]
    final: Mapped[bool] = mapped_column(Boolean)
    flagged: Mapped[bool] = mapped_column(Boolean)
    version: Mapped[str] = mapped_column(String(80))
    engine: Mapped[str] = mapped_column(String(80))
    # The last: SQLite reads what comes before a long text without the text.
    body: Mapped[dict[str, Any]] = mapped_column(JSON, deferred=True)


class CriterionRow(Table):
    """One row of the rubric in one run; `status` and `points` are those that count, people's marks included.

    Attributes:
        answer_sha256: of the answer that a person judges; None where there is none.
    """

    __tablename__ = "criterion_results"

    run_id: Mapped[str] = mapped_column(ID, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    criterion_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    title: Mapped[str] = mapped_column(String(300))
    status: Mapped[str] = mapped_column(String(20))
    points: Mapped[Decimal]
    possible: Mapped[Decimal]
    answer_sha256: Mapped[str | None] = mapped_column(SHA256)


class FindingRow(Table):
    """One answer to one question in one run; its words are in the report."""

    __tablename__ = "findings"
    __table_args__ = (
        Index(
            "ix_findings_run_id_mistake",
            "run_id",
            "mistake",
            "criterion_id",
            sqlite_where=text("mistake IS NOT NULL"),
            postgresql_where=text("mistake IS NOT NULL"),
        ),
    )

    run_id: Mapped[str] = mapped_column(ID, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    criterion_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    question: Mapped[str] = mapped_column(String(200))
    passed: Mapped[bool] = mapped_column(Boolean)
    remark: Mapped[bool] = mapped_column(Boolean)
    mistake: Mapped[str | None] = mapped_column(String(200))
    visibility: Mapped[str] = mapped_column(String(20))
    blame: Mapped[str] = mapped_column(String(20))


class FigureRow(Table):
    """A picture that belongs to a run; the bytes are the blob of that hash."""

    __tablename__ = "figures"

    run_id: Mapped[str] = mapped_column(ID, ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    sha256: Mapped[str] = mapped_column(SHA256, primary_key=True)


class RunEvent(Table):
    """Something happened to a submission; `id` only grows, so a reader can resume after the last one seen."""

    __tablename__ = "run_events"
    __table_args__ = (Index("ix_run_events_submission_id_id", "submission_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    submission_id: Mapped[str] = mapped_column(ID, ForeignKey("submissions.id", ondelete="CASCADE"))
    run_id: Mapped[str] = mapped_column(ID, ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(default=now)


class Regrade(Table):
    """All newest submissions of an offering, graded again: first dry, then applied or dropped."""

    __tablename__ = "regrades"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    offering_id: Mapped[str] = mapped_column(ID, ForeignKey("offerings.id", ondelete="CASCADE"), index=True)
    started_by: Mapped[str | None] = mapped_column(ID, ForeignKey("users.id", ondelete="SET NULL"), index=True)
    reason: Mapped[str] = mapped_column(String(400), default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    applied_at: Mapped[datetime | None]
    applied_by: Mapped[str | None] = mapped_column(ID, ForeignKey("users.id", ondelete="SET NULL"), index=True)


class IdempotencyKey(Table):
    """A request that must not be carried out twice, and its answer once there is one."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Unique("caller", "key"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    caller: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(255))
    request_sha256: Mapped[str] = mapped_column(SHA256)
    submission_id: Mapped[str | None] = mapped_column(ID, ForeignKey("submissions.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class WorkerRow(Table):
    """A worker's sign of life, what its sandbox holds, its GPUs, and how many runs it grades at once (`lanes`)."""

    __tablename__ = "workers"

    owner: Mapped[str] = mapped_column(String(200), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    queues: Mapped[str] = mapped_column(String(200))
    tier: Mapped[str] = mapped_column(String(20), default="")
    layers: Mapped[list[Any] | None] = mapped_column(JSON)
    devices: Mapped[list[Any] | None] = mapped_column(JSON)
    lanes: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    started_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
