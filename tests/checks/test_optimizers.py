"""Optimizers by the path they take, against torch's own."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch

from grading.checks import optimizers
from grading.checks.optimizers import FoundOptimizer
from grading.mistakes.torch_optimizers import NEITHER
from reference_models.optimizers import SGD, Hyperparameters

SEEDS = range(40)
STEPS = 5
MISTAKES = {known.id: known.variant for known in NEITHER}
ADAMS: tuple[dict[str, Any], ...] = (
    {}, {"lr": 1e-4}, {"betas": (0.5, 0.99)}, {"weight_decay": 0.1}, {"amsgrad": True}, {"eps": 1e-3},
)  # fmt: skip
SGDS: tuple[dict[str, Any], ...] = (
    {"lr": 0.1}, {"lr": 0.01, "momentum": 0.9}, {"lr": 0.01, "momentum": 0.9, "nesterov": True},
    {"lr": 0.05, "weight_decay": 5e-4}, {"lr": 0.01, "momentum": 0.9, "dampening": 0.1},
)  # fmt: skip


def drawn(seed: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """Where to start, and the gradients to follow."""
    random = np.random.default_rng(seed)
    return random.normal(size=(3, 4)), [random.normal(size=(3, 4)) for _ in range(STEPS)]


def walked(make: Callable[..., torch.optim.Optimizer], seed: int, **options: Any) -> tuple[np.ndarray, Hyperparameters]:
    """The path that torch's optimizer takes, and its options as the box tells them."""
    start, gradients = drawn(seed)
    theta = torch.nn.Parameter(torch.from_numpy(start.copy()))
    optimizer = make([theta], **options)
    path = []
    for gradient in gradients:
        theta.grad = torch.from_numpy(gradient.copy())
        optimizer.step()
        path.append(theta.detach().numpy().copy())
    group = {k: v for k, v in optimizer.param_groups[0].items() if k != "params"}
    told = {k: list(v) if isinstance(v, tuple) else v for k, v in group.items()}
    return np.stack(path), optimizers.hyperparameters(told)


def kind(make: Callable[..., torch.optim.Optimizer], seed: int, **options: Any) -> str:
    """What torch's optimizer is taken for."""
    path, told = walked(make, seed, **options)
    return optimizers.kind_of(path, *drawn(seed), told)


@pytest.mark.parametrize("options", ADAMS, ids=str)
def test_torchs_adam_is_adam_whatever_its_options(options: dict[str, Any]) -> None:
    """Our recurrence and torch's take the same path on every seed."""
    assert {"adam"} == {kind(torch.optim.Adam, seed, **options) for seed in SEEDS}


@pytest.mark.parametrize("options", SGDS, ids=str)
def test_torchs_sgd_is_sgd_whatever_its_options(options: dict[str, Any]) -> None:
    """Plain, with momentum, Nesterov's, with decay and with dampening."""
    assert {"sgd"} == {kind(torch.optim.SGD, seed, **options) for seed in SEEDS}


@pytest.mark.parametrize(
    ("make", "options", "expected"),
    [
        (torch.optim.AdamW, {"weight_decay": 0.1}, "adamw"),
        (torch.optim.AdamW, {"weight_decay": 0.0}, "adam"),
        (torch.optim.RMSprop, {"lr": 0.01}, "rmsprop"),
        (torch.optim.Adagrad, {"lr": 0.01, "eps": 1e-8}, "adagrad"),
        (torch.optim.SGD, {"lr": 0.1, "maximize": True}, "gradient-ascent"),
        (torch.optim.Adam, {"maximize": True}, "gradient-ascent"),
        (torch.optim.SGD, {"lr": 0.0}, "still"),
        (torch.optim.Adadelta, {}, ""),
    ],
    ids=str,
)
def test_neighbours_are_told_apart(make: Callable[..., Any], options: dict[str, Any], expected: str) -> None:
    """What is neither Adam nor SGD is known by its own name, or by none."""
    assert {expected} == {kind(make, seed, **options) for seed in SEEDS}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_every_known_mistake_follows_its_own_recurrence(mistake: str) -> None:
    """A wrong recurrence is never taken for Adam or SGD, nor for another mistake."""
    options = Hyperparameters(lr=0.01, weight_decay=0.05)
    for seed in SEEDS:
        start, gradients = drawn(seed)
        path = MISTAKES[mistake](start, gradients, options)

        assert mistake == optimizers.kind_of(path, start, gradients, options)


