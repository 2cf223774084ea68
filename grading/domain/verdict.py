"""The closed sets of outcomes."""

from enum import StrEnum


class Blame(StrEnum):
    """Who must act on a finding."""

    NOBODY = "nobody"
    STUDENT = "student"
    AUTHOR = "author"
    HOUSE = "house"


class Status(StrEnum):
    """A criterion's outcome, as the report shows it."""

    PASSED = "passed"
    PARTIAL = "partial"
    FAILED = "failed"
    NOT_SUBMITTED = "not_submitted"
    NOT_ATTEMPTED = "not_attempted"
    MANUAL = "manual"
    ERROR = "error"


class Visibility(StrEnum):
    """Who may read a finding, and when."""

    STUDENT = "student"
    AFTER_DUE = "after_due"
    STAFF = "staff"


class Tier(StrEnum):
    """How much of the sandbox holds on this machine."""

    FULL = "full"
    CONTAINED = "contained"
    NONE = "none"


class RunState(StrEnum):
    """A run's life: the row in the database is the job."""

    QUEUED = "queued"
    RUNNING = "running"
    GRADED = "graded"
    FAILED = "failed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
