"""The demo course: something to try everything with, made anew as far as it is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from grading.domain.assignment import Assignment
from grading.store.access import INSTRUCTOR_SCOPES, LMS_SCOPES, STUDENT_SCOPES
from grading.store.credentials import issue_link, issue_token
from grading.store.ids import new_id
from grading.store.settings import Settings
from grading.store.tables import ApiToken, Course, Enrollment, Offering, Role, User, now

COURSE = "dl101"
COURSE_TITLE = "Deep Learning 101"
PEOPLE = (
    ("ada", "Ada Lovelace", Role.INSTRUCTOR),
    ("emmy", "Emmy Noether", Role.STUDENT),
    ("sofia", "Sofia Kovalevskaya", Role.STUDENT),
    ("srinivasa", "Srinivasa Ramanujan", Role.STUDENT),
)
LABEL = "demo"
FIRST = "cmpsc497-hw2"
TOKEN_LIFETIME = timedelta(days=30)
DUE_IN = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Demo:
    """What a person needs to try the demo course. Links work once, tokens until the next start."""

    course_title: str
    slug: str
    slugs: tuple[str, ...]
    instructor_name: str
    instructor_link: str
    instructor_token: str
    student_name: str
    student_link: str
    student_token: str
    other_student_links: tuple[str, ...]
    lms_token: str


def set_up_demo(db: Session, settings: Settings, assignments: Mapping[str, Assignment]) -> Demo:
    """Make the course, its people and an offering of every assignment where they are missing; hand out new keys.

    The demo's earlier tokens stop working, so that each start knows exactly one of each.
    """
    course = db.scalar(select(Course).where(Course.slug == COURSE))
    if course is None:
        course = Course(id=new_id(), slug=COURSE, title=COURSE_TITLE)
        db.add(course)
        db.flush()
    people = [_person(db, course, login, name, role) for login, name, role in PEOPLE]
    for assignment in assignments.values():
        if db.scalar(select(Offering.id).where(Offering.slug == assignment.slug)) is None:
            db.add(
                Offering(
                    course_id=course.id,
                    slug=assignment.slug,
                    rubric_slug=assignment.slug,
                    title=assignment.title,
                    due_at=now() + DUE_IN,
                )
            )
    db.execute(
        update(ApiToken)
        .where(ApiToken.course_id == course.id, ApiToken.label == LABEL, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now())
    )
    instructor, student, *others = people
    link_lifetime = timedelta(minutes=settings.link_minutes)

    def link(person: User) -> str:
        return f"{settings.url}/sign-in/{issue_link(db, person.id, link_lifetime)}"

    def token(person: User | None, scopes: tuple[str, ...]) -> str:
        return issue_token(
            db,
            scopes=scopes,
            user_id=None if person is None else person.id,
            course_id=course.id,
            label=LABEL,
            lifetime=TOKEN_LIFETIME,
        )

    slugs = tuple(db.scalars(select(Offering.slug).where(Offering.course_id == course.id).order_by(Offering.slug)))
    return Demo(
        course_title=course.title,
        slug=FIRST if FIRST in slugs else slugs[0] if slugs else "",
        slugs=slugs,
        instructor_name=instructor.name,
        instructor_link=link(instructor),
        instructor_token=token(instructor, INSTRUCTOR_SCOPES),
        student_name=student.name,
        student_link=link(student),
        student_token=token(student, STUDENT_SCOPES),
        other_student_links=tuple(link(other) for other in others),
        lms_token=token(None, LMS_SCOPES),
    )


def _person(db: Session, course: Course, login: str, name: str, role: Role) -> User:
    user = db.scalar(select(User).where(User.login == login))
    if user is None:
        user = User(id=new_id(), login=login, name=name)
        db.add(user)
        db.flush()
    if db.get(Enrollment, (course.id, user.id)) is None:
        db.add(Enrollment(course_id=course.id, user_id=user.id, role=role.value))
        db.flush()
    return user
