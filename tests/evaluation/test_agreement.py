"""`agrees`: the student's answer against the reference's; the first difference in order is the one that is told."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.authoring import Draw, Function, Mistake, Part, Reference, Subject, Variant, around
from grading.domain.verdict import Blame, Status, Visibility
from tests.evaluation.asked import SQUARED, TRIPLED, answered, doubled, finding, twin
from tests.evaluation.fakes import graded
from tests.evaluation.sample import make_part, right, sigmoid


@pytest.mark.parametrize(
    ("wrong", "differs_in"),
    [
        (lambda _: "text", "structure"),
        (lambda x: (np.nan * x).T, "shape"),
        (lambda x: np.nan * x + 1j, "dtype"),
        (lambda x: np.where(x > x.min(), np.nan, 0.0), "finite"),
        (lambda x: 2 * x + 1, "value"),
    ],
    ids=["structure", "shape", "dtype", "finite", "value"],
)
def test_differences_are_told_in_order(wrong: Any, differs_in: str) -> None:
    """Structure, then shape, dtype, finiteness and value: an answer wrong in several is told the first."""
    found = finding(twin(), wrong)

    assert (found.passed, found.blame) == (False, Blame.STUDENT)
    assert found.evidence["differs_in"] == differs_in


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**63), index=st.integers(0, 11))
def test_one_wrong_entry_is_enough(seed: int, index: int) -> None:
    """Wherever it stands, on whatever draw."""

    def slightly(x: Any) -> Any:
        y = 2 * x
        y.flat[index] += 1e-3
        return y

    assert finding(twin(), doubled, seed=seed).passed
    assert not finding(twin(), slightly, seed=seed).passed


def test_a_list_of_the_right_numbers_is_right() -> None:
    """The container is no mathematics."""
    assert finding(twin(), lambda x: (2 * x).tolist()).passed


def test_tolerances_are_the_authors_where_given() -> None:
    """Wide ones let a small difference pass that the dtype's own would not."""
    off = lambda x: 2 * x + 1e-3  # noqa: E731 - a student in one line

    assert not finding(twin(), off).passed
    assert finding(twin(rtol=0.0, atol=1e-2), off).passed


def test_another_right_convention_counts_and_says_so() -> None:
    """A variant and a whole other reference are as right as the first."""
    part = twin(also=[Variant("per-row", note="The rows were centred: that counts.", f=lambda x: 2 * x - 1)])
    found = answered(part, lambda x: 2 * x - 1)[0]

    assert found.status is Status.PASSED
    assert [f.message for f in found.findings if f.remark] == ["The rows were centred: that counts."]
    assert finding(twin(also=[Reference(f=np.cos)]), np.cos).passed
    assert not finding(twin(also=[Reference(f=np.cos)]), np.sin).passed


def test_an_earlier_mistake_is_paid_for_once() -> None:
    """With `given`, a layer that is right around a wrong sigmoid keeps its row and is told why."""
    wrong = lambda x: 1 / (1 + np.exp(x))  # noqa: E731 - a student in one line
    rows = {r.id: r for r in graded(make_part(), **right() | {"sigmoid": wrong, "layer": lambda x, w: wrong(x @ w)})}

    assert [rows["activation"].status, rows["forward"].status] == [Status.FAILED, Status.PASSED]
    assert any("your own sigmoid" in f.message for f in rows["forward"].findings if f.remark)


def test_what_is_carried_forward_excuses_nothing_else() -> None:
    """A layer that is wrong around a wrong sigmoid loses its row, and its own mistake is named."""
    wrong = lambda x: 1 / (1 + np.exp(x))  # noqa: E731 - a student in one line
    rows = {r.id: r for r in graded(make_part(), **right() | {"sigmoid": wrong, "layer": lambda x, w: x @ w})}

    assert rows["forward"].status is Status.FAILED
    assert rows["forward"].findings[0].mistake == "no-activation"


@pytest.mark.parametrize("seed", range(5))
def test_the_mistake_that_agrees_is_named(seed: int) -> None:
    """By its id, with what it says and where to look, on every draw."""
    found = finding(twin(mistakes=[SQUARED, TRIPLED]), lambda x: 3 * x, seed=seed)

    assert found.mistake == "tripled"
    assert "It is three times x." in found.message
    assert "Look at the factor." in found.message


def test_mistakes_that_coincide_on_one_draw_are_told_apart_on_others() -> None:
    """At x = 3 three times x is x squared: fresh draws decide."""

    def sometimes_three(draw: Draw) -> float:
        return 3.0 if draw.key.endswith("/f") else draw.number(4, 5)

    part = twin(mistakes=[SQUARED, TRIPLED], inputs=sometimes_three)

    assert [finding(part, lambda x: 3 * x).mistake, finding(part, np.square).mistake] == ["tripled", "squared"]


