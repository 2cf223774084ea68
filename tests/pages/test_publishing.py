"""A publish during the term: pages and API see it at once, old results keep their rows, nothing breaks meanwhile."""

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from grading.assignments.catalog import version_of
from grading.assignments.live import LiveCatalog
from grading.domain.description import Description
from grading.domain.errors import RubricFault
from grading.store import descriptions
from grading.store.tables import Offering
from tests.pages.classroom import NOTEBOOK_1, SLUG, Classroom, described, notebook, report
from tests.pages.conftest import Browser
from tests.store.course import FakeJudge
from worker.describing import Describer

NETS = "nets"
MANIFEST = """
slug = "nets"
title = "Nets"
summary = "A small one."
points = "3"
[[files]]
name = "nets.py"
title = "Module"
"""
PREPARED = "The table of rows is being prepared"


class ReadingJudge(FakeJudge):
    """Reads a rubric that is a list of rows as JSON: id, title, points."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    def describe(self, slug: str) -> Description:
        """Whatever the file says now."""
        rubric = self.folder / "rubric.json"
        if not rubric.is_file():
            raise RubricFault(f"{rubric}: there is no rubric.")
        rows = [
            {"id": i, "title": t, "section": "", "part": "nets.py", "points": p}
            for i, t, p in json.loads(rubric.read_text())
        ]
        return Description.from_json(
            {"slug": slug, "version": version_of(self.folder), "criteria": rows, "mistakes": {}}
        )


class Term:
    """A running service whose course sets one assignment from a folder of its own."""

    def __init__(self, tmp_path: Path) -> None:
        self.course = tmp_path / "course"
        self.home = self.course / NETS
        self.aside = tmp_path / "aside"
        self.course.mkdir()
        self.publish(first="First")
        self.room = Classroom(tmp_path)
        known = LiveCatalog([self.course])
        with self.room.database.write() as db:
            offering = Offering(course_id=self.room.course_id, slug=NETS, rubric_slug=NETS, title="Nets")
            db.add(offering)
        app = create_app(self.room.settings, known)
        self.student = Browser(app).sign_in(self.room, self.room.student)
        self.staff = Browser(app).sign_in(self.room, self.room.staff)
        self.client = TestClient(app, headers={"Authorization": f"Bearer {self.room.student.token}"})
        self.describer, self.judge = Describer(self.room.database, known), ReadingJudge(self.home)

    def publish(self, **titles: str) -> None:
        """Put a version with these rows where the service reads it, in two renames."""
        self.aside.mkdir()
        (self.aside / "assignment.toml").write_text(MANIFEST)
        if titles:
            rows = [[name, title, str(3 / len(titles))] for name, title in titles.items()]
            (self.aside / "rubric.json").write_text(json.dumps(rows))
        if self.home.exists():
            self.home.rename(self.aside.with_name(f"old-{time.monotonic_ns()}"))
        self.aside.rename(self.home)

    def sweep(self) -> None:
        """What the worker does every few seconds."""
        self.describer.look(self.judge)

    def told(self) -> dict[str, Any]:
        """What the API says of the assignment."""
        answer = self.client.get(f"/api/v1/assignments/{NETS}")

        assert answer.status_code == 200
        return dict(answer.json())


@pytest.fixture
def term(tmp_path):
    """The service, before any worker has looked."""
    return Term(tmp_path)


def test_until_a_judge_has_told_the_rows_the_page_says_so(term) -> None:
    """Submissions are taken meanwhile: files and limits are the manifest's."""
    page = term.student.get(f"/assignments/{NETS}").text
    assert PREPARED in page
    assert (term.told()["being_prepared"], term.told()["criteria"], term.told()["points"]) == (True, [], 3.0)

    sent = term.student.send(f"/assignments/{NETS}/submissions", files=[("files", ("nets.py", b"x = 1\n"))])
    assert (sent.status_code, "being prepared" in sent.text) == (200, True)

    term.sweep()
    page = term.student.get(f"/assignments/{NETS}").text
    assert (PREPARED in page, "First" in page) == (False, True)
    assert [row["title"] for row in term.told()["criteria"]] == ["First"]


