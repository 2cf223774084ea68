"""Small networks: layers by their sizes, where they normalise and drop, and what they compute with given weights."""

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import nn

from grading.authoring import Draw, Subject
from grading.checks.small_networks import answered, dropout, layers, nearest, normalised
from grading.mistakes import KnownMistake, architecture
from grading.mistakes.pretrained import WRONG_NUMBER_OF_CLASSES
from reference_models.small_cnn import CONVNET, LENET5, SIMPLE, swish
from tests.checks.test_image_networks import described

SHAPES = (LENET5, SIMPLE)


def lenet(
    *,
    filters: Sequence[int] = (6, 16),
    kernel: int = 5,
    padding: int = 0,
    pool: Sequence[int] = (2, 2),
    widths: Sequence[int] = (120, 84, 10),
    bias: bool = True,
    function: type[nn.Module] = nn.ReLU,
    behind: Sequence[nn.Module] = (),
    norms: int = 0,
) -> nn.Sequential:
    """LeNet-5, or a network that differs from it in one thing."""
    first, second = filters
    made: list[nn.Module] = [nn.Conv2d(3, first, kernel, padding=padding, bias=bias)]
    made += [nn.BatchNorm2d(first)] if norms else []
    made += [function(), nn.MaxPool2d(*pool), nn.Conv2d(first, second, 5)]
    made += [nn.BatchNorm2d(second)] if norms > 1 else []
    made += [function(), nn.MaxPool2d(2), nn.Flatten()]
    flat = nn.Sequential(*made)(torch.zeros(2, 3, 32, 32)).shape[1]
    for inputs, outputs in zip((flat, *widths), widths, strict=False):
        made += [nn.Linear(inputs, outputs), function()]
    return nn.Sequential(*made[:-1], *behind).eval()


def seen(network: nn.Module) -> Any:
    """As the box describes it."""
    return described(network, torch.zeros(2, 3, 32, 32))


class Program(Subject):
    """Answers with a network's outputs, as the driver does."""

    def __init__(self, network: nn.Module) -> None:
        self.network = network

    def drive(self, driver: str, number: int, state: dict[str, Any], images: Any, *, training: int = 0) -> object:
        """Outputs, and what entered each linear layer."""
        assert driver == "image_network_outputs"
        own = self.network.state_dict()
        self.network.load_state_dict({**own, **{name: torch.as_tensor(value) for name, value in state.items()}})
        self.network.train(bool(training))
        passes, entered = [], []
        with torch.no_grad():
            for _ in range(training or 2):
                inputs: list[Any] = []
                hooks = [
                    layer.register_forward_hook(lambda _, given, __, inputs=inputs: inputs.append(given[0].numpy()))
                    for layer in self.network.modules()
                    if isinstance(layer, nn.Linear)
                ]
                passes.append(self.network(torch.as_tensor(images)).numpy())
                entered.append(inputs)
                for hook in hooks:
                    hook.remove()
        return {"passes": passes, "entered": entered, "raised": ""}


@pytest.mark.parametrize(
    ("changed", "mistake"),
    [
        ({}, None),
        ({"norms": 2}, None),
        ({"filters": (7, 16)}, architecture.FILTERS),
        ({"kernel": 3}, architecture.KERNEL_SIZE),
        ({"padding": 2}, architecture.PADDING),
        ({"pool": (2, 1)}, architecture.POOLING),
        ({"widths": (120, 10)}, architecture.LINEAR_LAYERS),
        ({"widths": (100, 84, 10)}, architecture.LINEAR_WIDTHS),
        ({"widths": (120, 84, 11)}, WRONG_NUMBER_OF_CLASSES),
        ({"bias": False}, architecture.BIASES_MISSING),
        ({"bias": False, "norms": 1}, None),
    ],
    ids=str,
)
def test_layers_are_judged_one_by_one(changed: dict[str, Any], mistake: KnownMistake | None) -> None:
    """Whatever a network is like otherwise, the first difference has its name."""
    conclusion = layers(seen(lenet(**changed)), SHAPES)

    assert (conclusion.holds, conclusion.mistake) == (mistake is None, mistake)


