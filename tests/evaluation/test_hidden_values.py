"""What is right stays on the judge's side: no report quotes a value, or a line, that only the reference has."""

import json
import math
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from grading.assignments.cmpsc497_hw2.vanishing_gradient import part as notebook_1
from grading.authoring import Draw, Function, Part, Reference, Subject, Visibility
from grading.authoring.check import Agrees, Asks, Check, Holds
from grading.authoring.subject import Answer
from grading.domain.report import Finding
from grading.domain.submission import SubmittedFile
from grading.domain.verdict import Blame
from grading.evaluation.criteria import Evaluation, check_draw, findings_of
from grading.evaluation.graded import pictures_of
from grading.evaluation.probing import ask_reference, asked_once, probe
from grading.evaluation.trace import Trace
from grading.programs import read_source
from grading.rehearsal.hostile import replies
from grading.rehearsal.performances import Actor
from tests.evaluation.fakes import FakeBox, asking

pytestmark = pytest.mark.slow

NUMBER = re.compile(r"-?\d+\.\d+(?:[eE][-+]?\d+)?|-?\d{4,}")
DIGITS = 4
"""Significant digits that make a number somebody's own: 0.25 and 1e-06 may stand anywhere."""


def told(findings: Iterable[Finding]) -> str:
    """Everything that a student may ever read of these findings."""
    return json.dumps([f.to_json() for f in findings if f.visibility is not Visibility.STAFF])


class Told(NamedTuple):
    """A number as it is written: its value, and half of its last digit."""

    value: float
    half: float


def telling(text: str) -> set[Told]:
    """The numbers in a text with digits enough to be known again."""
    found = set()
    for number in NUMBER.findall(text):
        digits, _, power = number.lower().partition("e")
        decimals = len(digits.partition(".")[2])
        if len(digits.strip("-").replace(".", "").strip("0")) >= DIGITS and math.isfinite(float(number)):
            found.add(Told(float(number), 0.5000001 * 10.0 ** (int(power or 0) - decimals)))
    return found


def values(thing: Any) -> Iterator[float]:
    """Every number in questions or answers."""
    match thing:
        case dict():
            for part in thing.values():
                yield from values(part)
        case list() | tuple():
            for part in thing:
                yield from values(part)
        case np.ndarray() | torch.Tensor() | np.generic():
            array = np.asarray(thing)
            if array.dtype.kind in "biuf":
                yield from map(float, array.ravel())
        case int() | float():
            yield float(thing)


def of(trace: Trace, answer: Any) -> set[float]:
    """What was asked and what was answered, as numbers."""
    return {v for call in trace.calls for v in values([call.args, dict(call.kwargs), call.reply])} | set(values(answer))


def quoted(numbers: set[Told], among: set[float]) -> set[Told]:
    """The numbers that are one of `among`, as far as they are written out."""
    known = np.array(sorted(v for v in among if v and math.isfinite(v)))
    return {n for n in numbers if known.size and (np.abs(known - n.value) <= n.half).any()}


class Leaving(Actor):
    """A mistaken student all of whose answers are kept."""

    def __init__(self, *of: Any) -> None:
        super().__init__(*of)
        self.said: set[float] = set()

    def _answering(self, name: str) -> Answer:
        answer = super()._answering(name)

        def kept(*args: Any, **kwargs: Any) -> Any:
            reply = answer(*args, **kwargs)
            self.said |= set(values([args, kwargs, reply]))
            return reply

        return kept


def cases(part: Part) -> list[Any]:
    """Each check of a part with each of its known mistakes."""
    return [
        pytest.param(part, check, mistake.overrides, id=f"{check.id}-{mistake.id}")
        for row in part.criteria
        for check in row.checks
        if not isinstance(check.task, Asks) and not (isinstance(check.task, Holds) and not check.task.reference)
        for mistake in check.mistakes
        if mistake.overrides
    ]


