r"""Backward passes written by hand, by the slope of the student's own loss.

Along a direction d through all parameters at once, :math:`\frac{d}{dt} C(\theta + t d) = \langle g, d\rangle`: two
calls of the loss test every entry of every gradient (`grading.numerics.gradients`). The measured side needs a function
that is smooth between :math:`\theta \pm t d`. A kink (ReLU, max-pooling) there shows: two central differences with
steps t and t/2 then differ by parts of their size instead of by :math:`O(t^2)`. The step is shortened until they agree,
and the direction drawn anew where they never do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grading.authoring import expect
from grading.authoring.draw import Draw
from grading.checks.conclusions import Conclusion, right, wrong
from grading.numerics.gradients import central_difference, inner_product, moved

Array = npt.NDArray[np.float64]
Arrays = Mapping[str, Array]

SMOOTH = 1e-6
"""Two central differences of a smooth function agree this well, relative to the length of the gradient."""

SHORTEST = 1e-8
TRIES = 4
SAME_FACTOR = 1e-3


UNIT = 2.0**-24
FIRST_STEP, RTOL, ATOL = 8e-3, 1e-3, 4e-5
"""Of float32, and of the first central difference in it, along a direction of length 1; `ATOL` is times the gradient's
length, or 1. Right for float64 too: nobody knows in which precision a program computes; mistakes are off by percents.
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """A slope along one direction.

    Attributes:
        value: of the central difference.
        step: with which it was taken.
        smooth: whether a shorter step gave the same.
    """

    value: float
    step: float
    smooth: bool


def measured(function: Callable[[float], float], *, size: float = 1.0) -> Measured:
    """The derivative at 0 with a step short enough to stay clear of kinks.

    Args:
        function: of one number, float64.
        size: typical size of the derivative, to which agreement is relative.

    Returns:
        The first central difference that agrees with the one of half its step; else the last tried, not smooth.
    """
    step = FIRST_STEP
    wide = central_difference(function, step=step)
    while step > SHORTEST:
        half = central_difference(function, step=step / 2)
        rounding = 4 * UNIT * abs(function(0.0)) / step
        if abs(wide - half) <= max(SMOOTH * max(size, abs(half)), RTOL * abs(half), 2 * rounding):
            return Measured(half, step / 2, smooth=True)
        step /= 4
        wide = central_difference(function, step=step)
    return Measured(wide, step, smooth=False)


def slope(
    loss: Callable[[Arrays], object],
    parameters: Arrays,
    gradients: Mapping[str, object],
    draw: Draw,
) -> Conclusion:
    """Your gradients are the slope of your own loss, along a random direction through all parameters.

    Args:
        loss: the student's loss for given parameters.
        parameters: name → array, float64, where the gradients were taken; the first axis is the inputs'.
        gradients: the student's, by the same names.
        draw: for directions.
    """
    g = {
        name: expect.array(gradients.get(name), f"the gradient of {name}", shape=p.shape)
        for name, p in parameters.items()
    }
    length = float(np.sqrt(sum(float((v * v).sum()) for v in g.values())))
    for number in range(TRIES):
        stream = draw.stream(f"direction-{number}")
        # By the root of the inputs: else a large layer hides what a small one does.
        direction = {name: stream.stream(name).normal(*p.shape, scale=len(p) ** -0.5) for name, p in parameters.items()}
        norm = float(np.sqrt(sum(float((d * d).sum()) for d in direction.values())))
        direction = {name: d / norm for name, d in direction.items()}

        def along(t: float, direction: Arrays = direction) -> float:
            return expect.number(loss(moved(parameters, direction, t)), "your loss")

        claimed = inner_product(g, direction)
        found = measured(along, size=length)
        tolerance = RTOL * max(abs(found.value), abs(claimed)) + ATOL * max(1.0, length)
        if abs(found.value - claimed) <= tolerance:
            return right(measured=found.value, claimed=claimed)
        if found.smooth:
            return _off(loss, parameters, g, direction, found=found, claimed=claimed)
    return wrong(
        "Your loss has no slope to compare with: the same parameters, moved ever so little, give quite other losses. "
        "Leave randomness and rounding out of it."
    )


def _off(
    loss: Callable[[Arrays], object],
    parameters: Arrays,
    g: Arrays,
    direction: Arrays,
    *,
    found: Measured,
    claimed: float,
) -> Conclusion:
    """Which arrays are off: one array moves at a time."""
    off, ratios = [], {}
    for name in parameters:
        only = {name: direction[name]}

        def along(t: float, only: Arrays = only) -> float:
            return expect.number(loss(moved(parameters, only, t)), "your loss")

        value, said = central_difference(along, step=found.step), inner_product({name: g[name]}, only)
        ratios[name] = said / value if value else float("inf")
        if abs(value - said) > 10 * (RTOL * max(abs(value), abs(said)) + ATOL):
            off.append(name)
    names = off or list(parameters)
    common = ratios[names[0]]
    uniform = len(names) == len(parameters) and all(
        abs(r - common) <= SAME_FACTOR * abs(common) for r in ratios.values()
    )
    facts = {"arrays": names, "measured": found.value, "claimed": claimed}
    if uniform and abs(common + 1) < SAME_FACTOR:
        return wrong("Your gradients have the wrong sign: your loss falls along them.", None, **facts)
    if uniform and len(names) > 1:
        return wrong(
            f"Your gradients are {common:.4g} times the slope of your loss, all of them: "
            "a sum where the loss is a mean, or the other way round?",
            None,
            factor=common,
            **facts,
        )
    return wrong(
        f"Along a random direction your loss changes by {found.value:.4g}, and your gradients say {claimed:.4g}; "
        f"look at {', '.join(names)}.",
        None,
        **facts,
    )
