"""From checks to a row: what needs what, who must act, written answers, and the same report for the same seed."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grading.authoring import (
    Draw,
    Function,
    Mistake,
    Part,
    Prose,
    Reference,
    Subject,
    Word,
    leave_to_person,
    remark,
    require,
)
from grading.authoring.written import Accepts
from grading.domain.errors import Died, HouseFault, Overran, Raised, RubricFault
from grading.domain.report import CriterionResult, Explanation, Finding, NamedMistake
from grading.domain.verdict import Blame, Status
from grading.evaluation.criteria import Evaluation
from tests.evaluation.asked import answered, doubled, twin, written
from tests.evaluation.fakes import FakeBox, asking, graded
from tests.evaluation.sample import make_part, right


def property_of(probe: Callable[..., None], **options: Any) -> Part:
    """A part that asks one `holds` check about `f`."""
    part = Part("f.py", expects=[Function("f", arity=1)], reference=Reference(f=np.abs))
    part.criterion("row", "Row", points="1").holds(**options)(probe)
    return part


def positive(student: Subject, draw: Draw) -> None:
    """f(x) is never negative."""
    x = draw.normal(50)
    smallest = float(np.min(student.f(x)))
    remark("It was looked at.")
    require(smallest >= 0, "Some entry is negative.", evidence={"smallest": smallest})


def test_a_property_holds_or_is_told_with_its_evidence() -> None:
    """A remark is told in both cases and costs nothing."""
    kept, lost = answered(property_of(positive), np.square)[0], answered(property_of(positive), np.sin)[0]

    assert (kept.status, lost.status) == (Status.PASSED, Status.FAILED)
    assert "Some entry is negative." in lost.findings[0].message
    assert "smallest" in lost.findings[0].evidence
    assert [f.message for f in kept.findings if f.remark] == ["It was looked at."]


def test_a_property_that_the_reference_lacks_is_the_authors() -> None:
    """The reference is asked first, so a false property never costs a student points."""
    part = property_of(positive)
    part.reference = Reference(f=np.sin)
    row = answered(part, np.square)[0]

    assert (row.status, row.findings[0].blame) == (Status.ERROR, Blame.AUTHOR)


def doubtful(student: Subject, draw: Draw) -> None:
    """F looks right."""
    if float(np.sum(student.f(draw.normal(50)))) > 0:
        leave_to_person("def f(x): ...", ["it is never negative"])
    require(False, "It does not.")


def test_a_check_may_leave_its_row_to_a_person() -> None:
    """What cannot be told from the answers waits for a person, with what to read; what is wrong is lost at once."""
    waits, lost = (answered(property_of(doubtful, reference=False), f)[0] for f in (np.square, lambda x: -np.abs(x)))

    assert (waits.status, waits.points, lost.status) == (Status.MANUAL, 0, Status.FAILED)
    [answer] = waits.answers
    assert (answer.text, answer.look_for) == ("def f(x): ...", ("it is never negative",))


def test_what_a_check_needs_is_paid_for_once() -> None:
    """A wrong gradient loses its row once: its slope is skipped with the reason."""
    rows = graded(make_part(), **right() | {"gradient": lambda x, w: {"w": 0 * w}})
    first, second = rows[2].findings

    assert (first.passed, first.blame) == (False, Blame.STUDENT)
    assert (second.passed, second.blame, second.needs) == (False, Blame.NOBODY, "gradient")
    assert "Mend that first" in second.message


def test_a_loss_says_which_earlier_loss_it_may_follow_from() -> None:
    """Rows of earlier parts and checks of its own row are named where they lost, and only there; points stay."""
    part = Part("f.py", expects=[Function("f", arity=1)], reference=Reference(f=np.abs))
    part.criterion("values", "Values of f", points="1").holds(id="first")(positive)
    row = part.criterion("use", "Use of f", points="1")
    row.holds(id="second")(positive)
    row.holds(id="third", follows=("second", "values", "before"))(positive)
    before = CriterionResult("before", "An earlier file", "", Decimal(0), Decimal(1), Status.PARTIAL, ())

    with asking(part, FakeBox({"f": np.sin})) as (student, _):
        lost = Evaluation(part, student, 1, earlier=(before,)).results()[1].findings[-1].message
    with asking(part, FakeBox({"f": np.sin})) as (student, _):
        alone = Evaluation(part, student, 1).result(part.criteria[1]).findings[-1].message

    said = "It may follow from what is wrong above, “Values of f”, “An earlier file”, where points were lost: mend"
    assert lost.startswith(f"f(x) is never negative. {said} that first. Some entry is negative.")
    assert alone.startswith("f(x) is never negative. It may follow from what is wrong above, where points were lost:")
    assert all("may follow" not in f.message for row in answered(part, np.square) for f in row.findings)


def test_a_row_says_each_remark_once() -> None:
    """Two questions that notice the same say so in one line; another row says it again."""
    part = property_of(positive, id="first")
    part.criteria[0].holds(id="second")(positive)
    part.criterion("other", "Other", points="1").holds(id="third")(positive)
    rows = answered(part, np.square)

    assert [[f.question for f in row.findings if f.remark] for row in rows] == [["first"], ["third"]]


def test_an_error_is_told_in_full_once() -> None:
    """A check that met it beside a failure of its own, and one that it stopped, name the check that told it."""

    def meets(student: Subject, draw: Draw) -> None:
        """F is traced."""
        del draw
        try:
            student.f(0.0)
        except Raised as error:
            require(False, "Nothing fits.", raised=str(error))

    def stops(student: Subject, draw: Draw) -> None:
        """F is asked."""
        student.f(draw.number(0, 1))

    def failing(_: Any) -> Any:
        raise Raised("NameError", "no b_1", where="cell 8")

    part = property_of(meets, id="first", reference=False)
    part.criteria[0].holds(id="second", reference=False)(meets)
    part.criteria[0].holds(id="third", reference=False)(stops)
    first, second, third = answered(part, failing)[0].findings

    assert first.message == "F is traced. Nothing fits. It raised NameError: no b_1 (cell 8)."
    assert second.message == "F is traced. Nothing fits. It was stopped by the same error as first."
    assert third.message == "F is asked. Stopped by the same error as first."


@pytest.mark.parametrize(
    ("symptom", "before", "said"),
    [
        (False, "another", "Some entry is negative. It is a sine."),
        (False, "a-sine", "The same mistake cost points in “Before”: mended there, it is mended here. Some entry"),
        (True, "another", "It may follow from “Before”, where points were lost: mend that first. Some entry"),
    ],
)
def test_a_named_mistake_follows_from_nothing_but_itself(symptom: bool, before: str, said: str) -> None:
    """A mistake with a name of its own is the reason; the same one before it, or a mere symptom, is told as such."""
    known = Mistake("a-sine", says="It is a sine.", recognise=lambda _: True, symptom=symptom)
    part = property_of(positive, id="q", mistakes=[known], follows=("before",))
    lost = Finding("earlier", False, Explanation(seen="Wrong.", mistake=NamedMistake(before)))
    earlier = CriterionResult("before", "Before", "", Decimal(0), Decimal(1), Status.FAILED, (lost,))
    with asking(part, FakeBox({"f": np.sin})) as (student, _):
        message = Evaluation(part, student, 1, earlier=(earlier,)).results()[0].findings[0].message

    assert message.startswith(f"f(x) is never negative. {said}")


def asked(accepts: Accepts, text: str) -> CriterionResult:
    """The row of a written answer: the text after `# answer:`."""

    def find(source: Any) -> str | None:
        told = [c.python.split("# answer:", 1)[1] for c in source.cells if c.python and "# answer:" in c.python]
        return told[0] if told else None

    part = Part("f.py")
    part.criterion("row", "Row", points="1").asks("q", "What is it?", find=find, accepts=accepts)
    with asking(part, FakeBox({})) as (student, _):
        return Evaluation(part, student, 1, written(text)).results()[0]


@pytest.mark.parametrize(
    ("accepts", "answer", "status"),
    [
        (Word(("ReLU", "rectified linear unit")), "the? ReLU", Status.FAILED),
        (Word(("ReLU", "rectified linear unit")), " re-lu. ", Status.PASSED),
        (Word(("ReLU", "rectified linear unit")), "Rectified Linear Unit", Status.PASSED),
        (Prose(("the slope of the sigmoid is at most 1/4",)), "It saturates.", Status.MANUAL),
    ],
)
def test_a_written_answer_is_read_as_it_is_meant(accepts: Accepts, answer: str, status: Status) -> None:
    """A word without regard to case and punctuation, prose for a human."""
    assert asked(accepts, f"x = 1  # answer:{answer}\n").status is status


def test_a_human_sees_the_answer_beside_what_to_look_for() -> None:
    """Points wait, and nobody is to blame."""
    row = asked(Prose(("the slope is at most 1/4",)), "x = 1  # answer: It saturates.\n")

    assert row.points == 0
    [answer] = row.answers
    assert answer.look_for == ("the slope is at most 1/4",)
    assert "saturates" in answer.text


def test_no_written_answer_is_no_wrong_one() -> None:
    """An empty place was not attempted."""
    assert asked(Word(("ReLU",)), "x = 1\n").status is Status.NOT_ATTEMPTED
    assert asked(Word(("ReLU",)), "x = 1  # answer:  \n").status is Status.NOT_ATTEMPTED


def test_a_search_that_raises_is_the_authors() -> None:
    """`find` reads a student's text, and must take any."""
    part = Part("f.py")
    part.criterion("row", "Row", points="1").asks("q", "What?", find=lambda s: s.cells[99].python, accepts=Word(("a",)))
    with asking(part, FakeBox({})) as (student, _):
        row = Evaluation(part, student, 1, written("x = 1\n")).results()[0]

    assert (row.status, row.findings[0].blame) == (Status.ERROR, Blame.AUTHOR)


