r"""LeNet-5 and a smaller relative for pictures of 32 x 32 in colour, as functions of their weights.

========  =============================  ==========  =========================  ==========
layer     LeNet-5                        parameters  SimpleNN                   parameters
========  =============================  ==========  =========================  ==========
conv1     6 filters 5 x 5, ReLU          456         8 filters 5 x 5, ReLU      608
pool1     maximum of 2 x 2               to 14 x 14  maximum of 2 x 2           to 14 x 14
conv2     16 filters 5 x 5, ReLU         2,416       16 filters 3 x 3, ReLU     1,168
pool2     maximum of 2 x 2               to 5 x 5    maximum of 2 x 2           to 6 x 6
fc1       400 to 120, ReLU               48,120      576 to 120, ReLU           69,240
fc2       120 to 84, ReLU                10,164      120 to 84, ReLU            10,164
fc3       84 to 10                       850         84 to 10                   850
========  =============================  ==========  =========================  ==========

62,006 and 82,030 parameters; batch normalisation behind both convolutions adds 44 and 48.

Source: LeCun, Bottou, Bengio, Haffner 1998, with ReLU and maxima; Duke ECE 590/661, homework 2.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

CLASSES = 10
HIDDEN = (120, 84)
LAYERS = 4
"""Layers that an activation follows: two convolutions, two linear layers."""

Weights = Mapping[str, Tensor]
Order = Literal["convolved", "activated", "pooled"]
Activation = Callable[[Tensor], Tensor]


@dataclass(frozen=True, slots=True)
class Shape:
    """Which of the two networks.

    Attributes:
        name: for people.
        filters: (outputs, inputs, kernel) of the convolutions.
        flat: inputs of the first linear layer.
        parameters: how many numbers are learned.
    """

    name: str
    filters: tuple[tuple[int, int, int], ...]
    flat: int
    parameters: int

    @property
    def linears(self) -> tuple[tuple[int, int], ...]:
        """(outputs, inputs) of the linear layers."""
        widths = (self.flat, *HIDDEN, CLASSES)
        return tuple(zip(widths[1:], widths, strict=False))


LENET5 = Shape("LeNet-5", ((6, 3, 5), (16, 6, 5)), 400, 62_006)
SIMPLE = Shape("SimpleNN", ((8, 3, 5), (16, 8, 3)), 576, 82_030)


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

    def activation(self, z: Tensor, layer: int) -> Tensor:  # noqa: ARG002 - a wrong one differs by layer
        """Behind layer 1 to 4."""
        return self.function(z)

    def pooled(self, maps: Tensor) -> Tensor:
        """Behind each convolution."""
        return functional.max_pool2d(maps, 2, 2)

    def stage(self, w: Weights, maps: Tensor, layer: int) -> Tensor:
        """Convolution, activation and pooling, with the normalisation in its place."""
        place = self.order if layer in self.normalised else ""
        maps = functional.conv2d(maps, w[f"conv{layer}.weight"], w[f"conv{layer}.bias"])
        maps = normalisation(w, maps, layer) if place == "convolved" else maps
        maps = self.activation(maps, layer)
        maps = normalisation(w, maps, layer) if place == "activated" else maps
        maps = self.pooled(maps)
        return normalisation(w, maps, layer) if place == "pooled" else maps

    def forward(self, w: Weights, images: Tensor) -> Tensor:
        """Scores of images (n, 3, 32, 32) in evaluation mode, (n, 10)."""
        for layer in (1, 2):
            images = self.stage(w, images, layer)
        hidden = images.flatten(1)
        for layer in (1, 2):
            hidden = self.activation(functional.linear(hidden, w[f"fc{layer}.weight"], w[f"fc{layer}.bias"]), layer + 2)
        return functional.linear(hidden, w["fc3.weight"], w["fc3.bias"])


def normalisation(w: Weights, maps: Tensor, layer: int) -> Tensor:
    """Batch normalisation with running statistics, as in evaluation."""
    name = f"bn{layer}"
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
    for layer, (outputs, inputs, kernel) in enumerate(shape.filters, 1):
        w[f"conv{layer}.weight"] = drawn(outputs, inputs, kernel, kernel, scale=(2 / (inputs * kernel**2)) ** 0.5)
        w[f"conv{layer}.bias"] = drawn(outputs, scale=0.3)
        w[f"bn{layer}.weight"] = torch.from_numpy(generator.uniform(0.5, 1.5, outputs)).float()
        w[f"bn{layer}.bias"] = drawn(outputs, scale=0.3)
        w[f"bn{layer}.mean"] = drawn(outputs, scale=0.3)
        w[f"bn{layer}.var"] = torch.from_numpy(generator.uniform(0.5, 1.5, outputs)).float()
    for number, (outputs, inputs) in enumerate(shape.linears, 1):
        w[f"fc{number}.weight"] = drawn(outputs, inputs, scale=(2 / inputs) ** 0.5)
        w[f"fc{number}.bias"] = drawn(outputs, scale=0.3)
    return w


def variant(**methods: Any) -> type[SmallNet]:
    """The network with some of its methods replaced; each replacement takes the network first."""
    return type("Variant", (SmallNet,), methods)
