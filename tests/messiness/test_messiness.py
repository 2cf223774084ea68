"""Each oddity of real submissions is submitted, and meets the fate that it should."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from grading import pipeline
from grading.assignments import load_rubric
from grading.assignments.catalog import read_assignment
from grading.domain.errors import NotASubmission
from grading.domain.report import Report
from grading.domain.verdict import Blame
from grading.intake import read_upload
from grading.sandbox import Sandbox, SandboxConfig
from tests.messiness import modules
from tests.messiness.modules import MODULES
from tests.messiness.notebooks import NOTEBOOKS, Messy

pytestmark = [pytest.mark.box, pytest.mark.slow, pytest.mark.timeout(300)]
FOLDER = Path(__file__).parent / "homework"
ASSIGNMENT = read_assignment(FOLDER)
RUBRIC = load_rubric(ASSIGNMENT)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """One for all submissions."""
    with Sandbox.start(SandboxConfig(images=("torch",))) as started:
        yield started


def graded(sandbox: Sandbox, files: dict[str, bytes]) -> Report:
    """The report on a submission, uploaded as a student would."""
    submission = read_upload(list(files.items()), ASSIGNMENT)
    return pipeline.grade(submission, ASSIGNMENT, RUBRIC, seed=3, sandbox=sandbox).report


def assert_fate(report: Report, messy: Messy, part: str) -> None:
    """The rows of one file that lose their points are those that should, and the report tells what it must."""
    own = {row.id for row in RUBRIC.summaries() if row.part == part}
    rows = [row for row in report.criteria if row.id in own]
    words = "\n".join([*report.notes, *(f.message for row in rows for f in row.findings)])

    expected = any("cell" in pattern for pattern in messy.told)
    assert expected or not re.search("did not end well|was stopped|failed here", words), words
    assert tuple(row.id for row in rows if row.points < row.possible) == messy.lost, words
    assert [pattern for pattern in messy.told if not re.search(pattern, words)] == [], words
    assert {f.blame for row in rows for f in row.findings} <= {Blame.STUDENT, Blame.NOBODY}, words


@pytest.mark.parametrize("oddity", [name for name, messy in NOTEBOOKS.items() if not messy.refused])
def test_a_messy_notebook_is_graded_all_the_same(sandbox: Sandbox, oddity: str) -> None:
    """What surrounds a right answer costs nothing, and what was mended for it is told."""
    messy = NOTEBOOKS[oddity]

    assert_fate(graded(sandbox, messy.files), messy, "homework.ipynb")


@pytest.mark.parametrize("oddity", list(MODULES))
def test_a_messy_module_is_graded_all_the_same(sandbox: Sandbox, oddity: str) -> None:
    """The same for modules."""
    messy = MODULES[oddity]
    files = messy.files or {modules.NAME: (FOLDER / "starter" / modules.NAME).read_bytes()}

    assert_fate(graded(sandbox, files), messy, modules.NAME)


@pytest.mark.parametrize("oddity", [name for name, messy in NOTEBOOKS.items() if messy.refused])
def test_what_is_no_submission_is_refused_by_name(oddity: str) -> None:
    """The student hears what the file is, and submits another."""
    with pytest.raises(NotASubmission) as refused:
        read_upload(list(NOTEBOOKS[oddity].files.items()), ASSIGNMENT)

    assert refused.value.code == NOTEBOOKS[oddity].refused


def test_an_untouched_starter_is_told_as_such(sandbox: Sandbox) -> None:
    """Nothing was attempted, and the report says so."""
    report = graded(
        sandbox, {name: (FOLDER / "starter" / name).read_bytes() for name in ("homework.ipynb", "model.py")}
    )

    assert {row.status.value for row in report.criteria} == {"not_attempted"}
