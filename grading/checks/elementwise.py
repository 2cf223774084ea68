r"""Activation functions: their values, their slopes, and what they do far from 0.

Values are compared with the reference at drawn points; known mistakes are named by equality at the same points. A slope
is compared with the function's own, at least `MARGIN` away from its kinks: at a kink every value between the one-sided
slopes is a subgradient, and none is wrong. Tolerance 1e-7 relative to the largest entry in float64, 1e-5 where the
program computes in float32; mistakes are off by parts in ten.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from grading.authoring import expect as admit
from grading.authoring.draw import Draw
from grading.checks import plots
from grading.checks.conclusions import Conclusion, right, wrong
from grading.domain.errors import AnswerFault
from reference_models.activations import sigmoid
from reference_models.elementwise import FUNCTIONS

Array = npt.NDArray[np.float64]
Ask = Callable[[Array], object]

TOLERANCE = {"float64": 1e-7, "float32": 1e-5}
MARGIN = 0.05
FAR = 800.0
"""exp overflows float64 beyond 709, float32 beyond 88."""


def points(draw: Draw, kind: str, *shape: int) -> Array:
    """Where to ask: both signs, away from 0, far enough out that a ceiling shows."""
    x = draw.away_from_zero(*shape, margin=MARGIN, scale=2.0)
    if kind != "softmax":
        x.flat[0], x.flat[-1] = draw.number(7.0, 9.0), -draw.number(7.0, 9.0)
    return x


def value(ask: Ask, kind: str, x: Array, *, dtype: str = "float64") -> Conclusion:
    """Your function has the right value for every entry.

    Args:
        ask: the student's function.
        kind: a key of `reference_models.elementwise.FUNCTIONS`.
        x: from `points`; for a softmax (n, classes) with n and classes different.
        dtype: in which the student computes.
    """
    known = FUNCTIONS[kind]
    got = admit.array(ask(x), f"your {kind}", shape=x.shape, finite=False)
    tolerance = TOLERANCE[dtype]
    if _same(known.value(x), got, tolerance):
        return right()
    if kind == "softmax" and np.isnan(got).any():
        return wrong("Your softmax gives NaN for ordinary logits.", "softmax-nan")
    for mistake, (function, said) in known.mistakes.items():
        with np.errstate(all="ignore"):
            if _same(function(x), got, tolerance):
                return wrong(said, mistake)
    if np.array_equal(got, x):
        return wrong(f"Your {kind} returns its input unchanged.", "returns-input")
    return wrong(f"Your {kind} is off at {_worst(known.value(x), got)}.")


def slope(ask: Ask, kind: str, x: Array, *, of_value: bool = False, dtype: str = "float64") -> Conclusion:
    """Your derivative is the slope of the function.

    Args:
        ask: the student's derivative.
        kind: of the function.
        x: inputs, from `points`.
        of_value: whether the student's derivative takes the activation f(x) in place of x.
        dtype: in which the student computes.
    """
    known = FUNCTIONS[kind]
    if known.slope is None:
        raise ValueError(f"{kind} has no elementwise slope")
    if any((np.abs(x - kink) < MARGIN / 2).any() for kink in known.kinks):
        raise ValueError(f"a point lies on a kink of {kind}: draw points with points()")
    wanted = known.slope(x)
    got = admit.array(ask(known.value(x) if of_value else x), f"the derivative of {kind}", shape=x.shape, finite=False)
    tolerance = TOLERANCE[dtype]
    if _same(wanted, got, tolerance):
        return right()
    swapped = known.slope(known.value(x)) if of_value else known.slope(np.asarray(known.value(x)))
    slips = {
        "slope-sign": (-wanted, "Its sign is wrong."),
        "value-instead-of-slope": (known.value(x), "It is the function, not its derivative."),
        "slope-at-the-value": (swapped, "It is evaluated at f(x), where x is due, or the other way round."),
        "slope-of-ones": (np.ones_like(x), "It is 1 everywhere."),
        "slope-formula-of-value": (
            _of_value(kind, x),
            "It uses the formula in terms of the activation, but is given x.",
        ),
    }
    for mistake, (other, said) in slips.items():
        if other.shape == got.shape and _same(other, got, tolerance):
            return wrong(f"The derivative of {kind}: {said}", mistake)
    for name, function in FUNCTIONS.items():
        if name != kind and function.slope is not None and _same(function.slope(x), got, tolerance):
            return wrong(f"It is the derivative of {name}, not of {kind}.", "derivative-of-another")
    return wrong(f"The derivative of {kind} is off at {_worst(wanted, got)}.")


def _of_value(kind: str, x: Array) -> Array:
    return {"sigmoid": x * (1 - x), "tanh": 1 - x * x}.get(kind, np.full_like(x, np.inf))


def far_out(ask: Ask, kind: str, draw: Draw, *, penalised: bool = False) -> Conclusion:
    """Far from 0 your function stays finite.

    Args:
        ask: the student's function.
        kind: of the function.
        draw: for the points.
        penalised: whether one that overflows fails the check; else it gets a remark, as most do.
    """
    x = np.array([[-FAR, 0.5, FAR], [FAR, -0.5, -FAR]]) * draw.number(1.0, 1.2)
    wanted = FUNCTIONS[kind].value(x)
    try:
        got = admit.array(ask(x), f"your {kind}", shape=x.shape, finite=False)
    except AnswerFault:
        got = np.full_like(x, np.nan)
    if _same(wanted, got, TOLERANCE["float32"]):
        return right()
    said = "subtract the largest entry of the row first" if kind == "softmax" else "use -|x| in the exponent"
    said = f"Far from 0 your {kind} gives NaN or overflows: {said}."
    return wrong(said, f"{kind}-overflows") if penalised else right(f"{said} It costs nothing here.")


def saturated(values: object, kind: str, *, limit: float = 0.5) -> Conclusion:
    """Most units of a layer still have a slope.

    Args:
        values: the layer's activations f(x), any shape.
        kind: "sigmoid", "tanh" or "relu".
        limit: share of saturated units that is too many: those whose slope is below a hundredth of the largest.
    """
    a = admit.array(values, "the activations")
    slopes = {"sigmoid": 4 * a * (1 - a), "tanh": 1 - a * a, "relu": (a > 0).astype(float)}[kind]
    share = float((slopes < 0.01).mean())  # noqa: PLR2004 - a hundredth
    if share <= limit:
        return right(saturated=share)
    word = "dead" if kind == "relu" else "saturated"
    said = f"{share:.0%} of your units are {word}: nothing passes back through them."
    sketch = plots.histogram(a, "the layer's activations")
    return replace(wrong(said, f"units-{word}", saturated=share), sketch=sketch)


def rows_add_up(ask: Ask, x: Array) -> Conclusion:
    """Each row of your softmax is non-negative, adds up to 1, and does not change when a number is added to the row.

    Args:
        ask: the student's softmax.
        x: (n, classes).
    """
    p = admit.array(ask(x), "your softmax", shape=x.shape)
    shifted = admit.array(ask(x + 3.0), "your softmax", shape=x.shape)
    if (p < 0).any() or not np.allclose(p.sum(axis=-1), 1.0, atol=1e-5):
        axis = "columns" if np.allclose(p.sum(axis=0), 1.0, atol=1e-5) else "rows"
        if axis == "columns":
            return wrong("The columns of your softmax add up to 1, not the rows.", "softmax-axis")
        mistake = "softmax-is-sigmoid" if _same(sigmoid(x), p, 1e-5) else ""
        return wrong("The rows of your softmax do not add up to 1.", mistake)
    if not np.allclose(p, shifted, atol=1e-5):
        return wrong(
            "Your softmax changes when the same number is added to a row: is an exponential missing?",
            "softmax-without-exp",
        )
    return right()


def _same(wanted: Array, got: Array, tolerance: float) -> bool:
    finite = wanted[np.isfinite(wanted)]
    size = float(np.abs(finite).max(initial=0.0))
    with np.errstate(all="ignore"):
        return bool((np.abs(got - wanted) <= tolerance * max(size, 1e-300)).all())


def _worst(wanted: Array, got: Array) -> str:
    gap = np.nan_to_num(np.abs(got - wanted), nan=np.inf)
    index = tuple(int(i) for i in np.unravel_index(int(gap.argmax()), gap.shape))
    return f"index {index}: got {got[index]:.6g}"
