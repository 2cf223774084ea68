"""What answers look like. Points are numbers, times are ISO 8601 in UTC."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

from grading.domain.assignment import Assignment
from grading.domain.description import Description
from grading.store.queries.results import ResultRow
from grading.store.queries.students import OfferingView
from grading.store.queries.submissions import SubmissionView
from grading.store.regrades import RegradeView

Points = Annotated[Decimal, PlainSerializer(float), WithJsonSchema({"type": "number"})]
API = "/api/v1"


class Answer(BaseModel):
    """Root of all answers: built from the store's values."""

    model_config = ConfigDict(from_attributes=True)


class Listing(BaseModel):
    """Root of all lists of answers; each says what its `items` are."""

    @classmethod
    def of(cls, views: Sequence[object]) -> Self:
        """The store's values as they are."""
        return cls.model_validate({"items": views})


class ProblemOut(BaseModel):
    """What went wrong, as RFC 9457 has it; `code` is stable, `detail` is for people."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    code: str
    file: str | None = None
    errors: list[dict[str, Any]] | None = None


class FileOut(Answer):
    """One file of a submission."""

    name: str
    sha256: str
    bytes: int


class SubmissionOut(Answer):
    """A submission and where it stands."""

    id: str
    slug: str
    assignment_title: str
    course_title: str
    student_name: str
    student_login: str
    attempt: int
    state: str
    queue_position: int | None
    eta_seconds: float | None
    accepted_at: datetime
    claimed_at: datetime | None
    graded_at: datetime | None
    stored_at: datetime | None
    due_at: datetime | None
    late_days: int
    sha256: str
    bytes: int
    files: list[FileOut]
    attempts: int
    score: Points | None
    max_score: Points | None
    pending_points: Points | None
    final: bool | None
    grade: Points | None
    blame: str | None
    fault_code: str | None
    fault: str | None
    links: dict[str, str] = {}

    @classmethod
    def of(cls, view: SubmissionView) -> Self:
        """The view with links to what belongs to it."""
        here = f"{API}/submissions/{view.id}"
        links = {
            "self": here,
            "report": f"{here}/report",
            "events": f"{here}/events",
            "page": f"/submissions/{view.id}",
        }
        if view.queue_position is not None:
            links["cancel"] = f"{here}/cancel"
        return cls.model_validate(view).model_copy(update={"links": links})


class SubmissionList(BaseModel):
    """Submissions, newest first."""

    items: list[SubmissionOut]


class RunOut(Answer):
    """One grading of a submission."""

    id: str
    purpose: str
    current: bool
    state: str
    attempts: int
    seed: int | None
    device: str
    created_at: datetime
    claimed_at: datetime | None
    graded_at: datetime | None
    stored_at: datetime | None
    phases: dict[str, float] | None
    blame: str | None
    fault: str | None


class RunList(Listing):
    """Gradings of one submission, newest first."""

    items: list[RunOut]


class ExpectedFileOut(Answer):
    """A file that the assignment asks for."""

    name: str
    title: str
    required: bool


class CriterionOut(Answer):
    """A row of the rubric as it is announced."""

    id: str
    title: str
    section: str
    part: str
    possible: Points


class AssignmentOut(BaseModel):
    """What can be submitted, until when, and what it is worth.

    `criteria` are empty while `being_prepared`: for the seconds after a publish in which its rubric is read.
    """

    slug: str
    title: str
    summary: str
    course_title: str
    role: str | None
    due_at: datetime | None
    closes_at: datetime | None
    late_percent_per_day: Points
    counting: str
    points: Points
    upload_bytes: int
    version: str
    files: list[ExpectedFileOut]
    criteria: list[CriterionOut]
    being_prepared: bool
    starter: list[dict[str, str]]
    links: dict[str, str]

    @classmethod
    def of(cls, offering: OfferingView, assignment: Assignment, described: Description | None) -> Self:
        """An offering together with its assignment and its rubric's rows."""
        here = f"{API}/assignments/{offering.slug}"
        return cls(
            slug=offering.slug,
            title=offering.title,
            summary=assignment.summary,
            course_title=offering.course_title,
            role=offering.role,
            due_at=offering.due_at,
            closes_at=offering.closes_at,
            late_percent_per_day=offering.late_percent_per_day,
            counting=offering.counting,
            points=assignment.points,
            upload_bytes=assignment.upload_bytes,
            version=assignment.version,
            files=[ExpectedFileOut.model_validate(file) for file in assignment.files],
            criteria=[CriterionOut.model_validate(row) for row in described.criteria] if described else [],
            being_prepared=described is None,
            starter=[
                {"name": name.rpartition("/")[2], "href": f"{here}/starter/{name.rpartition('/')[2]}"}
                for name in assignment.starter
            ],
            links={"self": here, "submissions": f"{here}/submissions"},
        )


