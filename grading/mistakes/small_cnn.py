"""How a small convolutional network goes wrong, seen in what it computes with weights of the judge's."""

# ruff: noqa: ARG005 - a variant has the signature of the method that it replaces

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from grading.mistakes import KnownMistake
from reference_models.small_cnn import CONVNET, LENET5, Activation, SmallNet, variant

Net = type[SmallNet]
_FOLLOWS = "An activation follows every layer but the last."
_RELU = "ReLU is asked for."


def _known(id: str, says: str, look: str, **methods: Any) -> KnownMistake[Net]:  # noqa: A002 - the report's word
    return KnownMistake(id, says, look, variant(**methods))


def _where(chosen: Callable[[str], bool], function: Activation) -> Callable[..., Tensor]:
    """Another activation behind the chosen layers."""
    return lambda net, z, layer: function(z) if chosen(layer) else net.function(z)


def _convolution(layer: str) -> bool:
    return layer.startswith("conv")


def _everywhere(layer: str) -> bool:  # noqa: ARG001 - a choice has this signature
    return True


def _nothing(z: Tensor) -> Tensor:
    return z


FORWARD: tuple[KnownMistake[Net], ...] = (
    *(
        _known(
            f"no-activation-after-{name}",
            f"No activation follows {name}.",
            _FOLLOWS,
            activation=_where(name.__eq__, _nothing),
        )
        for name in dict.fromkeys((*CONVNET.hidden[:3], *LENET5.hidden[2:], *CONVNET.hidden[3:]))
    ),
    _known(
        "no-activation-after-convolutions",
        "No activation follows the convolutions.",
        _FOLLOWS,
        activation=_where(_convolution, _nothing),
    ),
    _known(
        "no-activations",
        "Your network has no activations: it is one affine map and some maxima.",
        _FOLLOWS,
        activation=_where(_everywhere, _nothing),
    ),
    _known("tanh-for-relu", "Your network uses tanh.", _RELU, activation=_where(_everywhere, torch.tanh)),
    _known("sigmoid-for-relu", "Your network uses the sigmoid.", _RELU, activation=_where(_everywhere, torch.sigmoid)),
    _known(
        "leaky-relu", "Your network uses a leaky ReLU.", _RELU, activation=_where(_everywhere, functional.leaky_relu)
    ),
    _known(
        "tanh-in-convolutions",
        "The convolutions are followed by tanh.",
        _RELU,
        activation=_where(_convolution, torch.tanh),
    ),
    _known("tanh-after-fc4", "fc4 is followed by tanh.", _RELU, activation=_where("fc4".__eq__, torch.tanh)),
    _known(
        "average-pooling",
        "Your network takes averages where maxima are asked for.",
        "nn.MaxPool2d.",
        pooled=lambda net, maps, *, ceil: functional.avg_pool2d(maps, 2, 2, ceil_mode=ceil),
    ),
)
"""Of a network with ReLU: one that is not there, or another one; the first that fits names it."""
