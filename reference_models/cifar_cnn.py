r"""A small AlexNet for pictures of 32 x 32 or 28 x 28 pixels, as functions of its weights.

========  =======================================  ============  ===========
layer     what                                     output        parameters
========  =======================================  ============  ===========
conv1     32 filters 5 x 5, padding 2, ReLU        32 x 32 x 32  2,432
pool1     maximum of 2 x 2, stride 2               16 x 16 x 32
conv2     64 filters 5 x 5, padding 2, ReLU        16 x 16 x 64  51,264
pool2     maximum of 2 x 2, stride 2               8 x 8 x 64
conv3     64 filters 5 x 5, padding 2, ReLU        8 x 8 x 64    102,464
pool3     maximum of 2 x 2, stride 2, ceil mode    4 x 4 x 64
fc4       1024 to 1000, ReLU                       1000          1,025,000
fc5       1000 to 10                               10            10,010
========  =======================================  ============  ===========

1,191,170 parameters; batch normalisation behind each convolution adds 2 (32 + 64 + 64) = 320, that is 1,191,490.
Pictures of 28 x 28 give maps of 14, 7 and, because pool3 rounds up, 4 again. Dropout stands between fc4 and fc5; in
evaluation it does nothing.

Source: RDFIA, practical work 2-cd, question 15 and part 3.
"""

from collections.abc import Collection, Mapping
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

FILTERS = ((32, 3), (64, 32), (64, 64))
"""(outputs, inputs) of the convolutions."""

KERNEL = 5
HIDDEN, CLASSES = 1000, 10
FLAT = 64 * 4 * 4
COUNTS = (2_432, 51_264, 102_464, 1_025_000, 10_010)
TOTAL = sum(COUNTS)
NORMALISED_TOTAL = TOTAL + 2 * sum(outputs for outputs, _ in FILTERS)
MEAN, DEVIATION = (0.491, 0.482, 0.447), (0.202, 0.199, 0.201)
CROP, SIDE = 28, 32
DECAY = 0.95

Weights = Mapping[str, Tensor]
Order = Literal["convolved", "activated", "pooled"]


class CifarNet:
    """The network, one method for each choice; a subclass that overrides one is wrong in one way.

    Args:
        normalised: numbers of the convolutions, from 1, that have a normalisation.
        order: what it stands behind: "convolved", "activated" or "pooled".
        ceil: whether the last pooling rounds up.
    """

    def __init__(self, normalised: Collection[int] = (), order: Order = "convolved", *, ceil: bool = True) -> None:
        self.normalised = normalised
        self.order = order
        self.ceil = ceil

    def activation(self, z: Tensor, layer: int) -> Tensor:  # noqa: ARG002 - a wrong one differs by layer
        """Behind layer 1 to 4."""
        return torch.relu(z)

    def pooled(self, maps: Tensor, layer: int) -> Tensor:
        """Behind convolution 1 to 3."""
        return functional.max_pool2d(maps, 2, 2, ceil_mode=self.ceil and layer == len(FILTERS))

    def normalisation(self, w: Weights, maps: Tensor, layer: int) -> Tensor:
        """With running statistics, as in evaluation."""
        name = f"bn{layer}"
        return functional.batch_norm(
            maps, w[f"{name}.mean"], w[f"{name}.var"], w[f"{name}.weight"], w[f"{name}.bias"], eps=1e-5
        )

    def stage(self, w: Weights, maps: Tensor, layer: int) -> Tensor:
        """Convolution, activation and pooling, with the normalisation in its place."""
        place = self.order if layer in self.normalised else ""
        maps = functional.conv2d(maps, w[f"conv{layer}.weight"], w[f"conv{layer}.bias"], padding=2)
        maps = self.normalisation(w, maps, layer) if place == "convolved" else maps
        maps = self.activation(maps, layer)
        maps = self.normalisation(w, maps, layer) if place == "activated" else maps
        maps = self.pooled(maps, layer)
        return self.normalisation(w, maps, layer) if place == "pooled" else maps

    def forward(self, w: Weights, images: Tensor) -> Tensor:
        """Scores of images (n, 3, side, side) in evaluation mode, (n, 10)."""
        for layer in (1, 2, 3):
            images = self.stage(w, images, layer)
        hidden = functional.linear(images.flatten(1), w["fc4.weight"], w["fc4.bias"])
        return functional.linear(self.activation(hidden, 4), w["fc5.weight"], w["fc5.bias"])


def weights(generator: np.random.Generator, *, flat: int = FLAT) -> dict[str, Tensor]:
    """Random weights under which every layer matters: float32, of the size that keeps the scores near 1.

    Args:
        generator: draws them; scales, shifts and statistics of normalisations are not those of a fresh layer.
        flat: inputs of fc4.
    """

    def drawn(*shape: int, scale: float) -> Tensor:
        return torch.from_numpy(generator.normal(0.0, scale, shape)).float()

    w: dict[str, Tensor] = {}
    for layer, (outputs, inputs) in enumerate(FILTERS, 1):
        w[f"conv{layer}.weight"] = drawn(outputs, inputs, KERNEL, KERNEL, scale=(2 / (inputs * KERNEL**2)) ** 0.5)
        w[f"conv{layer}.bias"] = drawn(outputs, scale=0.3)
        w[f"bn{layer}.weight"] = torch.from_numpy(generator.uniform(0.5, 1.5, outputs)).float()
        w[f"bn{layer}.bias"] = drawn(outputs, scale=0.3)
        w[f"bn{layer}.mean"] = drawn(outputs, scale=0.3)
        w[f"bn{layer}.var"] = torch.from_numpy(generator.uniform(0.5, 1.5, outputs)).float()
    for name, outputs, inputs in (("fc4", HIDDEN, flat), ("fc5", CLASSES, HIDDEN)):
        w[f"{name}.weight"] = drawn(outputs, inputs, scale=(2 / inputs) ** 0.5)
        w[f"{name}.bias"] = drawn(outputs, scale=0.3)
    return w


def variant(**methods: Any) -> type[CifarNet]:
    """The network with some of its methods replaced; each replacement takes the network first."""
    return type("Variant", (CifarNet,), methods)
