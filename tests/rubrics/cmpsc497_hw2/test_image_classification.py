"""Notebook 2 in real boxes: every known mistake loses its rows and has its name, every right variant keeps its points."""

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from grading.assignments.cmpsc497_hw2.image_classification import FILE
from grading.assignments.cmpsc497_hw2.known import LOSS, MAPS, NOTEBOOK_2, OPTIMIZERS, TRANSFORMS, WEIGHTS
from grading.authoring.patches import Patch, grouped, patched
from grading.domain.submission import Submission, SubmittedFile
from grading.judge.client import Judge
from grading.judge.config import JudgeConfig
from tests.rubrics.rotation import rotated

Report = Mapping[str, Any]
Group = tuple[Patch, ...]

OTHER_FILE = "1.activation_function_and_vanishing_gradient.ipynb"
FOLDER = Path(__file__).parents[3] / "grading/assignments/cmpsc497_hw2"
ROWS = (TRANSFORMS, LOSS, OPTIMIZERS, WEIGHTS, MAPS)
SAMPLE = (FOLDER / "samples/right" / FILE).read_bytes()
SEEDS = (0,)
WRONG_TODAY = rotated(grouped(SAMPLE, NOTEBOOK_2.wrong, 3), 3)
RIGHT_TODAY = rotated(grouped(SAMPLE, NOTEBOOK_2.right, 3), 3)
"""All of them, on many seeds, are the rehearsal's."""


def name_of(value: object) -> str | None:
    """The names of the patches in a notebook."""
    return " + ".join(patch.name for patch in value) if isinstance(value, tuple) else None


pytestmark = pytest.mark.box


class Submissions:
    """Grades in the background, as many at once as there are cores."""

    def __init__(self, judge: Judge) -> None:
        self._judge = judge
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1)
        self._waiting: dict[tuple[Group, int], Future[Report]] = {}

    def submit(self, group: Group, seed: int) -> Future[Report]:
        """The report to come; what was submitted with this seed is not graded again."""
        if (group, seed) not in self._waiting:
            self._waiting[group, seed] = self._pool.submit(self.graded, patched(SAMPLE, group), seed)
        return self._waiting[group, seed]

    def graded(self, content: bytes, seed: int = 0) -> Report:
        """The report on one notebook."""
        submission = Submission((SubmittedFile(FILE, content),))
        return self._judge.grade(submission, "cmpsc497-hw2", seed=seed).report.to_json()

    def close(self) -> None:
        """Take nothing more."""
        self._pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="module")
def submissions(request: pytest.FixtureRequest) -> Iterator[Submissions]:
    """A judge at work on all patches that this session asks for, so that no core waits for the next test."""
    with Judge.start(JudgeConfig(warm=False)) as judge:
        opened = Submissions(judge)
        for item in request.session.items:
            call = getattr(item, "callspec", None)
            if item.path == request.path and call is not None and "group" in call.params:
                opened.submit(call.params["group"], call.params["seed"])
        yield opened
        opened.close()


def rows(report: Report) -> dict[str, Any]:
    """Notebook 2's rows by id."""
    return {row["id"]: row for row in report["criteria"] if row["id"] in ROWS}


def lost(report: Report) -> tuple[str, ...]:
    """The rows without their points."""
    return tuple(name for name, row in rows(report).items() if row["status"] != "passed")


def said(report: Report) -> str:
    """The failing findings, for the message of a failing test."""
    findings = [f for row in rows(report).values() for f in row["findings"] if not f["passed"]]
    return "\n".join(f"{f['question']}: {f['message']} [{f['mistake']}]" for f in findings)


def named(report: Report) -> set[str]:
    """The mistakes that were named."""
    return {f["mistake"] for row in rows(report).values() for f in row["findings"] if not f["passed"] and f["mistake"]}


def test_every_row_has_known_mistakes_enough() -> None:
    """At least four ways to be wrong are tried in each row."""
    tried = {row: {patch.named for patch in NOTEBOOK_2.wrong if row in patch.loses} for row in ROWS}

    assert min(len(names) for names in tried.values()) >= 4


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("group", WRONG_TODAY, ids=name_of)
def test_known_mistakes_lose_their_rows_and_are_named(submissions: Submissions, group: Group, seed: int) -> None:
    """A known mistake costs the row it was made in, no other, and the report says which it was."""
    report = submissions.submit(group, seed).result()

    assert {row for patch in group for row in patch.loses} == set(lost(report)), said(report)
    assert {patch.named for patch in group} <= named(report), said(report)
    assert report["final"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("group", RIGHT_TODAY, ids=name_of)
def test_right_variants_keep_full_marks(submissions: Submissions, group: Group, seed: int) -> None:
    """A notebook that is right in another way earns every point."""
    report = submissions.submit(group, seed).result()

    assert lost(report) == (), said(report)
    assert report["final"]


@pytest.mark.slow
def test_the_same_seed_gives_the_same_rows_twice(submissions: Submissions) -> None:
    """Grading again with the seed of a run gives its rows again, word for word."""
    content = SAMPLE

    assert rows(submissions.graded(content, 7)) == rows(submissions.graded(content, 7))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["starter", "partly_right"])
def test_samples_earn_what_they_should(submissions: Submissions, name: str) -> None:
    """The untouched starter earns nothing; the partly right sample loses three rows, each by its name."""
    expected = {
        "starter": (0.0, set()),
        "partly_right": (
            3.0, {"softmax-before-cross-entropy", "evaluation-augmented", "maps-before-fine-tuning"},
        ),
    }  # fmt: skip

    report = submissions.graded((FOLDER / "samples" / name / FILE).read_bytes())

    points, mistakes = expected[name]
    assert report["score"] == points, said(report)
    assert mistakes <= named(report)
    assert report["final"]


@pytest.mark.slow
def test_another_assignments_notebook_is_the_students_to_mend(submissions: Submissions) -> None:
    """Notebook 1 under notebook 2's name earns nothing, and nobody but the student has to act."""
    content = (FOLDER / "samples" / "right" / OTHER_FILE).read_bytes()
    assert b"range(50000)" in content
    report = submissions.graded(content.replace(b"range(50000)", b"range(500)"))  # its trainings take a minute

    assert lost(report) == ROWS
    assert report["final"]
