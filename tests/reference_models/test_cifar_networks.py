"""LeNet-5, SimpleNN, ConvNet and ResNet-20: against torch's own modules, and by their numbers of parameters."""

import numpy as np
import pytest
import torch
from torch import nn

from grading.mistakes import resnet_cifar as wrong_resnets
from grading.mistakes import small_cnn as wrong_networks
from reference_models import resnet_cifar, small_cnn
from reference_models.resnet_cifar import BLOCKS, CLASSES, PARAMETERS, WIDTHS, Block, Convolution, ResNet, strides
from reference_models.small_cnn import CONVNET, LENET5, SIMPLE, Shape, SmallNet


@pytest.mark.parametrize(("shape", "learned"), [(LENET5, 62_006), (SIMPLE, 82_030), (CONVNET, 1_191_170)])
def test_small_networks_compute_what_torchs_modules_do(shape: Shape, learned: int) -> None:
    """With the same weights, and as many of them."""
    w = small_cnn.weights(np.random.default_rng(1), shape)
    layers: list[nn.Module] = []
    for name, (outputs, inputs, kernel, _) in shape.convolutions.items():
        convolution = nn.Conv2d(inputs, outputs, kernel, padding=shape.padding)
        layers += [_filled(convolution, w, name), nn.ReLU(), nn.MaxPool2d(2)]
    layers.append(nn.Flatten())
    for name, (outputs, inputs) in shape.linears.items():
        layers += [_filled(nn.Linear(inputs, outputs), w, name), nn.ReLU()]
    network = nn.Sequential(*layers[:-1])
    images = torch.randn(2, 3, 32, 32)

    assert sum(p.numel() for p in network.parameters()) == learned
    with torch.no_grad():
        torch.testing.assert_close(SmallNet(shape).forward(w, images), network(images))


def test_a_last_pooling_that_rounds_up_takes_smaller_pictures() -> None:
    """14, 7, 4: as many inputs as from 16, 8, 4."""
    w = small_cnn.weights(np.random.default_rng(1), CONVNET)

    assert SmallNet(CONVNET).forward(w, torch.randn(2, 3, 28, 28)).shape == (2, 10)


def _filled(layer: nn.Module, w: small_cnn.Weights, name: str) -> nn.Module:
    layer.load_state_dict({"weight": w[f"{name}.weight"], "bias": w[f"{name}.bias"]})
    return layer


@pytest.mark.parametrize("shape", [LENET5, SIMPLE, CONVNET])
def test_every_wrong_small_network_computes_something_else(shape: Shape) -> None:
    """Otherwise it could not be told from the right one, nor from another wrong one."""
    w = small_cnn.weights(np.random.default_rng(2), shape)
    images = torch.randn(2, 3, 32, 32)
    elsewhere = {*LENET5.hidden, *SIMPLE.hidden, *CONVNET.hidden} - {*shape.hidden}
    kinds = [k.variant for k in wrong_networks.FORWARD if not k.id.endswith(tuple(elsewhere))]
    outputs = [kind(shape).forward(w, images) for kind in (SmallNet, *kinds)]

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
