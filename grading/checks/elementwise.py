"""Functions that a student writes for every entry of an array: seen beside the published curve, and far from 0."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.authoring import Draw, Mistake, Subject, expect, illustrate, remark
from grading.checks import plots
from grading.domain.errors import AnswerFault
from grading.mistakes.activations import NOT_ELEMENTWISE

Array = npt.NDArray[np.float64]
Function = Callable[[Array], Array]

FAR = (720.0, 900.0)
"""exp overflows float64 beyond 709."""


def beside_the_curve(answer: object, x: Array, name: str, right: Function) -> object:
    """The answer as it came, with a picture of it beside the published curve where it has the right form."""
    if isinstance(answer, np.ndarray) and answer.shape == x.shape and answer.dtype.kind in "biuf":
        sketch = plots.curve(x, answer, right(x), name)
        illustrate(sketch.title, sketch.draw)
    return answer


def scalar_only(name: str, right: Function) -> Mistake:
    """That a function is right on single numbers and raises on arrays; other errors on arrays are errors there as well.

    Args:
        name: of the student's function.
        right: what it should be.
    """

    def refuses_arrays(evidence: Mapping[str, Any]) -> bool:
        # `math.exp` of an array is a TypeError, the truth of an array a ValueError; a MemoryError, say, is neither.
        return evidence.get("exception") in {"TypeError", "ValueError"}

    def right_on_a_number(student: Subject, draw: Draw) -> bool:
        numbers = (draw.number(0.5, 3.0), -draw.number(0.5, 3.0))
        answers = [expect.number(getattr(student, name)(x), name) for x in numbers]
        return all(np.isclose(a, float(right(np.array(x)))) for a, x in zip(answers, numbers, strict=True))

    says, look = NOT_ELEMENTWISE.says, NOT_ELEMENTWISE.look
    return Mistake(NOT_ELEMENTWISE.id, says=says, look=look, recognise=refuses_arrays, asks=right_on_a_number)


def finite_far_from_zero(name: str, advice: str) -> Callable[[Subject, Draw], None]:
    """A check that a function stays finite far from 0: a remark, as most overflow there.

    Args:
        name: of the student's function.
        advice: what would be safe.
    """

    def check(student: Subject, draw: Draw) -> None:
        x = np.array([[-800.0, -draw.number(*FAR)], [800.0, draw.number(*FAR)]])
        try:
            answer = expect.array(getattr(student, name)(x), f"{name} far from 0", finite=False)
            finite = bool(np.isfinite(answer).all())
        except AnswerFault:
            finite = False
        if not finite:
            remark(f"Your {name} gives NaN or infinity far from 0, because exp overflows. {advice}")

    check.__doc__ = f"{name.capitalize()} stays finite far from 0 (a remark; costs nothing)."
    return check
