"""The small networks: LeNet-5 or SimpleNN by their layers, and by what they compute with weights of ours."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from grading.authoring import Draw, Subject
from grading.checks import modules
from grading.checks.conclusions import Conclusion, right, wrong
from grading.checks.image_networks import CalledLayer, ImageNetwork, outputs, state_of
from grading.mistakes.lenet import FORWARD, NAMES
from reference_models import lenet
from reference_models.lenet import LENET5, SIMPLE, Order, Shape, SmallNet, swish

Array = npt.NDArray[np.float64]
Activation = Callable[[Tensor], Tensor]
SIDE, IMAGES, HALF = 32, 3, 2
LINEARS = 3
SILU = "silu"
MOST_SEARCHED = 2
ORDERS: tuple[Order, ...] = ("convolved", "activated", "pooled")
WORDS = {known.id: known.says for known in FORWARD}


def shape_of(network: ImageNetwork) -> Shape:
    """The network of the two that this one is, or is nearest to: a filter too many does not make it the other."""
    found = [*(c.weight[:3] for c in network.convolutions), *(layer.weight for layer in network.linears)]

    def alike(shape: Shape) -> int:
        wanted = (*shape.filters, *shape.linears)
        return sum(a == b for one, other in zip(found, wanted, strict=False) for a, b in zip(one, other, strict=False))

    return max((LENET5, SIMPLE), key=alike)


def layers(network: ImageNetwork) -> Conclusion:  # noqa: PLR0911 - one for each way to be wrong
    """Whether the layers have the shapes of LeNet-5 or SimpleNN, in the order in which they are called."""
    said = f"{network.kind} has {network.parameters:,} parameters"
    convolutions, linears = network.convolutions, network.linears
    if len(convolutions) != HALF:
        return wrong(f"{said} and {len(convolutions)} convolutions.", "convolutions-number")
    wanted = shape_of(network)
    for number, (layer, (filters, inputs, kernel)) in enumerate(zip(convolutions, wanted.filters, strict=True), 1):
        if layer.weight[2:] != (kernel, kernel):
            return wrong(f"{said}; conv{number} has kernels of {layer.weight[2]} x {layer.weight[3]}.", "kernel-size")
        if layer.weight[:2] != (filters, inputs):
            return wrong(f"{said}; conv{number} takes {layer.weight[1]} maps to {layer.weight[0]}.", "filters")
    if (wrong_maps := _maps(convolutions, wanted, said)) is not None:
        return wrong_maps
    if len(linears) != LINEARS:
        return wrong(f"{said} and {len(linears)} linear layers.", "linear-layers")
    widths = tuple(layer.weight for layer in linears)
    if widths != wanted.linears:
        return wrong(f"{said}; its linear layers are {', '.join(f'{i} to {o}' for o, i in widths)}.", "linear-widths")
    normalised = network.normalised()
    bare = [n for n, c in enumerate(convolutions, 1) if "bias" not in c.tensors and n not in normalised]
    if bare or any("bias" not in layer.tensors for layer in linears):
        return wrong(f"{said}: a layer has no biases.", "biases-missing")
    return right(network=wanted.name, parameters=network.parameters)


def _maps(convolutions: Sequence[CalledLayer], wanted: Shape, said: str) -> Conclusion | None:
    side = SIDE
    for number, (layer, (_, _, kernel)) in enumerate(zip(convolutions, wanted.filters, strict=True), 1):
        side = side - kernel + 1
        got = layer.out[2] if len(layer.out) == 4 else 0  # noqa: PLR2004 - n, channels, height, width
        if got == side:
            side //= 2
            continue
        mistake = "padding" if number == 1 or got == side + kernel - 1 else "pooling"
        return wrong(f"{said}; conv{number} makes maps of {got} x {got}, expected {side} x {side}.", mistake)
    return None


@dataclass(frozen=True, slots=True)
class Answered:
    """What a network put out with weights of ours.

    Attributes:
        network: the student's.
        weights, images: what it was given.
        scores: what came out, or None where it raised.
        raised: what stopped it, or "".
    """

    network: ImageNetwork
    weights: dict[str, Tensor]
    images: Tensor
    scores: Array | None
    raised: str

    def reference(self, function: Activation, order: Order, kind: type[SmallNet] = SmallNet) -> Array:
        """What that kind of network puts out."""
        shape, at = shape_of(self.network), frozenset(self.network.normalised())
        with torch.no_grad():
            return np.asarray(kind(shape, function, at, order).forward(self.weights, self.images).double().numpy())

    @property
    def orders(self) -> tuple[Order, ...]:
        """Where a normalisation may stand."""
        return ORDERS if self.network.normalised() else ORDERS[:1]

    def is_that_of(self, function: Activation, kind: type[SmallNet] = SmallNet) -> bool:
        """Whether the network computes what this kind does."""
        return self.scores is not None and any(
            modules.forward(self.scores, self.reference(function, order, kind), {}, words={}).holds
            for order in self.orders
        )


def answered(student: Subject, network: ImageNetwork, draw: Draw) -> Answered:
    """Ask a network of the right layers for its scores, with weights of ours."""
    w = lenet.weights(np.random.default_rng(draw.seed()), shape_of(network))
    for number, layer in enumerate(network.convolutions, 1):
        if "bias" not in layer.tensors:
            w[f"conv{number}.bias"] = torch.zeros_like(w[f"conv{number}.bias"])
    images = draw.torch.normal(IMAGES, 3, SIDE, SIDE)
    passes, _, raised = outputs(student, network, state_of(network, w, first_linear=1), images)
    return Answered(network, w, images, None if raised else passes[0], raised)


def computes(student: Subject, network: ImageNetwork, draw: Draw) -> Conclusion:
    """Whether the network computes what LeNet-5 or SimpleNN does, with ReLU."""
    return _with_relu(answered(student, network, draw))


def _with_relu(answer: Answered) -> Conclusion:
    if answer.scores is None:
        return wrong(f"{answer.network.kind} raised {answer.raised}", "network-stops")
    conclusions = []
    for order in answer.orders:
        wanted = answer.reference(torch.relu, order)
        known = {k.id: answer.reference(torch.relu, order, k.variant) for k in FORWARD}
        known = {name: value for name, value in known.items() if not np.allclose(value, wanted)}
        conclusions.append(modules.forward(answer.scores, wanted, known, words=WORDS))
        if conclusions[-1].holds:
            return conclusions[-1]
    return next((o for o in conclusions if o.mistake), conclusions[0])


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


def uses_swish(student: Subject, networks: Sequence[ImageNetwork], draw: Draw) -> Conclusion:
    """Whether a network has Swish in the place of every ReLU, and does without torch's own."""
    fitting = [n for n in networks if layers(n).holds]
    if not fitting:
        return wrong("No LeNet-5 or SimpleNN was found.", "no-network")
    answers = [answered(student, n, draw) for n in fitting]
    there = [a.network for a in answers if a.is_that_of(swish)]
    if there and all(SILU in n.taken for n in there):
        return wrong(f"{there[-1].kind} calls torch's SiLU, which is Swish.", "swish-not-by-hand")
    if there:
        return right()
    others = [a for a in reversed(answers) if a.scores is not None and not a.is_that_of(torch.relu)]
    for answer in others[:MOST_SEARCHED]:
        if (some := _swish_in_places(answer)) is not None:
            return some
    last = (others or answers[::-1])[0]
    said = next((name for name, function in INSTEAD if last.is_that_of(function)), "")
    shown = f" {last.network.kind} has {said}." if said else ""
    return wrong(f"No network computes with Swish in the place of every ReLU.{shown}", "no-swish")


