"""A course with an assignment that people judge: real answers, read by the rubric, stored as the worker stores them."""

import json
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import undefer

from grading.assignments.catalog import read_assignment
from grading.domain.report import Report, RunFacts
from grading.domain.submission import Submission, SubmittedFile
from grading.domain.verdict import Tier
from grading.evaluation.criteria import Evaluation
from grading.programs import read_source
from grading.store import reports, runs, submissions
from grading.store.access import Caller
from grading.store.credentials import caller_by_token
from grading.store.queries import marking
from grading.store.queries.marking import Item, View
from grading.store.tables import GradePost, Offering, ReportRow, Role, Run, now
from tests.evaluation.fakes import FakeBox, asking
from tests.manual.essay.rubric import sheet
from tests.pages.classroom import Classroom, Person

ESSAY = "essay"
FILE = "answers.ipynb"
SYMMETRY = "All units stay equal: $w_i = w_j$ gives the *same* gradient."
VANISHING = "ReLU, because its slope is 1."


def notebook(symmetry: str = SYMMETRY, vanishing: str = VANISHING, statement: str = "False") -> bytes:
    """A submission with these answers."""
    questions = ("Augmentation always helps.", "Why do zero weights not learn?", "What helps?")
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": source}
        for number, (asked, told) in enumerate(zip(questions, (statement, symmetry, vanishing), strict=True), 1)
        for source in (f"**{number}.** {asked}", told)
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def report_of(content: bytes) -> Report:
    """What the judge says about the submission."""
    file = SubmittedFile(FILE, content)
    with asking(sheet, FakeBox({})) as (student, _):
        rows = Evaluation(sheet, student, 1, read_source(file)).results()
    facts = RunFacts(1, "cpu", Tier.FULL, "test", "2026-11-20T12:00:00Z", 0.1, {"checks": 0.1})
    sha256 = Submission((file,)).sha256
    return Report(ESSAY, "sha256:" + "2" * 64, sha256, ((FILE, len(content)),), facts, tuple(rows))


class Hall(Classroom):
    """A classroom in which the essay is set."""

    def __init__(self, folder: Path, **options: Any) -> None:
        super().__init__(folder, **options)
        self.assignments[ESSAY] = read_assignment(Path(__file__).parent / ESSAY)
        with self.database.write() as db:
            offering = Offering(course_id=self.course_id, slug=ESSAY, rubric_slug=ESSAY, title="Two Questions in Words")
            db.add(offering)
            db.flush()
            self.essay_id = offering.id
        self.second = self.person("alan", "Alan Turing", Role.TA)

    def caller(self, person: Person) -> Caller:
        """The person with their token."""
        with self.database.read() as db:
            caller = caller_by_token(db, person.token)

        assert caller is not None
        return caller

    def submit(self, person: Person, content: bytes = b"") -> str:
        """Submit and grade; the submission's id."""
        content = content or notebook()
        caller = self.caller(person)
        submission = Submission((SubmittedFile(FILE, content),))
        with self.database.write() as db:
            run = submissions.accept(
                db, caller, db.get_one(Offering, self.essay_id), submission, {FILE: self.blobs.write(content)},
                device="cpu", settings=self.settings,
            )  # fmt: skip
        self.grade(run, report_of(content))
        return run.submission_id

    def grade(self, run: Run, made: Report) -> tuple[str, ...]:
        """Store this report for a waiting run; the ids of posts."""
        with self.database.write() as db:
            claimed = runs.claim(db, run.id, "tests", timedelta(minutes=1))

            assert claimed is not None
            stored = reports.store(db, claimed, made, (), graded_at=now())

        assert stored is not None
        return stored.posts

    def crowd(self, count: int) -> list[Person]:
        """So many students, each with an answer of their own."""
        people = [self.person(f"s{n:02}", f"Student {n:02}") for n in range(count)]
        for n, person in enumerate(people):
            self.submit(person, notebook(f"Answer {n}: {SYMMETRY}", f"Answer {n}: {VANISHING}"))
        return people

    def queue(self, person: Person, view: View = "all", criterion: str = "") -> list[Item]:
        """The person's queue."""
        with self.database.read() as db:
            return marking.queue_of(
                db, self.caller(person), ESSAY, self.settings.secret_key(), view=view, criterion=criterion
            )

    def stored(self, submission_id: str) -> ReportRow:
        """The report that counts now."""
        with self.database.read() as db:
            return db.scalars(
                select(ReportRow)
                .options(undefer(ReportRow.body))
                .join(Run, Run.id == ReportRow.run_id)
                .where(Run.submission_id == submission_id, Run.current)
            ).one()

    def posts(self) -> Sequence[GradePost]:
        """Every post so far, oldest first."""
        with self.database.read() as db:
            return db.scalars(select(GradePost).order_by(GradePost.created_at, GradePost.id)).all()

    def post_grades(self) -> None:
        """Give the essay a gradebook column."""
        self.gradebook()
        with self.database.write() as db:
            line = db.get_one(Offering, self.offering_id).line_item_id
            db.get_one(Offering, self.essay_id).line_item_id = line


def points(value: str) -> Decimal:
    """Exact points."""
    return Decimal(value)
