r"""Backward passes: by the slope of the student's own loss, and by a twin.

*Slope.* Along a direction d through all parameters at once, :math:`\frac{d}{dt} C(\theta + t d) = \langle g, d\rangle`:
two calls of the loss test every entry of every gradient (`grading.numerics.gradients`). The measured side needs a
function that is smooth between :math:`\theta \pm t d`. A kink (ReLU, max-pooling) there shows: two central differences
with steps t and t/2 then differ by parts of their size instead of by :math:`O(t^2)`. The step is shortened until they
agree, and the direction drawn anew where they never do. Tolerance: 1e-5 relative and 1e-7 of
:math:`\|g\|\|d\|`, the error of a float64 central difference with room; float32 losses leave 1e-2 (u/t with t = 1e-3).

*Twin.* Gradients for the same inputs are compared with the reference's, array by array, and with those of every known
mistake. Where a course lets sum and mean both count, one factor common to all arrays is allowed (`proportional`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grading.authoring import expect as admit
from grading.authoring.draw import Draw
from grading.checks.conclusions import Conclusion, right, wrong
from grading.numerics.closeness import difference
from grading.numerics.gradients import SLOPE_ATOL, SLOPE_RTOL, STEP, central_difference, inner_product, moved

Array = npt.NDArray[np.float64]
Arrays = Mapping[str, Array]

SMOOTH = 1e-6
"""Two central differences of a smooth function agree this well, relative to the length of the gradient."""

SHORTEST = 1e-8
TRIES = 4
FLOAT32_STEP, FLOAT32_TOLERANCE = 1e-3, 2e-2
TWIN_TOLERANCE = 1e-6
"""Relative to the largest entry of an array; what float64 programs leave is 1e-12, float32 ones need 1e-4."""


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


def measured(function: Callable[[float], float], *, size: float = 1.0, step: float = STEP) -> Measured:
    """The derivative at 0 with a step short enough to stay clear of kinks.

    Args:
        function: of one number, float64.
        size: typical size of the derivative, to which agreement is relative.
        step: to begin with.

    Returns:
        The first central difference that agrees with the one of half its step; else the last tried, not smooth.
    """
    wide = central_difference(function, step=step)
    while step > SHORTEST:
        half = central_difference(function, step=step / 2)
        rounding = 4 * 2.0**-53 * abs(function(0.0)) / step
        if abs(wide - half) <= max(SMOOTH * max(size, abs(half)), 2 * rounding):
            return Measured(half, step / 2, smooth=True)
        step /= 4
        wide = central_difference(function, step=step)
    return Measured(wide, step, smooth=False)


def clear_of_kinks(
    make: Callable[[Draw], Arrays], entering: Callable[[Arrays], Sequence[Array]], draw: Draw, *, margin: float = 1e-3
) -> Arrays:
    """Parameters for which nothing that enters a ReLU lies within `margin` of 0; the best of the draws tried.

    Args:
        make: from a stream to parameters.
        entering: from parameters to the arrays that enter a function with a kink, computed by the reference.
        draw: where streams come from.
        margin: how far away.
    """
    best, reached = make(draw.stream("kinks-0")), -1.0
    for number in range(32):
        tried = make(draw.stream(f"kinks-{number}"))
        nearest = min((float(np.abs(z).min(initial=np.inf)) for z in entering(tried)), default=np.inf)
        if nearest > reached:
            best, reached = tried, nearest
        if reached >= margin:
            break
    return best


def slope(
    loss: Callable[[Arrays], object],
    parameters: Arrays,
    gradients: Mapping[str, object],
    draw: Draw,
    *,
    single: bool = False,
) -> Conclusion:
    """Your gradients are the slope of your own loss, along a random direction through all parameters.

    Args:
        loss: the student's loss for given parameters.
        parameters: name → array, float64, where the gradients were taken.
        gradients: the student's, by the same names.
        draw: for directions.
        single: whether the student computes in float32; the tolerance is then coarse.
    """
    g = {
        name: admit.array(gradients.get(name), f"the gradient of {name}", shape=p.shape)
        for name, p in parameters.items()
    }
    length = float(np.sqrt(sum(float((v * v).sum()) for v in g.values())))
    for number in range(TRIES):
        direction = {
            name: draw.stream(f"direction-{number}").stream(name).normal(*p.shape) for name, p in parameters.items()
        }
        norm = float(np.sqrt(sum(float((d * d).sum()) for d in direction.values())))
        direction = {name: d / norm for name, d in direction.items()}

        def along(t: float, direction: Arrays = direction) -> float:
            return admit.number(loss(moved(parameters, direction, t)), "your loss")

        claimed = inner_product(g, direction)
        if single:
            found = Measured(central_difference(along, step=FLOAT32_STEP), FLOAT32_STEP, smooth=True)
            tolerance = FLOAT32_TOLERANCE * max(
                abs(found.value), length / np.sqrt(sum(d.size for d in direction.values()))
            )
        else:
            found = measured(along, size=length)
            tolerance = SLOPE_RTOL * max(abs(found.value), abs(claimed)) + SLOPE_ATOL * max(1.0, length)
        if abs(found.value - claimed) <= tolerance:
            return right(measured=found.value, claimed=claimed)
        if found.smooth:
            return _off(loss, parameters, g, direction, found=found, claimed=claimed)
    return wrong(
        "Your loss has no slope to compare with: the same parameters, moved ever so little, give quite other losses. "
        "Leave randomness and rounding out of it.",
        "loss-not-smooth",
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
            return admit.number(loss(moved(parameters, only, t)), "your loss")

        value, said = central_difference(along, step=found.step), inner_product({name: g[name]}, only)
        ratios[name] = said / value if value else float("inf")
        if abs(value - said) > 10 * (SLOPE_RTOL * max(abs(value), abs(said)) + SLOPE_ATOL):
            off.append(name)
    names = off or list(parameters)
    factors = [ratios[name] for name in names]
    common = factors[0]
    uniform = len(names) == len(parameters) and all(abs(f - common) <= 1e-3 * abs(common) for f in factors)
    facts = {"arrays": names, "measured": found.value, "claimed": claimed}
    if uniform and abs(common + 1) < 1e-3:  # noqa: PLR2004 - a tenth of a percent
        return wrong("Your gradients have the wrong sign: your loss falls along them.", "gradient-sign", **facts)
    if uniform and len(names) > 1:
        return wrong(
            f"Your gradients are {common:.4g} times the slope of your loss, all of them: "
            "a sum where the loss is a mean, or the other way round?",
            "gradient-factor",
            factor=common,
            **facts,
        )
    return wrong(
        f"Along a random direction your loss changes by {found.value:.6g}, and your gradients say {claimed:.6g}; "
        f"look at {', '.join(names)}.",
        "",
        **facts,
    )


# -- twins ----------------------------------------------------------------------------------------------


def twin(
    got: Mapping[str, object],
    wanted: Arrays,
    known: Mapping[str, Arrays],
    *,
    words: Mapping[str, str] | None = None,
    rtol: float = TWIN_TOLERANCE,
) -> Conclusion:
    """Your gradients equal those of the textbook for the same inputs.

    Args:
        got: the student's, name → array.
        wanted: the right ones.
        known: mistake id → the gradients of a program with that mistake.
        words: mistake id → what to tell the student.
        rtol: relative to each array's largest entry.
    """
    g = {
        name: admit.array(got.get(name), f"the gradient of {name}", shape=w.shape, finite=False)
        for name, w in wanted.items()
    }
    off = [name for name, w in wanted.items() if not _same(w, g[name], rtol)]
    if not off:
        return right()
    for mistake, gradients in known.items():
        if all(_same(gradients[name], g[name], rtol) for name in wanted):
            said = (words or {}).get(mistake, "")
            return wrong(
                f"{said or 'Your gradients follow a known mistake.'} Wrong: {', '.join(off)}.", mistake, arrays=off
            )
    explained = [m for m, gradients in known.items() if all(_same(gradients[name], g[name], rtol) for name in off)]
    if explained:
        said = (words or {}).get(explained[0], "")
        return wrong(f"{said} Wrong: {', '.join(off)}.", explained[0], arrays=off)
    fine = [name for name in wanted if name not in off]
    also = f"; {', '.join(fine)} {'is' if len(fine) == 1 else 'are'} right" if fine else ""
    return wrong(
        f"Your {', '.join(off)} {'is' if len(off) == 1 else 'are'} not the gradient of the loss{also}.", "", arrays=off
    )


def proportional(
    got: Mapping[str, object], wanted: Arrays, factors: Mapping[str, float], *, rtol: float = 1e-5
) -> Conclusion:
    """Your gradients are right up to one factor that all arrays share: summed or averaged over the batch.

    Args:
        got: the student's, name → array.
        wanted: the right ones, of the mean.
        factors: convention → its factor, such as {"mean": 1, "sum": n}; the first is what the statement says.
        rtol: relative to each array's largest entry.
    """
    g = {name: admit.array(got.get(name), f"the gradient of {name}", shape=w.shape) for name, w in wanted.items()}
    own = {name: float((g[name] * w).sum() / max(float((w * w).sum()), 1e-300)) for name, w in wanted.items()}
    shapeless = [name for name, w in wanted.items() if not own[name] or not _same(own[name] * w, g[name], rtol)]
    if shapeless:
        return wrong(f"Not the direction of the gradient: {', '.join(shapeless)}.", "", arrays=shapeless)
    first, *_ = factors
    for convention, factor in factors.items():
        if all(abs(f - factor) <= rtol * abs(factor) for f in own.values()):
            if convention == first:
                return right(convention=convention)
            return right(
                f"Your gradients are those of the {convention}, the loss is a {first}: allowed here.",
                convention=convention,
            )
    values = list(own.values())
    if all(abs(f - values[0]) <= rtol * abs(values[0]) for f in values):
        sign = "gradient-sign" if values[0] < 0 else "gradient-factor"
        return wrong(f"All your gradients are {values[0]:.4g} times what they should be.", sign, factor=values[0])
    listed = ", ".join(f"{name} × {f:.4g}" for name, f in own.items())
    return wrong(
        f"Your gradients have different factors ({listed}): the division by the number of examples is missing in some.",
        "factor-differs-between-arrays",
        factors=values,
    )


def _same(wanted: Array, got: Array, rtol: float) -> bool:
    size = float(np.abs(wanted).max(initial=0.0))
    return difference(wanted, got, rtol=rtol, atol=rtol * size) is None