def test_a_publish_is_seen_by_page_and_api_without_a_restart(term) -> None:
    """The version at the next request, its rows as soon as a judge told them."""
    term.sweep()
    before = term.told()
    term.publish(first="First, mended", second="Second")
    between = term.told()
    term.sweep()
    after = term.told()

    assert (between["version"] != before["version"], between["being_prepared"]) == (True, True)
    assert [row["title"] for row in after["criteria"]] == ["First, mended", "Second"]
    assert "First, mended" in term.student.get(f"/assignments/{NETS}").text


def test_a_rubric_that_cannot_be_read_is_told_to_staff(term) -> None:
    """Students see that there are no rows yet; every page stands."""
    term.publish()
    term.sweep()
    students = term.student.get(f"/assignments/{NETS}")
    results = term.staff.get(f"/assignments/{NETS}/results")

    assert (students.status_code, "there is no rubric" in students.text, PREPARED in students.text) == (
        200,
        False,
        True,
    )
    assert "there is no rubric" in term.staff.get(f"/assignments/{NETS}").text
    assert (results.status_code, "there is no rubric" in results.text) == (200, True)
    assert term.staff.get(f"/assignments/{NETS}/results.csv").status_code == 200

    term.publish(first="Mended")
    term.sweep()
    assert "there is no rubric" not in term.staff.get(f"/assignments/{NETS}/results").text


def newer(classroom: Classroom) -> None:
    """Set the next version, in which one row has another name, another is gone, and all belong to the first file."""
    assignment = replace(classroom.assignments[SLUG], version="sha256:" + "2" * 64)
    first, *_, last = described(assignment).criteria
    rows = (replace(first, title="A new title"), replace(last, part=NOTEBOOK_1))
    classroom.assignments[SLUG] = assignment
    with classroom.database.write() as db:
        descriptions.keep(db, Description(SLUG, assignment.version, rows))


def test_old_results_keep_the_rows_of_their_version(classroom, app, student, staff) -> None:
    """The report under its own parts, the table of results with rows of both, the CSV with a column for each."""
    student.submit((NOTEBOOK_1, notebook("x = 1")))
    submission_id = classroom.grade_next(report())
    before = student.get(f"/submissions/{submission_id}").text
    newer(classroom)
    page = student.get(f"/submissions/{submission_id}").text

    assert ("Activation functions and vanishing gradients" in page, "A new title" in page) == (True, False)
    assert before.count("<h3") == page.count("<h3")
    assert "A new title" in student.get(f"/assignments/{SLUG}").text
    head = staff.get(f"/assignments/{SLUG}/results.csv").text.splitlines()[0]
    assert head.split(",")[10:13] == ["activation-functions", "feature-visualization", "forward-pass"]


def test_a_mistake_is_told_in_the_words_of_its_version(classroom, app, student, staff) -> None:
    """The record's sentence; for a version that nobody described, the report's own."""
    student.submit((NOTEBOOK_1, notebook("x = 1")))
    classroom.grade_next(report())
    results = f"/assignments/{SLUG}/results"
    assert "The derivative of the activation is left out" in staff.get(results).text

    assignment = classroom.assignments[SLUG]
    words = {"slope-missing": descriptions.MistakeSummary("The slope of `tanh` is missing.", "")}
    with classroom.database.write() as db:
        descriptions.keep(db, replace(described(assignment), mistakes=words))
    # Another process: a description never changes, so the first one would not read it twice.
    other = Browser(create_app(classroom.settings, classroom.assignments)).sign_in(classroom, classroom.staff)

    assert "The slope of <code>tanh</code> is missing" in other.get(results).text
    assert "Mistake: The slope of" in other.get(f"{results}?mistake=slope-missing").text
