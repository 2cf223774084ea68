"""How the labs train: loss, optimizer, modes, the first loss, and what was swept over."""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import torch

from grading.authoring import Draw, Subject, expect
from grading.checks import image_programs, losses, optimizers
from grading.checks.conclusions import Conclusion, right, wrong
from grading.checks.short_training import Course
from grading.mistakes import KnownMistake, training
from grading.mistakes.losses import NO_LOSS, SUM_INSTEAD_OF_MEAN

LN10 = math.log(10)
FIRST_LOSS_OFF = 0.6
LEAST_MOMENTUM = 0.5
LARGE = 0.05
RATES = (1.0, 0.1, 0.05, 0.01, 0.005, 0.001)
STRENGTHS = (1e-2, 1e-3, 1e-4, 1e-5, 0.0)
CLOSE = 1e-3
MOST_RATE = 1.0
SMALL = Course(steps=20, batch=16, lr=5e-3, on_gpu=200)
DEEP = Course(steps=10, batch=16, lr=3e-3, on_gpu=150)


def option(group: Mapping[str, Any], name: str) -> float:
    """A number among an optimizer's options, 0 where it is none."""
    value = group.get(name)
    return float(value) if isinstance(value, int | float) and math.isfinite(value) else 0.0


def groups(student: Subject) -> list[Mapping[str, Any]]:
    """The first parameter group of every optimizer that took a step, or of all where none did."""
    every = image_programs.inventory(student).optimizers
    stepped = [row for row in every if isinstance(row.get("useful_steps"), int) and row["useful_steps"] > 0] or every
    listed = [list(expect.sequence(row.get("groups"), "parameter groups"))[:1] for row in stepped]
    return [expect.mapping(one[0], "a parameter group") for one in listed if one]


def sgd(student: Subject, draw: Draw) -> Conclusion:
    """Whether there is SGD with momentum and weight decay, each passed as itself."""
    seen = image_programs.optimizers_seen(student, image_programs.inventory(student), draw)
    if not seen:
        return wrong("Your program makes no optimizer.", training.NO_OPTIMIZER)
    conclusions = [_sgd(one, kind) for one, kind in seen]
    return next((o for o in conclusions if o.holds), conclusions[0])


def _sgd(one: optimizers.FoundOptimizer, kind: str) -> Conclusion:  # noqa: PLR0911 - one for each way to be wrong
    options = one.options
    said = f"{one.name} has rate {options.lr:g}, momentum {options.momentum:g}, weight decay {options.weight_decay:g}"
    if one.name != "SGD" and not kind.startswith("sgd"):
        return wrong(f"{said}.", training.NOT_SGD)
    if not 0 < options.lr <= MOST_RATE:
        return wrong(f"{said}.", training.RATE_OUT_OF_RANGE)
    if options.momentum == 0:
        return wrong(f"{said}.", training.NO_MOMENTUM)
    if not LEAST_MOMENTUM <= options.momentum < 1:
        return wrong(f"{said}.", training.MOMENTUM_OUT_OF_RANGE)
    if options.weight_decay == 0 and options.dampening > 0:
        return wrong(f"{said}, and dampening {options.dampening:g}.", training.DECAY_AS_DAMPENING)
    if options.weight_decay == 0:
        return wrong(f"{said}.", training.NO_WEIGHT_DECAY)
    return right(rate=options.lr, momentum=options.momentum, decay=options.weight_decay)


def cross_entropy(student: Subject) -> Conclusion:
    """Whether what is minimised has mean cross-entropy's slope at the network's output."""
    there = image_programs.inventory(student)
    slopes = [one for one in there.logits if one.complete]
    if not slopes:
        return wrong("No training step was seen that begins at the network's output.", NO_LOSS)
    for one in slopes:
        conclusion = losses.slope_at_output(one.values, one.slope)
        if not conclusion.holds:
            summed = conclusion.mistake == SUM_INSTEAD_OF_MEAN
            return wrong(conclusion.message, SUM_INSTEAD_OF_MEAN if summed else training.NOT_CROSS_ENTROPY)
    return right()


def first_loss(student: Subject) -> Conclusion:
    """Whether the first step's loss is near ln 10: labels are read off the slope, softmax minus one at the label."""
    slopes = [one for one in image_programs.inventory(student).logits if one.complete]
    if not slopes:
        return wrong("No training step was seen that begins at the network's output.", NO_LOSS)
    first = slopes[0]
    labels = first.slope.argmin(1)
    loss = float(torch.nn.functional.cross_entropy(first.values, labels))
    if not abs(loss - LN10) <= FIRST_LOSS_OFF:
        return wrong(f"The first loss is {loss:.3g}, ln 10 is {LN10:.4g}.", training.INITIAL_LOSS_OFF)
    return right(loss=round(loss, 3))


def modes(student: Subject) -> Conclusion:
    """Whether steps are taken in training mode, and validation passes in evaluation mode, without a step."""
    there = image_programs.inventory(student)
    if not there.trained and not any(row.get("useful_steps") for row in there.optimizers):
        return wrong("No optimizer took a step with gradients.", training.NO_TRAINING_STEP)
    steps, looks = _passes(there.inputs)
    if any(not one.training for one in steps):
        return wrong("A step was taken while the network was in evaluation mode.", training.TRAINED_IN_EVALUATION_MODE)
    sources = there.sources
    if any(s.trained and s.hint == "evaluation" for s in sources):
        return wrong("A step was taken on validation pictures.", training.TRAINED_ON_VALIDATION)
    if not any(s.passes and not s.trained and s.kind == "loader" for s in sources):
        return wrong("No pass over validation pictures was seen.", training.NO_VALIDATION)
    if not any(not one.training for one in looks):
        return wrong("No pass in evaluation mode was seen.", training.EVALUATED_IN_TRAINING_MODE)
    return right()


def _passes(inputs: Sequence[image_programs.Input]) -> tuple[list[image_programs.Input], list[image_programs.Input]]:
    """Passes that a step of their network followed, and those after its first step that none followed."""
    by_network: dict[int, list[image_programs.Input]] = {}
    for fed in inputs:
        by_network.setdefault(fed.network, []).append(fed)
    steps: list[image_programs.Input] = []
    looks: list[image_programs.Input] = []
    for passes in by_network.values():
        for one, following in zip(passes, [*passes[1:], None], strict=True):
            if following is not None and following.steps > one.steps:
                steps.append(one)
            elif one.steps:
                looks.append(one)
    return steps, looks


def swept(student: Subject, name: str, wanted: Sequence[float], mistake: KnownMistake) -> Conclusion:
    """Whether training was done with all of these values of an option."""
    tried = [option(group, name) for group in groups(student)]
    missing = [value for value in wanted if not any(_equal(value, one) for one in tried)]
    if missing:
        had = ", ".join(f"{value:g}" for value in sorted(set(tried), reverse=True)[:12]) or "none"
        return wrong(f"Tried: {had}. Not tried: {', '.join(f'{value:g}' for value in missing)}.", mistake)
    return right()


def larger_rate(student: Subject, numbers: Collection[int]) -> Conclusion:
    """Whether a normalised network was trained with a rate of at least 0.05."""
    rates = [option(group, "lr") for group in groups(student)]
    if not numbers or max(rates, default=0.0) < LARGE:
        return wrong(f"The largest rate is {max(rates, default=0.0):g}.", training.NO_LARGER_RATE)
    return right(rate=max(rates))


def _equal(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=CLOSE, abs_tol=1e-12)
