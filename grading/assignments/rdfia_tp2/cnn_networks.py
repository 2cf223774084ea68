"""2-cd's networks: what the layers are, what they compute, what training mode changes, how the rate falls."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from grading.authoring import Draw, Subject
from grading.checks import modules
from grading.checks.conclusions import Conclusion, right, wrong
from grading.checks.image_networks import ImageNetwork, outputs, state_of
from grading.mistakes.cifar_cnn import FORWARD
from reference_models import cifar_cnn
from reference_models.cifar_cnn import CLASSES, DECAY, FILTERS, FLAT, HIDDEN, KERNEL, CifarNet, Order

Array = npt.NDArray[np.float64]
LINEARS = 2
FIRST_LINEAR = 4
"""The statement counts layers on: conv1 to conv3, then fc4 and fc5."""
SMALL_FLAT = 64 * 3 * 3
"""Inputs of fc4 where the last pooling rounds 7 down to 3."""

IMAGES = 3
RATE_TOLERANCE = 2e-3
ORDERS: tuple[Order, ...] = ("convolved", "activated", "pooled")
WORDS = {k.id: "Given the same weights and pictures, its scores differ from the statement's." for k in FORWARD}
ENDINGS = {
    "softmax-on-logits": "softmax-before-cross-entropy", "relu-on-logits": "relu-on-scores",
    "sigmoid-on-logits": "sigmoid-on-scores", "tanh-on-logits": "tanh-on-scores",
}  # fmt: skip


# -- layers ---------------------------------------------------------------------------------------------


def layers(network: ImageNetwork) -> Conclusion:
    """Whether the layers have the statement's shapes, in the order in which they are called."""
    said = f"{network.kind} has {network.parameters:,} parameters"
    conclusion = (
        _convolutions(network, said) or _maps(network, said) or _linears(network, said) or _biases(network, said)
    )
    if conclusion is not None:
        return conclusion
    remarks = []
    if network.linears[0].weight[1] == SMALL_FLAT:
        remarks.append("fc4 has 576 inputs because the last pooling rounds down: the row on crops is about that.")
    if any("bias" not in c.tensors for c in network.convolutions):
        remarks.append("Convolutions without biases in front of a normalisation: allowed.")
    return right(*remarks, parameters=network.parameters)


def _convolutions(network: ImageNetwork, said: str) -> Conclusion | None:
    if len(network.convolutions) != len(FILTERS):
        count = _counted(len(network.convolutions), "convolution")
        return wrong(f"{said} and {count}, expected {len(FILTERS)}.", "convolutions-number")
    for number, (layer, (filters, inputs)) in enumerate(zip(network.convolutions, FILTERS, strict=True), 1):
        shape = layer.weight
        if shape[2:] != (KERNEL, KERNEL):
            kernels = f"kernels of {shape[2]} x {shape[3]}, expected {KERNEL} x {KERNEL}"
            return wrong(f"{said}; conv{number} has {kernels}.", "kernel-size")
        if shape[:2] != (filters, inputs):
            maps = f"makes {shape[0]} maps of {shape[1]}, expected {filters} of {inputs}"
            return wrong(f"{said}; conv{number} {maps}.", "filters")
    return None


def _linears(network: ImageNetwork, said: str) -> Conclusion | None:
    if len(network.linears) != LINEARS:
        count = _counted(len(network.linears), "linear layer")
        return wrong(f"{said} and {count}, expected {LINEARS}.", "linear-layers")
    (width, inputs), (classes, _) = (layer.weight for layer in network.linears)
    if inputs not in (FLAT, SMALL_FLAT):
        return wrong(f"{said}; fc4 has {inputs} inputs, expected {FLAT}.", "fc4-inputs")
    if width != HIDDEN:
        return wrong(f"{said}; fc4 has {width} outputs, expected {HIDDEN}.", "fc4-width")
    return wrong(f"{said}; fc5 has {classes} outputs, expected {CLASSES}.", "classes") if classes != CLASSES else None


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _biases(network: ImageNetwork, said: str) -> Conclusion | None:
    normalised = network.normalised()
    bare = [
        f"conv{i}" for i, c in enumerate(network.convolutions, 1) if "bias" not in c.tensors and i not in normalised
    ]
    bare += [f"fc{i}" for i, c in enumerate(network.linears, 4) if "bias" not in c.tensors]
    return wrong(f"{said}; {', '.join(bare)} without biases.", "biases-missing") if bare else None


