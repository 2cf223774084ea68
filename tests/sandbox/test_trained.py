"""What a whole run trained is kept after each cell, here without a box: the guest's own functions on small programs."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn import svm

from grading.sandbox.guest.drivers import trained
from grading.sandbox.guest.program import loader
from grading.sandbox.guest.program.state import ProgramState, Unit

HEAD = """import torch
from torch import nn
def forward(params, X):
    return X @ params["Wh"] @ params["Wy"], {}
"""
MADE = 'params = {"Wh": torch.ones(2, 3), "Wy": torch.ones(3, 2)}\n'


def run(*cells: str, **options: Any) -> ProgramState:
    """A program after all of its cells."""
    units = [Unit(f"cell {n}", cell, 1) for n, cell in enumerate(cells, 1)]
    program = ProgramState("notebook.ipynb", "run", units, {"__name__": "__main__"}, options, None, 0, Path())
    trained.keep_what_is_trained(program)
    for n in range(len(units)):
        try:
            loader.execute(program, n)
        except ZeroDivisionError:
            continue
    return program


def answers(program: ProgramState, inputs: int = 2) -> list[tuple[str, str, Any]]:
    """Label, kind and first output of every network for such inputs."""
    told = trained.networks(program, np.ones((4, inputs)))
    return [(one["label"], one["kind"], None if one["out"] is None else float(one["out"][0, 0])) for one in told]


def test_every_state_that_a_cell_leaves_behind_is_kept() -> None:
    """A network under a name that is used again is kept as it was, and once where nothing changed."""
    program = run(
        HEAD,
        MADE,
        "params['Wh'] *= 2",
        "shown = 1",
        "params = {k: v.requires_grad_() for k, v in params.items()}",
        "with torch.no_grad():\n    params['Wy'] *= 5",
        trained=True,
    )

    assert answers(program) == [("cell 2", "by hand", 6.0), ("cell 3", "by hand", 12.0), ("cell 6", "autograd", 60.0)]


def test_a_cell_that_fails_leaves_what_it_had_trained() -> None:
    """A loop that stops after some steps counts with what it reached."""
    assert answers(run(HEAD, f"{MADE}params['Wh'] *= 3\n1 / 0", trained=True)) == [("cell 2", "by hand", 18.0)]


def test_modules_answer_as_they_were() -> None:
    """A module is copied: later cells do not change what it answers; other inputs are another question."""
    program = run(HEAD, "model = nn.Sequential(nn.Linear(2, 3), nn.Linear(3, 2))", "with torch.no_grad():\n"
                  "    for p in model.parameters():\n        p.fill_(1.0)", "del model", trained=True)  # fmt: skip

    assert [kind for _, kind, _ in answers(program)] == ["module", "module"]
    assert answers(program)[-1] == ("cell 3", "module", 10.0)
    assert answers(program, inputs=784) == []


def test_what_computes_something_else_is_told_as_none() -> None:
    """Gradients and outputs are no networks; what raises when it is asked has no answer."""
    program = run(
        HEAD,
        f"{MADE}grads = dict(params)\noutputs = dict(params, yhat=1)",
        "def forward(params, X):\n    1 / 0",
        "params['Wh'] *= 2",
        trained=True,
    )

    assert answers(program) == [("cell 2", "by hand", 6.0), ("cell 4", "by hand", None)]


def test_nothing_is_kept_unless_the_rubric_asks() -> None:
    """Other assignments' runs do not pay for it."""
    assert answers(run(HEAD, MADE)) == []


def test_machines_are_kept_as_they_were_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each fit counts by itself, whatever its labels are called; machines for other inputs are left out."""
    for kind in (svm.SVC, svm.LinearSVC, svm.NuSVC):
        monkeypatch.setattr(kind, "fit", kind.fit)  # as it was, afterwards
    program = run(
        "from sklearn.svm import SVC, LinearSVC\nimport numpy as np\n"
        "X = np.array([[1.0, 0], [2, 0], [-1, 0], [-2, 0]])\nlabels = np.array([1, 1, -1, -1])\n"
        "machine = SVC()\nfor kernel in ('linear', 'rbf'):\n    machine.set_params(kernel=kernel).fit(X, labels)\n"
        "LinearSVC(C=3).fit(X, labels)\nSVC().fit(X[:, :1], labels)",
        trained=True,
    )
    told = trained.machines(program, np.array([[5.0, 0], [-5.0, 0]]))

    assert [one["kernel"] for one in told] == ["linear", "rbf", "linear"]
    assert told[2]["settings"]["C"] == "3"
    assert all(torch.equal(torch.as_tensor(one["said"]), torch.tensor([1, 0])) for one in told[::2])
