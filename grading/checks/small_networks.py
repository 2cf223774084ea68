"""Small convolutional networks: layers by shape, normalisation and dropout, what they compute with given weights.

A course says which shapes count; a network is judged by the one that it is nearest to. A normalisation may stand behind
the convolution, the activation or the pooling, and takes the bias's place where it follows the convolution.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from grading.authoring import Draw, Subject
from grading.checks import modules
from grading.checks.conclusions import Conclusion, right, wrong
from grading.checks.image_networks import ImageNetwork, any_of, outputs, state_of, stopped, working
from grading.mistakes import architecture
from grading.mistakes.pretrained import WRONG_NUMBER_OF_CLASSES
from grading.mistakes.small_cnn import FORWARD
from reference_models import small_cnn
from reference_models.small_cnn import ORDERS, Activation, Order, Shape, SmallNet

Array = npt.NDArray[np.float64]
IMAGES = 3
PICTURE_AXES = 4


def nearest(network: ImageNetwork, shapes: Sequence[Shape]) -> Shape:
    """The one with most of the network's sizes: a filter too many does not make it another."""
    found = [n for layer in (*network.convolutions, *network.linears) for n in layer.weight]

    def alike(shape: Shape) -> int:
        wanted = [n for size in (*shape.convolutions.values(), *shape.linears.values()) for n in size]
        return sum(a == b for a, b in zip(found, wanted, strict=False))

    return max(shapes, key=alike)


# -- layers -----------------------------------------------------------------------------------------------


def layers(network: ImageNetwork, shapes: Sequence[Shape]) -> Conclusion:
    """Whether the layers have the sizes of one of these shapes, in the order in which they are called."""
    wanted = nearest(network, shapes)
    said = f"{network.kind} has {network.parameters:,} parameters"
    for differing in (_convolutions, _maps, _linears, _biases):
        if (conclusion := differing(network, wanted, said)) is not None:
            return conclusion
    bare = any("bias" not in c.tensors for c in network.convolutions)
    remarks = ["Convolutions without biases in front of a normalisation: allowed."] if bare else []
    return right(*remarks, network=wanted.name, parameters=network.parameters)


def _convolutions(network: ImageNetwork, wanted: Shape, said: str) -> Conclusion | None:
    count = len(network.convolutions)
    if count != len(wanted.filters):
        counted = f"{count} convolution{'s' * (count != 1)}, expected {len(wanted.filters)}"
        return wrong(f"{said} and {counted}.", architecture.CONVOLUTIONS_NUMBER)
    for layer, (name, (filters, inputs, kernel, _)) in zip(
        network.convolutions, wanted.convolutions.items(), strict=True
    ):
        made, taken, *sides = layer.weight
        if sides != [kernel, kernel]:
            kernels = f"kernels of {sides[0]} x {sides[1]}, expected {kernel} x {kernel}"
            return wrong(f"{said}; {name} has {kernels}.", architecture.KERNEL_SIZE)
        if (made, taken) != (filters, inputs):
            maps = f"makes {made} maps of {taken}, expected {filters} of {inputs}"
            return wrong(f"{said}; {name} {maps}.", architecture.FILTERS)
    return None


def _maps(network: ImageNetwork, wanted: Shape, said: str) -> Conclusion | None:
    """What is wrong with the sizes of the maps, if anything is."""
    side = network.side
    for number, (layer, (_, _, kernel)) in enumerate(zip(network.convolutions, wanted.filters, strict=True)):
        change = 2 * wanted.padding - kernel + 1
        entering, expected = side // 2 if number else side, (side // 2 if number else side) + change
        got = layer.out[2] if len(layer.out) == PICTURE_AXES else 0
        if got != expected:
            name = f"conv{number + 1}"
            if number and got - change in (side, side - 1):
                shown = f"the maps that reach {name} are {got - change} wide, expected {entering}"
                return wrong(f"{said}; {shown}.", architecture.POOLING)
            shown = f"{name} makes maps of {got} x {got}, expected {expected} x {expected}"
            return wrong(f"{said}; {shown}.", architecture.PADDING)
        side = got
    return None


