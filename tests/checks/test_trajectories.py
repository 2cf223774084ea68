"""Update rules by the path they take."""

import numpy as np
import pytest
import torch

from grading.authoring import Draw
from grading.checks.trajectories import Walk, every, gradients_of, judged, walked
from grading.domain.errors import BadReply
from grading.mistakes.update_rules import MISTAKES
from reference_models import descent
from reference_models.optimizers import Hyperparameters

H = Hyperparameters(lr=0.037, momentum=0.83, weight_decay=0.011, beta1=0.87, beta2=0.97, alpha=0.91)
SEEDS = range(2)


def walk_of(rule: descent.Rule, seed: int, *, scale: float = 1.0, rates: list[float] | None = None) -> Walk:
    """How a program with that rule walks."""
    draw = Draw(seed, "walk")
    start, gradients = draw.normal(3, 4), gradients_of(draw, 3, 4)
    used = [scale * r for r in rates or [H.lr] * len(gradients)]
    return Walk(start, descent.path(rule, start, lambda t, _: gradients[t], used, H), gradients)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("optimizer", "convention"), [(o, c) for o, rules in descent.RULES.items() for c in rules])
def test_every_published_convention_is_right(optimizer: str, convention: str, seed: int) -> None:
    """A path in any convention holds, with a constant rate and with a falling one."""
    rule = descent.RULES[optimizer][convention]
    falling = [0.05, 0.05, 0.03, 0.03, 0.01, 0.01]

    assert judged(optimizer, walk_of(rule, seed), H).holds
    assert judged(optimizer, walk_of(rule, seed, rates=falling), H, rates=falling).holds


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
    """The conventions called torch's are torch's, in float32 as well."""
    made = {
        "sgd": lambda p: torch.optim.SGD(p, lr=H.lr, weight_decay=H.weight_decay),
        "momentum": lambda p: torch.optim.SGD(p, lr=H.lr, momentum=H.momentum, weight_decay=H.weight_decay),
        "nesterov": lambda p: torch.optim.SGD(
            p, lr=H.lr, momentum=H.momentum, nesterov=True, weight_decay=H.weight_decay
        ),
        "rmsprop": lambda p: torch.optim.RMSprop(p, lr=H.lr, alpha=H.alpha, weight_decay=H.weight_decay),
        "adam": lambda p: torch.optim.Adam(p, lr=H.lr, betas=(H.beta1, H.beta2), weight_decay=H.weight_decay),
        "adamw": lambda p: torch.optim.AdamW(p, lr=H.lr, betas=(H.beta1, H.beta2), weight_decay=H.weight_decay),
    }
    for optimizer, make in made.items():
        draw = Draw(7, optimizer)
        start, gradients = draw.normal(5, dtype="float32"), gradients_of(draw, 5)
        theta = torch.nn.Parameter(torch.from_numpy(start.copy()))
        torch_optimizer, visited = make([theta]), []
        for gradient in gradients:
            theta.grad = torch.from_numpy(gradient).float()
            torch_optimizer.step()
            visited.append(theta.detach().numpy().astype(np.float64))
        walk = Walk(start.astype(np.float64), np.stack(visited), gradients, "float32")

        assert judged(optimizer, walk, H).holds, optimizer


def test_a_gradient_taken_ahead_is_told_where_the_gradient_is_a_function() -> None:
    """With a function of the parameters, the look-ahead differs from the heavy ball."""
    curvature = np.array([1.0, 3.0, 0.3])

    def gradient(_: int, at: np.ndarray) -> np.ndarray:
        return curvature * at

    start, rates = np.array([1.0, -2.0, 0.7]), [H.lr] * 6
    ahead = Walk(start, descent.path(descent.nesterov_ahead, start, gradient, rates, H), gradient)
    ball = Walk(start, descent.path(descent.heavy_ball, start, gradient, rates, H), gradient)

    assert judged("nesterov", ahead, H).holds
    assert judged("nesterov", ball, H).mistake_id == "no-look-ahead"
    assert not judged("momentum", ahead, H).holds


def test_a_step_that_changes_a_copy_is_named() -> None:
    """Nothing is learned where the new parameters are thrown away."""
    draw = Draw(1, "copy")
    walk = walked(lambda theta, _: theta, draw.normal(3), gradients_of(draw, 3))

    assert judged("sgd", walk, H).mistake_id == "parameters-do-not-move"


def test_answers_of_another_form_are_the_students_fault() -> None:
    """A step that returns None or another shape is refused before any arithmetic."""
    with pytest.raises(BadReply):
        walked(lambda *_: None, np.zeros(3), [np.ones(3)])
    with pytest.raises(BadReply):
        walked(lambda *_: np.zeros((3, 1)), np.zeros(3), [np.ones(3)])


def test_infinity_and_other_shapes_do_not_hold() -> None:
    """A path that blows up, or has too few steps, is no path."""
    good = walk_of(descent.plain, 1)

    assert judged("sgd", Walk(good.start, good.path * np.inf, good.gradient), H).mistake_id == "path-not-finite"
    assert judged("sgd", Walk(good.start, good.path[1:], good.gradient), H, rates=[0.1] * 6).mistake_id == "path-shape"


def test_an_array_that_is_left_out_is_named() -> None:
    """Where one of several arrays does not move, it is named; undecayed biases are allowed."""
    moving = walk_of(descent.plain, 1)
    still = Walk(moving.start, np.broadcast_to(moving.start, moving.path.shape), moving.gradient)
    undecayed = walk_of(next(k.variant for k in MISTAKES["sgd"] if k.id == "weight-decay-ignored"), 2)

    assert every("sgd", {"W1": moving, "b1": still}, H).mistake_id == "parameters-left-out"
    assert every("sgd", {"W1": moving, "b1": still}, H).evidence["arrays"] == ["b1"]
    assert every("sgd", {"W1": moving, "b1": undecayed}, H).holds
    assert every("sgd", {"W1": undecayed, "b1": undecayed}, H).mistake_id == "weight-decay-ignored"
