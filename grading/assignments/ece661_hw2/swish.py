"""Swish, written by hand, in the place of every ReLU of LeNet-5 or SimpleNN: seen in what the network computes."""

from collections.abc import Callable, Collection, Sequence

import torch
from torch import Tensor

from grading.authoring import Draw, Subject
from grading.checks.conclusions import Conclusion, right, wrong
from grading.checks.image_networks import ImageNetwork
from grading.checks.small_networks import Answered, answered
from grading.mistakes import architecture
from reference_models import small_cnn
from reference_models.small_cnn import Activation, Shape, swish

SILU = "silu"
MOST_SEARCHED = 2

INSTEAD: tuple[tuple[str, Activation], ...] = (
    ("ReLU", torch.relu),
    ("the sigmoid alone", torch.sigmoid),
    ("x * sigmoid(2 x)", lambda z: z * torch.sigmoid(2 * z)),
    ("x * sigmoid(1.702 x)", lambda z: z * torch.sigmoid(1.702 * z)),
    ("x * sigmoid(-x)", lambda z: z * torch.sigmoid(-z)),
    ("x + sigmoid(x)", lambda z: z + torch.sigmoid(z)),
    ("x * tanh(x)", lambda z: z * torch.tanh(z)),
    ("torch's Hardswish", torch.nn.functional.hardswish),
    ("tanh", torch.tanh),
)
"""What stands in Swish's place, in words to the student."""


def used(student: Subject, networks: Sequence[ImageNetwork], draw: Draw, shapes: Sequence[Shape]) -> Conclusion:
    """Whether a network has Swish in the place of every ReLU, and does without torch's own.

    Args:
        student: the program.
        networks: with the layers of these shapes, one or more.
        draw: of the weights.
        shapes: that count.
    """
    answers = [answered(student, n, draw, shapes) for n in networks]
    there = [a.network for a in answers if a.is_that_of(swish)]
    if there and all(SILU in n.taken for n in there):
        return wrong(f"{there[-1].kind} calls torch's SiLU, which is Swish.", architecture.SWISH_NOT_BY_HAND)
    if there:
        return right()
    others = [a for a in reversed(answers) if a.scores is not None and not a.is_that_of(torch.relu)]
    for answer in others[:MOST_SEARCHED]:
        if (some := _in_places(answer)) is not None:
            return some
    last = (others or answers[::-1])[0]
    said = next((name for name, function in INSTEAD if last.is_that_of(function)), "")
    shown = f" {last.network.kind} has {said}." if said else ""
    return wrong(f"No network computes with Swish in the place of every ReLU.{shown}", architecture.NO_SWISH)


def _in_places(answer: Answered) -> Conclusion | None:
    """What is said of a network with Swish in some places, and ReLU or nothing in the others; None of any other."""
    hidden = answer.shape.hidden
    for other, name in ((torch.relu, "ReLU"), (_nothing, "no activation")):
        for places in range(1, 2 ** len(hidden) - 1):
            at = frozenset(layer for n, layer in enumerate(hidden) if places >> n & 1)
            if answer.is_that_of(swish, small_cnn.variant(activation=_mixed(at, other))):
                bare = ", ".join(layer for layer in hidden if layer not in at)
                return wrong(f"{answer.network.kind} has {name} after {bare}.", architecture.SWISH_MISSING_SOMEWHERE)
    return None


def _nothing(z: Tensor) -> Tensor:
    return z


def _mixed(at: Collection[str], other: Activation) -> Callable[..., Tensor]:
    return lambda _, z, layer: swish(z) if layer in at else other(z)
