"""Small parts with one check each, for tests that are about one word of the authoring kit."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from grading.authoring import ALL_OR_NOTHING, Award, Draw, Function, Mistake, Part, Reference, Subject
from grading.domain.report import CriterionResult, Finding
from grading.domain.submission import SubmittedFile
from grading.evaluation.criteria import Evaluation
from grading.programs import Source, read_source
from tests.evaluation.fakes import FakeBox, asking


def doubled(x: Any) -> Any:
    """The right answer of these parts."""
    return 2 * x


def twin(
    *,
    reference: Callable[..., Any] = doubled,
    inputs: Callable[[Draw], Any] = lambda draw: draw.normal(4, 3),
    **options: Any,
) -> Part:
    """A part that asks `f(x)` in one `agrees` check."""
    part = Part("f.py", expects=[Function("f", arity=1)], reference=Reference(f=reference))
    row = part.criterion("row", "Row", points="1")

    @row.agrees(id="f", **options)
    def _f(subject: Subject, draw: Draw) -> object:
        """f(x) is 2x."""
        return subject.f(inputs(draw))

    return part


def counted(verdicts: Sequence[bool], *, award: Award = ALL_OR_NOTHING, weights: Sequence[str] = ()) -> CriterionResult:
    """The row of a student who is right in some of its checks."""
    part = Part("f.py", expects=[Function("f", arity=1)], reference=Reference(f=lambda x: x))
    row = part.criterion("row", "Row", points="1", award=award)
    for number, weight in enumerate(weights or ["1"] * len(verdicts)):

        def probe(subject: Subject, draw: Draw, number: int = number) -> object:
            """f(x) is x."""
            return subject.f(float(number))

        row.agrees(id=f"check-{number}", weight=weight)(probe)
    return answered(part, lambda x: x if verdicts[int(x)] else x + 1)[0]


def answered(part: Part, f: Callable[..., Any], *, seed: int = 1) -> list[CriterionResult]:
    """The rows of a student who defines `f`."""
    with asking(part, FakeBox({"f": f})) as (student, session):
        return Evaluation(part, student, seed, renew=session.renew).results()


def finding(part: Part, f: Callable[..., Any], *, seed: int = 1) -> Finding:
    """The first finding about a student who defines `f`."""
    return answered(part, f, seed=seed)[0].findings[0]


def written(text: str) -> Source:
    """A module of that text, read as a submission is."""
    return read_source(SubmittedFile("f.py", text.encode()))


TRIPLED = Mistake("tripled", says="It is three times x.", look="Look at the factor.", f=lambda x: 3 * x)
SQUARED = Mistake("squared", says="It is x squared.", f=np.square)
