"""Whatever a student's program answers, only the student loses by it."""

import math
from typing import Any

import numpy as np
import pytest
import torch

from grading.authoring import Draw, Driven, Function, Mistake, Part, Reference, Subject, expect, remark, require
from grading.domain.verdict import Blame, Status, Visibility
from grading.evaluation.criteria import Evaluation
from grading.numerics.gradients import SLOPE_ATOL, SLOPE_RTOL, central_difference, inner_product
from grading.rehearsal.hostile import replies
from tests.evaluation.fakes import FakeBox, asking, graded

HOSTILE = replies()


def forward(x: Any) -> Any:
    """A right answer that is an array."""
    return np.tanh(x)


def gradients(x: Any) -> Any:
    """A right answer that is a dictionary of arrays."""
    return {"w": 1 - np.tanh(x) ** 2, "b": x.sum(axis=0, keepdims=True)}


def loss(x: Any) -> Any:
    """A right answer that is one number."""
    return float(np.mean(np.tanh(x)))


def tensors(x: Any) -> Any:
    """A right answer that is a tuple of tensors."""
    return torch.tanh(torch.from_numpy(x)), torch.from_numpy(x).sum(0)


def careless() -> Part:
    """A part whose probes take replies apart without a look, as authors do."""
    names = ("forward", "gradients", "loss", "tensors")
    part = Part(
        "careless.ipynb",
        expects=[Function(n, arity=1) for n in names],
        reference=Reference(forward=forward, gradients=gradients, loss=loss, tensors=tensors),
    )
    row = part.criterion("twins", "Twins", points="1")

    @row.agrees
    def plain(subject: Subject, draw: Draw) -> object:
        """The answers are right."""
        x = draw.normal(4, 7)
        return {"f": subject.forward(x), "g": subject.gradients(x), "l": subject.loss(x), "t": subject.tensors(x)}

    @row.agrees
    def picked_apart(subject: Subject, draw: Draw) -> object:
        """Parts of the answers are right."""
        x = draw.normal(4, 7)
        first, second = subject.tensors(x)
        g = subject.gradients(x)
        return [subject.forward(x)[1, 2], g["w"] @ g["w"].T, first @ first.T, second[0], math.exp(subject.loss(x))]

    @row.agrees(form="same")
    def chained(subject: Subject, draw: Draw) -> object:
        """One answer feeds the next question."""
        h = subject.forward(draw.normal(4, 7))
        h -= 0.5
        return subject.forward(h @ h.T)[0][1]

    own = part.criterion("laws", "Laws", points="1")

    @own.holds
    def slope(student: Subject, draw: Draw) -> None:
        """The gradient is the slope."""
        x, d = draw.normal(4, 7), draw.normal(4, 7)
        measured = central_difference(lambda t: float(np.sum(student.forward(x + t * d))))
        claimed = inner_product({"w": student.gradients(x)["w"]}, {"w": d})
        remark("The slope was measured.")
        require(
            np.isclose(claimed, measured, SLOPE_RTOL, SLOPE_ATOL),
            f"{measured:.3g} is not {claimed:.3g}",
            evidence={"measured": measured},
        )

    @own.holds
    def arithmetic(student: Subject, draw: Draw) -> None:
        """Numbers can be computed with."""
        x = draw.normal(4, 7)
        value = student.loss(x)
        first, second = student.tensors(x)
        total = first @ torch.ones(7, dtype=torch.float64) + second.sum()
        g = student.gradients(x)
        g["w"] *= 2.0
        g["b"][0, 0] = int(100 * g["b"][0, 1])
        require(abs(round(value * 100)) <= 100 and 1 / (value + 2) > 0, "the loss is between -1 and 1")
        require(bool(torch.isfinite(total).all()) and value**2 < 1, "finite")
        require(np.allclose(student.forward(x), np.tanh(x)), "forward is tanh")

    @own.holds(reference=False)
    def admitted(student: Subject, draw: Draw) -> None:
        """Replies taken apart with expect need no reference."""
        x = draw.normal(4, 7)
        w = expect.array(expect.mapping(student.gradients(x), "gradients", keys=["w", "b"])["w"], "w", shape=(4, None))
        value = expect.number(student.loss(x), "the loss")
        rows = expect.sequence(student.tensors(x), "tensors", length=2)
        first = expect.array(rows[0], "the first", ndim=2)
        require(np.allclose(w, 1 - first**2) and -1 <= value <= 1, "w is 1 - tanh(x)^2")

    return part


def test_there_are_many_kinds_of_hostile_reply() -> None:
    """The list holds at least 160 different ones."""
    names = [name for name, _ in HOSTILE]

    assert len(set(names)) == len(names)
    assert len(names) >= 160


