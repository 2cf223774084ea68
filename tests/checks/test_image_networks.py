"""Networks told by the layers that they call: which normalisation belongs where, and whose weights go where."""

from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from grading.authoring import Subject
from grading.checks.image_networks import CalledLayer, ImageNetwork, seen, state_of
from grading.domain.errors import AnswerFault


def described(module: nn.Module, images: torch.Tensor) -> ImageNetwork:
    """The network as the box describes it: its layers in the order of their calls."""
    layers: list[CalledLayer] = []

    def note(name: str) -> Any:
        def hook(layer: nn.Module, _: Any, out: torch.Tensor) -> None:
            tensors = {n: tuple(t.shape) for n, t in layer.state_dict().items()}
            layers.append(CalledLayer(type(layer).__name__, name, tensors, tuple(out.shape)))

        return hook

    for name, layer in module.named_modules():
        if not list(layer.children()):
            layer.register_forward_hook(note(name))
    module(images)
    return ImageNetwork(0, type(module).__name__, 0, images.shape[-1], tuple(layers), "", small=True)


def network(*, extra: bool = False) -> nn.Sequential:
    """Two convolutions, the first normalised, and a linear layer; with `extra` its input and features are too."""
    return nn.Sequential(
        *([nn.BatchNorm2d(3)] if extra else []),
        nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Conv2d(4, 5, 3), nn.ReLU(), nn.Flatten(),
        *([nn.BatchNorm1d(5 * 16)] if extra else []),
        nn.Linear(5 * 16, 7),
    )  # fmt: skip


IMAGES = torch.randn(2, 3, 8, 8, generator=torch.Generator().manual_seed(1))
WEIGHTS = {
    "conv1": (4, 3, 3, 3), "conv2": (5, 4, 3, 3), "fc3": (7, 80),
}  # fmt: skip


def weights() -> dict[str, torch.Tensor]:
    """The judge's weights, under the reference's names."""
    made = torch.Generator().manual_seed(2)
    own = {f"{name}.weight": torch.randn(*shape, generator=made) for name, shape in WEIGHTS.items()}
    biases = {f"{name}.bias": torch.randn(shape[0], generator=made) for name, shape in WEIGHTS.items()}
    statistics = {f"bn1.{name}": torch.rand(4, generator=made) + 0.5 for name in ("weight", "bias", "mean", "var")}
    return own | biases | statistics


@pytest.mark.parametrize("extra", [False, True])
def test_a_normalisation_belongs_to_the_convolution_before_it(extra: bool) -> None:
    """One before the first convolution, or among linear layers, belongs to none."""
    found = described(network(extra=extra), IMAGES)

    assert [(n, layer.tensors["weight"]) for n, layer in found.normalised().items()] == [(1, (4,))]
    assert (len(found.convolutions), len(found.linears)) == (2, 1)


def test_parameters_are_counted_as_torch_counts_them() -> None:
    """Weights and biases, of normalisations too, and no running statistics."""
    module = network(extra=True)

    assert described(module, IMAGES).parameters == sum(p.numel() for p in module.parameters())


def test_normalisations_elsewhere_do_nothing() -> None:
    """With the judge's weights a network with more of them answers what one without answers, up to their epsilon."""
    answers = []
    for extra in (False, True):
        module = network(extra=extra)
        state = state_of(described(module, IMAGES), weights(), first_linear=3)
        module.load_state_dict({name: torch.from_numpy(np.asarray(v)) for name, v in state.items()}, strict=False)
        answers.append(module.eval()(IMAGES))

    torch.testing.assert_close(answers[1], answers[0], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("reply", [None, 3, {"networks": 3, "sources": [], "optimizers": []}, {"networks": [{}]}])
def test_an_inventory_of_another_form_is_the_students_fault(reply: Any) -> None:
    """Nothing that a box says is believed."""

    class Student(Subject):
        def drive(self, driver: str, *_: Any, **__: Any) -> Any:
            """Answer the inventory with the reply."""
            return reply if driver == "vision_inventory" else []

    with pytest.raises(AnswerFault):
        seen(Student())