def _maps(network: ImageNetwork, said: str) -> Conclusion | None:
    """What is wrong with the sizes of the maps, if anything is."""
    side = network.side
    for number, layer in enumerate(network.convolutions, 1):
        got = layer.out[2] if len(layer.out) == 4 else 0  # noqa: PLR2004 - n, channels, height, width
        if got == side:
            side = -(-side // 2) if number == len(FILTERS) else side // 2
            continue
        if number > 1 and got in (side * 2, side * 2 - 1):
            return wrong(f"{said}; the maps that reach conv{number} are {got} wide, expected {side}.", "pooling")
        return wrong(f"{said}; conv{number} makes maps of {got} x {got}, expected {side} x {side}.", "padding")
    return None


# -- what it computes -----------------------------------------------------------------------------------


def _weights(network: ImageNetwork, draw: Draw) -> dict[str, Tensor]:
    flat = network.linears[0].weight[1]
    w = cifar_cnn.weights(np.random.default_rng(draw.seed()), flat=flat)
    for number, layer in enumerate(network.convolutions, 1):
        if "bias" not in layer.tensors:
            w[f"conv{number}.bias"] = torch.zeros_like(w[f"conv{number}.bias"])
    return w


def computes(student: Subject, network: ImageNetwork, draw: Draw) -> Conclusion:
    """Whether the network computes what the statement's does, in evaluation mode."""
    w = _weights(network, draw)
    images = draw.torch.normal(IMAGES, 3, network.side, network.side)
    passes, _, raised = outputs(student, network, state_of(network, w, first_linear=FIRST_LINEAR), images)
    if raised:
        return wrong(f"{network.kind} raised {raised}", "network-stops")
    at = frozenset(network.normalised())
    ceil = network.linears[0].weight[1] == FLAT

    def said(kind: type[CifarNet], order: Order) -> Array:
        with torch.no_grad():
            return np.asarray(kind(at, order, ceil=ceil).forward(w, images).double().numpy())

    conclusions = []
    for order in ORDERS if at else ORDERS[:1]:
        known = {k.id: said(k.variant, order) for k in FORWARD}
        conclusions.append(modules.forward(passes[0], said(CifarNet, order), known, words=WORDS))
        if conclusions[-1].holds:
            return conclusions[-1]
    found = next((o for o in conclusions if o.mistake), conclusions[0])
    return replace(found, mistake=ENDINGS.get(found.mistake_id, found.mistake))


# -- sizes, dropout, normalisation ----------------------------------------------------------------------


def ceiling(network: ImageNetwork) -> Conclusion:
    """Whether pictures of 28 x 28 reach 1024 inputs."""
    inputs = network.linears[0].weight[1] if network.linears else 0
    if inputs == SMALL_FLAT:
        return wrong(f"The first linear layer of {network.kind} has 576 inputs, 64 maps of 3 x 3.", "no-ceil-mode")
    if not network.small:
        return wrong(
            f"{network.kind} takes pictures of 32 x 32 only: for 28 x 28 the sizes do not fit.",
            "no-ceil-mode" if layers(network).holds else "",
        )
    return right()


def dropout(student: Subject, network: ImageNetwork, draw: Draw) -> Conclusion:  # noqa: PLR0911 - one for each way to be wrong
    """Whether what enters the last linear layer changes from one training pass to the next, and only there."""
    if not network.linears:
        return wrong(f"{network.kind} has no linear layers.", "")
    images = draw.torch.normal(IMAGES, 3, network.side, network.side)
    state = state_of(network, _weights(network, draw), first_linear=FIRST_LINEAR) if layers(network).holds else {}
    evaluation, _, raised = outputs(student, network, state, images)
    training, entered, stopped = outputs(student, network, state, images, training=3)
    if raised or stopped:
        return wrong(f"{network.kind} raised {raised or stopped}", "network-stops")
    if not _equal(evaluation):
        return wrong("In evaluation mode two passes of the same pictures differ.", "dropout-in-evaluation")
    last = [one[-1] for one in entered if one]
    first = [one[0] for one in entered if one]
    if len(network.linears) > 1 and not _equal(last):
        between = _between(network)
        if not _equal(first) and not between and _before(network):
            said = "In training mode the input of the first linear layer varies from pass to pass already."
            return wrong(said, "dropout-before-fc4")
        said = "There is dropout before the linear layers as well: allowed."
        return right(said) if not _equal(first) else right()
    if not _equal(training) and len(network.linears) == 1:
        return wrong(f"{network.kind} has one linear layer: there is no place between two of them.", "")
    if not _equal(training):
        return wrong("In training mode only the scores vary from pass to pass.", "dropout-on-scores")
    return wrong("Three passes of the same pictures in training mode are equal.", "no-dropout")


def _equal(passes: Sequence[Array]) -> bool:
    first = passes[0] if passes else np.zeros(0)
    return all(p.shape == first.shape and np.allclose(p, first, rtol=1e-4, atol=1e-5, equal_nan=True) for p in passes)


def _places(network: ImageNetwork) -> list[int]:
    """For each dropout module, how many linear layers were called before it."""
    found, linears = [], 0
    for layer in network.layers:
        linears += layer.linear
        if "dropout" in layer.kind.lower():
            found.append(linears)
    return found


def _between(network: ImageNetwork) -> bool:
    return any(0 < place < len(network.linears) for place in _places(network))


def _before(network: ImageNetwork) -> bool:
    return 0 in _places(network)


def normalised(network: ImageNetwork) -> Conclusion:
    """Whether a normalisation of as many channels stands between each convolution and the next layer with weights."""
    placed = network.normalised()
    facts = {"parameters": network.parameters}
    count = len(network.convolutions)
    if not placed:
        if any(layer.normalisation for layer in network.layers):
            return wrong(f"In {network.kind} no convolution is normalised.", "normalisation-of-linear-layers", **facts)
        return wrong(f"No layer of {network.kind} normalises batches.", "no-batch-normalisation", **facts)
    if len(placed) < count:
        have = "has" if len(placed) == 1 else "have"
        said = f"{len(placed)} of {count} convolutions {have} a normalisation behind."
        return wrong(said, "normalisation-missing", **facts)
    late = [i for i, n in placed.items() if n.out[2:] != network.convolutions[i - 1].out[2:]]
    if late:
        said = f"The normalisation behind convolution {late[0]} is given smaller maps than the convolution makes."
        return wrong(said, "normalisation-after-pooling", **facts)
    return right(**facts)


# -- the learning rate ----------------------------------------------------------------------------------


def schedule(rates: Sequence[float]) -> Conclusion:
    """Whether the rate stays for an epoch's steps, and then falls by 5 %."""
    levels = [rates[0]]
    lengths = [1]
    for rate in rates[1:]:
        if abs(rate - levels[-1]) <= 1e-9 * abs(levels[-1]):
            lengths[-1] += 1
        else:
            levels.append(rate)
            lengths.append(1)
    facts = {"rates": [float(f"{rate:.6g}") for rate in rates[:12]]}
    shown = ", ".join(f"{rate:.4g}" for rate in rates[:6])
    if len(levels) == 1:
        return wrong(f"The rates of the first steps: {shown}.", "rate-constant", **facts)
    ratios = [after / before if before else 0.0 for before, after in pairwise(levels)]
    if any(ratio > 1 for ratio in ratios):
        return wrong(f"The rates of the first steps: {shown}.", "rate-rises", **facts)
    if max(lengths) == 1 and len(rates) > 3:  # noqa: PLR2004 - more steps than epochs
        return wrong(f"The rates of the first steps: {shown}.", "schedule-each-batch", **facts)
    if any(abs(ratio - DECAY) > RATE_TOLERANCE for ratio in ratios):
        said = f"After an epoch the rate is multiplied by {ratios[0]:.4g}, expected {DECAY:g}."
        return wrong(said, "decay-factor", **facts)
    return right(**facts)
