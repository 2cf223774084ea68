"""Pretrained weights by entries of every tensor."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torchvision import models

from grading.checks import pretrained
from grading.checks.pretrained import Alignment, Compared
from reference_models import transfer

State = dict[str, Tensor]
STORE = transfer.stand_in()
WANTED = {n: v for n, v in STORE.items() if n in transfer.BODY and n not in transfer.COUNTERS}


def aligned(module: nn.Module) -> Alignment:
    """How a network's tensors correspond to a ResNet-18's."""
    return pretrained.align([(n, tuple(v.shape)) for n, v in module.state_dict().items()])


def entries(state: State, seed: int) -> dict[str, np.ndarray]:
    """Entries at places that the seed draws."""
    random = np.random.default_rng(seed)
    picked = {}
    for name, whole in WANTED.items():
        where = np.unique(random.integers(0, whole.numel(), min(24, whole.numel())))
        picked[name] = state[name].reshape(-1)[torch.from_numpy(where)].double().numpy()
    return picked


def compared(start: State, first: State | None = None, seed: int = 0) -> Compared:
    """A network's entries beside the store's."""
    return Compared(entries(STORE, seed), entries(start, seed), entries(first or start, seed))


def changed(change: Callable[[str, Tensor], Tensor]) -> State:
    """The store's tensors, changed."""
    return {name: change(name, value.clone()) for name, value in STORE.items()}


def fresh(name: str, value: Tensor) -> Tensor:
    """What a new network has there."""
    if value.ndim == 4:
        return torch.randn(value.shape) * 0.05
    return torch.ones_like(value) if name.endswith(("weight", "running_var")) else torch.zeros_like(value)


def is_statistic(name: str) -> bool:
    """Whether the tensor is a running statistic."""
    return name.endswith(("running_mean", "running_var"))


@pytest.mark.slow
def test_the_checkpoint_passes_wherever_one_looks() -> None:
    """No places of the tensors raise a false alarm, and half precision on the way does not pass."""
    for seed in range(20):
        assert pretrained.loaded(compared(STORE, seed=seed)).holds
        assert not pretrained.loaded(compared(changed(lambda _, v: v.half().float()), seed=seed)).holds


def test_statistics_may_move_with_the_first_training_pass() -> None:
    """A pass in training mode moves the running statistics before the first step: that is no mistake."""
    moved = changed(lambda n, v: v * 1.1 if is_statistic(n) else v)

    assert pretrained.loaded(compared(moved, STORE)).holds


MISTAKES: dict[str, tuple[State, State | None]] = {
    "random-initialisation": (changed(fresh), None),
    "partly-loaded": (changed(lambda n, v: fresh(n, v) if n.startswith("layer3") else v), None),
    "re-initialised": (changed(lambda n, v: fresh(n, v) if v.ndim == 4 else v), None),
    "statistics-not-loaded": (changed(lambda n, v: fresh(n, v) if is_statistic(n) else v), None),
    "statistics-drifted": (changed(lambda n, v: v * 0.9 if n.endswith("running_mean") else v), None),
    "other-weights": (changed(lambda n, v: v + 0.01 if v.is_floating_point() else v), None),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_known_mistake_is_named(mistake: str) -> None:
    """What was loaded, and what was not, tells which mistake it is."""
    for seed in range(10):
        conclusion = pretrained.loaded(compared(*MISTAKES[mistake], seed=seed))

        assert (conclusion.holds, conclusion.mistake_id) == (False, mistake)


def test_weights_overwritten_after_loading_are_told_from_weights_never_loaded() -> None:
    """The checkpoint's at first and no longer at the first step: an initialisation came later."""
    conclusion = pretrained.loaded(compared(changed(fresh), STORE))

    assert (conclusion.holds, conclusion.mistake_id) == (False, "re-initialised")


class Wrapped(nn.Module):
    """A ResNet-18's layers under other names."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(*list(models.resnet18().children())[:-1])
        self.head = nn.Sequential(nn.Flatten(), nn.Linear(512, 64), nn.ReLU(), nn.Linear(64, 7))


def with_head(head: nn.Module) -> nn.Module:
    """A ResNet-18 with another last layer."""
    network = models.resnet18()
    network.fc = head
    return network


@pytest.mark.parametrize(
    ("network", "outputs"),
    [
        (models.resnet18(), 1000),
        (with_head(nn.Linear(512, 10)), 10),
        (with_head(nn.Sequential(nn.Linear(512, 64), nn.ReLU(), nn.Linear(64, 3))), 3),
        (nn.Sequential(models.resnet18(num_classes=5), nn.LogSoftmax(dim=1)), 5),
        (Wrapped(), 7),
    ],
    ids=["plain", "linear", "deeper", "nested", "wrapped"],
)
def test_a_resnet18_is_found_under_any_names(network: nn.Module, outputs: int) -> None:
    """Prefixes, slices and deeper heads do not hide the body."""
    found = aligned(network)

    assert pretrained.architecture(found).holds
    assert found.outputs == outputs


@pytest.mark.parametrize(
    "make", [models.resnet34, models.resnet50, models.alexnet, models.vgg16], ids=lambda m: m.__name__
)
def test_other_networks_are_no_resnet18(make: Callable[..., nn.Module]) -> None:
    """Not even a ResNet-34, which has every name of a ResNet-18."""
    with torch.device("meta"):
        conclusion = pretrained.architecture(aligned(make()))

    assert (conclusion.holds, conclusion.mistake_id) == (False, "other-architecture")


def test_a_replaced_first_layer_is_named() -> None:
    """A smaller first convolution for small pictures loses its weights."""
    network = models.resnet18()
    network.conv1 = nn.Conv2d(3, 64, 3, padding=1, bias=False)

    assert pretrained.architecture(aligned(network)).mistake_id == "first-layer-replaced"


@pytest.mark.parametrize(
    ("outputs", "classes", "trained", "expected"),
    [
        (10, [10], True, ""),
        (10, [10, 100], True, ""),
        (2, [], True, ""),
        (5, [10], True, ""),
        (1000, [10], True, "head-not-replaced"),
        (1000, [1000], True, ""),
        (100, [10], True, "wrong-number-of-classes"),
        (5, [10], False, "wrong-number-of-classes"),
        (None, [10], True, "no-head"),
    ],
)
def test_the_last_layer_fits_the_classes(outputs: int | None, classes: list[int], trained: bool, expected: str) -> None:
    """One output for each class; fewer where training shows that fewer are used; anything where nobody knows."""
    alignment = Alignment({}, (), outputs, 20)

    assert pretrained.head(alignment, classes, trained=trained).mistake_id == expected
