"""Who is asking, and what they may see. What somebody may not see does not exist for them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from grading.domain.errors import ChainruleError
from grading.store.tables import STAFF, Offering, Role, SubmissionRow

SUBMISSIONS_WRITE = "submissions:write"
SUBMISSIONS_READ = "submissions:read"
RESULTS_READ = "results:read"
REGRADES_WRITE = "regrades:write"
MARKS_WRITE = "judgements:write"
GRADES_READ = "grades:read"
GRADES_POST = "grades:post"

STUDENT_SCOPES = (SUBMISSIONS_WRITE, SUBMISSIONS_READ)
INSTRUCTOR_SCOPES = (*STUDENT_SCOPES, RESULTS_READ, REGRADES_WRITE, MARKS_WRITE, GRADES_READ, GRADES_POST)
LMS_SCOPES = (GRADES_READ, GRADES_POST)
ALL_SCOPES = frozenset(INSTRUCTOR_SCOPES)


class NotFound(ChainruleError):  # noqa: N818  # named for what holds, like the faults of the domain
    """There is no such thing for this caller, whether or not it exists for somebody else."""


class Forbidden(ChainruleError):  # noqa: N818  # named for what holds, like the faults of the domain
    """The caller knows that it exists, but may not do this with it."""


class _Coded(ChainruleError):  # noqa: N818 - the same
    """A refusal that machines tell from others.

    Args:
        code: stable, hyphenated, for machines.
        message: for people.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Conflict(_Coded):
    """The thing is not in a state in which this can be done."""


class InvalidRequest(_Coded):
    """The request makes no sense as it stands, whatever the state of things."""


class SubmissionsClosed(Conflict):
    """The offering takes no more submissions."""


class QueueFull(ChainruleError):  # noqa: N818  # named for what holds, like the faults of the domain
    """So many runs wait that one more would only wait too: come back later."""

    def __init__(self, message: str, *, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody with proof of who they are.

    Attributes:
        user_id: None for a token that speaks for a course's learning platform.
        roles: what they are in each course that the credential reaches.
        courses: courses that the credential reaches.
        scopes: what the credential allows.
        credential: id of the token or session.
        by_session: whether a browser's cookie was the proof.
    """

    user_id: str | None
    login: str
    name: str
    roles: Mapping[str, Role]
    courses: frozenset[str]
    scopes: frozenset[str]
    credential: str
    by_session: bool

    @property
    def is_staff(self) -> bool:
        """Staff of any course."""
        return any(role in STAFF for role in self.roles.values())

    def role_in(self, course_id: str) -> Role | None:
        """What the caller is in that course."""
        return self.roles.get(course_id)

    def staff_of(self, course_id: str) -> bool:
        """Whether the caller teaches in that course."""
        return self.roles.get(course_id) in STAFF


def reach_submission(db: Session, caller: Caller, submission_id: str) -> tuple[SubmissionRow, Offering]:
    """The submission and its offering, for its own student and the course's staff.

    Raises:
        NotFound: for everybody else, as for an id that nobody has.
    """
    row = db.execute(
        select(SubmissionRow, Offering)
        .join(Offering, Offering.id == SubmissionRow.offering_id)
        .where(SubmissionRow.id == submission_id)
    ).one_or_none()
    if row is not None:
        submission, offering = row
        own = submission.user_id == caller.user_id and offering.course_id in caller.courses
        if own or caller.staff_of(offering.course_id):
            return submission, offering
    raise NotFound(f"There is no submission {submission_id!r} that you may see.")


def reach_offering(db: Session, caller: Caller, slug: str, *, staff: bool = False) -> Offering:
    """The offering under that slug, for members of its course.

    Raises:
        NotFound: for everybody else.
        Forbidden: when `staff` is asked for and the caller is a student there.
    """
    offering = db.scalar(select(Offering).where(Offering.slug == slug))
    if offering is None or offering.course_id not in caller.courses:
        raise NotFound(f"There is no assignment {slug!r} in your courses.")
    if staff and not caller.staff_of(offering.course_id):
        raise Forbidden("This is for the course's staff.")
    return offering
