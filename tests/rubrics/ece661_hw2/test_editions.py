"""Other editions of the homework: the same rows with other points, under slugs of their own."""

import json
from pathlib import Path

import pytest

from grading.assignments import load_rubric
from grading.assignments.catalog import catalog, read_assignment, version_of
from grading.assignments.ece661_hw2 import editions
from grading.domain.submission import Submission, SubmittedFile
from grading.judge.client import Judge
from grading.judge.config import JudgeConfig

HOME = Path(editions.__file__).parent
SAMPLES = HOME.parent / "samples"
POINTS = {"simplenn": 96, "lenet5_2019": 125}


@pytest.mark.parametrize("name", POINTS)
def test_an_edition_is_an_assignment_whose_points_add_up(name: str) -> None:
    """Manifest and rubric have the same table."""
    assignment = read_assignment(HOME / name)

    assert assignment.points == POINTS[name]
    assert load_rubric(assignment).points == POINTS[name]


def test_editions_are_offered_where_their_folder_is_named() -> None:
    """And not beside the 2020 edition otherwise."""
    slugs = {"ece661-hw2-simplenn", "ece661-lab2-2019"}

    assert not slugs & set(catalog())
    assert slugs <= set(catalog((HOME,)))


def test_an_edition_changes_with_the_assignment_that_it_is_of(tmp_path: Path) -> None:
    """A changed check is another version of every edition."""
    inner = tmp_path / "hw" / "editions" / "later"
    inner.mkdir(parents=True)
    for folder in (tmp_path / "hw", inner):
        (folder / "assignment.toml").write_text("")
    before = version_of(inner)
    (tmp_path / "hw" / "lab.py").write_text("points = 1\n")

    assert version_of(inner) != before


@pytest.mark.box
@pytest.mark.timeout(180)
def test_editions_grade_what_is_handed_in() -> None:
    """SimpleNN gets everything but ten reasons; a notebook of 2019 is judged as it was left."""
    files = ("lenet5-cifar10.ipynb", "lenet5-cifar10-dev.ipynb", "resnet-cifar10.ipynb", "report.ipynb")
    content = {name: (SAMPLES / "right_simplenn" / name).read_bytes() for name in files}
    handed = Submission(tuple(SubmittedFile(n.replace("lenet5", "simplenn"), c) for n, c in content.items()))
    bare = json.loads((SAMPLES / "right" / files[0]).read_bytes())
    with Judge.start(JudgeConfig(warm=False, assignment_dirs=(HOME,))) as judge:
        later = judge.grade(handed, "ece661-hw2-simplenn", seed=1).report
        left = Submission((SubmittedFile(files[0], json.dumps(bare).encode()),))
        early = judge.grade(left, "ece661-lab2-2019", seed=1).report

    assert (later["score"], later["pending_points"]) == (76.0, 20.0)
    lost = {row["id"] for row in early["criteria"] if row["status"] == "failed"}
    assert (early["score"], lost) == (45.0, {"lab2-augmentation", "lab2-normalisation"})
