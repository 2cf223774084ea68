"""From the rubric's names to the student's: exact, alias, loosely spelled, and by arity where the author allows it."""

from typing import Any

import pytest

from grading.authoring import Adapted, Driven, Function, Part, Reference
from grading.authoring.bindings import Binding
from grading.domain.verdict import Status
from grading.evaluation.criteria import Evaluation
from grading.evaluation.matching import find
from grading.sandbox import Defined
from tests.evaluation.fakes import FakeBox, asking, graded


def defined(*names: str, arity: int = 1) -> list[Defined]:
    """Functions of the given names."""
    return [Defined(n, parameters=("x", "y", "z")[:arity], required=arity) for n in names]


SIGMOID = Function("sigmoid", aliases=("logistic",), arity=1)


@pytest.mark.parametrize(
    ("names", "bound"),
    [
        (["sigmoid", "logistic"], "sigmoid"),
        (["Sigmoid", "logistic"], "logistic"),
        (["other", "Sig_moid"], "Sig_moid"),
        (["sigmoid_of_x"], None),
        ([], None),
    ],
)
def test_a_function_is_found_by_name_then_alias_then_spelling(names: list[str], bound: str | None) -> None:
    """The exact name first; a name that only contains it is another function."""
    found = find(SIGMOID, defined(*names))

    assert (found.name if found else None) == bound


def test_arity_alone_decides_only_where_it_may_and_only_for_one() -> None:
    """Two functions of the right arity are a riddle, and nothing is guessed."""
    by_arity = Function("train", arity=3, by_arity=True)
    one, two = defined("fit", arity=3), defined("fit", "learn", arity=3)

    assert find(by_arity, [*one, *defined("plot"), *defined("main", arity=0)]) == one[0]
    assert find(by_arity, two) is None
    assert find(Function("train", arity=3), one) is None


def test_the_right_number_of_arguments_beats_what_can_be_adapted() -> None:
    """A helper that could be called with more arguments is no rival of a function that takes just these."""

    def by_name(parameters: Any, _: int, __: Any) -> Adapted:
        return Adapted(dict.fromkeys(parameters), "")

    flexible = Function("train", arity=2, by_arity=True, adapts=by_name)
    exact, helper = defined("fit", arity=2), defined("plot", arity=3)

    assert find(flexible, [*exact, *helper]) == exact[0]
    assert find(flexible, helper) == helper[0]


def test_of_two_definitions_the_one_that_takes_the_arguments_counts() -> None:
    """The last that fits; where none fits, the last."""
    fitting, other = (
        Defined("sigmoid", parameters=("x",), required=1),
        Defined("sigmoid", required=2, parameters=("x", "y")),
    )

    assert find(SIGMOID, [fitting, other]) == fitting
    assert find(SIGMOID, [other, other]) == other


def part() -> Part:
    """Asks `sigmoid(x)`."""
    made = Part("f.py", expects=[SIGMOID], reference=Reference(sigmoid=lambda x: x))
    made.criterion("row", "Row", points="1").agrees(id="s")(_probe)
    return made


def _probe(subject: Any, draw: Any) -> Any:
    """sigmoid(x) is right."""
    return subject.sigmoid(draw.normal(2))


def test_another_name_is_told_in_the_notes() -> None:
    """The student reads which of their functions answered."""
    with asking(part(), FakeBox({"logistic": lambda x: x})) as (student, _):
        student.sigmoid(1.0)

        assert list(student.notes) == ["sigmoid is answered by your logistic"]


def test_a_signature_that_cannot_take_the_arguments_is_told_before_the_call() -> None:
    """In the student's own words for it."""
    row = graded(part(), sigmoid=lambda a, b: a)[0]

    assert row.status is Status.FAILED
    assert "sigmoid(a, b) does not take the 1 arguments" in row.findings[0].message


def driven(ask: Any) -> Part:
    """Asks a driver about `sigmoid`, and takes its reply apart with `ask`."""
    expects: list[Binding] = [SIGMOID, Driven("sigmoid__total", driver="total", target="sigmoid", ask=ask)]
    made = Part("f.py", expects=expects, reference=Reference(sigmoid=lambda x: x, sigmoid__total=lambda: 1.0))

    def probe(subject: Any, draw: Any) -> Any:
        """The total is 1."""
        return subject.sigmoid__total()

    made.criterion("row", "Row", points="1").agrees(id="total")(probe)
    return made


@pytest.mark.parametrize(
    ("target", "told", "said"),
    [
        ("sigmoid", None, "sigmoid was called with 3; the answer is 2"),
        ("", None, "total was called with 3; the answer is 2"),
        ("sigmoid", "my curve", "my curve was called with 3; the answer is 2"),
        ("sigmoid", "", "The total is right. The answer is 2"),
    ],
)
def test_a_question_of_ours_is_told_by_the_student_s_word_for_it(target: str, told: str | None, said: str) -> None:
    """By the function it is about, by what the author says, or not at all; never by the rubric's own word."""
    expects: list[Binding] = [SIGMOID, Driven("total", target=target, ask=lambda put, n: float(put(n)), told=told)]
    made = Part("f.py", expects=expects, reference=Reference(sigmoid=lambda x: x, total=lambda n: 1.0))

    def probe(subject: Any, draw: Any) -> Any:
        """The total is right."""
        return subject.total(3)

    made.criterion("row", "Row", points="1").agrees(id="q")(probe)
    box = FakeBox({"sigmoid": lambda x: x}, drivers={"total": lambda *given: 2.0})
    with asking(made, box) as (student, _):
        [row] = Evaluation(made, student, 1).results()

    assert said in row.findings[0].message


@pytest.mark.parametrize(
    ("ask", "status"),
    [(lambda put: float(put()), Status.FAILED), (lambda put: 1 / 0 or put(), Status.ERROR)],
    ids=["after the reply", "before it was asked"],
)
def test_arithmetic_that_fails_on_a_reply_is_the_students(ask: Any, status: Status) -> None:
    """No float holds such a number, which is not the author's doing; what fails before there is a reply is."""
    box = FakeBox({"sigmoid": lambda x: x}, drivers={"total": lambda name: 10**400})
    with asking(driven(ask), box) as (student, session):
        [row] = Evaluation(driven(ask), student, 1, renew=session.renew).results()

    assert row.status is status, row
