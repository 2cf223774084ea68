"""Optimizers by the path they take when the judge hands them the gradients."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from grading.checks import plots
from grading.checks.conclusions import Conclusion, right, wrong
from grading.mistakes import torch_optimizers as known
from reference_models import optimizers
from reference_models.optimizers import Hyperparameters

Array = npt.NDArray[np.float64]

PATH_TOLERANCE = 1e-6
"""Relative to the longest movement; float64 arithmetic in another order leaves 1e-12, float32 state 1e-7."""

LARGEST_RATE = {"adam": 0.1, "sgd": 1.0}
SMALLEST_RATE = 1e-8


NEIGHBOURS = {mistake.id: mistake for mistake in known.NEITHER}
TITLES = {"adam": "Adam", "sgd": "SGD", "adamw": "AdamW", "rmsprop": "RMSprop", "adagrad": "AdaGrad"}
MISSING = {"adam": known.NO_ADAM, "sgd": known.NO_SGD}


@dataclass(frozen=True, slots=True)
class FoundOptimizer:
    """One optimizer as it was found.

    Attributes:
        name: its class, for messages only.
        path: (steps, *shape) where it went from the judge's start.
        options: as constructed.
        network: number of the network whose parameters it holds, -1 for none.
        covered, trainable: how many of that network's trainable tensors it holds, of how many.
        head: whether it holds the last layer.
        alive: whether that network is still used.
        steps, useful_steps: how often it stepped, and with any gradient present.
        missed_head: steps at which the last layer had a gradient but was not among its parameters.
        start, gradients: where the path began, and what led it: for a picture beside a wrong one.
    """

    name: str
    path: Array
    options: Hyperparameters
    network: int = 0
    covered: int = 1
    trainable: int = 1
    head: bool = True
    alive: bool = True
    steps: int = 0
    useful_steps: int = 0
    missed_head: int = 0
    start: Array | None = None
    gradients: Sequence[Array] = ()


def hyperparameters(group: Mapping[str, object]) -> Hyperparameters:
    """Options of a parameter group as numbers; what is missing or strange takes torch's default."""

    def number(names: Sequence[str], default: float) -> float:
        for name in names:
            value = group.get(name)
            if isinstance(value, int | float) and math.isfinite(value):
                return float(value)
        return default

    betas = group.get("betas")
    pair = [float(b) for b in betas if isinstance(b, int | float)] if isinstance(betas, list | tuple) else []
    beta1, beta2 = pair if len(pair) == 2 else (number(("beta1", "b1"), 0.9), number(("beta2", "b2"), 0.999))  # noqa: PLR2004 - Adam has two
    return Hyperparameters(
        lr=number(("lr", "learning_rate", "step_size", "eta"), 0.0),
        momentum=number(("momentum", "mu"), 0.0),
        dampening=number(("dampening",), 0.0),
        nesterov=group.get("nesterov") is True,
        weight_decay=number(("weight_decay", "wd"), 0.0),
        beta1=beta1,
        beta2=beta2,
        eps=number(("eps", "epsilon"), 1e-8),
        alpha=number(("alpha",), 0.99),
        amsgrad=group.get("amsgrad") is True,
        maximize=group.get("maximize") is True,
    )


def kind_of(path: Array, start: Array, gradients: Sequence[Array], options: Hyperparameters) -> str:
    """Which recurrence the path follows: "adam", "sgd", a neighbour's id, "still" where it does not move, or ""."""
    if path.shape != (len(gradients), *start.shape) or not np.isfinite(path).all():
        return ""
    if np.array_equal(path[-1], start) and np.array_equal(path[0], start):
        return "still"

    def follows(rules: Mapping[str, optimizers.Optimizer]) -> str:
        for name, recurrence in rules.items():
            wanted = recurrence(start, gradients, options)
            if np.abs(path - wanted).max() <= PATH_TOLERANCE * np.abs(wanted - start).max():
                return name
        return ""

    if follows(optimizers.ADAM):
        return known.GRADIENT_ASCENT.id if options.maximize else "adam"
    if follows(optimizers.SGD):
        return known.GRADIENT_ASCENT.id if options.maximize else "sgd"
    return follows({name: mistake.variant for name, mistake in NEIGHBOURS.items()})


