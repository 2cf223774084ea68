"""How a LeNet goes wrong, seen in what it computes."""

# ruff: noqa: ARG005 - a variant has the signature of the method that it replaces

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from grading.mistakes import KnownMistake
from reference_models.lenet import SmallNet, variant

Net = type[SmallNet]
NAMES = ("conv1", "conv2", "fc1", "fc2")
CONVOLUTIONS = 2


def _linear_at(layer: int) -> Callable[..., Tensor]:
    return lambda net, z, at: z if at == layer else net.function(z)


def _always(function: Callable[[Tensor], Tensor]) -> Callable[..., Tensor]:
    return lambda net, z, at: function(z)


def _known(id: str, says: str, look: str, **methods: Any) -> KnownMistake[Net]:  # noqa: A002 - the report's word
    return KnownMistake(id, says, look, variant(**methods))


FORWARD: tuple[KnownMistake[Net], ...] = (
    *(
        _known(
            f"no-activation-after-{name}",
            f"No activation follows {name}.",
            "One follows every layer but the last.",
            activation=_linear_at(layer),
        )
        for layer, name in enumerate(NAMES, 1)
    ),
    _known(
        "no-activation-after-convolutions",
        "No activation follows the convolutions.",
        "One follows every layer but the last.",
        activation=lambda net, z, at: z if at <= CONVOLUTIONS else net.function(z),
    ),
    _known(
        "no-activations",
        "Your network has no activations: it is one affine map and some maxima.",
        "One follows every layer but the last.",
        activation=_always(lambda z: z),
    ),
    _known(
        "tanh-instead", "Your network uses tanh.", "Another activation is asked for.", activation=_always(torch.tanh)
    ),
    _known(
        "sigmoid-instead",
        "Your network uses the sigmoid alone.",
        "Another activation is asked for.",
        activation=_always(torch.sigmoid),
    ),
    _known(
        "leaky-relu-instead",
        "Your network uses a leaky ReLU.",
        "Another activation is asked for.",
        activation=_always(functional.leaky_relu),
    ),
    _known(
        "relu-instead", "Your network uses ReLU.", "Another activation is asked for.", activation=_always(torch.relu)
    ),
    _known(
        "average-pooling",
        "Your network takes averages where maxima are asked for.",
        "nn.MaxPool2d.",
        pooled=lambda net, maps: functional.avg_pool2d(maps, 2, 2),
    ),
)
