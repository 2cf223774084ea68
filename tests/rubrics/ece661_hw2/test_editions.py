"""Other editions of the homework: the same rows with other points, under slugs of their own."""

from pathlib import Path

import pytest

from grading.assignments import load_rubric
from grading.assignments.catalog import catalog, read_assignment, version_of
from grading.assignments.ece661_hw2 import editions
from grading.assignments.ece661_hw2.editions import taken_over
from grading.authoring import Part
from grading.authoring.patches import Patch
from grading.domain.report import CriterionResult
from grading.domain.submission import Submission, SubmittedFile
from grading.domain.verdict import Status
from grading.evaluation.criteria import Evaluation
from grading.judge.client import Judge
from grading.judge.config import JudgeConfig
from grading.programs import read_source
from tests.evaluation.fakes import FakeBox, asking

HOME = Path(editions.__file__).parent
POINTS = {"simplenn": 96, "lenet5_2019": 125}
SLUGS = {"ece661-hw2", "ece661-hw2-simplenn", "ece661-lab2-2019"}


@pytest.mark.parametrize("name", POINTS)
def test_an_edition_is_an_assignment_whose_points_add_up(name: str) -> None:
    """Manifest and rubric have the same table."""
    assignment = read_assignment(HOME / name)

    assert assignment.points == POINTS[name]
    assert load_rubric(assignment).points == POINTS[name]


def test_editions_are_offered_beside_the_first() -> None:
    """A course picks one by its slug; who names their folder besides gets no other one."""
    assert set(catalog()) >= SLUGS
    assert catalog((HOME,)).keys() == catalog().keys()


def test_known_submissions_are_those_of_the_first_in_other_words() -> None:
    """Renamed, lost with other rows, and left out where nothing is lost here."""
    wrong = Patch("ReLU left out", (("net.relu(x)", "x"),), ("network",), "no-relu", may_lose=("training",))
    swept = Patch("no sweep", (("lr", "0.1"),), ("rates",))
    right = Patch("in place", (("net.relu(x)", "net.relu_(x)"),))
    rows = {"network": ("network", "normalisation"), "rates": ()}
    found = taken_over((wrong, swept, right), words=(("net.", "model."),), rows=rows, without=("another",))

    assert [one.name for one in found] == ["ReLU left out", "in place"]
    assert found[0].changes == (("model.relu(x)", "x"),)
    assert (found[0].loses, found[0].may_lose) == (("network", "normalisation"), ("training",))


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
@pytest.mark.timeout(240)
def test_editions_grade_what_is_submitted() -> None:
    """Everything but what a person reads; what was left out of a later notebook, and no more."""
    with Judge.start(JudgeConfig(warm=False)) as judge:
        reports = {
            (slug, name): judge.grade(sample(folder, name), slug, seed=1).report.to_json()
            for slug, folder, name in (
                ("ece661-hw2-simplenn", "simplenn", "right"),
                ("ece661-lab2-2019", "lenet5_2019", "right"),
                ("ece661-lab2-2019", "lenet5_2019", "partly_right"),
            )
        }
        file = "simplenn-cifar10.ipynb"
        begun = (HOME / "simplenn" / "starter" / file).read_bytes().replace(b"# Your code", b"x = 1")
        untried = judge.grade(Submission((SubmittedFile(file, begun),)), "ece661-hw2-simplenn", seed=1).report.to_json()
    earned = {key: (report["score"], report["pending_points"]) for key, report in reports.items()}
    lost = {row["id"] for row in reports["ece661-lab2-2019", "partly_right"]["criteria"] if row["status"] == "failed"}

    assert earned["ece661-hw2-simplenn", "right"] == (76.0, 20.0)
    assert earned["ece661-lab2-2019", "right"] == (75.0, 50.0)
    assert lost == {"initial-loss", "lab2-augmentation", "lab2-normalisation"}
    assert all(report["final"] for report in reports.values())
    named = {finding["mistake"] for row in untried["criteria"] for finding in row["findings"]}
    assert (untried["score"], "not-tried" in named) == (0.0, True)


def sample(folder: str, name: str) -> Submission:
    """An edition's sample."""
    paths = sorted((HOME / folder / "samples" / name).iterdir())
    return Submission(tuple(SubmittedFile(path.name, path.read_bytes()) for path in paths))


@pytest.mark.parametrize("name", POINTS)
def test_an_untouched_report_of_an_edition_is_nothing(name: str) -> None:
    """Its own questions are no answers; the right sample's are, each in its place."""
    part = load_rubric(read_assignment(HOME / name)).parts[0]
    rows = {
        kind: [row.status for row in graded(part, (HOME / name / kind / part.file).read_bytes())]
        for kind in ("starter", "samples/right")
    }

    assert set(rows["starter"]) == {Status.NOT_ATTEMPTED}
    assert rows["samples/right"].count(Status.MANUAL) == len(part.criteria) - 1
    assert rows["samples/right"].count(Status.PASSED) == 1


def graded(part: Part, content: bytes) -> list[CriterionResult]:
    """The rows of a report."""
    source = read_source(SubmittedFile(part.file, content))
    with asking(part, FakeBox({})) as (student, _):
        return Evaluation(part, student, 1, source).results()
