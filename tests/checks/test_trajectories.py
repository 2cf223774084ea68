"""Update rules by the path they take."""

import numpy as np
import pytest
import torch

from grading.authoring import Draw
from grading.checks.trajectories import Walk, every, judged
from grading.mistakes.momentum import MISTAKES
from reference_models import descent
from reference_models.optimizers import Hyperparameters

H = Hyperparameters(lr=0.037, momentum=0.83)
SEEDS = range(2)


def gradients_of(draw: Draw, *shape: int) -> list[np.ndarray]:
    """Of different sizes, away from 0."""
    return [draw.away_from_zero(*shape, margin=0.2) * draw.number(0.5, 2.0) for _ in range(6)]


def walk_of(rule: descent.Rule, seed: int, *, scale: float = 1.0) -> Walk:
    """How a program with that rule walks."""
    draw = Draw(seed, "walk")
    start, gradients = draw.normal(3, 4), gradients_of(draw, 3, 4)
    return Walk(start, descent.path(rule, start, gradients, Hyperparameters(scale * H.lr, H.momentum)), gradients)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("optimizer", "convention"), [(o, c) for o, rules in descent.RULES.items() for c in rules])
def test_every_published_convention_is_right(optimizer: str, convention: str, seed: int) -> None:
    """A path in any convention holds."""
    assert judged(optimizer, walk_of(descent.RULES[optimizer][convention], seed), H).holds


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("optimizer", "known"), [(o, k) for o, all_ in MISTAKES.items() for k in all_])
def test_every_known_mistake_fails_and_is_named(optimizer: str, known: object, seed: int) -> None:
    """A wrong rule is told from the right ones and from the other wrong ones."""
    conclusion = judged(optimizer, walk_of(known.variant, seed), H)

    assert not conclusion.holds
    assert conclusion.mistake_id == known.id


@pytest.mark.parametrize("optimizer", list(descent.RULES))
def test_another_rate_is_told_from_another_rule(optimizer: str) -> None:
    """A missing, hard-coded, squared or negative rate has its own name."""
    rule = next(iter(descent.RULES[optimizer].values()))

    assert judged(optimizer, walk_of(rule, 1, scale=1 / H.lr), H).mistake_id == "learning-rate-missing"
    assert judged(optimizer, walk_of(rule, 1, scale=0.4), H).mistake_id == "learning-rate-other"
    assert judged(optimizer, walk_of(rule, 1, scale=-1.0), H).mistake_id == "gradient-ascent"
    assert judged(optimizer, walk_of(rule, 1, scale=H.lr), H).mistake_id == "rate-applied-twice"


@pytest.mark.slow
def test_torch_takes_these_paths() -> None:
    """SGD's convention is torch's, Nesterov's of the known mistakes too."""
    for rule, options in (
        (descent.plain, {}),
        (descent.velocity, {"momentum": H.momentum}),
        (descent.nesterov, {"momentum": H.momentum, "nesterov": True}),
    ):
        draw = Draw(7, rule.__name__)
        start, gradients = draw.normal(5), gradients_of(draw, 5)
        theta = torch.nn.Parameter(torch.from_numpy(start.copy()))
        torch_optimizer, visited = torch.optim.SGD([theta], lr=H.lr, **options), []
        for gradient in gradients:
            theta.grad = torch.from_numpy(gradient)
            torch_optimizer.step()
            visited.append(theta.detach().numpy().copy())

        assert np.stack(visited) == pytest.approx(descent.path(rule, start, gradients, H)), rule.__name__


def test_infinity_and_other_shapes_do_not_hold() -> None:
    """A path that blows up, or has too few steps, is no path."""
    good = walk_of(descent.plain, 1)

    assert judged("sgd", Walk(good.start, good.path * np.inf, good.gradients), H).mistake_id == "path-not-finite"
    assert judged("sgd", Walk(good.start, good.path[1:], good.gradients), H).mistake_id == "path-shape"


def test_an_array_that_is_left_out_is_named() -> None:
    """Where one of several arrays does not move, it is named; where none moves, that is."""
    moving = walk_of(descent.plain, 1)
    still = Walk(moving.start, np.broadcast_to(moving.start, moving.path.shape), moving.gradients)

    assert judged("sgd", still, H).mistake_id == "parameters-do-not-move"
    assert every("sgd", {"W1": moving, "b1": still}, H).mistake_id == "parameters-left-out"
    assert every("sgd", {"W1": moving, "b1": still}, H).evidence["arrays"] == ["b1"]
    assert every("sgd", {"W1": moving, "b1": moving}, H).holds
