"""What ways of writing the assignment earn, in real boxes: other ones every day; all of them are the gate's."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from grading.assignments.rdfia_tp2.known import patches
from grading.authoring.patches import Patch, patched
from grading.domain.submission import Submission, SubmittedFile
from grading.judge.client import Judge
from grading.judge.config import JudgeConfig
from tests.rubrics.rotation import rotated

SAMPLES = Path(__file__).resolve().parents[3] / "grading/assignments/rdfia_tp2/samples"
WRONG = [(group.file, patch) for group in patches for patch in group.wrong]
RIGHT = [(group.file, patch) for group in patches for patch in group.right]
SOME = 2

pytestmark = pytest.mark.box


def name_of(value: object) -> str | None:
    """The names of patches, for the tests' own."""
    return value.name if isinstance(value, Patch) else None


@pytest.fixture(scope="module")
def judge() -> Iterator[Judge]:
    """A judge at work."""
    with Judge.start(JudgeConfig(warm=False)) as started:
        yield started


def graded(judge: Judge, files: Mapping[str, bytes]) -> list[Any]:
    """The rows that files earn."""
    submission = Submission(tuple(SubmittedFile(name, content) for name, content in sorted(files.items())))
    report = judge.grade(submission, "rdfia-tp2", seed=1).report.to_json()
    assert report["final"]
    rows: list[Any] = report["criteria"]
    return rows


def lost(rows: list[Any]) -> dict[str, list[str]]:
    """The rows of what was submitted that lack points and wait for nobody, each with what it was told."""
    return {
        row["id"]: [f["message"] for f in row["findings"] if not f["passed"]]
        for row in rows
        if row["status"] not in {"manual", "not_submitted"} and row["points"] < row["possible"]
    }


@pytest.mark.parametrize("name", ["right", "right_scripts"])
def test_right_samples_lose_nothing(judge: Judge, name: str) -> None:
    """Notebooks, and one script per part."""
    files = {path.name: path.read_bytes() for path in (SAMPLES / name).iterdir() if path.is_file()}

    assert lost(graded(judge, files)) == {}


@pytest.mark.parametrize(("file", "patch"), rotated(WRONG, SOME), ids=name_of)
def test_known_mistakes_lose_their_rows_and_are_named(judge: Judge, file: str, patch: Patch) -> None:
    """A known mistake costs the rows it was made in and no other, and the report says which it was."""
    rows = graded(judge, {file: patched((SAMPLES / "right" / file).read_bytes(), [patch])})
    named = {f["mistake"] for row in rows for f in row["findings"]}

    assert set(patch.loses) <= lost(rows).keys() <= {*patch.loses, *patch.may_lose}, lost(rows)
    assert not patch.named or patch.named in named


@pytest.mark.parametrize(("file", "patch"), rotated(RIGHT, SOME), ids=name_of)
def test_right_variants_keep_their_points(judge: Judge, file: str, patch: Patch) -> None:
    """A submission that is right in another way loses nothing."""
    assert lost(graded(judge, {file: patched((SAMPLES / "right" / file).read_bytes(), [patch])})) == {}
