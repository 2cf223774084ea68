"""Where scores go: platforms, their gradebook columns, and the posts on their way."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Integer, String, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from grading.store.ids import new_id
from grading.store.tables.base import ID, SHA256, Table, now


class PostState(StrEnum):
    """A post's life: waiting until it was sent, was not needed, or was given up."""

    WAITING = "waiting"
    SENT = "sent"
    UNCHANGED = "unchanged"
    REFUSED = "refused"
    DEAD = "dead"


class Platform(Table):
    """A learning platform that this service is registered with.

    Attributes:
        token_audience: what the platform wants as `aud`; None means its token URL.
        key_file: name of the private key's file in the service's key directory; the database never has the key.
        key_id: `kid` under which the public key is published.
    """

    __tablename__ = "lti_platforms"
    __table_args__ = (Unique("issuer", "client_id"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    issuer: Mapped[str] = mapped_column(String(400))
    client_id: Mapped[str] = mapped_column(String(200))
    token_url: Mapped[str] = mapped_column(String(800))
    token_audience: Mapped[str | None] = mapped_column(String(800))
    key_file: Mapped[str] = mapped_column(String(200))
    key_id: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(default=now)


class LineItem(Table):
    """One gradebook column."""

    __tablename__ = "line_items"
    __table_args__ = (Unique("platform_id", "url"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    platform_id: Mapped[str] = mapped_column(ID, ForeignKey("lti_platforms.id", ondelete="CASCADE"))
    url: Mapped[str] = mapped_column(String(800))
    label: Mapped[str] = mapped_column(String(200))
    score_maximum: Mapped[Decimal]
    created_at: Mapped[datetime] = mapped_column(default=now)


class GradePost(Table):
    """One score on its way to a gradebook: written with the report, sent afterwards."""

    __tablename__ = "grade_posts"
    __table_args__ = (
        Index("ix_grade_posts_state_next_try_at", "state", "next_try_at"),
        Index("ix_grade_posts_line_item_id_lms_user_id", "line_item_id", "lms_user_id"),
    )

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    line_item_id: Mapped[str] = mapped_column(ID, ForeignKey("line_items.id", ondelete="CASCADE"))
    run_id: Mapped[str] = mapped_column(ID, ForeignKey("runs.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    lms_user_id: Mapped[str] = mapped_column(String(255))
    score: Mapped[Decimal]
    max_score: Mapped[Decimal]
    pending: Mapped[bool]
    submitted_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20), default=PostState.WAITING.value)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[datetime] = mapped_column(default=now)
    sent_at: Mapped[datetime | None]
    status_code: Mapped[int | None]
    problem: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=now)


class GradebookEntry(Table):
    """What a platform was last told about one person in one column.

    Attributes:
        sent_at: the last timestamp sent; the next one must be at least a second later.
        sending_until: while set and in the future, somebody is posting for this pair; nobody else may.
    """

    __tablename__ = "gradebook_entries"

    line_item_id: Mapped[str] = mapped_column(ID, ForeignKey("line_items.id", ondelete="CASCADE"), primary_key=True)
    lms_user_id: Mapped[str] = mapped_column(String(255), primary_key=True)
    sent_at: Mapped[datetime | None]
    content_sha256: Mapped[str | None] = mapped_column(SHA256)
    comment_sha256: Mapped[str | None] = mapped_column(SHA256)
    sending_until: Mapped[datetime | None]
