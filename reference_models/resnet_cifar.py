r"""ResNet-20 for pictures of 32 x 32, as a function of its weights.

A convolution 3 x 3 to 16 maps, three stages of three blocks (16, 32 and 64 maps of 32, 16 and 8 pixels), the mean over
each map, and a linear layer to 10 scores. A block is two convolutions 3 x 3, each with batch normalisation; ReLU stands
between them and behind the sum with the shortcut. The shortcut is the identity, but where a stage begins: there every
second pixel is taken, and either the new maps are zeros (269,722 parameters in all) or a convolution 1 x 1 makes them
(272,282, and 272,474 with its normalisation).

Source: He, Zhang, Ren, Sun 2016, section 4.2.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

WIDTHS = (16, 32, 64)
BLOCKS = 3
CLASSES = 10
PARAMETERS = 269_722
EPS = 1e-5


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution and its normalisation, as arrays.

    Attributes:
        weight: (out, in, k, k).
        bias: (out,), or None.
        scale: weight, bias, mean and variance of the normalisation, or None.
    """

    weight: Tensor
    bias: Tensor | None = None
    scale: tuple[Tensor, Tensor, Tensor, Tensor] | None = None

    def __call__(self, x: Tensor, stride: int = 1) -> Tensor:
        """What the pair computes in evaluation, with the padding that keeps the size."""
        x = functional.conv2d(x, self.weight, self.bias, stride=stride, padding=self.weight.shape[-1] // 2)
        if self.scale is None:
            return x
        weight, bias, mean, variance = self.scale
        return functional.batch_norm(x, mean, variance, weight, bias, eps=EPS)


@dataclass(frozen=True, slots=True)
class Block:
    """Two convolutions, and the shortcut's where it has one."""

    first: Convolution
    second: Convolution
    shortcut: Convolution | None = None


class ResNet:
    """The network, one method for each choice; a subclass that overrides one is wrong in one way.

    Args:
        centred: whether new maps of a shortcut without parameters are zeros on both sides, or only behind.
    """

    def __init__(self, *, centred: bool = True) -> None:
        self.centred = centred

    def shortcut(self, block: Block, x: Tensor, maps: int, stride: int) -> Tensor:
        """The block's input, in the form of its output."""
        if block.shortcut is not None:
            return block.shortcut(x, stride)
        if stride == 1 and x.shape[1] == maps:
            return x
        missing = maps - x.shape[1]
        before = missing // 2 if self.centred else 0
        return functional.pad(x[:, :, ::stride, ::stride], (0, 0, 0, 0, before, missing - before))

    def joined(self, out: Tensor, shortcut: Tensor) -> Tensor:
        """What leaves a block."""
        return torch.relu(out + shortcut)

    def between(self, x: Tensor) -> Tensor:
        """Between the convolutions of a block."""
        return torch.relu(x)

    def stem(self, x: Tensor) -> Tensor:
        """Behind the first convolution."""
        return torch.relu(x)

    def pooled(self, x: Tensor) -> Tensor:
        """One number for each map."""
        return x.mean((2, 3))

    def forward(
        self, stem: Convolution, blocks: Sequence[Block], head: tuple[Tensor, Tensor], images: Tensor
    ) -> Tensor:
        """Scores of images (n, 3, 32, 32) in evaluation mode, (n, 10)."""
        x = self.stem(stem(images))
        for block, stride in zip(blocks, strides(), strict=True):
            out = block.second(self.between(block.first(x, stride)))
            x = self.joined(out, self.shortcut(block, x, out.shape[1], stride))
        return functional.linear(self.pooled(x), *head)


def strides() -> Iterator[int]:
    """The stride of each block's first convolution."""
    for stage in range(len(WIDTHS)):
        for block in range(BLOCKS):
            yield 2 if stage and not block else 1


def variant(**methods: Any) -> type[ResNet]:
    """The network with some of its methods replaced; each replacement takes the network first."""
    return type("Variant", (ResNet,), methods)