@pytest.mark.parametrize(
    ("fault", "status", "blame"),
    [
        (Died("the process ended with signal 9"), Status.FAILED, Blame.STUDENT),
        (Overran("no answer within 5 s"), Status.FAILED, Blame.STUDENT),
        (HouseFault("no box could be had"), Status.ERROR, Blame.HOUSE),
        (RubricFault("there is no such driver"), Status.ERROR, Blame.AUTHOR),
    ],
    ids=["died", "overran", "house", "author"],
)
def test_blame_follows_the_fault(fault: Exception, status: Status, blame: Blame) -> None:
    """A box that dies under the student's code is the student's; one that we lose is ours, and no zero."""

    def failing(_: Any) -> Any:
        raise fault

    row = answered(twin(), failing)[0]

    assert (row.status, row.findings[0].blame, row.points) == (status, blame, 0)


def test_a_fault_of_ours_is_tried_once_more() -> None:
    """With a fresh box; the student never hears of it."""
    calls: list[int] = []

    def lost_once(x: Any) -> Any:
        calls.append(1)
        if len(calls) == 1:
            raise HouseFault("the warden went away")
        return 2 * x

    assert answered(twin(), lost_once)[0].status is Status.PASSED


STUDENTS: list[Callable[[Any], Any]] = [doubled, np.sin, lambda x: 3 * x, lambda _: None, lambda x: x[:1] / 0]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**63 - 1), which=st.integers(0, len(STUDENTS) - 1))
def test_the_same_seed_gives_the_same_rows(seed: int, which: int) -> None:
    """Whoever is graded, whatever was drawn from the global generators in between."""
    first = answered(twin(), STUDENTS[which], seed=seed)
    np.random.standard_normal(which + 1)  # noqa: NPY002 - the global generator is the point

    assert first == answered(twin(), STUDENTS[which], seed=seed)