@pytest.mark.parametrize("convention", SGD)
def test_every_published_convention_of_momentum_is_sgd(convention: str) -> None:
    """The step size inside the velocity or outside, averaged or summed."""
    options = Hyperparameters(lr=0.01, momentum=0.9)
    for seed in SEEDS:
        start, gradients = drawn(seed)

        assert optimizers.kind_of(SGD[convention](start, gradients, options), start, gradients, options) == "sgd"


def test_a_path_of_another_shape_or_not_finite_is_no_optimizers() -> None:
    """Nonsense is not compared."""
    start, gradients = drawn(0)

    assert optimizers.kind_of(np.zeros((2, 3)), start, gradients, Hyperparameters(lr=0.1)) == ""
    assert optimizers.kind_of(np.full((STEPS, 3, 4), np.nan), start, gradients, Hyperparameters(lr=0.1)) == ""


FINE = FoundOptimizer(
    "SGD", np.zeros((1, 1)), Hyperparameters(lr=0.01), covered=62, trainable=62, steps=3, useful_steps=3
)


def seen(**changes: Any) -> FoundOptimizer:
    """A sound SGD, changed."""
    own = {f: getattr(FINE, f) for f in FINE.__slots__}
    return FoundOptimizer(**{**own, **changes})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"steps": 3, "useful_steps": 0}, "optimizer-of-other-network"),
        ({"alive": False}, "optimizer-of-other-network"),
        ({"network": -1}, "optimizer-without-network"),
        ({"head": False, "covered": 60}, "optimizer-misses-head"),
        ({"missed_head": 1}, "optimizer-misses-head"),
        ({"options": Hyperparameters(lr=30.0)}, "absurd-learning-rate"),
    ],
    ids=str,
)
def test_an_optimizer_that_cannot_train_the_network_is_named(changes: dict[str, Any], expected: str) -> None:
    """Right steps over the wrong parameters are no training."""
    conclusion = optimizers.judged(seen(**changes), "sgd")

    assert (False, expected) == (conclusion.holds, conclusion.mistake_id)


def test_a_frozen_body_is_allowed_with_a_remark() -> None:
    """Training the last layer alone is a choice."""
    conclusion = optimizers.judged(seen(covered=2), "sgd")

    assert conclusion.holds
    assert conclusion.remarks


@pytest.mark.parametrize("wanted", ["adam", "sgd"])
def test_one_sound_optimizer_of_a_kind_is_enough(wanted: str) -> None:
    """A second, unsound one beside it costs nothing; none at all is named."""
    kinds: Sequence[tuple[FoundOptimizer, str]] = [(seen(network=-1), wanted), (seen(), wanted)]

    assert optimizers.both(kinds, wanted).holds
    assert f"no-{wanted}" == optimizers.both([(seen(), "adam" if wanted == "sgd" else "sgd")], wanted).mistake_id
    assert f"no-{wanted}" == optimizers.both([], wanted).mistake_id


def test_a_wrong_path_is_drawn_beside_the_rule_that_was_asked_for() -> None:
    """A neighbour of Adam is shown against Adam; one that does not move at all is not."""
    start, gradients = drawn(0)
    options = Hyperparameters(lr=0.01)
    path = MISTAKES["rmsprop"](start, gradients, options)
    shown = optimizers.both(
        [(seen(name="RMSprop", path=path, options=options, start=start, gradients=gradients), "rmsprop")], "adam"
    )

    assert shown.sketch is not None
    assert optimizers.both([(seen(name="SGD", options=Hyperparameters(lr=0.0)), "still")], "sgd").sketch is None
