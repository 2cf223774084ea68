r"""Losses by what they answer, and by the slope they leave at the network's output.

Two independent looks at one thing. *Values*: the program's own loss is asked about logits of the judge's, and
compared with the mean cross-entropy. *Slope*: while the program trained, the gradient of whatever it minimised was
kept where the logits leave the network; for mean cross-entropy it is :math:`(\mathrm{softmax}(z) - e_y)/N`, and that
identity names most mistakes even where no loss function can be found.
"""

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor

from grading.checks.conclusions import Conclusion, right, wrong
from grading.mistakes.losses import (
    CROSS_ENTROPY,
    CROSS_ENTROPY_SIGN,
    MEAN_OVER_CLASSES,
    SOFTMAX_BEFORE_CROSS_ENTROPY,
    SUM_INSTEAD_OF_MEAN,
)
from reference_models.cross_entropy import Loss, cross_entropy, slope

Form = Literal["logits", "probabilities", "log-probabilities"]
Ask = Callable[[Tensor, Tensor], float]

SUM_TOLERANCE = 1e-4
"""Rows of float32 probabilities add up to 1 within this."""

VALUE_TOLERANCE = 1e-5
"""Relative; a loss that casts to float32 still agrees."""

SLOPE_TOLERANCE = 5e-3
"""Relative length of what is left of the slope; float32 leaves 1e-6, bfloat16 4e-3."""

SMOOTHEST = 0.3
MOST_CLASSES = 200


def form_of(rows: Tensor) -> Form:
    """What a loss is fed: (n, classes) rows that are logits, probabilities or their logarithms."""
    values = rows.double()
    total = values.sum(dim=1)
    if bool((values >= 0).all()) and bool(((total - 1).abs() < SUM_TOLERANCE).all()):
        return "probabilities"
    if bool((values.logsumexp(dim=1).abs() < SUM_TOLERANCE).all()):
        return "log-probabilities"
    return "logits"


def fed(logits: Tensor, form: Form) -> Tensor:
    """Logits in the form in which the program hands them to its loss."""
    match form:
        case "logits":
            return logits
        case "probabilities":
            return logits.softmax(dim=1)
        case "log-probabilities":
            return logits.log_softmax(dim=1)


def values(
    ask: Ask, logits: Tensor, labels: Tensor, form: Form, *, smoothing: float = 0.0, weighted: bool = False
) -> Conclusion:
    """The program's loss is the mean cross-entropy.

    Args:
        ask: the program's loss of (n, classes) predictions and (n,) labels.
        logits: (n, classes), float64, n and classes different.
        labels: (n,).
        form: what the program hands to it, from `form_of`.
        smoothing: label smoothing that it was built with: allowed, with a remark.
        weighted: whether it weighs classes: allowed, with a remark; single rows are then compared.
    """
    batches = [(logits[i : i + 1], labels[i : i + 1]) for i in range(len(labels))] if weighted else [(logits, labels)]
    for z, y in batches:
        got = ask(fed(z, form), y)
        wanted = float(torch.nn.functional.cross_entropy(z, y, label_smoothing=smoothing))
        if not abs(got - wanted) <= VALUE_TOLERANCE * max(1.0, abs(wanted)):
            return _named(ask, logits, labels, form)
    if smoothing:
        return right(f"Your loss smooths the labels by {smoothing:g}: allowed here.")
    return right("Your loss weighs the classes: allowed here.") if weighted else right()


def _named(ask: Ask, logits: Tensor, labels: Tensor, form: Form) -> Conclusion:
    got = ask(fed(logits, form), labels)
    for mistake in CROSS_ENTROPY:
        known = float(mistake.variant(logits, labels))
        if abs(got - known) <= VALUE_TOLERANCE * max(1.0, abs(known)):
            return wrong("On logits of ours your loss is not the mean cross-entropy.", mistake, got=round(got, 6))
    return wrong(
        f"On {len(labels)} rows of logits your loss gives {got:.4g}, which is not their mean cross-entropy.",
        got=round(got, 6),
    )


def extremes(ask: Ask, logits: Tensor, labels: Tensor, form: Form) -> Conclusion:
    """Whether the loss stays right on very confident logits: a remark, as many a course's own solution would get.

    Args:
        ask: the student's loss.
        logits: (n, classes), hundreds apart.
        labels: (n,).
        form: of what the loss is fed.
    """
    got = ask(fed(logits, form), labels)
    wanted = float(cross_entropy(logits, labels))
    if abs(got - wanted) <= VALUE_TOLERANCE * max(1.0, abs(wanted)):
        return right()
    return right(
        f"With very confident logits your loss gives {got:.4g}: take log-softmax in one step, and it cannot overflow."
    )


