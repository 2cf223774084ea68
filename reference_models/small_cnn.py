r"""Small convolutional networks for colour pictures of 32 x 32, as functions of their weights.

========  =====================  ===================  ===========================
layer     LeNet-5                SimpleNN             ConvNet
========  =====================  ===================  ===========================
conv1     6 filters 5 x 5        8 filters 5 x 5      32 filters 5 x 5, padding 2
conv2     16 filters 5 x 5       16 filters 3 x 3     64 filters 5 x 5, padding 2
conv3                                                 64 filters 5 x 5, padding 2
linear    400, 120, 84, 10       576, 120, 84, 10     1024, 1000, 10
learned   62,006                 82,030               1,191,170
========  =====================  ===================  ===========================

An activation follows each layer but the last, a maximum of 2 x 2 each convolution; ConvNet's last one rounds up, so
that pictures of 28 x 28 give maps of 14, 7 and 4 and fit as well. A batch normalisation adds two numbers for each map.
Dropout does nothing in evaluation.

Source: LeCun, Bottou, Bengio, Haffner 1998, with ReLU and maxima; Duke ECE 590/661, homework 2; RDFIA, practical work
2-cd, question 15 and part 3.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

CLASSES = 10
SIDE, CROP = 32, 28

Weights = Mapping[str, Tensor]
Order = Literal["convolved", "activated", "pooled"]
ORDERS: tuple[Order, ...] = ("convolved", "activated", "pooled")
"""What a normalisation stands behind."""

Activation = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Shape:
    """Which network.

    Attributes:
        name: for people.
        filters: (outputs, inputs, kernel) of the convolutions.
        widths: of the linear layers' inputs, and of the last one's outputs.
        padding: of each convolution.
        ceil: whether the last pooling rounds up.
        first_linear: the number of the first linear layer in its name.
    """

    name: str
    filters: tuple[tuple[int, int, int], ...]
    widths: tuple[int, ...]
    padding: int = 0
    ceil: bool = False
    first_linear: int = 1

    @property
    def convolutions(self) -> dict[str, tuple[int, int, int, int]]:
        """Name → shape of the weights, (outputs, inputs, kernel, kernel)."""
        return {f"conv{i}": (out, into, kernel, kernel) for i, (out, into, kernel) in enumerate(self.filters, 1)}

    @property
    def linears(self) -> dict[str, tuple[int, int]]:
        """Name → shape of the weights, (outputs, inputs)."""
        pairs = zip(self.widths[1:], self.widths, strict=False)
        return {f"fc{i}": pair for i, pair in enumerate(pairs, self.first_linear)}

    @property
    def hidden(self) -> tuple[str, ...]:
        """The layers that an activation follows: all but the last."""
        return (*self.convolutions, *self.linears)[:-1]


LENET5 = Shape("LeNet-5", ((6, 3, 5), (16, 6, 5)), (400, 120, 84, CLASSES))
SIMPLE = Shape("SimpleNN", ((8, 3, 5), (16, 8, 3)), (576, 120, 84, CLASSES))
CONVNET = Shape(
    "ConvNet", ((32, 3, 5), (64, 32, 5), (64, 64, 5)), (1024, 1000, CLASSES), padding=2, ceil=True, first_linear=4
)


def swish(z: Tensor) -> Tensor:
    """Each entry times its sigmoid."""
    return z * torch.sigmoid(z)


class SmallNet:
    """The network, one method for each choice; a subclass that overrides one is wrong in one way.

    Args:
        shape: which network.
        function: the activation.
        normalised: numbers of the convolutions, from 1, that have a normalisation.
        order: what it stands behind.
    """

    def __init__(
        self,
        shape: Shape,
        function: Activation = torch.relu,
        normalised: Collection[int] = (),
        order: Order = "convolved",
    ) -> None:
        self.shape = shape
        self.function = function
        self.normalised = normalised
        self.order = order

    def activation(self, z: Tensor, layer: str) -> Tensor:  # noqa: ARG002 - a wrong one differs by layer
        """Behind one of the shape's hidden layers."""
        return self.function(z)

    def pooled(self, maps: Tensor, *, ceil: bool) -> Tensor:
        """Behind each convolution."""
        return functional.max_pool2d(maps, 2, 2, ceil_mode=ceil)

    def stage(self, w: Weights, maps: Tensor, number: int) -> Tensor:
        """Convolution, activation and pooling, with the normalisation in its place."""
        name, place = f"conv{number}", self.order if number in self.normalised else ""
        maps = functional.conv2d(maps, w[f"{name}.weight"], w[f"{name}.bias"], padding=self.shape.padding)
        maps = normalisation(w, maps, number) if place == "convolved" else maps
        maps = self.activation(maps, name)
        maps = normalisation(w, maps, number) if place == "activated" else maps
        maps = self.pooled(maps, ceil=self.shape.ceil and number == len(self.shape.filters))
        return normalisation(w, maps, number) if place == "pooled" else maps

    def forward(self, w: Weights, images: Tensor) -> Tensor:
        """Scores of images (n, 3, side, side) in evaluation mode, (n, 10)."""
        for number in range(1, len(self.shape.filters) + 1):
            images = self.stage(w, images, number)
        hidden = images.flatten(1)
        for name in self.shape.linears:
            hidden = functional.linear(hidden, w[f"{name}.weight"], w[f"{name}.bias"])
            hidden = self.activation(hidden, name) if name in self.shape.hidden else hidden
        return hidden


def normalisation(w: Weights, maps: Tensor, number: int) -> Tensor:
    """Batch normalisation with running statistics, as in evaluation."""
    name = f"bn{number}"
    return functional.batch_norm(
        maps, w[f"{name}.mean"], w[f"{name}.var"], w[f"{name}.weight"], w[f"{name}.bias"], eps=1e-5
    )


def weights(generator: np.random.Generator, shape: Shape) -> dict[str, Tensor]:
    """Random weights under which every layer matters: float32, of the size that keeps the scores near 1.

    Args:
        generator: draws them; scales, shifts and statistics of normalisations are not those of a fresh layer.
        shape: of which network.
    """

    def drawn(*size: int, scale: float) -> Tensor:
        return torch.from_numpy(generator.normal(0.0, scale, size)).float()

    w: dict[str, Tensor] = {}
    for number, (outputs, _, _) in enumerate(shape.filters, 1):
        w[f"bn{number}.weight"] = torch.from_numpy(generator.uniform(0.5, 1.5, outputs)).float()
        w[f"bn{number}.bias"] = drawn(outputs, scale=0.3)
        w[f"bn{number}.mean"] = drawn(outputs, scale=0.3)
        w[f"bn{number}.var"] = torch.from_numpy(generator.uniform(0.5, 1.5, outputs)).float()
    for name, size in (*shape.convolutions.items(), *shape.linears.items()):
        w[f"{name}.weight"] = drawn(*size, scale=(2 / np.prod(size[1:])) ** 0.5)
        w[f"{name}.bias"] = drawn(size[0], scale=0.3)
    return w


def variant(**methods: Any) -> type[SmallNet]:
    """The network with some of its methods replaced; each replacement takes the network first."""
    return type("Variant", (SmallNet,), methods)
