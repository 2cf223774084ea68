"""Optimizers by the path they take when the judge hands them the gradients."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from grading.checks import plots
from grading.checks.conclusions import Conclusion, right, wrong
from reference_models import optimizers
from reference_models.optimizers import Hyperparameters

Array = npt.NDArray[np.float64]

PATH_TOLERANCE = 1e-6
"""Relative to the longest movement; float64 arithmetic in another order leaves 1e-12, float32 state 1e-7."""

LARGEST_RATE = {"adam": 0.1, "sgd": 1.0}
SMALLEST_RATE = 1e-8


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

    def follows(known: Mapping[str, optimizers.Optimizer]) -> str:
        for name, recurrence in known.items():
            wanted = recurrence(start, gradients, options)
            if np.abs(path - wanted).max() <= PATH_TOLERANCE * np.abs(wanted - start).max():
                return name
        return ""

    if follows(optimizers.ADAM):
        return "gradient-ascent" if options.maximize else "adam"
    if follows(optimizers.SGD):
        return "gradient-ascent" if options.maximize else "sgd"
    return follows(optimizers.MISTAKES)


def judged(seen: FoundOptimizer, kind: str) -> Conclusion:  # noqa: PLR0911 - one for each way to be wrong
    """An Adam or SGD that can train the network."""
    what = f"Your {seen.name}"
    if kind == "still":
        return wrong(
            f"{what} does not move its parameters.",
            "zero-learning-rate",
            lr=seen.options.lr,
        )
    if kind == "gradient-ascent":
        return wrong(f"{what} goes up the gradients that it is given.", "gradient-ascent").hinted(
            "It maximises the loss."
        )
    if kind not in LARGEST_RATE:
        named = {"adamw": "AdamW", "rmsprop": "RMSprop", "adagrad": "AdaGrad"}.get(kind, "")
        like = f"{what} takes {named}'s steps, which are" if named else f"The steps of your {seen.name} are"
        return wrong(f"{like} neither Adam's nor SGD's.", kind, options=_said(seen.options))
    if seen.steps and not seen.useful_steps:
        return wrong(
            f"{what} stepped {seen.steps} times and never met a gradient.", "optimizer-of-other-network"
        ).hinted("It holds the parameters of another network.")
    if seen.network < 0:
        return wrong(f"{what} holds parameters of no network of yours.", "optimizer-without-network")
    if not seen.alive:
        return wrong(f"{what} holds the parameters of a network that is no longer used.", "optimizer-of-other-network")
    if seen.missed_head or (not seen.head and seen.covered < seen.trainable):
        return wrong(f"{what} does not hold the last layer.", "optimizer-misses-head").hinted(
            "Make it after the layer was replaced."
        )
    if not SMALLEST_RATE < seen.options.lr <= LARGEST_RATE[kind]:
        return wrong(
            f"{what} has learning rate {seen.options.lr:g}.", "absurd-learning-rate", lr=seen.options.lr
        ).hinted("Nothing can be learned with it.")
    if seen.covered < seen.trainable:
        return right(f"{what} trains {seen.covered} of {seen.trainable} tensors, the last layer among them: allowed.")
    return right()


def both(kinds: Sequence[tuple[FoundOptimizer, str]], wanted: str) -> Conclusion:
    """There is an optimizer of the wanted kind, and one of them is sound.

    Args:
        kinds: every optimizer found and its kind.
        wanted: "adam" or "sgd".
    """
    title = {"adam": "Adam", "sgd": "SGD"}[wanted]
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
    return wrong(f"{said}, but no {title}.", f"no-{wanted}", found=list(others)).hinted("Train once with each.")


def _drawn(conclusion: Conclusion, seen: FoundOptimizer, wanted: str) -> Conclusion:
    """The conclusion with the path beside the wanted rule's, where there are two to draw."""
    if conclusion.holds or seen.start is None or seen.path.shape != (len(seen.gradients), *seen.start.shape):
        return conclusion
    known = optimizers.ADAM if wanted == "adam" else optimizers.SGD
    rule = next(iter(known.values()))(seen.start, seen.gradients, replace(seen.options, maximize=False))
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
