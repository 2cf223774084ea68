r"""Hand-written update steps and trainer classes, by the path they take.

The judge knows where a program stood, which gradients it was given (or computed itself) and where it went. A path is
right if it follows one of the published conventions step by step,

.. math:: \max_t |\theta_t - \hat\theta_t| \le 10^{-6} \max_t |\hat\theta_t - \theta_0| + 8 T u \max|\theta|,

where :math:`u` is the unit roundoff of the program's dtype and :math:`T` the number of steps. The first term is many
times float64's rounding through a quotient and a root, the second what storing the parameters costs (Higham, section
3.1). Mistakes leave the path by parts in a hundred after the second step.

Give at least four steps, gradients that differ, and a rate, a momentum and a decay that are no round numbers: then no
two rules take the same path.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from grading.authoring import expect as admit
from grading.authoring.draw import Draw
from grading.checks import plots
from grading.checks.conclusions import Conclusion, right, wrong
from grading.mistakes.momentum import (
    GRADIENT_ASCENT,
    LEARNING_RATE_MISSING,
    LEARNING_RATE_OTHER,
    PARAMETERS_DO_NOT_MOVE,
    PARAMETERS_LEFT_OUT,
    PATH_NOT_FINITE,
    PATH_SHAPE,
    RATE_APPLIED_TWICE,
    WEIGHT_DECAY_IGNORED,
)
from grading.mistakes.update_rules import MISTAKES
from reference_models import descent
from reference_models.descent import Gradient, Rule
from reference_models.optimizers import Hyperparameters

Array = npt.NDArray[np.float64]

PATH_TOLERANCE = 1e-6
ROUNDOFF = {"float64": 2.0**-53, "float32": 2.0**-24}
STEPS = 6
FACTOR_TOLERANCE = 1e-3

TITLES = {
    "sgd": "gradient descent",
    "momentum": "gradient descent with momentum",
    "nesterov": "Nesterov's momentum",
    "rmsprop": "RMSProp",
    "adam": "Adam",
    "adamw": "AdamW",
}

TOLD = {
    "averaged": "Your velocity is a running mean, (1 - momentum) times the gradient: a published convention.",
    "averaged-corrected": "Your velocity is a running mean, corrected for its start at 0: allowed.",
    "decay-alone": "Your decay is not multiplied by the learning rate, as in the AdamW paper: allowed.",
}
"""Conventions that deserve a remark."""


@dataclass(frozen=True, slots=True)
class Walk:
    """One array of parameters on its way.

    Attributes:
        start: where it stood.
        path: (steps, *start.shape) where it was after each step.
        gradient: the gradients, one for each step; or a function (step from 0, parameters) → gradient, which is what
            tells a gradient taken ahead from one taken on the spot.
        dtype: in which the program keeps it: "float64" or "float32".
    """

    start: Array
    path: Array
    gradient: Sequence[Array] | Gradient
    dtype: str = "float64"

    def slope(self, step: int, at: Array) -> Array:
        """The gradient of a step."""
        return self.gradient(step, at) if callable(self.gradient) else self.gradient[step]


def walked(
    step: Callable[[Array, Array], object], start: Array, gradients: Sequence[Array], what: str = "your step"
) -> Walk:
    """Let a hand-written step walk from `start`, handed the gradients.

    Args:
        step: (parameters, gradient) → parameters after it; asks the student's program. What comes back is admitted
            here: an answer of another shape is the student's fault.
        start: any shape.
        gradients: of that shape.
        what: its name in messages.
    """
    theta, visited = start, []
    for gradient in gradients:
        theta = admit.array(step(theta, gradient), f"what {what} returns", shape=start.shape)
        visited.append(theta)
    return Walk(start, np.stack(visited), list(gradients))


def gradients_of(draw: Draw, *shape: int, steps: int = STEPS) -> list[Array]:
    """Gradients that no two rules answer alike: of different sizes, away from 0."""
    return [draw.away_from_zero(*shape, margin=0.2) * draw.number(0.5, 2.0) for _ in range(steps)]


def judged(optimizer: str, walk: Walk, options: Hyperparameters, *, rates: Sequence[float] | None = None) -> Conclusion:
    """Your parameters go where the update rule leads them, step by step, in any of its published conventions.

    Args:
        optimizer: "sgd", "momentum", "nesterov", "rmsprop", "adam" or "adamw".
        walk: what was seen.
        options: what the program was told; `weight_decay` is added to the gradient, except in AdamW.
        rates: the step size of each step, where it changes; else `options.lr`.

    Returns:
        The conclusion; one that does not hold has a sketch of the path beside the rule's where there are two to draw.
    """
    steps = list(rates) if rates is not None else [options.lr] * len(walk.path)
    conclusion = _judged(optimizer, walk, options, steps)
    if conclusion.holds or conclusion.mistake is PATH_SHAPE:
        return conclusion
    rule = next(iter(descent.RULES[optimizer].values()))
    return replace(
        conclusion,
        sketch=plots.paths(walk.start, walk.path, descent.path(rule, walk.start, walk.slope, steps, options)),
    )


def _judged(optimizer: str, walk: Walk, options: Hyperparameters, steps: list[float]) -> Conclusion:
    title = TITLES[optimizer]
    if walk.path.shape != (len(steps), *walk.start.shape):
        return wrong(f"After each step the parameters should have shape {walk.start.shape}.", PATH_SHAPE)
    if not np.isfinite(walk.path).all():
        first = int(np.argmax(~np.isfinite(walk.path.reshape(len(steps), -1)).all(axis=1)))
        return wrong(f"After step {first + 1} your parameters contain NaN or infinity.", PATH_NOT_FINITE, step=first)
    for name, rule in descent.RULES[optimizer].items():
        if _follows(walk, rule, steps, options):
            return right(*([TOLD[name]] if name in TOLD else []), convention=name)
    if np.array_equal(walk.path, np.broadcast_to(walk.start, walk.path.shape)):
        return wrong("After every step the parameters are where they were.", PARAMETERS_DO_NOT_MOVE)
    off = _first_off(walk, optimizer, steps, options)
    said = f"Your parameters leave the path of {title} at step {off}."
    for known in MISTAKES[optimizer]:
        if _follows(walk, known.variant, steps, options):
            return wrong(said, known, first_wrong_step=off)
    return _scaled(walk, optimizer, steps, options) or wrong(said, first_wrong_step=off)


def every(
    optimizer: str,
    walks: Mapping[str, Walk],
    options: Hyperparameters,
    *,
    rates: Sequence[float] | None = None,
) -> Conclusion:
    """Every array of parameters goes where the update rule leads it.

    Args:
        optimizer: as in `judged`.
        walks: name → its way.
        options: as in `judged`.
        rates: as in `judged`.

    Returns:
        The conclusion that all share, or the first that does not hold, with the names it is about. Biases that are left
        out of the weight decay, as is the custom, do not count against it.
    """
    conclusions = {name: _maybe_undecayed(optimizer, name, walk, options, rates) for name, walk in walks.items()}
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


def _maybe_undecayed(
    optimizer: str, name: str, walk: Walk, options: Hyperparameters, rates: Sequence[float] | None
) -> Conclusion:
    conclusion = judged(optimizer, walk, options, rates=rates)
    is_bias = name.rpartition(".")[2].lower().startswith("b")
    if is_bias and conclusion.mistake_id == WEIGHT_DECAY_IGNORED:
        return right("Biases are left out of the weight decay: allowed.")
    return conclusion


def _follows(walk: Walk, rule: Rule, rates: Sequence[float], options: Hyperparameters) -> bool:
    with np.errstate(all="ignore"):
        wanted = descent.path(rule, walk.start, walk.slope, rates, options)
    if not np.isfinite(wanted).all():
        return False
    return bool((np.abs(walk.path - wanted) <= _allowed(walk, wanted)).all())


def _allowed(walk: Walk, wanted: Array) -> float:
    moved = float(np.abs(wanted - walk.start).max(initial=0.0))
    size = float(max(np.abs(wanted).max(initial=0.0), np.abs(walk.start).max(initial=0.0)))
    return PATH_TOLERANCE * moved + 8 * len(wanted) * ROUNDOFF[walk.dtype] * size


def _first_off(walk: Walk, optimizer: str, rates: Sequence[float], options: Hyperparameters) -> int:
    """The first step, from 1, at which no convention is followed any more."""
    furthest = 0
    for rule in descent.RULES[optimizer].values():
        wanted = descent.path(rule, walk.start, walk.slope, rates, options)
        fits = np.abs(walk.path - wanted).reshape(len(wanted), -1).max(axis=1) <= _allowed(walk, wanted)
        furthest = max(furthest, int(np.argmin(fits)) if not fits.all() else len(fits))
    return furthest + 1


def _scaled(walk: Walk, optimizer: str, rates: Sequence[float], options: Hyperparameters) -> Conclusion | None:
    """The right rule, or a known wrong one, with another rate: read off the first step that moves."""
    rules = [*descent.RULES[optimizer].values(), *(k.variant for k in MISTAKES[optimizer])]
    for number, rule in enumerate(rules):
        with np.errstate(all="ignore"):
            wanted = descent.path(rule, walk.start, walk.slope, rates, options) - walk.start
        if not np.isfinite(wanted).all():
            continue
        moves = np.flatnonzero(np.abs(wanted).reshape(len(wanted), -1).max(axis=1))
        if not len(moves):
            continue
        ideal, got = wanted[moves[0]], walk.path[moves[0]] - walk.start
        factor = float((ideal * got).sum() / (ideal * ideal).sum())
        if factor == 0 or not _follows(walk, rule, [factor * r for r in rates], options):
            continue
        extra = number - len(descent.RULES[optimizer])
        return _other_rate(factor, rates[0], f" {MISTAKES[optimizer][extra].says}" if extra >= 0 else "")
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
