"""A small course to test with: people, an offering, and a judge that grades by reading the first byte."""

import contextlib
import dataclasses
import hashlib
import sqlite3
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import sqlalchemy
from sqlalchemy import insert, select

import migrations
from grading.domain.assignment import Assignment, ExpectedFile, Limits
from grading.domain.description import CriterionSummary, Description, MistakeSummary
from grading.domain.errors import HouseFault, RubricFault
from grading.domain.report import (
    CriterionResult,
    Explanation,
    Figure,
    Finding,
    GradedRun,
    Integrity,
    NamedMistake,
    Report,
    RunFacts,
)
from grading.domain.submission import Submission, SubmittedFile
from grading.domain.verdict import Blame, Status, Tier, Visibility
from grading.store import access, descriptions, submissions
from grading.store.access import Caller
from grading.store.credentials import caller_by_token, issue_token
from grading.store.database import Database
from grading.store.ids import new_id
from grading.store.settings import Settings
from grading.store.tables import Course, Enrollment, Offering, Role, Run, Table, User
from tests.store.servers import postgres

SLUG = "toy"
SQLITE, POSTGRESQL = "sqlite", "postgresql"
QUICK: Mapping[str, Any] = {"sweep_s": 0.2, "heartbeat_s": 0.2, "lease_s": 2.0, "lms_private_addresses": True}
PIXEL = b"\x89PNG\r\n\x1a\n" + b"not really a picture"
PIXEL_NAME = hashlib.sha256(PIXEL).hexdigest()

TOY = Assignment(
    slug=SLUG,
    title="Toy",
    summary="One module.",
    version="sha256:" + "0" * 64,
    folder=Path(__file__).parent,
    points=Decimal(10),
    files=(ExpectedFile("toy.py", "The module"),),
    limits=Limits(),
    starter=("course.py",),
)
DESCRIBED = Description(
    SLUG,
    TOY.version,
    (
        CriterionSummary("first", "First", "1", "toy.py", Decimal(4)),
        CriterionSummary("second", "Second", "2", "toy.py", Decimal(6)),
    ),
    {"flipped-sign": MistakeSummary("The sign of the gradient is flipped.", "Subtract it.")},
)


@dataclass(frozen=True)
class Town:
    """Two courses with their people, by login, and a token for each."""

    settings: Settings
    database: Database
    courses: Mapping[str, str]
    users: Mapping[str, str]
    tokens: Mapping[str, str]
    offering: str

    def caller(self, login: str) -> Caller:
        """Who holds that person's token."""
        with self.database.read() as db:
            caller = caller_by_token(db, self.tokens[login])
        assert caller is not None
        return caller

    def copied(self, folder: Path) -> "Town":
        """The same town in another folder, as it is now."""
        folder.mkdir()
        settings = self.settings.model_copy(update={"state": folder})
        if self.settings.database_url:
            self.database.close()
            settings.database_url = postgres().copy(self.settings.database_url)
        else:
            with (
                contextlib.closing(sqlite3.connect(self.settings.state / "chainrule.db")) as here,
                contextlib.closing(sqlite3.connect(folder / "chainrule.db")) as there,
            ):
                here.backup(there)
        return dataclasses.replace(self, settings=settings, database=Database.open(settings))

    def end(self) -> None:
        """Close the database; one on a server is emptied for the next town."""
        self.database.close()
        if self.settings.database_url:
            postgres().give_back(self.settings.database_url)


def found(folder: Path, backend: str = SQLITE, **settings: Any) -> Town:
    """A fresh database with the courses `ours` and `theirs`: each an instructor; ours has three students."""
    charter = _charter()
    chosen = Settings(state=folder, **{**QUICK, **settings})
    folder.mkdir(parents=True, exist_ok=True)
    if backend == SQLITE:
        (folder / "chainrule.db").write_bytes(charter.content)
    else:
        chosen.database_url = postgres().migrated()
    database = Database.open(chosen)
    if backend != SQLITE:
        with database.write() as db:
            for table, rows in charter.rows:
                db.execute(insert(table), rows)
    return Town(chosen, database, charter.courses, charter.users, dict(charter.tokens), charter.offering)


@dataclass(frozen=True)
class _Charter:
    """What every town begins with: a database file, what is in it, and the ids and tokens by name."""

    content: bytes
    rows: Sequence[tuple[sqlalchemy.Table, Sequence[dict[str, Any]]]]
    courses: Mapping[str, str]
    users: Mapping[str, str]
    tokens: Mapping[str, str]
    offering: str


