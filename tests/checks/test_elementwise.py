"""Functions of every entry of an array."""

import math
from typing import Any

import numpy as np
import pytest

from grading.authoring import Draw, Reference
from grading.authoring.requirement import remarks_kept, sketches_kept
from grading.checks.elementwise import beside_the_curve, finite_far_from_zero, scalar_only

X = np.linspace(-2, 2, 6).reshape(2, 3)


@pytest.mark.parametrize(("answer", "drawn"), [(np.tanh(X), 1), (np.tanh(X)[0], 0), (None, 0), ("text", 0)])
def test_only_an_answer_of_the_right_form_is_drawn(answer: Any, drawn: int) -> None:
    """What comes back is the answer itself."""
    with sketches_kept() as kept:
        assert beside_the_curve(answer, X, "tanh", np.tanh) is answer

    assert len(kept) == drawn


@pytest.mark.parametrize(
    ("function", "exception", "recognised", "right"),
    [
        (lambda x: 1 / (1 + math.exp(-x)), "TypeError", True, True),
        (lambda x: math.exp(-x), "TypeError", True, False),
        (lambda x: 1 / (1 + math.exp(-x)), "MemoryError", False, True),
    ],
)
def test_a_function_of_numbers_is_told_by_what_it_raises_and_answers(
    function: Any, exception: str, recognised: bool, right: bool
) -> None:
    """Arrays are refused for a reason that arrays have, and single numbers are answered rightly."""
    known = scalar_only("sigmoid", lambda x: 1 / (1 + np.exp(-x)))
    assert known.recognise is not None
    assert known.asks is not None

    assert known.recognise({"exception": exception}) is recognised
    assert known.asks(Reference(sigmoid=function), Draw(1, "x")) is right


def _overflowing(x: Any) -> Any:
    with np.errstate(all="ignore"):
        return np.exp(x) / (1 + np.exp(x))


@pytest.mark.parametrize(("function", "remarks"), [(np.tanh, 0), (_overflowing, 1), (lambda _: None, 1)])
def test_an_overflow_far_from_zero_is_a_remark(function: Any, remarks: int) -> None:
    """It says what would be safe, and costs nothing."""
    check = finite_far_from_zero("squash", "Use tanh.")
    with remarks_kept() as said:
        check(Reference(squash=function), Draw(1, "x"))

    assert [one.message.endswith("Use tanh.") for one in said] == [True] * remarks
