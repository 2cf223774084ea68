"""The networks, pipelines and learning rates that a CIFAR-10 program has, asked for and taken apart by their layers.

Nothing here trusts a reply: each goes through `expect`.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from grading.authoring import FoundOnce, Subject, expect, remark
from grading.checks.conclusions import Conclusion, insist, wrong
from grading.checks.transforms import Source, source
from grading.domain.errors import BadReply
from grading.mistakes import architecture
from reference_models.small_cnn import CROP, SIDE

Array = npt.NDArray[np.float64]
Shape = tuple[int, ...]

MOST = 64
MOST_NETWORKS = 16
MOST_CHANNELS = 100_000
KERNEL_AXES, MATRIX_AXES = 4, 2
TRAINS = ("main", "train", "run", "entrainement")
LOADS = ("get_dataset", "get_data", "get_datasets", "get_loaders", "load_data", "get_dataloaders")


@dataclass(frozen=True, slots=True)
class CalledLayer:
    """One layer that a network calls.

    Attributes:
        kind: its class.
        name: in the network.
        tensors: name → shape, statistics among them.
        out: shape of what it puts out.
    """

    kind: str
    name: str
    tensors: Mapping[str, Shape]
    out: Shape

    @property
    def weight(self) -> Shape:
        """The shape of its weights, () for none."""
        return self.tensors.get("weight", ())

    @property
    def convolution(self) -> bool:
        """Whether its weights are those of a convolution."""
        return len(self.weight) == KERNEL_AXES

    @property
    def linear(self) -> bool:
        """Whether its weights are a matrix."""
        return len(self.weight) == MATRIX_AXES

    @property
    def normalisation(self) -> bool:
        """Whether it keeps running statistics."""
        return "running_mean" in self.tensors

    @property
    def learned(self) -> int:
        """How many numbers it learns."""
        return sum(math.prod(s) for n, s in self.tensors.items() if n in {"weight", "bias"})


@dataclass(frozen=True, slots=True)
class ImageNetwork:
    """A network for pictures of three channels.

    Attributes:
        number: to ask about it.
        kind: its class.
        steps: optimizer steps that moved it.
        side: of the pictures that went through it here.
        layers: in the order in which they are called, for pictures of that side.
        raised: what stopped it, or "".
        small: whether pictures of 28 x 28 go through.
        taken: torch's own functions that it calls, of those that courses ask to be written by hand.
    """

    number: int
    kind: str
    steps: int
    side: int
    layers: tuple[CalledLayer, ...]
    raised: str
    small: bool
    taken: tuple[str, ...] = ()

    @property
    def convolutions(self) -> list[CalledLayer]:
        """In order."""
        return [layer for layer in self.layers if layer.convolution]

    @property
    def linears(self) -> list[CalledLayer]:
        """In order."""
        return [layer for layer in self.layers if layer.linear]

    @property
    def parameters(self) -> int:
        """How many numbers it learns."""
        return sum(layer.learned for layer in {layer.name: layer for layer in self.layers}.values())

    def normalised(self) -> dict[int, CalledLayer]:
        """Number of a convolution, from 1 → the normalisation of its channels before the next layer with weights.

        One of other numbers, such as that of the flattened features, is none of the convolution's.
        """
        found: dict[int, CalledLayer] = {}
        at, channels = 0, 0
        for layer in self.layers:
            if layer.convolution:
                at, channels = at + 1, layer.weight[0]
            elif layer.linear:
                break
            elif layer.normalisation and at and layer.tensors["running_mean"] == (channels,):
                found.setdefault(at, layer)
        return found


@dataclass(frozen=True, slots=True)
class FoundNetworks:
    """Everything found.

    Attributes:
        networks: for three channels, the most trained last.
        others: how many networks there are for other pictures.
        sources: what leads to pipelines.
        modes: pipeline → PIL's mode of its pictures.
        rates: of each optimizer, the learning rate at each step.
        said: what had to be called that the program does not call.
    """

    networks: tuple[ImageNetwork, ...]
    others: int
    sources: tuple[Source, ...]
    modes: Mapping[int, str]
    rates: tuple[tuple[float, ...], ...]
    said: tuple[str, ...]


def state_of(network: ImageNetwork, weights: Mapping[str, Tensor], *, first_linear: int) -> dict[str, Array]:
    """The judge's weights under the student's names; normalisations elsewhere do nothing.

    Args:
        network: the student's.
        weights: `conv1.weight`, `bn1.mean`, `fc4.bias` …, of the reference.
        first_linear: the number of the reference's first linear layer.
    """
    state: dict[str, Array] = {}

    def put(layer: CalledLayer, own: str, value: Tensor) -> None:
        if own in layer.tensors:
            state[f"{layer.name}.{own}" if layer.name else own] = value.numpy()

    placed = network.normalised()
    for number, layer in enumerate(network.convolutions, 1):
        put(layer, "weight", weights[f"conv{number}.weight"])
        put(layer, "bias", weights[f"conv{number}.bias"])
        if number in placed:
            for own, ours in (("weight", "weight"), ("bias", "bias"), ("running_mean", "mean"), ("running_var", "var")):
                put(placed[number], own, weights[f"bn{number}.{ours}"])
    for number, layer in enumerate(network.linears, first_linear):
        put(layer, "weight", weights[f"fc{number}.weight"])
        put(layer, "bias", weights[f"fc{number}.bias"])
    for layer in network.layers:
        channels = layer.tensors.get("running_mean", ())
        if layer.normalisation and layer not in placed.values() and math.prod(channels) <= MOST_CHANNELS:
            for own, value in (("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", 1.0)):
                put(layer, own, torch.full(channels, value))
    return state


_seen = FoundOnce[FoundNetworks]("vision_inventory")


def seen(student: Subject) -> FoundNetworks:
    """What there is, asked once for each student.

    Raises:
        AnswerFault: the program cannot be asked, or what came back has no known form.
    """
    return _seen.of(student, lambda: _asked(student))


def _asked(student: Subject) -> FoundNetworks:
    said = student.drive("image_networks_exercised", list(TRAINS), list(LOADS))
    reply = expect.mapping(
        student.drive("vision_inventory"), "the inventory", keys=("networks", "sources", "optimizers")
    )

    def rows(key: str) -> list[Mapping[str, Any]]:
        return [expect.mapping(row, key) for row in list(expect.sequence(reply[key], key))[:MOST]]

    networks = [_network(student, i, row) for i, row in enumerate(rows("networks")[:MOST_NETWORKS])]
    ours = [n for n in networks if n.convolutions and n.convolutions[0].weight[1] == 3]  # noqa: PLR2004 - red, green, blue
    sources = rows("sources")
    return FoundNetworks(
        networks=tuple(sorted(ours, key=lambda n: (n.steps > 0, n.number))),
        others=len(networks) - len(ours),
        sources=tuple(source(row) for row in sources),
        modes={_whole(row, "chain"): "L" if row.get("mode") == "L" else "RGB" for row in sources},
        rates=tuple(
            tuple(expect.number(r, "a rate") for r in list(expect.sequence(row.get("rates"), "rates"))[:MOST])
            for row in rows("optimizers")
        ),
        said=tuple(expect.text(s, "a sentence", length=400) for s in list(expect.sequence(said, "sentences"))[:MOST]),
    )


def _whole(row: Mapping[str, Any], key: str) -> int:
    return expect.integer(row.get(key), key, low=-1, high=1 << 40)


def _shape(value: object) -> Shape:
    return tuple(expect.integer(n, "a length", low=0, high=1 << 40) for n in expect.sequence(value, "a shape"))


def _network(student: Subject, number: int, row: Mapping[str, Any]) -> ImageNetwork:
    kind, steps = expect.text(row.get("type"), "a type"), _whole(row, "steps")
    side, (raised, layers, taken) = SIDE, _layers(student, number, SIDE)
    if raised:
        side, (raised, layers, taken) = CROP, _layers(student, number, CROP)
    small = side == CROP or not _layers(student, number, CROP)[0]
    return ImageNetwork(number, kind, steps, side, layers, raised, small and not raised, taken)


def _layers(student: Subject, number: int, side: int) -> tuple[str, tuple[CalledLayer, ...], tuple[str, ...]]:
    images = np.zeros((2, 3, side, side), dtype=np.float32)
    keys = ("layers", "raised", "taken")
    reply = expect.mapping(student.drive("image_network_layers", number, images), "layers", keys=keys)
    found = []
    for row in list(expect.sequence(reply["layers"], "layers"))[:MOST]:
        layer = expect.mapping(row, "a layer", keys=("kind", "name", "tensors", "out"))
        tensors = expect.mapping(layer["tensors"], "tensors")
        found.append(
            CalledLayer(
                expect.text(layer["kind"], "a type"),
                expect.text(layer["name"], "a name", length=200),
                {str(name): _shape(shape) for name, shape in tensors.items()},
                _shape(layer["out"]),
            )
        )
    taken = [expect.text(n, "a name") for n in list(expect.sequence(reply["taken"], "names"))[:MOST]]
    return expect.text(reply["raised"], "an error", length=300), tuple(found), tuple(taken)


# -- which of them is judged -------------------------------------------------------------------------------


def working(student: Subject) -> tuple[ImageNetwork, ...]:
    """The networks for colour pictures that work, or all where none does; without any the running check fails."""
    there = seen(student)
    found = tuple(n for n in there.networks if not n.raised) or there.networks
    if not found:
        digits = " Those that were found take pictures of one channel." if there.others else ""
        insist(wrong(f"No network for pictures of three channels was found.{digits}", architecture.NO_NETWORK))
    return found


def any_of(conclusions: Sequence[Conclusion]) -> None:
    """Insist on one that holds; where none does, on the last, which is the most trained network's."""
    insist(next((o for o in conclusions if o.holds), conclusions[-1]))


