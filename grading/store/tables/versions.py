"""What the service has learnt of assignments: one row for each version of each rubric."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from grading.store.tables.base import Table, now


class AssignmentVersion(Table):
    """One version of an assignment, as its rubric describes itself. Old versions stay: old results have their rows.

    Attributes:
        slug: the assignment's own, which offerings name as `rubric_slug`.
        described: `Description.to_json()`; None where the rubric could not be read.
        fault: why it could not, in words to its author.
    """

    __tablename__ = "assignment_versions"

    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    version: Mapped[str] = mapped_column(String(80), primary_key=True)
    described: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    fault: Mapped[str | None] = mapped_column(Text)
    told_at: Mapped[datetime] = mapped_column(default=now)
