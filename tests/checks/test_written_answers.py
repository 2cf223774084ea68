"""Formulas and quantities as written answers of a rubric: `asks` takes whatever has their `judge`."""

import re

import pytest

from grading.authoring import Part
from grading.authoring.written import Accepts
from grading.checks.formulas import Formula
from grading.checks.quantities import Quantity
from grading.domain.report import CriterionResult
from grading.domain.verdict import Blame, Status
from grading.evaluation.criteria import Evaluation
from grading.programs import Source
from tests.evaluation.asked import written
from tests.evaluation.fakes import FakeBox, asking

OUTPUT = Formula(
    "floor((x + 2p - k)/s) + 1",
    {"x": (), "p": ("padding",), "k": ("f",), "s": ("stride",)},
    also=("(x + 2p - k)/s + 1",),
    known={"(x + p - k)/s + 1": "The padding is on both sides."},
    whole=("x", "p", "k", "s"),
)
WEIGHTS = Quantity(1_191_170, also={1_190_160: "Counted without biases."}, known={1_088_418: "One layer is missing."})
SPEED = Quantity(2.5)


def row(accepts: Accepts, answer: str) -> CriterionResult:
    """The row of a file with that answer in it."""

    def find(source: Source) -> str | None:
        found = re.search(r"# answer: (.*)", source.cells[0].python or "")
        return found[1] if found else None

    part = Part("f.py")
    part.criterion("row", "Row", points="1").asks("q", "What is it?", find=find, accepts=accepts)
    with asking(part, FakeBox({})) as (student, _):
        return Evaluation(part, student, 1, written(f"x = 1  # answer: {answer}\n")).results()[0]


@pytest.mark.parametrize(
    ("accepts", "answer"),
    [
        (OUTPUT, r"$\lfloor \frac{x + 2p - k}{s} \rfloor + 1$"),
        (OUTPUT, "1 + (x - f + 2 padding) / stride"),
        (WEIGHTS, "1,191,170"),
        (WEIGHTS, "1 191 170 paramètres"),
        (WEIGHTS, "1,19 million"),
        (SPEED, "2,5 s"),
    ],
)
def test_right_answers_earn_the_row_however_they_are_written(accepts: Accepts, answer: str) -> None:
    """Symbolically equal; English and French separators."""
    assert row(accepts, answer).status is Status.PASSED


@pytest.mark.parametrize(
    ("accepts", "answer", "said"),
    [
        (OUTPUT, "(x + p - k)/s + 1", "The padding is on both sides."),
        (OUTPUT, "x + 2p", "Your answer is read as 2*p + x"),
        (WEIGHTS, "1 088 418", "Your answer is read as 1 088 418: One layer is missing."),
        (SPEED, "2.6 s", "Your answer is read as 2.6"),
    ],
)
def test_wrong_answers_are_told_how_they_were_read(accepts: Accepts, answer: str, said: str) -> None:
    """The student sees whether the error is in the answer or in its reading; a known mistake is explained."""
    result = row(accepts, answer)

    assert result.status is Status.FAILED
    assert said in result.findings[0].message


def test_an_accepted_variant_is_remarked_on() -> None:
    """It costs nothing, and the student learns which variant it was."""
    result = row(WEIGHTS, "1,190,160")

    assert result.status is Status.PASSED
    assert [f.message for f in result.findings if f.remark] == ["Counted without biases."]


def test_what_no_rule_reads_goes_to_a_human() -> None:
    """A formula in words is no wrong one."""
    assert row(OUTPUT, "the input plus twice the padding").status is Status.MANUAL


def test_a_right_formula_that_cannot_be_read_is_the_authors() -> None:
    """No student can be blamed for it."""
    result = row(Formula("x +* 2", {"x": ()}), "x + 2")

    assert (result.status, result.findings[0].blame) == (Status.ERROR, Blame.AUTHOR)
