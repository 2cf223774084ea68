"""The small networks: LeNet-5 or SimpleNN by their layers, and by what they compute with weights of ours."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from grading.authoring import Draw, Subject
from grading.checks import modules
from grading.checks.image_networks import Layer, Network, outputs, state_of
from grading.checks.opinion import Opinion, right, wrong
from reference_models import lenet
from reference_models.lenet import LENET5, SIMPLE, Order, Shape, SmallNet, swish
from reference_models.mistakes.lenet import FORWARD

Array = npt.NDArray[np.float64]
Activation = Callable[[Tensor], Tensor]
SIDE, IMAGES, HALF = 32, 3, 2
LINEARS = 3
ORDERS: tuple[Order, ...] = ("convolved", "activated", "pooled")
WORDS = {known.id: known.says for known in FORWARD}


def shape_of(network: Network) -> Shape:
    """The network of the two that has these filters; LeNet-5 where neither does."""
    found = tuple(c.weight[:2] + c.weight[2:3] for c in network.convolutions)
    return SIMPLE if found == SIMPLE.filters else LENET5


def layers(network: Network) -> Opinion:  # noqa: PLR0911 - one for each way to be wrong
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


def _maps(convolutions: Sequence[Layer], wanted: Shape, said: str) -> Opinion | None:
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


def computes(student: Subject, network: Network, draw: Draw, function: Activation = torch.relu) -> Opinion:
    """Whether the network computes what LeNet-5 or SimpleNN does, with this activation."""
    shape = shape_of(network)
    w = lenet.weights(np.random.default_rng(draw.seed()), shape)
    for number, layer in enumerate(network.convolutions, 1):
        if "bias" not in layer.tensors:
            w[f"conv{number}.bias"] = torch.zeros_like(w[f"conv{number}.bias"])
    images = draw.torch.normal(IMAGES, 3, SIDE, SIDE)
    passes, _, raised = outputs(student, network, state_of(network, w, first_linear=1), images)
    if raised:
        return wrong(f"{network.kind} raised {raised}", "network-stops")
    at = frozenset(network.normalised())

    def said(kind: type[SmallNet], order: Order) -> Array:
        with torch.no_grad():
            return np.asarray(kind(shape, function, at, order).forward(w, images).double().numpy())

    opinions = []
    for order in ORDERS if at else ORDERS[:1]:
        wanted = said(SmallNet, order)
        known = {k.id: said(k.variant, order) for k in FORWARD}
        known = {name: value for name, value in known.items() if not np.allclose(value, wanted)}
        opinions.append(modules.forward(passes[0], wanted, known, words=WORDS))
        if opinions[-1].holds:
            return opinions[-1]
    return next((o for o in opinions if o.mistake), opinions[0])


def uses_swish(student: Subject, networks: Sequence[Network], draw: Draw) -> Opinion:
    """Whether a network has Swish in the place of every ReLU, written by hand."""
    fitting = [n for n in networks if layers(n).holds]
    if not fitting:
        return wrong("No LeNet-5 or SimpleNN was found.", "no-network")
    opinions = [computes(student, n, draw, swish) for n in fitting]
    if any(o.holds for o in opinions):
        return right()
    partly = [o for o in opinions if o.mistake.startswith("no-activation")]
    if partly:
        return wrong(f"One network has Swish in some places only: {partly[0].message}", "swish-missing-somewhere")
    return wrong("No network computes with Swish in the place of every ReLU.", "no-swish")


def normalised(student: Subject, networks: Sequence[Network], draw: Draw) -> Opinion:
    """Whether a network has batch normalisation behind both convolutions, and still computes what it should."""
    fitting = [n for n in networks if layers(n).holds]
    if not fitting:
        return wrong("No LeNet-5 or SimpleNN was found.", "no-network")
    most = max(fitting, key=lambda n: len(n.normalised()))
    if not most.normalised():
        return wrong(f"{most.kind} has {most.parameters:,} parameters.", "no-batch-normalisation")
    if len(most.normalised()) < HALF:
        return wrong(f"One of two convolutions of {most.kind} has one.", "normalisation-missing")
    relu = computes(student, most, draw)
    return relu if relu.holds or not computes(student, most, draw, swish).holds else right()
