"""A notebook whose `sigmoid` is taken out of it and whose `answer` is asked after all cells ran; a module beside it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.authoring import Adapted, Draw, Function, Reference, Rubric, Subject

Array = npt.NDArray[np.float64]
MEAN, SPREAD = 33.0, 78.0


def with_statistics(parameters: Sequence[str], _: int, args: Sequence[Any]) -> Adapted | None:
    """The call of a version that takes mean and spread as arguments."""
    if len(parameters) != 3:
        return None
    given = dict(zip(parameters, [*args, MEAN, SPREAD], strict=True))
    return Adapted(given, "takes the mean and the spread as well; it got those of the training set")


def pixels(X: Array) -> Array:
    """Standardised, with a column of ones behind."""
    return np.concatenate([(X - MEAN) / SPREAD, np.ones((len(X), 1))], axis=1)


def ones_in_front(X: Array) -> Array:
    """The same with the ones in front."""
    return np.roll(pixels(X), 1, axis=1)


def model(inputs: int, outputs: int) -> Any:
    """The weights of a new model: zeros."""
    return np.zeros((inputs, outputs))


rubric = Rubric("messy", points="6")

notebook = rubric.part(
    "homework.ipynb",
    expects=[
        Function("sigmoid", aliases=("logistic",), arity=1),
        Function("answer", arity=1, box="run"),
    ],
    reference=Reference(sigmoid=lambda x: 1 / (1 + np.exp(-x)), answer=lambda x: 2 * x),
    long_loop=1000,
    overrides={"num_epochs": 1},
    options={"epochs": 1, "batches": 1, "steps": 3},
)
parts = notebook.criterion("parts", "Functions taken out of the notebook", points="1")
whole = notebook.criterion("whole", "What is there after all cells ran", points="1")

module = rubric.part(
    "model.py",
    expects=[Function("pre_process", arity=1, adapts=with_statistics), Function("weights", arity=2)],
    reference=Reference(pre_process=pixels, weights=model),
)
standardised = module.criterion("pixels", "Standardised pixels", points="2")
built = module.criterion("model", "The model's output", points="2")


@parts.agrees
def sigmoid_values(subject: Subject, draw: Draw) -> object:
    """sigmoid(x) is 1 / (1 + exp(-x)), for every element."""
    return subject.sigmoid(draw.normal(3, 4))


@whole.agrees
def answer(subject: Subject, draw: Draw) -> object:
    """Once all cells ran, twice x comes back."""
    return subject.answer(draw.normal(3))


@standardised.agrees(also=[Reference(pre_process=ones_in_front, weights=model)])
def pre_processed(subject: Subject, draw: Draw) -> object:
    """Pixels minus their mean, divided by their spread, with a column of ones at one end."""
    return subject.pre_process(draw.uniform(5, 7, low=0.0, high=255.0))


@built.agrees
def new_weights(subject: Subject, draw: Draw) -> object:
    """A new model's weights are zeros, a row for each input."""
    return subject.weights(*draw.sizes(2, 3, 9))