def _linears(network: ImageNetwork, wanted: Shape, said: str) -> Conclusion | None:
    count = len(network.linears)
    if count != len(wanted.linears):
        counted = f"{count} linear layer{'s' * (count != 1)}, expected {len(wanted.linears)}"
        return wrong(f"{said} and {counted}.", architecture.LINEAR_LAYERS)
    first, *_, last = wanted.linears
    for layer, (name, (outputs_, inputs)) in zip(network.linears, wanted.linears.items(), strict=True):
        width, taken = layer.weight
        if taken != inputs and name == first:
            return wrong(f"{said}; {name} has {taken} inputs, expected {inputs}.", architecture.LINEAR_INPUTS)
        if width != outputs_:
            mistake = WRONG_NUMBER_OF_CLASSES if name == last else architecture.LINEAR_WIDTHS
            return wrong(f"{said}; {name} has {width} outputs, expected {outputs_}.", mistake)
    return None


def _biases(network: ImageNetwork, wanted: Shape, said: str) -> Conclusion | None:
    normalised = network.normalised()
    named = zip((*wanted.convolutions, *wanted.linears), (*network.convolutions, *network.linears), strict=True)
    bare = [name for i, (name, c) in enumerate(named, 1) if "bias" not in c.tensors and i not in normalised]
    return wrong(f"{said}; {', '.join(bare)} without biases.", architecture.BIASES_MISSING) if bare else None


def normalised(network: ImageNetwork, *, before_pooling: bool = True) -> Conclusion:
    """Whether a normalisation of as many channels stands between each convolution and the next layer with weights.

    Args:
        network: the student's.
        before_pooling: whether it must see the convolution's own maps.
    """
    placed = network.normalised()
    facts = {"parameters": network.parameters}
    count = len(network.convolutions)
    if not placed:
        if any(layer.normalisation for layer in network.layers):
            said = f"In {network.kind} no convolution is normalised."
            return wrong(said, architecture.NORMALISATION_OF_LINEAR_LAYERS, **facts)
        return wrong(f"No layer of {network.kind} normalises batches.", architecture.NO_BATCH_NORMALISATION, **facts)
    if len(placed) < count:
        have = "has" if len(placed) == 1 else "have"
        said = f"{len(placed)} of {count} convolutions {have} a normalisation behind."
        return wrong(said, architecture.NORMALISATION_MISSING, **facts)
    late = [i for i, n in placed.items() if n.out[2:] != network.convolutions[i - 1].out[2:]]
    if late and before_pooling:
        said = f"The normalisation behind convolution {late[0]} is given smaller maps than the convolution makes."
        return wrong(said, architecture.NORMALISATION_AFTER_POOLING, **facts)
    return right(**facts)


# -- what it computes -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Answered:
    """What a network put out with weights of ours.

    Attributes:
        network: the student's.
        shape: whose sizes it has.
        weights, images: what it was given.
        scores: what came out, or None where it raised.
        raised: what stopped it, or "".
    """

    network: ImageNetwork
    shape: Shape
    weights: dict[str, Tensor]
    images: Tensor
    scores: Array | None
    raised: str

    def reference(self, order: Order, function: Activation = torch.relu, kind: type[SmallNet] = SmallNet) -> Array:
        """What that kind of network puts out."""
        net = kind(self.shape, function, frozenset(self.network.normalised()), order)
        with torch.no_grad():
            return np.asarray(net.forward(self.weights, self.images).double().numpy())

    @property
    def orders(self) -> tuple[Order, ...]:
        """Where a normalisation may stand."""
        return ORDERS if self.network.normalised() else ORDERS[:1]

    def is_that_of(self, function: Activation, kind: type[SmallNet] = SmallNet) -> bool:
        """Whether the network computes what this kind does."""
        return self.scores is not None and any(
            modules.forward(self.scores, self.reference(order, function, kind)).holds for order in self.orders
        )

    def has_relu(self) -> Conclusion:
        """Whether the network computes what its shape does with ReLU."""
        if self.scores is None:
            return stopped(self.network, self.raised)
        conclusions = []
        for order in self.orders:
            known = ((k, self.reference(order, kind=k.variant)) for k in FORWARD)
            conclusions.append(modules.forward(self.scores, self.reference(order), known))
            if conclusions[-1].holds:
                return conclusions[-1]
        return next((o for o in conclusions if o.mistake), conclusions[0])


