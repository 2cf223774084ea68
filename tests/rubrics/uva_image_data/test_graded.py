"""Whole submissions in real boxes: the samples, and a few known submissions; the rest is the gate's."""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from grading.assignments.uva_image_data.known import RIGHT, WRONG
from grading.assignments.uva_image_data.rubric import FILE
from grading.authoring.patches import Patch, patched
from grading.domain.submission import Submission, SubmittedFile
from grading.judge.client import Judge
from grading.judge.config import JudgeConfig
from tests.rubrics.uva_image_data.samples import SAMPLES

pytestmark = [pytest.mark.box, pytest.mark.timeout(180)]
SOME = 3
TODAY = int(time.time() // 86_400)
"""Other known submissions every day; all of them are `chainrule assignment validate uva-image-data`."""

Report = Mapping[str, Any]


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """One judge for all."""
    with Judge.start(JudgeConfig(warm=False)) as judge:
        yield judge


def graded(judge: Judge, content: bytes) -> Report:
    """The report on a notebook."""
    return judge.grade(Submission((SubmittedFile(FILE, content),)), "uva-image-data", seed=TODAY).report.to_json()


def lost(report: Report) -> set[str]:
    """The rows without their points, of those that no person waits for."""
    return {row["id"] for row in report["criteria"] if row["status"] not in {"passed", "manual"}}


def content_of(name: str) -> bytes:
    """A sample's notebook."""
    return (SAMPLES / name / FILE).read_bytes()


@pytest.mark.parametrize("name", ["right", "right_inline"])
def test_right_samples_have_everything_but_what_waits(judge: Judge, name: str) -> None:
    """Nine points at once, eleven for a person."""
    report = graded(judge, content_of(name))

    assert (report["score"], report["pending_points"]) == (9.0, 11.0)


@pytest.mark.parametrize(("name", "score", "pending"), [("starter", 0, 0), ("broken", 1, 1), ("partly_right", 7, 7)])
def test_other_samples_have_what_they_deserve(judge: Judge, name: str, score: float, pending: float) -> None:
    """An unwritten answer waits for nobody; a notebook that was never run earns nothing."""
    report = graded(judge, content_of(name))

    assert (report["score"], report["pending_points"]) == (score, pending)
    assert report["final"]


def test_answers_alone_in_the_untouched_code_are_read(judge: Judge) -> None:
    """All code is given: a notebook with the starter's code is no starter."""
    notebook = json.loads(content_of("starter"))
    cell = next(cell for cell in notebook["cells"] if "Assignment 3" in "".join(cell["source"]))
    cell["source"] = "".join(cell["source"]).replace("YOUR ANSWER HERE", "Adam is faster.")
    report = graded(judge, json.dumps(notebook).encode())

    assert (report["score"], report["pending_points"]) == (0.0, 1.0)
    assert {row["status"] for row in report["criteria"]} == {"not_attempted", "manual"}


@pytest.mark.parametrize("nth", range(SOME))
def test_known_mistakes_lose_their_rows_and_are_named(judge: Judge, nth: int) -> None:
    """Those rows and no others."""
    patch: Patch = WRONG[(TODAY * SOME + nth) % len(WRONG)]
    report = graded(judge, patched(content_of("right"), [patch]))
    named = {f["mistake"] for row in report["criteria"] for f in row["findings"]}

    assert lost(report) == set(patch.loses), patch.name
    assert patch.named in named, patch.name


@pytest.mark.parametrize("nth", range(SOME))
def test_right_variants_lose_nothing(judge: Judge, nth: int) -> None:
    """Right in another way is right."""
    patch: Patch = RIGHT[(TODAY * SOME + nth) % len(RIGHT)]
    report = graded(judge, patched(content_of("right"), [patch]))

    assert lost(report) == set(), patch.name
