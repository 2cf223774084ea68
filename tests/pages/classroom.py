"""A course with people, an assignment and a database of its own, for tests of the pages."""

import atexit
import copy
import functools
import io
import json
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from grading.domain.assignment import Assignment, ExpectedFile, Limits
from grading.domain.description import CriterionSummary, Description
from grading.domain.jobs import served_by
from grading.domain.report import GradedRun, Report
from grading.domain.verdict import Blame, Tier
from grading.store import descriptions, reports, runs
from grading.store.access import INSTRUCTOR_SCOPES, STUDENT_SCOPES
from grading.store.blobs import Blobs
from grading.store.credentials import issue_link, issue_token
from grading.store.database import Database
from grading.store.settings import Settings
from grading.store.tables import (
    Course,
    Enrollment,
    GradePost,
    LineItem,
    Offering,
    Platform,
    Role,
    User,
    WorkerRow,
    now,
)
from grading.store.tables.lms import PostState

SLUG = "cmpsc497-hw2"
NOTEBOOK_1 = "1.activation_function_and_vanishing_gradient.ipynb"
NOTEBOOK_2 = "2.image_classification_and_feature_visualization.ipynb"
REPORT: Mapping[str, Any] = json.loads((Path(__file__).parent / "fixtures" / "report.json").read_text())
LEASE = timedelta(minutes=1)