def _swish_in_places(answer: Answered) -> Conclusion | None:
    """What is said of a network with Swish in some places, and ReLU or nothing in the others; None of any other."""
    for other, name in ((torch.relu, "ReLU"), (_nothing, "no activation")):
        for places in range(1, 2**lenet.LAYERS - 1):
            at = frozenset(n for n in range(1, lenet.LAYERS + 1) if places >> (n - 1) & 1)
            if answer.is_that_of(swish, lenet.variant(activation=_mixed(at, other))):
                bare = ", ".join(name for n, name in enumerate(NAMES, 1) if n not in at)
                return wrong(f"{answer.network.kind} has {name} after {bare}.", "swish-missing-somewhere")
    return None


def _nothing(z: Tensor) -> Tensor:
    return z


def _mixed(at: Collection[int], other: Activation) -> Callable[..., Tensor]:
    return lambda _, z, layer: swish(z) if layer in at else other(z)


def normalised(student: Subject, networks: Sequence[ImageNetwork], draw: Draw) -> Conclusion:
    """Whether a network has batch normalisation behind both convolutions, and still computes what it should."""
    fitting = [n for n in networks if layers(n).holds]
    if not fitting:
        return wrong("No LeNet-5 or SimpleNN was found.", "no-network")
    most = max(fitting, key=lambda n: len(n.normalised()))
    if not most.normalised():
        return wrong(f"{most.kind} has {most.parameters:,} parameters.", "no-batch-normalisation")
    if len(most.normalised()) < HALF:
        return wrong(f"One of two convolutions of {most.kind} has one.", "normalisation-missing")
    answer = answered(student, most, draw)
    return right() if answer.is_that_of(swish) else _with_relu(answer)
