"""Whatever a student's program answers, only the student loses by it."""

import math
from typing import Any

import numpy as np
import pytest
import torch

from grading.authoring import Draw, Function, Part, Reference, Subject, admit, remark, require
from grading.authoring.hostile import replies
from grading.domain.verdict import Blame, Status
from grading.numerics.gradients import central_difference, close, inner_product
from tests.authoring.fakes import graded

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
        require(close(measured, claimed), f"{measured:.3g} is not {claimed:.3g}", evidence={"measured": measured})

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
        """Replies taken apart with admit need no reference."""
        x = draw.normal(4, 7)
        w = admit.array(admit.mapping(student.gradients(x), "gradients", keys=["w", "b"])["w"], "w", shape=(4, None))
        value = admit.number(student.loss(x), "the loss")
        rows = admit.sequence(student.tensors(x), "tensors", length=2)
        first = admit.array(rows[0], "the first", ndim=2)
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
