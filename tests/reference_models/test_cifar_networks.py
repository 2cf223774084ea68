"""LeNet-5, SimpleNN and ResNet-20: against torch's own modules, and by their numbers of parameters."""

import numpy as np
import pytest
import torch
from torch import nn

from grading.mistakes import lenet as wrong_lenets
from grading.mistakes import resnet_cifar as wrong_resnets
from reference_models import lenet, resnet_cifar
from reference_models.lenet import LENET5, SIMPLE, Shape, SmallNet
from reference_models.resnet_cifar import BLOCKS, CLASSES, PARAMETERS, WIDTHS, Block, Convolution, ResNet, strides


@pytest.mark.parametrize("shape", [LENET5, SIMPLE], ids=lambda s: s.name)
def test_small_networks_compute_what_torchs_modules_do(shape: Shape) -> None:
    """With the same weights, and as many of them."""
    w = lenet.weights(np.random.default_rng(1), shape)
    layers: list[nn.Module] = []
    for number, (outputs, inputs, kernel) in enumerate(shape.filters, 1):
        layers += [_filled(nn.Conv2d(inputs, outputs, kernel), w, f"conv{number}"), nn.ReLU(), nn.MaxPool2d(2)]
    layers.append(nn.Flatten())
    for number, (outputs, inputs) in enumerate(shape.linears, 1):
        layers += [_filled(nn.Linear(inputs, outputs), w, f"fc{number}"), nn.ReLU()]
    network = nn.Sequential(*layers[:-1])
    images = torch.randn(2, 3, 32, 32)

    assert sum(p.numel() for p in network.parameters()) == shape.parameters
    with torch.no_grad():
        torch.testing.assert_close(SmallNet(shape).forward(w, images), network(images))


def _filled(layer: nn.Module, w: lenet.Weights, name: str) -> nn.Module:
    layer.load_state_dict({"weight": w[f"{name}.weight"], "bias": w[f"{name}.bias"]})
    return layer


def test_every_wrong_small_network_computes_something_else() -> None:
    """Otherwise it could not be told from the right one, nor from another wrong one."""
    w = lenet.weights(np.random.default_rng(2), LENET5)
    images = torch.randn(2, 3, 32, 32)
    kinds = [SmallNet, *(known.variant for known in wrong_lenets.FORWARD if known.id != "relu-instead")]
    outputs = [kind(LENET5).forward(w, images) for kind in kinds]

    assert all(not torch.allclose(a, b) for i, a in enumerate(outputs) for b in outputs[:i])


def _resnet() -> tuple[Convolution, list[Block], tuple[torch.Tensor, torch.Tensor]]:
    torch.manual_seed(3)

    def convolution(inputs: int, outputs: int) -> Convolution:
        ones = torch.ones(outputs)
        return Convolution(
            torch.randn(outputs, inputs, 3, 3) * (2 / (9 * inputs)) ** 0.5, None, (ones, 0.1 * ones, 0 * ones, ones)
        )

    blocks, inputs = [], WIDTHS[0]
    for number, _ in enumerate(strides()):
        outputs = WIDTHS[number // BLOCKS]
        blocks.append(Block(convolution(inputs, outputs), convolution(outputs, outputs)))
        inputs = outputs
    return convolution(3, WIDTHS[0]), blocks, (torch.randn(CLASSES, inputs), torch.randn(CLASSES))


def test_resnet20_has_the_papers_parameters() -> None:
    """Weights, and a scale and a shift for each map."""
    stem, blocks, head = _resnet()
    pairs = [stem, *(c for block in blocks for c in (block.first, block.second))]
    learned = sum(c.weight.numel() + 2 * len(c.weight) for c in pairs) + sum(t.numel() for t in head)

    assert learned == PARAMETERS


def test_every_wrong_resnet_computes_something_else() -> None:
    """Shortcut, ReLU and pooling all show."""
    stem, blocks, head = _resnet()
    images = torch.randn(2, 3, 32, 32)
    kinds = [ResNet, *(known.variant for known in wrong_resnets.FORWARD)]
    outputs = [kind().forward(stem, blocks, head, images) for kind in kinds]

    assert all(not torch.allclose(a, b) for i, a in enumerate(outputs) for b in outputs[:i])
    assert outputs[0].shape == (2, 10)
    assert resnet_cifar.variant() is not ResNet
