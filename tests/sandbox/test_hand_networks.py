"""Networks that a program writes by hand: however it lays them out, the same questions get the same answers."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from grading.sandbox.guest.drivers.hand_networks import HandNetwork, Task
from grading.sandbox.guest.program import loader
from grading.sandbox.guest.program.state import Absent, ProgramState, Unit

HAND = HandNetwork(
    {
        "init": Task(("init",), 2),
        "forward": Task(("forward",), 2),
        "loss": Task(("loss",), 2),
        "backward": Task(("backward",), 3),
        "sgd": Task(("sgd",), 3),
        "autograd sgd": Task(("sgd",), 2, later=True),
    },
    lambda nx, ny: {"W": (ny, nx), "b": (ny,)},
    (4, 3),
    ("X", "z"),
)
W, B, X = torch.arange(12.0).reshape(3, 4), torch.tensor([1.0, 2.0, 3.0]), torch.ones(5, 4)
GIVEN = {"W": W, "b": B}

PLAIN = """import torch
def init(nx, ny):
    return {"W": torch.randn(ny, nx), "b": torch.zeros(1, ny)}
def forward(params, X):
    z = X @ params["W"].t() + params["b"]
    return z, {"z": z, "own": 1}
def loss(yhat, y):
    return float(yhat.sum()), float(y.sum())
def backward(params, outputs, Y):
    d = outputs["z"] - Y
    return {"W": d.t() @ outputs["X"], "b": d.sum(0)}
def sgd(params, grads, eta):
    for name in params:
        params[name] = params[name] - eta * grads[name]
    return params
"""
TURNED = """import numpy as np
def init(nx, ny):
    return [np.zeros(ny), np.zeros((nx, ny))]
def forward(inputs, p):
    z = inputs @ p[1] + p[0]
    return {"z": z}, z
def loss(target, pred):
    return pred.sum(), target.sum()
def backward(p, cache, y):
    d = cache["z"] - y
    return {"db": d.sum(axis=0), "dW": cache["X"].T @ d}
def sgd(p, grads, lr):
    p[0] -= lr * grads["db"]
    p[1] -= lr * grads["dW"]
"""


def run(*cells: str) -> ProgramState:
    """A program after all of its cells."""
    units = [Unit(f"cell {n}", cell, 1) for n, cell in enumerate(cells, 1)]
    program = ProgramState("notebook.ipynb", "definitions", units, {"__name__": "__main__"}, {}, None, 0, Path())
    for n in range(len(units)):
        loader.execute(program, n)
    return program


def close(got: Any, right: torch.Tensor) -> bool:
    """Whether an answer is that array."""
    return np.allclose(np.asarray(got), right.numpy())


@pytest.mark.parametrize("text", [PLAIN, TURNED], ids=["plain", "turned"])
def test_every_question_is_answered_in_the_judge_s_layout(text: str) -> None:
    """Orientation, container, kind of array, names and order of arguments are the program's own."""
    program, y = run(text), torch.ones(5, 3)
    z = X @ W.t() + B
    passed = HAND.forward(program, GIVEN, X, 3)
    found = HAND.backward(program, GIVEN, {"X": X, "z": z}, y)
    moved = HAND.step(program, GIVEN, {"W": torch.ones(3, 4), "b": torch.ones(3)}, 0.5)

    assert close(passed["yhat"], z)
    assert passed["outputs"].keys() == {"z"}
    assert [float(v) for v in HAND.loss(program, z, y)] == [float(z.sum()), float(y.sum())]
    assert close(found["W"], (z - y).t() @ X)
    assert close(found["b"], (z - y).sum(0))
    assert close(moved["W"], W - 0.5)
    assert close(moved["b"], B - 0.5)


def test_the_section_with_autograd_has_versions_of_its_own() -> None:
    """Its `init` keeps track of gradients; the work by hand ends where its `sgd` is."""
    later = PLAIN.replace("torch.zeros(1, ny)}", "torch.zeros(1, ny).requires_grad_()}").partition("def forward")[0]
    program = run(PLAIN, later, "def sgd(params, eta):\n    return params\ndef forward(params, X):\n    return None")

    assert HAND.meant(program, "init").unit == 0
    assert HAND.meant(program, "forward").unit == 0
    assert HAND.meant(program, "autograd sgd").unit == 2
    assert HAND.initial(program, 4, 3)["tracked"] == []
    assert HAND.initial(program, 4, 3, autograd=True)["leaves"] == ["b"]


def test_what_is_not_defined_is_absent() -> None:
    """By its first name, and how many arguments it should take."""
    with pytest.raises(Absent, match="no backward that takes 3 arguments"):
        HAND.backward(run("def forward(params, X):\n    return X"), GIVEN, {"X": X}, torch.ones(5, 3))


def test_what_a_program_raises_in_the_likeliest_layout_is_told() -> None:
    """Where it answers in none."""
    with pytest.raises(ZeroDivisionError):
        HAND.forward(run("def forward(params, X):\n    1 / 0"), GIVEN, X, 3)