def test_mistakes_that_are_the_same_are_both_told() -> None:
    """The first listed is named, the other stands beside it."""
    again = Mistake("thrice", says="It is added up three times.", f=lambda x: x + x + x)
    found = finding(twin(mistakes=[TRIPLED, again]), lambda x: 3 * x)

    assert found.told.mistake is not None
    assert (found.mistake, [other.id for other in found.told.mistake.others]) == ("tripled", ["thrice"])


def test_no_mistake_is_named_where_none_agrees() -> None:
    """A wrong answer of another kind gets the author's hint, and no name."""
    found = finding(twin(mistakes=[SQUARED, TRIPLED], hint="Look at the slope."), lambda x: np.sin(9 * x))

    assert found.mistake is None
    assert found.message.endswith("Look at the slope.")


@pytest.mark.parametrize(
    "wrong",
    [lambda x: 2 * x + 1, lambda _: None, lambda x: x.T, lambda x: 0 * x],
    ids=["value", "none", "transposed", "zeros"],
)
def test_no_right_value_is_told(wrong: Any) -> None:
    """Neither the message nor the evidence holds a number of the reference's answer."""
    right_numbers = np.full((4, 3), 1234.5678)
    part = twin(reference=lambda _: right_numbers)
    said = str(finding(part, wrong))

    assert "1234.5" not in said


def test_a_blank_is_no_wrong_answer() -> None:
    """`pass`, `NotImplementedError` and a missing name are not attempted, and no mistake is named."""

    def unfilled(_: Any) -> Any:
        raise NotImplementedError

    part = twin(mistakes=[TRIPLED])
    none = graded(part, other=doubled)[0]

    assert [
        answered(part, lambda _: None)[0].status,
        answered(part, unfilled)[0].status,
        none.status,
    ] == [Status.NOT_ATTEMPTED] * 3
    assert "Your program defines no f" in none.findings[0].message


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        (lambda _: 1 / 0, "the reference raised ZeroDivisionError"),
        (lambda x: x * np.nan, "the reference's answer is NaN"),
    ],
    ids=["raises", "NaN"],
)
def test_a_reference_that_fails_is_the_authors(reference: Any, said: str) -> None:
    """The student's row ends in an error, never in a zero."""
    row = answered(twin(reference=reference), doubled)[0]

    assert (row.status, row.findings[0].blame) == (Status.ERROR, Blame.AUTHOR)
    assert said in row.findings[0].message


def test_a_probe_that_breaks_on_a_wellformed_answer_is_the_authors() -> None:
    """What the student answered has the right form, so the exception cannot be theirs."""
    part = Part("f.py", expects=[Function("f")], reference=Reference(f=lambda: 1))
    row = part.criterion("row", "Row", points="1")

    @row.agrees
    def probe(subject: Subject, draw: Draw) -> object:
        """f() is 1."""
        return {1: "one"}[subject.f()]

    assert graded(part, f=lambda: 2)[0].status is Status.ERROR
    assert graded(part, f=lambda: None)[0].status is Status.NOT_ATTEMPTED
    assert graded(part, f=lambda: [2, 3])[0].findings[0].blame is Blame.STUDENT


def test_a_finding_is_as_visible_as_its_check() -> None:
    """A hidden check's finding stays hidden, whether it passes or fails."""
    part = twin(visibility=Visibility.AFTER_DUE)

    assert [finding(part, f).visibility for f in (doubled, np.sin)] == [Visibility.AFTER_DUE] * 2


def test_a_variant_of_a_reference_is_followed_by_what_is_built_around_it() -> None:
    """`around` takes the subject, so a mistake in `sigmoid` is one in the layer too."""
    reference = Reference(sigmoid=sigmoid, layer=around(lambda s, x: s.sigmoid(2 * x)))

    assert np.tanh(2.0) == reference.with_({"sigmoid": np.tanh}).layer(1.0)


@pytest.mark.parametrize(("f", "named"), [(lambda x: float(x) * 2, "one-number"), (lambda x: 1 / 0, None)])
def test_a_mistake_may_ask_before_it_is_named(f: Any, named: str | None) -> None:
    """Evidence that fits two mistakes is followed by a question to the student's own program."""
    one_number = Mistake(
        "one-number",
        says="It takes one number only.",
        recognise=lambda evidence: evidence.get("ended") == "raised",
        asks=lambda student, draw: student.f(draw.number(1, 2)) > 0,
    )

    assert finding(twin(mistakes=[one_number]), f).mistake == named
