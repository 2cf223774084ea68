"""Notebook 1: what each way of writing it earns. In this process, without a box: the notebooks are our own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from grading.assignments.cmpsc497_hw2.known import ACTIVATIONS, BACKWARD, FORWARD, NOTEBOOK_1, SIGMOID
from grading.assignments.cmpsc497_hw2.vanishing_gradient import part
from grading.authoring.patches import Patch
from grading.domain.report import CriterionResult
from grading.domain.verdict import Blame, Status
from grading.evaluation.probing import asked_once
from tests.rubrics.cmpsc497_hw2.in_process import graded, notebook
from tests.rubrics.rotation import rotated

SEED = 7

SAMPLES = Path(__file__).resolve().parents[3] / "grading/assignments/cmpsc497_hw2/samples"
ROWS = (ACTIVATIONS, FORWARD, BACKWARD)


@pytest.fixture(autouse=True, scope="module")
def _ours_asked_once() -> Iterator[None]:
    """References and mistakes answer each question once for all notebooks."""
    with asked_once():
        yield


def sample(name: str) -> Path:
    """Notebook 1 of a sample."""
    return SAMPLES / name / part.file


def lost(rows: dict[str, CriterionResult]) -> tuple[str, ...]:
    """The rows without their points."""
    return tuple(row for row in ROWS if rows[row].status is not Status.PASSED)


def mistakes(rows: dict[str, CriterionResult]) -> set[str]:
    """The mistakes that were named."""
    return {f.mistake for row in rows.values() for f in row.findings if f.mistake}


def shown(rows: dict[str, CriterionResult]) -> str:
    """The failing findings, for the message of a failing test."""
    return "\n".join(f"{f.question}: {f.message}" for row in rows.values() for f in row.findings if not f.passed)


def assert_known(wrong: Patch, rows: dict[str, CriterionResult]) -> None:
    """The mistake costs its rows and no others, and has its name."""
    gone = set(lost(rows))

    assert set(wrong.loses) <= gone <= {*wrong.loses, *wrong.may_lose}, f"{wrong.name}: {shown(rows)}"
    assert not wrong.named or wrong.named in mistakes(rows), f"{wrong.name}: {shown(rows)}"


@pytest.mark.parametrize("other", rotated(NOTEBOOK_1.right, 8), ids=lambda other: other.name)
def test_right_variants_keep_full_marks(other: Patch) -> None:
    """A notebook that is right in another way earns every point."""
    rows = graded(part, notebook(sample("right"), other.changes), seed=SEED)

    assert lost(rows) == (), shown(rows)


@pytest.mark.parametrize("wrong", rotated(NOTEBOOK_1.wrong, 10), ids=lambda wrong: wrong.name)
def test_known_mistakes_lose_their_row_and_are_named(wrong: Patch) -> None:
    """A known mistake costs the row it was made in, no other, and the report says which it was."""
    rows = graded(part, notebook(sample("right"), wrong.changes), seed=SEED)

    assert_known(wrong, rows)


def test_the_right_sample_passes_every_question() -> None:
    """The right sample's ledger has no failing line and no remark."""
    rows = graded(part, notebook(sample("right")), seed=1)

    assert [f.message for row in rows.values() for f in row.findings if not f.passed or f.remark] == []


@pytest.mark.parametrize("name", ["starter", "broken"])
def test_starter_and_broken_samples_earn_nothing(name: str) -> None:
    """The untouched starter and the broken notebook earn no point, and nobody but the student has to act."""
    rows = graded(part, notebook(sample(name)), seed=1)

    assert lost(rows) == ROWS
    assert {f.blame for row in rows.values() for f in row.findings} <= {Blame.STUDENT, Blame.NOBODY}


def test_the_partly_right_sample_loses_the_backward_pass() -> None:
    """The partly right sample forgets one slope: two points, and the report names it."""
    rows = graded(part, notebook(sample("partly_right")), seed=1)

    assert lost(rows) == (BACKWARD,)
    assert mistakes(rows) == {"missing-activation-derivative-layer-1"}


def test_a_forward_pass_counts_before_a_blank_backward_pass() -> None:
    """Whoever stopped after the forward pass has its point."""
    blank = (("dW3 = np.dot(hidden2.T, dscores)", "dW3 = None"),)

    rows = graded(part, notebook(sample("right"), blank), seed=1)

    assert lost(rows) == (BACKWARD,), shown(rows)


@pytest.mark.parametrize(
    ("line", "error"),
    [("raise MemoryError", "MemoryError"), ("return 1 / (1 + np.exp(-x, 2, 3, 4))", "TypeError")],
)
def test_an_error_that_has_nothing_to_do_with_arrays_is_not_called_one_of_scalars(line: str, error: str) -> None:
    """Only a function that is right on single numbers is told to use NumPy's: the program itself is asked."""
    rows = graded(part, notebook(sample("right"), ((SIGMOID, line),)), seed=1)

    assert lost(rows) == ROWS, shown(rows)
    assert error in shown(rows)
    assert "not-elementwise" not in mistakes(rows)


def test_the_ledger_tells_right_gradients_from_wrong_ones() -> None:
    """Beside the one wrong gradient the right ones are marked as right."""
    rows = graded(part, notebook(sample("partly_right")), seed=2)
    wrong = {f.question for f in rows[BACKWARD].findings if not f.passed and f.question.startswith("d")}

    assert wrong == {"dW1-sigmoid", "db1-sigmoid"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", rotated(range(20), 2))
def test_verdicts_do_not_depend_on_the_seed(seed: int) -> None:
    """Wrong notebooks lose their rows, and right ones keep them, whatever is drawn."""
    with asked_once():
        for other in rotated(NOTEBOOK_1.right, 12):
            rows = graded(part, notebook(sample("right"), other.changes), seed=seed)

            assert lost(rows) == (), f"{other.name}: {shown(rows)}"
        for wrong in rotated(NOTEBOOK_1.wrong, 20):
            assert_known(wrong, graded(part, notebook(sample("right"), wrong.changes), seed=seed))