class AssignmentList(BaseModel):
    """What the caller's courses offer."""

    items: list[AssignmentOut]


class CellOut(Answer):
    """One criterion in a student's row."""

    status: str
    points: Points
    possible: Points


class PostOut(Answer):
    """A score on its way to the gradebook."""

    id: str
    student_name: str
    lms_user_id: str
    score: Points
    max_score: Points
    state: str
    tries: int
    created_at: datetime
    next_try_at: datetime
    sent_at: datetime | None
    status_code: int | None
    problem: str | None


class PostList(Listing):
    """Posts of one assignment, newest first."""

    items: list[PostOut]


class ResultOut(Answer):
    """One student's result."""

    login: str
    name: str
    submission_id: str
    attempt: int
    attempts: int
    state: str
    score: Points | None
    max_score: Points | None
    pending_points: Points | None
    final: bool | None
    grade: Points | None
    late_days: int
    accepted_at: datetime
    flagged: bool
    criteria: dict[str, CellOut]
    post: PostOut | None


class ResultPage(BaseModel):
    """Some results; `next_cursor` leads to more."""

    items: list[ResultOut]
    next_cursor: str | None

    @classmethod
    def of(cls, rows: tuple[ResultRow, ...], next_cursor: str | None) -> Self:
        """The rows as they are."""
        return cls(items=[ResultOut.model_validate(row) for row in rows], next_cursor=next_cursor)


class GradeOut(Answer):
    """What a platform needs to know about one student."""

    login: str
    score: Points
    max_score: Points
    grade: Points
    pending_points: Points
    submitted_at: datetime


class GradeList(BaseModel):
    """Final grades, in the order of logins."""

    items: list[GradeOut]


class RegradeIn(BaseModel):
    """Why, in the words of whoever starts it."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, WithJsonSchema({"type": "string", "maxLength": 400})] = ""


class CriterionChangeOut(Answer):
    """A row of the rubric before and after; a version that lacks it has no points for it."""

    criterion_id: str
    title: str
    old_points: Points | None
    new_points: Points | None


class ChangeOut(Answer):
    """What a regrade changes for one student."""

    submission_id: str
    student_name: str
    old_score: Points | None
    new_score: Points
    criteria: list[CriterionChangeOut]


class RegradeOut(Answer):
    """A regrade: how far it is, and what it would change or has changed."""

    id: str
    slug: str
    reason: str
    created_at: datetime
    applied_at: datetime | None
    total: int
    done: int
    failed: int
    unchanged: int
    changes: list[ChangeOut]
    links: dict[str, str] = {}

    @classmethod
    def of(cls, view: RegradeView) -> Self:
        """The view with links to what can be done with it."""
        here = f"{API}/regrades/{view.id}"
        return cls.model_validate(view).model_copy(update={"links": {"self": here, "apply": f"{here}/apply"}})


class RegradeList(BaseModel):
    """An assignment's regrades, newest first."""

    items: list[RegradeOut]