def shown(
    part: Part, check: Check, overrides: dict[str, Answer], seed: int
) -> tuple[set[float], set[float], set[float]]:
    """Numbers that the report tells, that only the reference has, and that the student's answers have."""
    given = check.task.given if isinstance(check.task, Agrees) else ()
    student = Leaving(part.reference, part.reference.with_(overrides), given)
    [row] = [r for r in part.criteria if check in r.checks]
    evaluation = Evaluation(part, student, seed)
    evaluation.passed = {thing.id: True for r in part.criteria for thing in (r, *r.checks)}
    judgement = evaluation.judgement(row, check)
    text = told(findings_of(check, judgement))
    right: set[float] = set()
    for n in range(3):
        outcome = ask_reference(check, part.reference, check_draw(part, check, seed, n))
        right |= of(outcome.trace, outcome.answer)
        own = probe(check, student, check_draw(part, check, seed, n), like=outcome.trace, form=check.form)
        student.said |= of(own.trace, own.answer)
    return telling(text), right, student.said


@pytest.fixture(scope="module", autouse=True)
def _once() -> Iterator[None]:
    with asked_once():
        yield


@pytest.mark.parametrize(("part", "check", "overrides"), cases(notebook_1))
def test_no_right_value_is_told_about_a_known_mistake(part: Part, check: Check, overrides: dict[str, Answer]) -> None:
    """Whatever number a report has, it is the student's own or nobody's."""
    numbers, right, own = shown(part, check, overrides, seed=11)

    assert quoted(numbers, right) - quoted(numbers, own) == set()


def test_a_value_that_is_quoted_is_seen() -> None:
    """The law can fail: a right value counts as told however short it is written, and a student's own does not."""
    assert [n.value for n in quoted(telling("it should be 0.7311, or 0.7312"), {0.731058})] == [0.7311]
    assert telling("1e-06 of 0.25 in 28 entries") == set()


def sole(probe: Any, **reference: Answer) -> Part:
    """A part of one check."""
    part = Part("one.py", expects=[Function("f", arity=1)], reference=Reference(**reference))
    part.criterion("row", "Row", points="1").agrees(probe)
    return part


def apart(subject: Subject, draw: Draw) -> object:
    """The parts of f are right."""
    answer = subject.f(draw.normal(3, 5))
    return {"first": answer[0], "sum": answer.sum(), "product": answer @ answer.T}


@pytest.mark.parametrize(("kind", "reply"), replies())
def test_no_right_value_is_told_to_a_hostile_student(kind: str, reply: Any) -> None:
    """Nor is one told where an answer is spoilt, and the right one was asked for to see how."""
    part = sole(apart, f=np.tanh)
    said: set[float] = set()

    def hostile(x: Any) -> Any:
        answer = reply(np.tanh(x))
        said.update(values([x, answer]))
        return answer

    with asking(part, FakeBox({"f": hostile})) as (student, session):
        [row] = Evaluation(part, student, 5, renew=session.renew).results()
    right = ask_reference(part.criteria[0].checks[0], part.reference, check_draw(part, part.criteria[0].checks[0], 5))
    numbers = telling(told(row.findings))

    assert quoted(numbers, of(right.trace, right.answer)) - quoted(numbers, said) == set(), kind


def test_what_an_author_raises_is_staffs() -> None:
    """An exception of the reference's may quote its lines and its values: a student reads that nothing is lost."""

    def broken(x: Any) -> Any:
        raise ValueError(f"secret_line gave {np.tanh(x)[0, 0]!r}")

    part = sole(apart, f=broken)
    with asking(part, FakeBox({"f": np.tanh})) as (student, session):
        [row] = Evaluation(part, student, 5, renew=session.renew).results()
    staff = [f for f in row.findings if f.visibility is Visibility.STAFF]

    assert "secret_line" in staff[0].message
    assert "secret_line" not in told(row.findings)
    assert "through no fault of yours" in told(row.findings)
    assert {f.blame for f in row.findings} == {Blame.AUTHOR}


def test_what_an_authors_drawing_raises_is_not_quoted() -> None:
    """A picture that cannot be drawn is a note, and notes are the student's to read."""
    part = sole(apart, f=np.tanh)

    def relu_figures(*_: Any) -> Any:
        raise ValueError("secret_line")

    part.figures = (relu_figures,)
    with asking(part, FakeBox({"f": np.tanh})) as (student, _):
        source = read_source(SubmittedFile("one.py", b"x = 1\n"))
        _, notes = pictures_of(part, student, source, None, Draw(1, "figures"))

    assert notes == ("A figure could not be drawn, through no fault of yours (relu_figures: ValueError)",)
