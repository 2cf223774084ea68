"""The optimizers walk where torch's walk."""

import numpy as np
import pytest
import torch

from reference_models.optimizers import Hyperparameters, Optimizer, adagrad, adam, adamw, rmsprop, sgd

DRAW = np.random.default_rng(0)
START = DRAW.normal(0, 1, (3, 4))
GRADIENTS = [DRAW.normal(0, 1, (3, 4)) for _ in range(6)]
LR = 0.03


def walked(make: type[torch.optim.Optimizer], **settings: object) -> np.ndarray:
    """Torch's positions after each of the given gradients."""
    theta = torch.tensor(START, requires_grad=True)
    optimizer = make([theta], lr=LR, **settings)
    visited = []
    for gradient in GRADIENTS:
        theta.grad = torch.tensor(gradient)
        optimizer.step()
        visited.append(theta.detach().numpy().copy())
    return np.stack(visited)


@pytest.mark.parametrize(
    ("ours", "theirs", "settings"),
    [
        (sgd, torch.optim.SGD, {}),
        (sgd, torch.optim.SGD, {"momentum": 0.9}),
        (sgd, torch.optim.SGD, {"momentum": 0.9, "dampening": 0.3}),
        (sgd, torch.optim.SGD, {"momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
        (sgd, torch.optim.SGD, {"momentum": 0.5, "maximize": True}),
        (adam, torch.optim.Adam, {}),
        (adam, torch.optim.Adam, {"weight_decay": 0.1}),
        (adam, torch.optim.Adam, {"amsgrad": True}),
        (adamw, torch.optim.AdamW, {"weight_decay": 0.1}),
        (rmsprop, torch.optim.RMSprop, {"alpha": 0.9}),
        (rmsprop, torch.optim.RMSprop, {"momentum": 0.9}),
    ],
)
def test_the_path_is_torchs(ours: Optimizer, theirs: type[torch.optim.Optimizer], settings: dict[str, object]) -> None:
    """After each of six steps the reference stands where torch's optimizer stands."""
    np.testing.assert_allclose(
        ours(START, GRADIENTS, Hyperparameters(lr=LR, **settings)),  # type: ignore[arg-type]
        walked(theirs, **settings),
        rtol=1e-9,
    )


def test_adagrads_path_is_torchs() -> None:
    """The same for AdaGrad, whose epsilon torch sets smaller."""
    np.testing.assert_allclose(
        adagrad(START, GRADIENTS, Hyperparameters(lr=LR)), walked(torch.optim.Adagrad, eps=1e-8), rtol=1e-9
    )