def judged(seen: FoundOptimizer, kind: str) -> Conclusion:  # noqa: PLR0911 - one for each way to be wrong
    """An Adam or SGD that can train the network."""
    what = f"Your {seen.name}"
    if kind == "still":
        return wrong(f"{what} does not move its parameters.", known.ZERO_LEARNING_RATE, lr=seen.options.lr)
    if kind == known.GRADIENT_ASCENT.id:
        return wrong(f"{what} goes up the gradients that it is given.", known.GRADIENT_ASCENT)
    if kind not in LARGEST_RATE:
        title = TITLES.get(kind)
        like = f"{what} takes {title}'s steps, which are" if title else f"The steps of your {seen.name} are"
        return wrong(f"{like} neither Adam's nor SGD's.", NEIGHBOURS.get(kind), options=_said(seen.options))
    if seen.steps and not seen.useful_steps:
        said = f"{what} stepped {seen.steps} times and never met a gradient."
        return wrong(said, known.OPTIMIZER_OF_OTHER_NETWORK)
    if seen.network < 0:
        return wrong(f"{what} holds parameters of no network of yours.", known.OPTIMIZER_WITHOUT_NETWORK)
    if not seen.alive:
        said = f"{what} holds the parameters of a network that is no longer used."
        return wrong(said, known.OPTIMIZER_OF_OTHER_NETWORK)
    if seen.missed_head or (not seen.head and seen.covered < seen.trainable):
        return wrong(f"{what} does not hold the last layer.", known.OPTIMIZER_MISSES_HEAD)
    if not SMALLEST_RATE < seen.options.lr <= LARGEST_RATE[kind]:
        said = f"{what} has learning rate {seen.options.lr:g}."
        return wrong(said, known.ABSURD_LEARNING_RATE, lr=seen.options.lr)
    if seen.covered < seen.trainable:
        return right(f"{what} trains {seen.covered} of {seen.trainable} tensors, the last layer among them: allowed.")
    return right()


def both(kinds: Sequence[tuple[FoundOptimizer, str]], wanted: str) -> Conclusion:
    """There is an optimizer of the wanted kind, and one of them is sound.

    Args:
        kinds: every optimizer found and its kind.
        wanted: "adam" or "sgd".
    """
    conclusions = [judged(seen, kind) for seen, kind in kinds if kind == wanted]
    for conclusion in conclusions:
        if conclusion.holds:
            return conclusion
    if conclusions:
        return conclusions[0]
    suspects = [(seen, kind) for seen, kind in kinds if _meant(seen, kind, wanted)]
    if suspects:
        return _drawn(judged(*suspects[0]), suspects[0][0], wanted)
    others = sorted({seen.name for seen, _ in kinds})
    said = (
        f"Your program builds {', '.join(others)}" if others else "Your program builds no optimizer that could be found"
    )
    return wrong(f"{said}, but no {TITLES[wanted]}.", MISSING[wanted], found=list(others))


def _drawn(conclusion: Conclusion, seen: FoundOptimizer, wanted: str) -> Conclusion:
    """The conclusion with the path beside the wanted rule's, where there are two to draw."""
    if conclusion.holds or seen.start is None or seen.path.shape != (len(seen.gradients), *seen.start.shape):
        return conclusion
    rules = optimizers.ADAM if wanted == "adam" else optimizers.SGD
    rule = next(iter(rules.values()))(seen.start, seen.gradients, replace(seen.options, maximize=False))
    return replace(conclusion, sketch=plots.paths(seen.start, seen.path, rule)) if seen.options.lr else conclusion


def _meant(seen: FoundOptimizer, kind: str, wanted: str) -> bool:
    """Whether an optimizer of another kind stands where the wanted one should."""
    name = seen.name.lower()
    adaptive = kind.startswith(("adam", "rmsprop", "adagrad")) or "adam" in name or "rms" in name or "adagrad" in name
    if kind in ("adam", "sgd"):
        return False
    return adaptive if wanted == "adam" else not adaptive


def _said(options: Hyperparameters) -> str:
    return f"lr {options.lr:g}, weight decay {options.weight_decay:g}"