def notebook(*sources: str) -> bytes:
    """A notebook with these code cells."""
    cells = [
        {"cell_type": "code", "execution_count": None, "id": f"c{n}", "metadata": {}, "outputs": [], "source": source}
        for n, source in enumerate(sources)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


@functools.cache
def picture(turn: float, height: int = 360, width: int = 480) -> bytes:
    """A PNG of three spiral arms, as a decision boundary looks."""
    y, x = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    arm = ((np.arctan2(y, x) + 4 * np.hypot(x, y) + turn) / (2 * np.pi) * 3 % 3).astype(int)
    colours = np.array([[86, 180, 233], [230, 159, 0], [0, 158, 115]], np.uint8)
    file = io.BytesIO()
    Image.fromarray(colours[arm]).save(file, "PNG")
    return file.getvalue()


def assignment(folder: Path) -> Assignment:
    """The assignment that the fixture report belongs to."""
    starter = folder / "starter" / NOTEBOOK_1
    starter.parent.mkdir(parents=True, exist_ok=True)
    starter.write_bytes(notebook("# your code here"))
    return Assignment(
        slug=SLUG,
        title="Vanishing Gradients and Feature Visualization",
        summary="Watch gradients vanish behind sigmoids, then look at what a fine-tuned ResNet-18 sees.",
        version="sha256:" + "1" * 64,
        folder=folder,
        points=Decimal(10),
        files=(
            ExpectedFile(NOTEBOOK_1, "Activation functions and vanishing gradients"),
            ExpectedFile(NOTEBOOK_2, "Image classification and feature visualization"),
        ),
        limits=Limits(),
        upload_bytes=1 << 20,
        starter=(f"starter/{NOTEBOOK_1}",),
    )


def described(of: Assignment) -> Description:
    """What its rubric says of itself."""
    rows = (
        CriterionSummary(
            row["id"],
            row["title"],
            row["section"],
            NOTEBOOK_1 if row["section"] == "1" else NOTEBOOK_2,
            Decimal(str(row["possible"])),
        )
        for row in REPORT["criteria"]
    )
    return Description(of.slug, of.version, tuple(rows))


def report(**points: float) -> dict[str, Any]:
    """The fixture report, with other points for some rows (underscores for hyphens in their names)."""
    made = copy.deepcopy(dict(REPORT))
    for row in made["criteria"]:
        given = points.get(row["id"].replace("-", "_"))
        if given is not None:
            row["points"] = given
            full = given == row["possible"]
            row["status"] = "passed" if full else "failed"
            if full:
                row["findings"] = [dict(f, passed=True, mistake=None, evidence={}) for f in row["findings"]]
    made["score"] = sum(row["points"] for row in made["criteria"])
    return made


@dataclass(frozen=True)
class Person:
    """Somebody of the course."""

    id: str
    name: str
    token: str


@functools.cache
def _empty_database() -> Path:
    """A database with tables and nothing in them, made once: to copy a file is quicker than to migrate."""
    from migrations import upgrade

    path = Path(tempfile.mkdtemp(prefix="classroom-")) / "empty.db"
    upgrade(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
    connection.close()
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    return path


class Classroom:
    """The course, and what tests do in it."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.settings = Settings(state=folder / "var", **options)
        self.settings.state.mkdir()
        shutil.copyfile(_empty_database(), self.settings.state / "chainrule.db")
        self.database = Database.open(self.settings)
        self.blobs = Blobs(self.settings.blob_dir)
        self.assignments = {SLUG: assignment(folder / "assignment")}
        with self.database.write() as db:
            course = Course(slug="dl", title="CMPSC 497: Deep Learning")
            db.add(course)
            db.flush()
            self.course_id = course.id
            offering = Offering(
                course_id=course.id,
                slug=SLUG,
                rubric_slug=SLUG,
                title=self.assignments[SLUG].title,
                due_at=now() + timedelta(days=6),
            )
            db.add(offering)
            db.flush()
            self.offering_id = offering.id
            descriptions.keep(db, described(self.assignments[SLUG]))
        self.staff = self.person("grace", "Grace Hopper", Role.INSTRUCTOR)
        self.student = self.person("ada", "Ada Lovelace")
        self.pictures = [self.blobs.write(picture(0.4 * n)) for n in range(len(REPORT["figures"]))]

    def person(self, login: str, name: str, role: Role = Role.STUDENT) -> Person:
        """A new member of the course."""
        scopes = STUDENT_SCOPES if role is Role.STUDENT else INSTRUCTOR_SCOPES
        with self.database.write() as db:
            user = User(login=login, name=name)
            db.add(user)
            db.flush()
            db.add(Enrollment(course_id=self.course_id, user_id=user.id, role=role.value, lms_user_id=f"lms-{login}"))
            db.flush()
            token = issue_token(db, scopes=scopes, user_id=user.id, course_id=self.course_id)
            return Person(user.id, name, token)

    def link(self, person: Person) -> str:
        """A sign-in link's last part."""
        with self.database.write() as db:
            return issue_link(db, person.id, timedelta(minutes=5))

    def pictured(self, made: Mapping[str, Any]) -> dict[str, Any]:
        """The report with figures that exist."""
        figures = [dict(f, sha256=sha) for f, sha in zip(made["figures"], self.pictures, strict=True)]
        return dict(made, figures=figures)

    def claim(self) -> runs.Claim | None:
        """The next run that waits, claimed."""
        with self.database.write() as db:
            for run_id, _queue in runs.waiting(db, queues=served_by(("cpu",)), limit=1):
                return runs.claim(db, run_id, "tests", LEASE)
        return None

    def grade_next(self, made: Mapping[str, Any] | None = None) -> str:
        """Grade the next run that waits with this report; the submission's id."""
        claimed = self.claim()

        assert claimed is not None
        self.finish(claimed, made or report())
        return claimed.submission_id

    def finish(self, claimed: runs.Claim, made: Mapping[str, Any]) -> None:
        """Store the report of a claimed run."""
        with self.database.write() as db:
            reports.store(db, claimed, Report.from_json(self.pictured(made)), self.pictures, graded_at=now())

    def fail_next(self, message: str = "the judge died: no space left on device") -> str:
        """Let the next run end as our fault; the submission's id."""
        claimed = self.claim()

        assert claimed is not None
        with self.database.write() as db:
            runs.fail(db, claimed, code="house-fault", message=message, blame=Blame.HOUSE)
        return claimed.submission_id

    def gradebook(self) -> None:
        """Give the offering a gradebook column, so that scores are posted from now on."""
        with self.database.write() as db:
            platform = Platform(
                issuer="https://lms.example", client_id="chainrule", token_url="https://lms.example/token",
                key_file="lms.key", key_id="k1",
            )  # fmt: skip
            db.add(platform)
            db.flush()
            line = LineItem(
                platform_id=platform.id, url="https://lms.example/items/1", label="HW2", score_maximum=Decimal(10)
            )
            db.add(line)
            db.flush()
            db.get_one(Offering, self.offering_id).line_item_id = line.id

    def give_up_posts(self) -> None:
        """Let every waiting post end as given up."""
        from sqlalchemy import update

        with self.database.write() as db:
            db.execute(update(GradePost).values(state=PostState.DEAD.value, tries=8, problem="Line item is gone"))

    def worker(self, *, tier: Tier = Tier.CONTAINED) -> None:
        """Let a worker have reported."""
        layers = [
            {"name": "user_namespace", "holds": True, "detail": "nobody outside"},
            {"name": "cgroup", "holds": False, "detail": "no writable cgroup"},
        ]
        with self.database.write() as db:
            db.add(
                WorkerRow(
                    owner="lab-1",
                    name="worker@lab (4711)",
                    queues="cpu",
                    tier=tier.value,
                    layers=layers,
                    started_at=now(),
                    seen_at=now(),
                )
            )


class SlowJudge:
    """Judges everything by the fixture report, and takes its time."""

    tier = Tier.CONTAINED
    layers = ()

    def __init__(self, classroom: Classroom, *, seconds: float = 2.5) -> None:
        self.classroom = classroom
        self.seconds = seconds

    def grade(self, _submission: object, _slug: str, *, seed: int, device: str) -> GradedRun:
        """The fixture report with its pictures."""
        time.sleep(self.seconds)
        made = self.classroom.pictured(report())
        made["run"] |= {"seed": seed, "device": device}
        pictures = {name: self.classroom.blobs.read(name) for name in self.classroom.pictures}
        return GradedRun(Report.from_json(made), pictures)

    def describe(self, slug: str) -> Description:
        """The classroom has described its own assignment; of the built-in ones nothing is asked here."""
        return Description(slug, "sha256:" + "3" * 64, ())

    def close(self) -> None:
        """Nothing to end."""