def _weights(network: ImageNetwork, shape: Shape, draw: Draw) -> dict[str, Tensor]:
    """Random weights of a shape; where the network's convolution has no bias, none."""
    w = small_cnn.weights(np.random.default_rng(draw.seed()), shape)
    for name, layer in zip(shape.convolutions, network.convolutions, strict=True):
        if "bias" not in layer.tensors:
            w[f"{name}.bias"] = torch.zeros_like(w[f"{name}.bias"])
    return w


def answered(student: Subject, network: ImageNetwork, draw: Draw, shapes: Sequence[Shape]) -> Answered:
    """Ask a network of the right layers for its scores, with weights of ours."""
    shape = nearest(network, shapes)
    w = _weights(network, shape, draw)
    images = draw.torch.normal(IMAGES, 3, network.side, network.side)
    passes, _, raised = outputs(student, network, state_of(network, w, first_linear=shape.first_linear), images)
    return Answered(network, shape, w, images, None if raised else passes[0], raised)


def insist_on_scores(student: Subject, draw: Draw, shapes: Sequence[Shape]) -> None:
    """Insist that one of the networks with the layers of these shapes computes what they do, with ReLU."""
    any_of([answered(student, n, draw, shapes).has_relu() for n in fitting(working(student), shapes)])


def fitting(networks: Sequence[ImageNetwork], shapes: Sequence[Shape]) -> list[ImageNetwork]:
    """Those whose layers are the shapes'."""
    return [n for n in networks if not n.raised and layers(n, shapes).holds]


# -- dropout ----------------------------------------------------------------------------------------------


def _state(network: ImageNetwork, shape: Shape, draw: Draw) -> dict[str, Array]:
    return state_of(network, _weights(network, shape, draw), first_linear=shape.first_linear)


def dropout(student: Subject, network: ImageNetwork, draw: Draw, shapes: Sequence[Shape]) -> Conclusion:  # noqa: PLR0911 - one for each way to be wrong
    """Whether what enters the last linear layer changes from one training pass to the next, and only there.

    Where the layers are those of one of the shapes, weights of ours are put in.
    """
    if not network.linears:
        return wrong(f"{network.kind} has no linear layers.")
    images = draw.torch.normal(IMAGES, 3, network.side, network.side)
    state = _state(network, nearest(network, shapes), draw) if layers(network, shapes).holds else {}
    evaluation, _, raised = outputs(student, network, state, images)
    varied, entered, error = outputs(student, network, state, images, training=3)
    if raised or error:
        return stopped(network, raised or error)
    if not _equal(evaluation):
        return wrong("In evaluation mode two passes of the same pictures differ.", architecture.DROPOUT_IN_EVALUATION)
    last = [one[-1] for one in entered if one]
    first = [one[0] for one in entered if one]
    if len(network.linears) > 1 and not _equal(last):
        places = _places(network)
        between = any(0 < place < len(network.linears) for place in places)
        if not _equal(first) and not between and 0 in places:
            said = "In training mode the input of the first linear layer varies from pass to pass already."
            return wrong(said, architecture.DROPOUT_BEFORE_FC4)
        said = "There is dropout before the linear layers as well: allowed."
        return right(said) if not _equal(first) else right()
    if not _equal(varied) and len(network.linears) == 1:
        return wrong(f"{network.kind} has one linear layer: there is no place between two of them.")
    if not _equal(varied):
        return wrong("In training mode only the scores vary from pass to pass.", architecture.DROPOUT_ON_SCORES)
    return wrong("Three passes of the same pictures in training mode are equal.", architecture.NO_DROPOUT)


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
