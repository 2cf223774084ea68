r"""Hand-written update steps and trainer classes, by the path they take.

The judge knows where a program stood, which gradients it was given (or computed itself) and where it went. A path is
right if it follows one of the published conventions step by step,

.. math:: \max_t |\theta_t - \hat\theta_t| \le 10^{-6} \max_t |\hat\theta_t - \theta_0| + 8 T u \max|\theta|,

where :math:`u` is float64's unit roundoff and :math:`T` the number of steps. The first term is many times float64's
rounding in a step, the second what storing the parameters costs (Higham, section 3.1). Mistakes leave the path by parts
in a hundred after the second step.

Give at least four steps, gradients that differ, and a rate and a momentum that are no round numbers: then no two rules
take the same path.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from grading.checks import plots
from grading.checks.conclusions import Conclusion, right, wrong
from grading.mistakes.momentum import (
    GRADIENT_ASCENT,
    LEARNING_RATE_MISSING,
    LEARNING_RATE_OTHER,
    MISTAKES,
    PARAMETERS_DO_NOT_MOVE,
    PARAMETERS_LEFT_OUT,
    PATH_NOT_FINITE,
    PATH_SHAPE,
    RATE_APPLIED_TWICE,
)
from reference_models import descent
from reference_models.descent import Rule
from reference_models.optimizers import Hyperparameters

Array = npt.NDArray[np.float64]

PATH_TOLERANCE = 1e-6
ROUNDOFF = 2.0**-53
FACTOR_TOLERANCE = 1e-3

TITLES = {"sgd": "gradient descent", "momentum": "gradient descent with momentum"}

TOLD = {
    "averaged": "Your velocity is a running mean, (1 - momentum) times the gradient: a published convention.",
    "averaged-corrected": "Your velocity is a running mean, corrected for its start at 0: allowed.",
}
"""Conventions that deserve a remark."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One array of parameters on its way.

    Attributes:
        start: where it stood.
        path: (steps, *start.shape) where it was after each step.
        gradients: one for each step.
    """

    start: Array
    path: Array
    gradients: Sequence[Array]


def judged(optimizer: str, walk: Walk, options: Hyperparameters) -> Conclusion:
    """Your parameters go where the update rule leads them, step by step, in any of its published conventions.

    Args:
        optimizer: "sgd" or "momentum".
        walk: what was seen.
        options: what the program was told: its rate and its momentum.

    Returns:
        The conclusion; one that does not hold has a sketch of the path beside the rule's where there are two to draw.
    """
    conclusion = _judged(optimizer, walk, options)
    if conclusion.holds or conclusion.mistake is PATH_SHAPE:
        return conclusion
    rule = next(iter(descent.RULES[optimizer].values()))
    return replace(conclusion, sketch=plots.paths(walk.start, walk.path, _path(rule, walk, options)))


def _judged(optimizer: str, walk: Walk, options: Hyperparameters) -> Conclusion:
    title = TITLES[optimizer]
    if walk.path.shape != (len(walk.gradients), *walk.start.shape):
        return wrong(f"After each step the parameters should have shape {walk.start.shape}.", PATH_SHAPE)
    if not np.isfinite(walk.path).all():
        first = int(np.argmax(~np.isfinite(walk.path.reshape(len(walk.path), -1)).all(axis=1)))
        return wrong(f"After step {first + 1} your parameters contain NaN or infinity.", PATH_NOT_FINITE, step=first)
    for name, rule in descent.RULES[optimizer].items():
        if _follows(walk, rule, options):
            return right(*([TOLD[name]] if name in TOLD else []), convention=name)
    if np.array_equal(walk.path, np.broadcast_to(walk.start, walk.path.shape)):
        return wrong("After every step the parameters are where they were.", PARAMETERS_DO_NOT_MOVE)
    off = _first_off(walk, optimizer, options)
    said = f"Your parameters leave the path of {title} at step {off}."
    for known in MISTAKES[optimizer]:
        if _follows(walk, known.variant, options):
            return wrong(said, known, first_wrong_step=off)
    return _scaled(walk, optimizer, options) or wrong(said, first_wrong_step=off)


def every(optimizer: str, walks: Mapping[str, Walk], options: Hyperparameters) -> Conclusion:
    """Every array of parameters goes where the update rule leads it.

    Args:
        optimizer: as in `judged`.
        walks: name → its way.
        options: as in `judged`.

    Returns:
        The conclusion that all share, or the first that does not hold, with the names it is about.
    """
    conclusions = {name: judged(optimizer, walk, options) for name, walk in walks.items()}
    off = {name: o for name, o in conclusions.items() if not o.holds}
    if not off:
        remarks = dict.fromkeys(r for o in conclusions.values() for r in o.remarks)
        return right(*remarks, convention=next(iter(conclusions.values())).evidence.get("convention", ""))
    first = next(iter(off.values()))
    same = [name for name, o in off.items() if o.mistake == first.mistake]
    if len(off) < len(conclusions) and first.mistake is PARAMETERS_DO_NOT_MOVE:
        return wrong(f"Your step leaves {', '.join(same)} as they are.", PARAMETERS_LEFT_OUT, arrays=same)
    where = "" if len(same) == len(conclusions) else f" (in {', '.join(same)})"
    return replace(first, message=f"{first.message}{where}", evidence={**first.evidence, "arrays": [*same]})


def _path(rule: Rule, walk: Walk, options: Hyperparameters) -> Array:
    with np.errstate(all="ignore"):
        return descent.path(rule, walk.start, walk.gradients, options)


def _follows(walk: Walk, rule: Rule, options: Hyperparameters) -> bool:
    wanted = _path(rule, walk, options)
    return bool(np.isfinite(wanted).all() and (np.abs(walk.path - wanted) <= _allowed(walk, wanted)).all())


def _allowed(walk: Walk, wanted: Array) -> float:
    moved = float(np.abs(wanted - walk.start).max(initial=0.0))
    size = float(max(np.abs(wanted).max(initial=0.0), np.abs(walk.start).max(initial=0.0)))
    return PATH_TOLERANCE * moved + 8 * len(wanted) * ROUNDOFF * size


def _first_off(walk: Walk, optimizer: str, options: Hyperparameters) -> int:
    """The first step, from 1, at which no convention is followed any more."""
    furthest = 0
    for rule in descent.RULES[optimizer].values():
        wanted = _path(rule, walk, options)
        fits = np.abs(walk.path - wanted).reshape(len(wanted), -1).max(axis=1) <= _allowed(walk, wanted)
        furthest = max(furthest, int(np.argmin(fits)) if not fits.all() else len(fits))
    return furthest + 1


def _scaled(walk: Walk, optimizer: str, options: Hyperparameters) -> Conclusion | None:
    """The right rule, or a known wrong one, with another rate: read off the first step that moves."""
    rules = [*descent.RULES[optimizer].values(), *(k.variant for k in MISTAKES[optimizer])]
    for number, rule in enumerate(rules):
        wanted = _path(rule, walk, options) - walk.start
        if not np.isfinite(wanted).all():
            continue
        moves = np.flatnonzero(np.abs(wanted).reshape(len(wanted), -1).max(axis=1))
        if not len(moves):
            continue
        ideal, got = wanted[moves[0]], walk.path[moves[0]] - walk.start
        factor = float((ideal * got).sum() / (ideal * ideal).sum())
        if factor == 0 or not _follows(walk, rule, replace(options, lr=factor * options.lr)):
            continue
        extra = number - len(descent.RULES[optimizer])
        return _other_rate(factor, options.lr, f" {MISTAKES[optimizer][extra].says}" if extra >= 0 else "")
    return None


def _other_rate(factor: float, rate: float, known: str) -> Conclusion:
    """The rate that was taken, and what else is known to be wrong."""
    effective, facts = factor * rate, {"factor": factor}
    if abs(factor + 1) <= FACTOR_TOLERANCE:
        return wrong(f"Along the gradient each step is -1 times what it should be.{known}", GRADIENT_ASCENT, **facts)
    if abs(abs(effective) - 1) <= FACTOR_TOLERANCE:
        return wrong(f"Your step has the gradient's whole length.{known}", LEARNING_RATE_MISSING, **facts)
    if abs(factor - rate) <= FACTOR_TOLERANCE * rate:
        return wrong(f"Your step is {effective:.4g} times the gradient.{known}", RATE_APPLIED_TWICE, **facts)
    said = f"Your step has learning rate {effective:.4g} where it was given {rate:.4g}.{known}"
    return wrong(said, LEARNING_RATE_OTHER, effective=effective, **facts)