def test_a_network_is_judged_by_the_shape_it_is_nearest_to() -> None:
    """A filter too many does not make it another one."""
    assert nearest(seen(lenet(filters=(8, 16))), SHAPES) is LENET5
    assert nearest(seen(lenet()), (SIMPLE, LENET5, CONVNET)) is LENET5
    assert layers(seen(lenet()), (SIMPLE,)).mistake == architecture.FILTERS
    assert layers(seen(lenet()), (CONVNET,)).mistake == architecture.CONVOLUTIONS_NUMBER


@pytest.mark.parametrize("norms", [0, 2])
@pytest.mark.parametrize(
    ("function", "behind", "mistake"),
    [
        (nn.ReLU, (), ""),
        (nn.ReLU, (nn.LogSoftmax(dim=1),), ""),
        (nn.Tanh, (), "tanh-for-relu"),
        (nn.Sigmoid, (), "sigmoid-for-relu"),
        (nn.Identity, (), "no-activations"),
        (nn.ReLU, (nn.ReLU(),), "relu-on-scores"),
        (nn.ReLU, (nn.Softmax(dim=1),), "softmax-before-cross-entropy"),
    ],
    ids=str,
)
def test_what_is_computed_has_its_name(
    norms: int, function: type[nn.Module], behind: Sequence[nn.Module], mistake: str
) -> None:
    """With the judge's weights, with and without normalisation."""
    network = lenet(function=function, behind=behind, norms=norms)
    conclusion = answered(Program(network), seen(network), Draw(1, "x"), SHAPES).has_relu()

    assert (conclusion.holds, conclusion.mistake_id) == (not mistake, mistake)


def test_another_activation_is_told_from_relu() -> None:
    """Swish by torch is Swish."""
    network = lenet(function=nn.SiLU)
    answer = answered(Program(network), seen(network), Draw(2, "x"), SHAPES)

    assert answer.is_that_of(swish)
    assert not answer.is_that_of(torch.relu)


def test_normalisations_have_their_place() -> None:
    """Behind each convolution; behind the pooling where that counts."""
    late = nn.Sequential(
        nn.Conv2d(3, 4, 5), nn.MaxPool2d(2), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(784, 10)
    ).eval()
    linear = nn.Sequential(nn.Conv2d(3, 4, 5), nn.Flatten(), nn.Linear(3136, 10), nn.BatchNorm1d(10)).eval()

    assert normalised(seen(lenet(norms=2))).holds
    assert normalised(seen(lenet(norms=1))).mistake == architecture.NORMALISATION_MISSING
    assert normalised(seen(lenet())).mistake == architecture.NO_BATCH_NORMALISATION
    assert normalised(seen(linear)).mistake == architecture.NORMALISATION_OF_LINEAR_LAYERS
    assert normalised(seen(late)).mistake == architecture.NORMALISATION_AFTER_POOLING
    assert normalised(seen(late), before_pooling=False).holds


class Always(nn.Module):
    """Dropout that forgets about evaluation."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Drop half."""
        return nn.functional.dropout(x, 0.5)


DROP = nn.Dropout(0.5)


@pytest.mark.parametrize(
    ("before", "between", "behind", "mistake"),
    [
        ((), (DROP,), (), None),
        ((DROP,), (DROP,), (), None),
        ((), (), (), architecture.NO_DROPOUT),
        ((DROP,), (), (), architecture.DROPOUT_BEFORE_FC4),
        ((), (), (DROP,), architecture.DROPOUT_ON_SCORES),
        ((), (Always(),), (), architecture.DROPOUT_IN_EVALUATION),
    ],
)
def test_dropout_is_seen_by_what_varies(
    before: Sequence[nn.Module], between: Sequence[nn.Module], behind: Sequence[nn.Module], mistake: KnownMistake | None
) -> None:
    """Between two linear layers, in training only."""
    network = nn.Sequential(
        nn.Conv2d(3, 4, 5),
        nn.MaxPool2d(4),
        nn.Flatten(),
        *before,
        nn.Linear(196, 64),
        *between,
        nn.Linear(64, 10),
        *behind,
    ).eval()
    conclusion = dropout(Program(network), seen(network), Draw(3, "x"), (CONVNET,))

    assert (conclusion.holds, conclusion.mistake) == (mistake is None, mistake)