def slope_at_output(rows: Tensor, gradient: Tensor) -> Conclusion:
    """What the program minimised has mean cross-entropy's slope at the network's output.

    Args:
        rows: (n, classes) what left the network in training.
        gradient: (n, classes) the slope of the minimised number there.
    """
    p, g = _in_logits(rows.double(), gradient.double())
    n, classes = p.shape
    if not bool(g.any()):
        return right("The slope at your network's output was 0: nothing could be told from it.")
    # The right class has the only negative slope; where the loss is climbed, the only positive one.
    for labels in (g.argmin(dim=1), g.argmax(dim=1)):
        ideal = (p - torch.nn.functional.one_hot(labels, classes)) / n
        scale = float((g * ideal).sum() / (ideal * ideal).sum().clamp_min(1e-300))
        left = float((g - scale * ideal).norm() / g.norm().clamp_min(1e-300))
        if left <= SLOPE_TOLERANCE:
            return _scaled(scale, n, classes)
    labels = g.argmin(dim=1)
    ideal = (p - torch.nn.functional.one_hot(labels, classes)) / n
    smoothed = _smoothing(p, g)
    if smoothed is not None:
        return right(f"Your loss smooths the labels by {smoothed:.2g}: allowed here.")
    if _weighted(g, ideal):
        return right("Your loss weighs the classes: allowed here.")
    return _named_slope(rows.double(), gradient.double())


def _in_logits(rows: Tensor, gradient: Tensor) -> tuple[Tensor, Tensor]:
    """Probabilities, and the slope with respect to logits that have them."""
    match form_of(rows):
        case "logits":
            return rows.softmax(dim=1), gradient
        case "log-probabilities":
            p = rows.exp()
            return p, gradient - p * gradient.sum(dim=1, keepdim=True)
        case "probabilities":
            return rows, rows * (gradient - (rows * gradient).sum(dim=1, keepdim=True))


def _scaled(scale: float, n: int, classes: int) -> Conclusion:
    def near(wanted: float) -> bool:
        return abs(scale / wanted - 1) <= SLOPE_TOLERANCE

    if near(1.0):
        return right()
    if n > 1 and near(n):
        return wrong(
            "The slope at your network's output is that of the sum over the batch, not of the mean.",
            SUM_INSTEAD_OF_MEAN,
            scale=scale,
        )
    if near(-1.0) or scale < 0:
        return wrong(
            "The slope at your network's output has the wrong sign: the loss is maximised.",
            CROSS_ENTROPY_SIGN,
            scale=scale,
        )
    if near(1 / classes):
        return wrong(
            "The slope at your network's output is divided by the number of classes too.",
            MEAN_OVER_CLASSES,
            scale=scale,
        )
    return right(f"Your loss is {scale:.3g} times the mean cross-entropy (as in gradient accumulation): allowed here.")


def _smoothing(p: Tensor, g: Tensor) -> float | None:
    n, classes = p.shape
    # What is subtracted from the probabilities is the smoothed label: largest at the right class.
    labels = (p - g * n).argmax(dim=1)
    hot = torch.nn.functional.one_hot(labels, classes).double()
    direction = hot - 1 / classes
    amount = float(((g * n - p + hot) * direction).sum() / (direction * direction).sum())
    left = (g * n - p + hot - amount * direction).norm() / (g * n).norm().clamp_min(1e-300)
    return amount if 0 < amount <= SMOOTHEST and float(left) <= SLOPE_TOLERANCE else None


def _weighted(g: Tensor, ideal: Tensor) -> bool:
    """Whether each row is its own multiple of the ideal one and the weights average to 1."""
    factors = (g * ideal).sum(dim=1) / (ideal * ideal).sum(dim=1).clamp_min(1e-300)
    left = (g - factors[:, None] * ideal).norm() / g.norm().clamp_min(1e-300)
    return (
        bool(left <= SLOPE_TOLERANCE)
        and bool((factors > 0).all())
        and abs(float(factors.mean()) - 1) <= SLOPE_TOLERANCE
    )


def _named_slope(rows: Tensor, gradient: Tensor) -> Conclusion:
    for mistake in CROSS_ENTROPY:
        if _slope_of(mistake.variant, rows, gradient):
            return wrong("The slope at your network's output is not mean cross-entropy's.", mistake)
    if form_of(rows) == "probabilities":
        return wrong("Your network ends in a softmax and its output is taken for logits.", SOFTMAX_BEFORE_CROSS_ENTROPY)
    return wrong("What your training minimises does not have the slope of the mean cross-entropy of the logits.")


def _slope_of(loss: Loss, rows: Tensor, gradient: Tensor) -> bool:
    """Whether the slope is this loss's for some labels: they did not leave the box, and each row has its own."""
    n, classes = rows.shape
    left = torch.full((n,), torch.inf, dtype=rows.dtype)
    for label in range(min(classes, MOST_CLASSES)):
        known = slope(loss, rows, torch.full((n,), label))
        left = torch.minimum(left, (gradient - known).norm(dim=1))
    return bool(left.norm() <= SLOPE_TOLERANCE * gradient.norm())
