"""How a ResNet goes wrong, seen in what it computes."""

# ruff: noqa: ARG005 - a variant has the signature of the method that it replaces

from typing import Any

import torch

from grading.mistakes import KnownMistake
from reference_models.resnet_cifar import ResNet, variant

Net = type[ResNet]


def _known(id: str, says: str, look: str, **methods: Any) -> KnownMistake[Net]:  # noqa: A002 - the report's word
    return KnownMistake(id, says, look, variant(**methods))


FORWARD: tuple[KnownMistake[Net], ...] = (
    _known("no-shortcut", "The shortcut is not added.", "out = relu(second(...) + shortcut(x)).",
           joined=lambda net, out, shortcut: torch.relu(out)),
    _known("no-relu-after-sum", "No ReLU follows the sum with the shortcut.", "It is the block's last step.",
           joined=lambda net, out, shortcut: out + shortcut),
    _known("relu-before-sum", "ReLU stands before the sum, not behind it.", "Add the shortcut first, then ReLU.",
           joined=lambda net, out, shortcut: torch.relu(out) + shortcut),
    _known("no-relu-in-block", "No ReLU stands between the convolutions of a block.",
           "relu(bn1(conv1(x))) goes into the second convolution.", between=lambda net, x: x),
    _known("no-relu-after-stem", "No ReLU follows the first convolution.", "relu(bn(conv(x))), then the stages.",
           stem=lambda net, x: x),
    _known("maximum-at-the-end", "The maximum of each map is taken.", "The mean of each map is asked for.",
           pooled=lambda net, x: x.amax((2, 3))),
)  # fmt: skip
