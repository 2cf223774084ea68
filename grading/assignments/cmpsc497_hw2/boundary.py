"""Pictures of notebook 1: the plane as the student's trained network divides it, and the reference's beside it.

The notebook trains for a minute before it draws anything, and an early stage of that training shows only that little
has happened yet. So the student's own training function is put to an easier problem: the notebook's spiral, fewer
units, larger starting weights, larger steps, few of them. The picture is drawn here, from the weights that it gives
back, with a right forward pass. The reference's picture is of the same training; it never changes, so it is kept as a
file.

What the notebook itself drew, with all its iterations, is stored in it and kept with the report as well. None of these
pictures is judged.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.authoring import Draw, Picture, Student
from grading.checks import plots
from grading.domain.errors import BadReply, Died, Missing, Overran, Raised
from grading.programs import Source
from reference_models.mlp import NAMES, ThreeLayerNet, initial
from reference_models.spiral import spiral

STEPS = 300
"""Of each training for the pictures: about a tenth of a second of the student's own code."""

UNITS, UNITS2 = 30, 20
"""Two sizes, so that the parameters are told apart by their shapes."""

FOLDER = Path(__file__).parent / "reference_figures"
ROW = "backward-pass"


@dataclass(frozen=True, slots=True)
class Problem:
    """One training for a picture.

    Attributes:
        name: of the activation function, in file names.
        shown: the same in captions.
        nonlinearity: the notebook's word for it.
        step_size: large, since there are few steps.
        larger1, larger2: how many times the notebook's starting W1 and W2. Small ones leave the sigmoid without a
            gradient for thousands of steps: that is the notebook's lesson, and no good for a picture.
    """

    name: str
    shown: str
    nonlinearity: str
    step_size: float
    larger1: float
    larger2: float


SIGMOID = Problem("sigmoid", "the sigmoid", "SIGM", 0.5, 60.0, 20.0)
RELU = Problem("relu", "ReLU", "RELU", 1.0, 1.0, 1.0)
PROBLEMS = (SIGMOID, RELU)


def boundary(problem: Problem) -> Callable[[Student, Source, Draw], list[Picture]]:
    """A hook: the student's decision boundary, beside the reference's after the same training."""

    def drawn(student: Student, source: Source, draw: Draw) -> list[Picture]:  # noqa: ARG001 - a hook's signature
        return _pair(student, problem)

    drawn.__name__ = f"{problem.name}_boundary"
    return drawn


def _pair(student: Student, problem: Problem) -> list[Picture]:
    try:
        trained = student.three_layer_net__training(problem.nonlinearity, *_start(problem), steps=STEPS)
    except (Missing, Raised, Overran, Died) as fault:
        raise BadReply("there is no decision boundary, because three_layer_net gives no trained weights") from fault
    start = _start(problem)[2]
    for name in NAMES:
        if np.shape(trained[name]) != np.shape(start[name]):
            raise BadReply(f"no decision boundary with {problem.shown}: {name} has shape {np.shape(trained[name])}")
    if not all(np.isfinite(p).all() for p in trained.values()):
        raise BadReply(f"no decision boundary with {problem.shown}: the weights are not finite after {STEPS} steps")
    pair = f"boundary-{problem.name}"
    stage = f"after {STEPS} large steps on the spiral, drawn by the grader from the trained weights"
    own = f"Decision boundary of your three_layer_net with {problem.shown}, {stage}"
    right = f"Decision boundary of the reference with {problem.shown}, after the same training"
    return [
        Picture(f"{pair}-student", own, _drawn(problem, trained), "student", criterion=ROW, pair=pair),
        Picture(f"{pair}-reference", right, _kept(problem.name), "reference", criterion=ROW, pair=pair),
    ]


def reference_boundary(problem: Problem) -> bytes:
    """The PNG that is kept in `reference_figures`."""
    return _drawn(problem, ThreeLayerNet().train(problem.nonlinearity, *_start(problem), steps=STEPS).parameters)


def _drawn(problem: Problem, parameters: Mapping[str, Any]) -> bytes:
    X, y, *_ = _start(problem)
    single: dict[str, Any] = {name: np.asarray(parameters[name], dtype=np.float32) for name in NAMES}
    return plots.plane(X, y, lambda points: ThreeLayerNet().predict(single, points, problem.nonlinearity))  # type: ignore[arg-type]


@cache
def _start(problem: Problem) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint8], dict[str, Any], float, float]:
    """What follows NONLINEARITY in a call of the training function; the same in every run."""
    random = np.random.RandomState(0)
    X, y = spiral(random)
    weights = initial(random, hidden=UNITS, hidden2=UNITS2)
    weights["W1"] *= problem.larger1
    weights["W2"] *= problem.larger2
    return X, y, {"h": UNITS, "h2": UNITS2, **weights}, problem.step_size, 1e-3


@cache
def _kept(name: str) -> bytes:
    return (FOLDER / f"boundary-{name}.png").read_bytes()


if __name__ == "__main__":
    for each in PROBLEMS:
        (FOLDER / f"boundary-{each.name}.png").write_bytes(reference_boundary(each))
