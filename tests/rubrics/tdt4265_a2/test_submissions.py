"""What each way of writing the assignment earns: in this process, without a box, for the submissions are our own."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from grading.assignments import load_rubric
from grading.assignments.tdt4265_a2.known import patches
from grading.authoring.patches import Patch, patched
from grading.domain.report import Report
from grading.domain.verdict import Blame, Status
from grading.evaluation.probing import asked_once
from tests.rubrics.rotation import rotated
from tests.rubrics.tdt4265_a2.in_process import assignment, graded, sample

pytestmark = pytest.mark.slow

WRONG = [(group.file, patch) for group in patches for patch in group.wrong]
RIGHT = [(group.file, patch) for group in patches for patch in group.right]
SEED = 4265
SOME = 10
"""Of each kind, others every day; the full breadth is `chainrule assignment validate`."""


def name_of(value: object) -> str | None:
    """The names of patches, for the tests' own."""
    return value.name if isinstance(value, Patch) else None


@pytest.fixture(autouse=True, scope="module")
def _ours_asked_once() -> Iterator[None]:
    """References and mistakes answer each question once for all submissions."""
    with asked_once():
        yield


def with_patch(file: str, patch: Patch) -> Report:
    """The report on one file of the right sample with one patch, and on the modules that it imports."""
    files = sample("right")
    beside = next(group.beside for group in patches if group.file == file)
    return graded({file: patched(files[file], [patch]), **{name: files[name] for name in beside}}, seed=SEED)


def lost(report: Report, file: str) -> set[str]:
    """The rows of one file without all of their points, of those that wait for nobody."""
    rows = {row.id for row in load_rubric(assignment()).summaries() if row.part == file}
    return {c.id for c in report.criteria if c.id in rows and c.status is not Status.MANUAL and c.points < c.possible}


def shown(report: Report) -> str:
    """The failing findings, for the message of a failing test."""
    failing = (f for c in report.criteria if c.status is not Status.MANUAL for f in c.findings if not f.passed)
    return "\n".join(f"{f.question} ({f.mistake}): {f.message}" for f in failing)


def assert_known(file: str, patch: Patch) -> None:
    """The patch costs its rows and no others, and has its name."""
    report = with_patch(file, patch)
    named = {f.mistake for c in report.criteria for f in c.findings}

    assert set(patch.loses) <= lost(report, file) <= {*patch.loses, *patch.may_lose}, f"{patch.name}: {shown(report)}"
    assert not patch.named or patch.named in named, f"{patch.name}: {shown(report)}"
    assert blames(report) <= {Blame.STUDENT, Blame.NOBODY}


def blames(report: Report) -> set[Blame]:
    """Who must act."""
    return {f.blame for c in report.criteria for f in c.findings}


@pytest.mark.parametrize("name", ["right", "right_2022", "right_2024"])
def test_right_samples_keep_all_points_that_wait_for_nobody(name: str) -> None:
    """A right submission of any edition loses nothing."""
    report = graded(sample(name), seed=SEED)

    assert [c.id for c in report.criteria if c.status not in (Status.PASSED, Status.MANUAL)] == [], shown(report)


@pytest.mark.parametrize("name", ["starter", "broken"])
def test_starter_and_broken_samples_blame_nobody_else(name: str) -> None:
    """Neither stops the grading, and the starter earns nothing."""
    report = graded(sample(name), seed=SEED)

    assert blames(report) <= {Blame.STUDENT, Blame.NOBODY}
    assert name != "starter" or report.score == Decimal(0), shown(report)


@pytest.mark.parametrize(("file", "patch"), rotated(WRONG, SOME), ids=name_of)
def test_known_mistakes_lose_their_rows_and_are_named(file: str, patch: Patch) -> None:
    """A known mistake costs the rows it was made in and no other, and the report says which it was."""
    assert_known(file, patch)


@pytest.mark.parametrize(("file", "patch"), rotated(RIGHT, SOME), ids=name_of)
def test_right_variants_keep_their_points(file: str, patch: Patch) -> None:
    """A submission that is right in another way loses nothing."""
    report = with_patch(file, patch)

    assert lost(report, file) == set(), f"{patch.name}: {shown(report)}"


def test_a_flag_that_is_ignored_is_paid_for_once() -> None:
    """Task 4c is about any number of layers: whoever ignores use_improved_sigmoid has lost task 3b for it."""
    ignored = next(patch for _, patch in WRONG if patch.named == "improved-flag-ignored")
    report = with_patch("task2a.py", ignored)

    assert lost(report, "task2a.py") == {"task-3b"}, shown(report)


def test_the_edition_of_2020_is_graded_for_its_network() -> None:
    """Without the trainer's class, as in 2020, the network is judged as any other, and the trainer's rows say why not."""
    trainer = b"""import numpy as np
import utils
from task2a import SoftmaxModel, cross_entropy_loss, one_hot_encode, pre_process_images


def calculate_accuracy(X, targets, model):
    return np.mean(np.argmax(model.forward(X), axis=1) == np.argmax(targets, axis=1))


def train(model, datasets, num_epochs, learning_rate, batch_size):
    X_train, Y_train, X_val, Y_val, X_test, Y_test = datasets
    for X, Y in utils.batch_loader(X_train, Y_train, batch_size):
        outputs = model.forward(X)
        model.backward(X, outputs, Y)
        model.ws = [w - learning_rate * g for w, g in zip(model.ws, model.grads)]


if __name__ == "__main__":
    X_train, Y_train, X_val, Y_val, X_test, Y_test = utils.load_full_mnist(0.1)
"""
    report = graded({"task2a.py": sample("right_2022")["task2a.py"], "task2.py": trainer}, seed=SEED)

    assert lost(report, "task2a.py") == set(), shown(report)
    first = next(f for c in report.criteria for f in c.findings if f.question == "gradient-descent")
    assert "SoftmaxTrainer" in first.message
    assert {c.points for c in report.criteria if c.id == "task-3c"} == {Decimal(0)}
    assert blames(report) <= {Blame.STUDENT, Blame.NOBODY}


def test_solutions_beside_the_submission_are_not_imported() -> None:
    """What lies in a folder called `solution` neither stands in for a missing file nor is imported."""
    right = sample("right")
    files = {
        "task2.py": right["task2.py"].replace(b"from task2a import", b"from solution.task2a import"),
        "solution/task2a.py": right["task2a.py"],
        "solution/task2.py": right["task2.py"],
    }
    report = graded(files, seed=SEED)

    assert {c.points for c in report.criteria if c.id == "task-3c"} == {Decimal(0)}, shown(report)


def test_there_are_enough_of_both() -> None:
    """At least sixty ways to be wrong and twenty-five to be right."""
    assert len(WRONG) >= 60
    assert len(RIGHT) >= 25


def test_the_tasks_have_the_sheet_s_points() -> None:
    """The rows of each task add up to what the sheet gives for it."""
    totals: dict[str, Decimal] = {}
    for row in load_rubric(assignment()).summaries():
        totals[row.section] = totals.get(row.section, Decimal(0)) + row.possible

    assert {name.removeprefix("Task "): int(points) for name, points in totals.items()} == {
        "1a": 4, "2a": 10, "2b": 18, "2c": 6, "2d": 5, "3a": 6, "3b": 9, "3c": 7,
        "4a": 3, "4b": 3, "4c": 14, "4d": 5, "4e": 6, "4f": 4,
    }  # fmt: skip
