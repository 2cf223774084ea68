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
from typing import Any

import sqlalchemy
from sqlalchemy import insert, select

import migrations
from grading.domain.assignment import Assignment, ExpectedFile, Limits
from grading.domain.description import CriterionSummary, Description, MistakeSummary
from grading.domain.errors import HouseFault, RubricFault
from grading.domain.submission import Submission, SubmittedFile
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


def report_for(content: bytes, *, seed: int = 1) -> dict[str, Any]:
    """A report as the judge makes it: `right` passes, `wrong` fails the second criterion, `broken` is our fault."""
    wrong, broken = content.startswith(b"wrong"), content.startswith(b"broken")
    second = {"status": "passed", "points": 6.0}
    if wrong:
        second = {"status": "failed", "points": 0.0}
    if broken:
        second = {"status": "error", "points": 0.0}
    finding = {
        "question": "second",
        "passed": not (wrong or broken),
        "message": "The sign is flipped." if wrong else "",
        "mistake": "flipped-sign" if wrong else None,
        "visibility": "student",
        "blame": "student" if wrong else "house" if broken else "nobody",
        "remark": False,
        "evidence": {},
    }
    hidden = {**finding, "question": "later", "visibility": "after_due", "mistake": None}
    staff = {**finding, "question": "secret", "visibility": "staff", "mistake": None}
    return {
        "schema": "chainrule.report/1",
        "assignment": {"slug": SLUG, "version": TOY.version},
        "submission": {
            "sha256": submission_of(content).sha256,
            "files": [{"name": "toy.py", "bytes": len(content)}],
        },
        "run": {
            "seed": seed,
            "device": "cpu",
            "sandbox": "full",
            "engine": "test",
            "started_at": "2026-11-20T12:00:00Z",
            "seconds": 0.01,
            "phases": {"start": 0.001, "load": 0.002, "checks": 0.007},
        },
        "score": 4.0 + second["points"],
        "max_score": 10.0,
        "pending_points": 0.0,
        "final": not broken,
        "criteria": [
            {
                "id": "first",
                "title": "First",
                "section": "1",
                "points": 4.0,
                "possible": 4.0,
                "status": "passed",
                "findings": [],
            },
            {
                "id": "second",
                "title": "Second",
                "section": "2",
                "possible": 6.0,
                "findings": [finding, hidden, staff],
                **second,
            },
        ],
        "integrity": [{"kind": "reads-environment", "detail": "asked for a token"}] if wrong else [],
        "notes": [],
        "figures": [
            {
                "id": "plot",
                "title": "A plot",
                "part": "toy.py",
                "criterion": "second",
                "source": "student",
                "pair": "",
                "sha256": PIXEL_NAME,
                "media_type": "image/png",
                "width": 1,
                "height": 1,
            }
        ],
    }


@dataclass
class FakeReply:
    """What the fake judge gives back."""

    report: dict[str, Any]
    figures: dict[str, bytes] = field(default_factory=lambda: {PIXEL_NAME: PIXEL})


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

    def grade(self, submission: Submission, slug: str, *, seed: int, device: str) -> FakeReply:
        """Grade by reading the first word."""
        time.sleep(self.seconds)
        with self.lock:
            self.graded.append(seed)
            if self.faults:
                raise self.faults.pop(0)
        if submission.files[0].content.startswith(b"poison"):
            raise HouseFault("every worker that touches it dies")
        return FakeReply(report_for(submission.files[0].content, seed=seed))

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