@pytest.mark.parametrize(("name", "reply"), HOSTILE, ids=[n for n, _ in HOSTILE])
def test_a_hostile_reply_costs_the_student_and_nobody_else(name: str, reply: Any) -> None:
    """Every check ends in a verdict about the student; nobody else is blamed, and no points are paid."""
    rights = {"forward": forward, "gradients": gradients, "loss": loss, "tensors": tensors}
    results = graded(careless(), **{n: (lambda x, f=f: reply(f(x))) for n, f in rights.items()})

    for result in results:
        assert result.status in (Status.FAILED, Status.NOT_ATTEMPTED), result
        assert {f.blame for f in result.findings if not f.remark} <= {Blame.STUDENT, Blame.NOBODY}, result
        assert all(f.message and len(f.message) <= 1200 for f in result.findings)


def test_the_right_student_passes_the_careless_part() -> None:
    """The probes are right: a student with right answers keeps all points."""
    results = graded(careless(), forward=forward, gradients=gradients, loss=loss, tensors=tensors)

    assert [r.status for r in results] == [Status.PASSED, Status.PASSED], results


# -- replies with nothing of the reference's beside them ------------------------------------------------


def unreferenced(probe: Any) -> Part:
    """A part with one property for which no reference can be asked."""
    part = Part("loose.ipynb", expects=[Function("f", arity=0)])
    part.criterion("row", "Row", points="1").holds(reference=False)(probe)
    return part


def reshaped(student: Subject, draw: Draw) -> None:
    """f() is an image."""
    require(np.asarray(student.f()).reshape(2, 3).sum() >= 0, "it is an image")


def converted(student: Subject, draw: Draw) -> None:
    """f() is a number."""
    require(np.array([student.f()], dtype=np.int64)[0] >= 0, "it is a number")


@pytest.mark.parametrize(
    ("probe", "reply"),
    [(reshaped, None), (reshaped, np.zeros(5)), (reshaped, "x"), (converted, 10**400), (converted, {"w": 1})],
    ids=["none", "five", "text", "huge", "dictionary"],
)
def test_what_a_check_trips_over_is_the_students_and_staff_read_what_was_raised(probe: Any, reply: Any) -> None:
    """No reference shows the form; the row is lost all the same, and the exception's text is for staff."""
    row = graded(unreferenced(probe), f=lambda: reply)[0]
    told, detail = row.findings

    assert (row.status, told.blame) == (Status.FAILED, Blame.STUDENT)
    assert "the answer cannot be used" in told.message
    assert (detail.remark, detail.visibility) == (True, Visibility.STAFF)
    assert "raised" in detail.message


def test_what_no_reply_can_cause_stays_the_authors() -> None:
    """A misspelt name is the author's whatever was answered, and so is an exception before anything was."""

    def misspelt(student: Subject, draw: Draw) -> None:
        """f() is a number."""
        require(student.f() == undefined, "equal")  # type: ignore[name-defined]  # noqa: F821 - that is the mistake

    def hasty(student: Subject, draw: Draw) -> None:
        """f() is a number."""
        require(list[int]()[0], "never said")

    rows = [graded(unreferenced(probe), f=lambda: 1)[0] for probe in (misspelt, hasty)]

    assert [(row.status, row.findings[0].blame) for row in rows] == [(Status.ERROR, Blame.AUTHOR)] * 2


def test_what_a_packer_trips_over_is_the_students() -> None:
    """A packer sees the student's replies only, whatever it does with them."""
    packed = Driven("length", driver="peek", ask=lambda put: len(put()["plots"]))
    part = Part("packed.ipynb", expects=[packed], reference=Reference(length=lambda: 3))

    @part.criterion("row", "Row", points="1").agrees
    def length(subject: Subject, draw: Draw) -> object:
        """There are three plots."""
        return subject.length()

    for reply in (None, {}, {"plots": 4}):
        with asking(part, FakeBox({}, {"peek": lambda reply=reply: reply})) as (student, session):
            row = Evaluation(part, student, 1, renew=session.renew).results()[0]
        assert (row.status, row.findings[0].blame) == (Status.FAILED, Blame.STUDENT), row


def test_a_mistake_that_breaks_while_it_is_recognised_is_the_authors() -> None:
    """Its words name the mistake."""
    part = Part("f.ipynb", expects=[Function("f", arity=0)], reference=Reference(f=lambda: 1.0))
    broken = Mistake("broken", says="It is broken.", recognise=lambda evidence: evidence["no such fact"] == 1)

    @part.criterion("row", "Row", points="1").agrees(mistakes=[broken])
    def value(subject: Subject, draw: Draw) -> object:
        """f() is 1."""
        return subject.f()

    found = graded(part, f=lambda: 2.0)[0].findings[0]

    assert found.blame is Blame.AUTHOR
    assert "recognise of mistake 'broken' raised KeyError" in found.message
