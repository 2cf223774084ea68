"""What people mark: points for answers that no machine decides, comments worth repeating, and who did what when."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from grading.store.ids import new_id
from grading.store.tables.base import ID, SHA256, Table, now


class MarkState(StrEnum):
    """`given` counts while all who marked agree; `settled` counts whatever the others say."""

    GIVEN = "given"
    SETTLED = "settled"


class MarkRow(Table):
    """One person's points for one answer. It belongs to the submission, not to a run, so that a regrade keeps it.

    Attributes:
        possible: what the row was worth when it was marked.
        covered: the course's key points that the grader ticked.
        answer_sha256: of the answer that the grader read.
    """

    __tablename__ = "human_judgements"
    __table_args__ = (Unique("submission_id", "criterion_id", "grader_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    submission_id: Mapped[str] = mapped_column(ID, ForeignKey("submissions.id", ondelete="CASCADE"))
    criterion_id: Mapped[str] = mapped_column(String(120))
    grader_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    points: Mapped[Decimal]
    possible: Mapped[Decimal]
    comment: Mapped[str] = mapped_column(Text, default="")
    covered: Mapped[list[Any]] = mapped_column(JSON, default=list)
    state: Mapped[str] = mapped_column(String(20), default=MarkState.GIVEN.value)
    answer_sha256: Mapped[str] = mapped_column(SHA256)
    at: Mapped[datetime] = mapped_column(default=now)


class MarkEvent(Table):
    """Something a person did to one answer's points: the audit trail. Rows are never changed but for `undone_at`.

    Attributes:
        grader: login of whoever did it, kept also when the person is gone.
        action: "graded", "settled", "undone" or "carried" (from an earlier attempt with the same answer).
        before, after: the person's mark as plain JSON; None where there was or is none.
    """

    __tablename__ = "judgement_events"
    __table_args__ = (
        Index("ix_judgement_events_submission_id_criterion_id", "submission_id", "criterion_id"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    submission_id: Mapped[str] = mapped_column(ID, ForeignKey("submissions.id", ondelete="CASCADE"))
    criterion_id: Mapped[str] = mapped_column(String(120))
    grader_id: Mapped[str | None] = mapped_column(ID, ForeignKey("users.id", ondelete="SET NULL"), index=True)
    grader: Mapped[str] = mapped_column(String(120))
    action: Mapped[str] = mapped_column(String(20))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(default=now)
    undone_at: Mapped[datetime | None]


class ReusableComment(Table):
    """A comment worth repeating for one row of an offering's rubric; picking it may set points too."""

    __tablename__ = "reusable_comments"
    __table_args__ = (Unique("offering_id", "criterion_id", "text"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    offering_id: Mapped[str] = mapped_column(ID, ForeignKey("offerings.id", ondelete="CASCADE"))
    criterion_id: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(String(1000))
    points: Mapped[Decimal | None]
    created_by: Mapped[str | None] = mapped_column(ID, ForeignKey("users.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
