"""How a small convolutional network goes wrong, seen in what it computes."""

# ruff: noqa: ARG005 - a variant has the signature of the method that it replaces

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from grading.mistakes import KnownMistake
from reference_models.cifar_cnn import FILTERS, CifarNet, variant

Net = type[CifarNet]


def _linear_at(layer: int) -> Callable[..., Tensor]:
    return lambda net, z, at: z if at == layer else torch.relu(z)


def _always(function: Callable[[Tensor], Tensor]) -> Callable[..., Tensor]:
    return lambda net, z, at: function(z)


def _average(net: CifarNet, maps: Tensor, layer: int) -> Tensor:
    return functional.avg_pool2d(maps, 2, 2, ceil_mode=net.ceil and layer == len(FILTERS))


def _known(id: str, says: str, look: str, **methods: Any) -> KnownMistake[Net]:  # noqa: A002 - the report's word
    return KnownMistake(id, says, look, variant(**methods))


FORWARD: tuple[KnownMistake[Net], ...] = (
    *(
        _known(
            f"no-relu-after-{name}", f"No activation follows {name}.", "ReLU follows every layer but the last.",
            activation=_linear_at(layer),
        )
        for layer, name in ((1, "conv1"), (2, "conv2"), (3, "conv3"), (4, "fc4"))
    ),
    _known("no-relu-after-convolutions", "No activation follows the convolutions.",
           "ReLU follows every layer but the last.",
           activation=lambda net, z, at: torch.relu(z) if at == 4 else z),  # noqa: PLR2004 - fc4
    _known("no-activations", "Your network has no activations: it is one affine map and some maxima.",
           "ReLU follows every layer but the last.", activation=_always(lambda z: z)),
    _known("tanh-for-relu", "Your network uses tanh, as the one for digits does.", "ReLU is asked for.",
           activation=_always(torch.tanh)),
    _known("sigmoid-for-relu", "Your network uses the sigmoid.", "ReLU is asked for.",
           activation=_always(torch.sigmoid)),
    _known("leaky-relu", "Your network uses a leaky ReLU.", "ReLU is asked for.",
           activation=_always(functional.leaky_relu)),
    _known("tanh-in-convolutions", "The convolutions are followed by tanh.", "ReLU is asked for.",
           activation=lambda net, z, at: torch.relu(z) if at == 4 else torch.tanh(z)),  # noqa: PLR2004 - fc4
    _known("tanh-after-fc4", "fc4 is followed by tanh.", "ReLU is asked for.",
           activation=lambda net, z, at: torch.tanh(z) if at == 4 else torch.relu(z)),  # noqa: PLR2004 - fc4
    _known("average-pooling", "Your network takes averages where maxima are asked for.", "nn.MaxPool2d.",
           pooled=_average),
)  # fmt: skip
