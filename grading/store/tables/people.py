"""Who: courses, people, what they are in a course, and how they prove it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from grading.store.ids import new_id
from grading.store.tables.base import ID, SHA256, Table, now


class Role(StrEnum):
    """What a person is in a course."""

    STUDENT = "student"
    TA = "ta"
    INSTRUCTOR = "instructor"


STAFF = frozenset({Role.TA, Role.INSTRUCTOR})


class Course(Table):
    """A course in one term; `share` is its part of a queue that other courses wait in too, against their shares."""

    __tablename__ = "courses"
    __table_args__ = (CheckConstraint("share > 0", name="share"),)

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    share: Mapped[int] = mapped_column(Integer, default=1, server_default="1")
    created_at: Mapped[datetime] = mapped_column(default=now)


class User(Table):
    """A person."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    login: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(default=now)


class Enrollment(Table):
    """A person in a course; `lms_user_id` is what the course's learning platform calls them."""

    __tablename__ = "enrollments"

    course_id: Mapped[str] = mapped_column(ID, ForeignKey("courses.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str] = mapped_column(String(20))
    lms_user_id: Mapped[str | None] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(default=now)


class ApiToken(Table):
    """A bearer token: shown once, kept as a hash.

    `course_id` binds it to one course; without `user_id` it speaks for the course's platform, not for a person.
    """

    __tablename__ = "api_tokens"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    sha256: Mapped[str] = mapped_column(SHA256, unique=True)
    shown: Mapped[str] = mapped_column(String(16))
    label: Mapped[str] = mapped_column(String(120), default="")
    user_id: Mapped[str | None] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    course_id: Mapped[str | None] = mapped_column(ID, ForeignKey("courses.id", ondelete="CASCADE"), index=True)
    scopes: Mapped[str] = mapped_column(String(400))
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class SignInLink(Table):
    """A link that signs one person in, once."""

    __tablename__ = "sign_in_links"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    sha256: Mapped[str] = mapped_column(SHA256, unique=True)
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class WebSession(Table):
    """A browser that is signed in; its cookie is kept as a hash."""

    __tablename__ = "web_sessions"

    id: Mapped[str] = mapped_column(ID, primary_key=True, default=new_id)
    sha256: Mapped[str] = mapped_column(SHA256, unique=True)
    user_id: Mapped[str] = mapped_column(ID, ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
