"""2-ab's optimizer: its steps are judged by themselves, whatever the module that it belongs to computes."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from grading.assignments.rdfia_tp2.circles_networks import QUESTIONS, REFERENCE, STEPS, batch, parameters
from grading.assignments.rdfia_tp2.drivers import descent
from grading.authoring import Draw
from grading.domain.errors import BadReply
from grading.sandbox.guest.program.loader import VERSIONS
from grading.sandbox.guest.program.state import ProgramState

DRAW = Draw(7, "a test")
RATE = 0.3


def stepped(middle: nn.Module, optimizer: Callable[..., Any], *, bias: bool = True) -> dict[str, Any]:
    """Where the optimizer of a program leads, whose module has `middle` between its layers."""

    def init_model(nx: int, nh: int, ny: int, eta: float) -> Any:
        model = nn.Sequential(nn.Linear(nx, nh, bias=bias), middle, nn.Linear(nh, ny, bias=bias))
        return model, nn.CrossEntropyLoss(), optimizer(model.parameters(), lr=eta)

    program = ProgramState("a program", "definitions", [], {}, {}, None, 0, Path())
    program.scratch[VERSIONS] = {"init_model": {0: init_model}}

    def put(*args: Any) -> Any:
        reply = descent(program, *args)
        path = reply["path"]
        return {**reply, "path": path and {name: value.numpy() for name, value in path.items()}}

    return QUESTIONS["optim__steps"][1](put, parameters(DRAW), *batch(DRAW), RATE, STEPS)


def as_asked(path: dict[str, Any]) -> bool:
    """Whether the steps are those of gradient descent."""
    right = REFERENCE.optim__steps(parameters(DRAW), *batch(DRAW), RATE, STEPS)
    return all(np.allclose(path[name], right[name], rtol=1e-4, atol=1e-5) for name in right)


@pytest.mark.parametrize("middle", [nn.Tanh(), nn.ReLU(), nn.Identity(), nn.Dropout(0.5)])
def test_a_wrong_module_costs_the_optimizer_nothing(middle: nn.Module) -> None:
    """The module's activation is another question's, which loses for it."""
    assert as_asked(stepped(middle, torch.optim.SGD))


@pytest.mark.parametrize("optimizer", [torch.optim.Adam, torch.optim.RMSprop])
def test_another_optimizer_is_seen_behind_any_module(optimizer: Callable[..., Any]) -> None:
    """Also where the module is wrong as well."""
    assert not as_asked(stepped(nn.Tanh(), optimizer))
    assert not as_asked(stepped(nn.ReLU(), optimizer))


def test_layers_that_do_not_fit_are_told_in_words() -> None:
    """Without biases there is nothing to put our parameters in."""
    with pytest.raises(BadReply, match=r"layers are not Linear\(nx, nh\) and Linear\(nh, ny\), with biases"):
        stepped(nn.Tanh(), torch.optim.SGD, bias=False)