@cache
def _charter() -> _Charter:
    """Made once for all towns: migrating and enrolling take longer than most tests."""
    people = {
        "teacher": ("ours", Role.INSTRUCTOR),
        "helper": ("ours", Role.TA),
        "ann": ("ours", Role.STUDENT),
        "ben": ("ours", Role.STUDENT),
        "cyd": ("ours", Role.STUDENT),
        "stranger": ("theirs", Role.STUDENT),
        "rival": ("theirs", Role.INSTRUCTOR),
    }
    courses = {name: new_id() for name in ("ours", "theirs")}
    users = {login: new_id() for login in people}
    tokens: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        chosen = Settings(state=Path(folder), **QUICK)
        migrations.upgrade(chosen.database)
        database = Database.open(chosen)
        with database.write() as db:
            db.add_all(Course(id=course_id, slug=name, title=name.title()) for name, course_id in courses.items())
            db.add_all(User(id=user_id, login=login, name=login.title()) for login, user_id in users.items())
            db.flush()
            offering = Offering(id=new_id(), course_id=courses["ours"], slug=SLUG, rubric_slug=SLUG, title="Toy")
            db.add(offering)
            descriptions.keep(db, DESCRIBED)
            for login, (course, role) in people.items():
                home, user = courses[course], users[login]
                db.add(Enrollment(course_id=home, user_id=user, role=role.value, lms_user_id=f"lms-{login}"))
                scopes = access.STUDENT_SCOPES if role is Role.STUDENT else access.INSTRUCTOR_SCOPES
                tokens[login] = issue_token(db, scopes=scopes, user_id=user, course_id=home)
            tokens["platform"] = issue_token(db, scopes=access.LMS_SCOPES, course_id=courses["ours"], label="platform")
        with database.read() as db:
            every = [
                (table, [dict(row) for row in db.execute(select(table)).mappings()])
                for table in Table.metadata.sorted_tables
            ]
        # Closing the last connection folds the write-ahead log into the file.
        database.close()
        content = (Path(folder) / "chainrule.db").read_bytes()
    return _Charter(content, [pair for pair in every if pair[1]], courses, users, tokens, offering.id)


def submission_of(content: bytes) -> Submission:
    """A submission of one module."""
    return Submission((SubmittedFile("toy.py", content),))


def submit(town: Town, login: str, content: bytes = b"right", blobs: Any = None) -> Run:
    """Put a submission into the database as the API would."""
    submission = submission_of(content)
    name = hashlib.sha256(content).hexdigest() if blobs is None else blobs.write(content)
    caller = town.caller(login)
    with town.database.write() as db:
        return submissions.accept(
            db,
            caller,
            db.get_one(Offering, town.offering),
            submission,
            {"toy.py": name},
            device="cpu",
            settings=town.settings,
        )


def report_for(content: bytes, *, seed: int = 1) -> Report:
    """A report as the judge makes it: `right` passes, `wrong` fails the second criterion, `broken` is our fault."""
    wrong, broken = content.startswith(b"wrong"), content.startswith(b"broken")
    blame = Blame.STUDENT if wrong else Blame.HOUSE if broken else Blame.NOBODY
    said = "The sign is flipped." if wrong else ""
    named = Explanation(mistake=NamedMistake("flipped-sign", said)) if wrong else Explanation()
    findings = (
        Finding("second", not (wrong or broken), named, blame=blame),
        Finding("later", not (wrong or broken), Explanation(seen=said), Visibility.AFTER_DUE, blame),
        Finding("secret", not (wrong or broken), Explanation(seen=said), Visibility.STAFF, blame),
    )
    status = Status.FAILED if wrong else Status.ERROR if broken else Status.PASSED
    points = Decimal(6 if status is Status.PASSED else 0)
    phases = {"start": 0.001, "load": 0.002, "checks": 0.007}
    return Report(
        assignment_slug=SLUG,
        assignment_version=TOY.version,
        submission_sha256=submission_of(content).sha256,
        files=(("toy.py", len(content)),),
        run=RunFacts(seed, "cpu", Tier.FULL, "test", "2026-11-20T12:00:00Z", 0.01, phases),
        criteria=(
            CriterionResult("first", "First", "1", Decimal(4), Decimal(4), Status.PASSED),
            CriterionResult("second", "Second", "2", points, Decimal(6), status, findings),
        ),
        integrity=(Integrity("reads-environment", "asked for a token"),) if wrong else (),
        figures=(Figure("plot", "A plot", "toy.py", "student", PIXEL_NAME, 1, 1, criterion="second"),),
    )


def graded_as(report: Report, figures: Mapping[str, bytes] = MappingProxyType({PIXEL_NAME: PIXEL})) -> GradedRun:
    """What a judge gives back that made this report."""
    return GradedRun(report, figures)


@dataclass
class FakeJudge:
    """Keeps the judge's contract without a sandbox.

    Attributes:
        faults: raised by the next calls, one each.
        seconds: how long a grading takes.
        graded: seeds of the gradings so far.
        described: what it says of rubrics, by slug.
        asked: slugs of the descriptions asked for so far.
    """

    faults: list[Exception] = field(default_factory=list)
    seconds: float = 0.0
    graded: list[int] = field(default_factory=list)
    described: dict[str, Description] = field(default_factory=lambda: {SLUG: DESCRIBED})
    asked: list[str] = field(default_factory=list)
    closed: bool = False
    tier: str = "full"
    layers: tuple[Any, ...] = ()
    lock: threading.Lock = field(default_factory=threading.Lock)

    def grade(self, submission: Submission, slug: str, *, seed: int, device: str) -> GradedRun:
        """Grade by reading the first word."""
        time.sleep(self.seconds)
        with self.lock:
            self.graded.append(seed)
            if self.faults:
                raise self.faults.pop(0)
        if submission.files[0].content.startswith(b"poison"):
            raise HouseFault("every worker that touches it dies")
        return graded_as(report_for(submission.files[0].content, seed=seed))

    def wants_gpu(self, submission: Submission, slug: str) -> bool:
        """Unless it is empty."""
        return bool(submission.files[0].content.strip())

    def describe(self, slug: str) -> Description:
        """As it was told to; of what it does not know, a fault."""
        with self.lock:
            self.asked.append(slug)
            if slug not in self.described:
                raise RubricFault(f"rubric.py of {slug}: does not import")
            return self.described[slug]

    def close(self) -> None:
        """Nothing to end."""
        self.closed = True