def insist_on_one(student: Subject, judge: Callable[[ImageNetwork], Conclusion]) -> None:
    """Insist that what is judged holds for one of the program's networks."""
    any_of([stopped(n) if n.raised else judge(n) for n in working(student)])


def stopped(network: ImageNetwork, error: str = "") -> Conclusion:
    """What is to be said of a network that raises."""
    return wrong(f"{network.kind} raised {error or network.raised}", architecture.NETWORK_STOPS)


def remark_on_calls(student: Subject) -> None:
    """What had to be called that the program does not call, as remarks."""
    for said in seen(student).said:
        remark(f"{said}.")


# -- questions ------------------------------------------------------------------------------------------


def outputs(
    student: Subject, network: ImageNetwork, state: Mapping[str, Any], images: Any, *, training: int = 0
) -> tuple[list[Array], list[list[Array]], str]:
    """Outputs of a network with given tensors, what entered its linear layers, and what stopped it."""
    reply = expect.mapping(
        student.drive("image_network_outputs", network.number, dict(state), images, training=training),
        "what your network puts out",
        keys=("passes", "entered", "raised"),
    )
    passes = [expect.array(p, "an output", finite=False) for p in expect.sequence(reply["passes"], "outputs")]
    entered = [
        [expect.array(e, "an input", finite=False) for e in expect.sequence(one, "inputs")]
        for one in expect.sequence(reply["entered"], "inputs")
    ]
    raised = expect.text(reply["raised"], "an error", length=300)
    wanted = training or 2
    if not raised and (len(passes) != wanted or len(entered) != wanted):
        raise BadReply(f"{wanted} passes were asked for, and {len(passes)} came back")
    return passes, entered, raised
