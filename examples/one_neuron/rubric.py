"""One Neuron: three rows, and three places where a check's knowledge comes from.

`sigmoid` takes reference and known mistakes from the library. `slope` adds a mistake of its own. `step` asks a driver,
our code beside the student's, for what a plain call does not show.
"""

import numpy as np
import numpy.typing as npt

from grading.authoring import Draw, Driven, Function, KnownMistake, Reference, Rubric, Subject, acting
from grading.mistakes.activations import SIGMOID
from reference_models import activations

Array = npt.NDArray[np.float64]


def slope(x: Array) -> Array:
    """The slope of the sigmoid at x, any shape."""
    return activations.sigmoid_grad(activations.sigmoid(x))


SLOPE_OF_THE_VALUE = KnownMistake(
    "slope-of-the-value",
    "Your slope is x · (1 - x): the formula takes the value of the sigmoid, not x.",
    "Compute s = sigmoid(x) first; the slope is s · (1 - s).",
    lambda x: x * (1 - x),
)
MOVES_ITS_INPUT = KnownMistake(
    "moves-its-input",
    "Your step changes the weights that it is given, as well as returning new ones.",
    "Write w - rate * gradient; w -= … writes into the caller's array.",
    lambda w, gradient, rate: [w - rate * gradient, gradient, rate],
)

rubric = Rubric("one-neuron", points="3")
neuron = rubric.part(
    "neuron.py",
    expects=[
        Function("sigmoid", arity=1),
        Function("slope", arity=1),
        Function("step", arity=3),
        Driven("step__inputs", driver="arguments_after", target="step"),
    ],
    reference=Reference(
        sigmoid=activations.sigmoid,
        slope=slope,
        step=lambda w, gradient, rate: w - rate * gradient,
        step__inputs=lambda *inputs: list(inputs),
    ),
)
sigmoid_row = neuron.criterion("sigmoid", "Sigmoid", points="1")
slope_row = neuron.criterion("slope", "Its slope", points="1")
step_row = neuron.criterion("step", "A step of gradient descent", points="1")


@sigmoid_row.agrees(mistakes=acting(SIGMOID, "sigmoid"))
def sigmoid_values(subject: Subject, draw: Draw) -> object:
    """sigmoid(x) is 1 / (1 + exp(-x)), for an array of any shape."""
    return subject.sigmoid(draw.normal(4, 7, scale=3.0))


@slope_row.agrees(mistakes=acting([SLOPE_OF_THE_VALUE], "slope"))
def slope_values(subject: Subject, draw: Draw) -> object:
    """slope(x) is the derivative of the sigmoid at x."""
    return subject.slope(draw.normal(4, 7))


@step_row.agrees
def step_values(subject: Subject, draw: Draw) -> object:
    """step(w, gradient, rate) gives w - rate * gradient."""
    return subject.step(draw.normal(5, 3), draw.normal(5, 3), 0.1)


@step_row.agrees(mistakes=acting([MOVES_ITS_INPUT], "step__inputs"))
def step_leaves_its_inputs(subject: Subject, draw: Draw) -> object:
    """step(w, gradient, rate) leaves w and gradient as they were."""
    return subject.step__inputs(draw.normal(5, 3), draw.normal(5, 3), 0.1)
