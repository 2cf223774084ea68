"""Notebook 1: a three-layer network on a spiral, with sigmoid and ReLU. 4 points.

Source: the assignment sheet's rubric: activation functions 1, forward pass 1, backward pass 2; "a cell block is correct
only if all the questions in the cell block are correct", so a row pays all of its points or none.

Policy where the sheet says nothing:

* A later row is judged given the student's own earlier functions: a wrong sigmoid costs the first row only, if forward
  and backward pass use it rightly; a wrong forward pass costs the second row only.
* Whoever carries on from a wrong function has two right ways: the textbook's formula, or the true slope of what was
  written. Both count.
* A loop that is shorter than the notebook's 50,000 iterations gets a remark: what one iteration does is judged.
* A sigmoid that overflows far from 0 gets a remark. The two arrays for the plot are no question of the rubric.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.assignments.cmpsc497_hw2.boundary import PROBLEMS, boundary
from grading.assignments.cmpsc497_hw2.network import (
    CARRIED_FORWARD,
    HIDDEN,
    REFERENCE,
    TRAINED,
    Setting,
    adapted,
    parameters,
    shows,
    training,
)
from grading.authoring import Behaviour, Draw, Driven, Function, Line, Part, Subject, acting, expect, remark, require
from grading.checks import elementwise
from grading.checks.traced import shows_array
from grading.domain.errors import AnswerFault
from grading.mistakes.activations import RELU, SIGMOID
from grading.mistakes.backward_pass import BACKWARD, TRAINING
from grading.mistakes.forward_pass import FORWARD
from reference_models import activations
from reference_models.mlp import NAMES, Net, ThreeLayerNet

Array = npt.NDArray[np.float64]
Functions = dict[str, Callable[[Array], Array]]

SECTION = "1. Activation functions and vanishing gradients"
NONLINEARITIES = {"sigmoid": ("SIGM", "the sigmoid"), "relu": ("RELU", "ReLU")}
"""The notebook's words for each function, and ours."""

TRAJECTORY_STEPS = 20

RTOL, ATOL = 1e-5, 1e-6
"""For gradients read off a step: room for a student who computes in float32. Known mistakes are off by percents."""

MEANT_AS_ELSE = ("softmax", "tanh", "grad", "prime", "deriv", "back", "norm", "loss", "plot", "acc", "predict")

ASKED = (np.array([[-3.1, -1.2, -0.4, 0.0], [0.3, 0.9, 2.2, 4.5]]),)
TELLING = [k.variant for k in RELU if k.id not in ("relu-identity", "relu-mask", "relu-absolute")]
"""Without those that many a function makes which was never meant as a ReLU."""

part = Part(
    "1.activation_function_and_vanishing_gradient.ipynb",
    expects=[
        Function(
            "sigmoid",
            aliases=("sigm", "sigmoid_function", "logistic", "sigmoid_activation", "my_sigmoid"),
            behaves=Behaviour(ASKED, activations.sigmoid, [k.variant for k in SIGMOID], MEANT_AS_ELSE),
        ),
        Function(
            "relu",
            aliases=("relu_function", "rectifier", "relu_activation", "my_relu"),
            behaves=Behaviour(ASKED, activations.relu, TELLING, MEANT_AS_ELSE),
        ),
        Function(
            "three_layer_net",
            aliases=("three_layer_network", "train", "train_net"),
            arity=6,
            by_arity=True,
            adapts=adapted,
        ),
        Driven("three_layer_net__training", driver="trace_call", target="three_layer_net", ask=parameters),
        Driven("three_layer_net__first_iteration", driver="trace_call", target="three_layer_net", ask=TRAINED.watched),
    ],
    reference=REFERENCE,
    # Longer than the 300 points: a loop over the examples stays whole, the loop of the training is cut.
    long_loop=400,
    figures=[boundary(problem) for problem in PROBLEMS],
)


# -- activation functions: 1 point -------------------------------------------------------------------

row = part.criterion("activation-functions", "Activation Functions (sigmoid, ReLU)", section=SECTION, points="1")


@row.agrees(mistakes=[*acting(SIGMOID, "sigmoid"), elementwise.scalar_only("sigmoid", activations.sigmoid)])
def sigmoid(subject: Subject, draw: Draw) -> object:
    """The sigmoid of x is 1 / (1 + exp(-x)), for every entry of an array."""
    x = draw.normal(4, 7, scale=3.0)
    return elementwise.beside_the_curve(subject.sigmoid(x), x, "sigmoid", activations.sigmoid)


@row.agrees(mistakes=[*acting(RELU, "relu"), elementwise.scalar_only("relu", activations.relu)])
def relu(subject: Subject, draw: Draw) -> object:
    """The ReLU of x is max(0, x), for every entry of an array, and 0 at 0."""
    # Far enough out that a ceiling at 1 or 6 shows on every draw, and with zeros, where a division would.
    x = np.concatenate([draw.normal(4, 7, scale=4.0), draw.uniform(1, 7, low=7.0, high=9.0), np.zeros((1, 7))])
    return elementwise.beside_the_curve(subject.relu(x), x, "relu", activations.relu)


row.holds(id="sigmoid-far-from-zero", form="free", needs=("sigmoid",))(
    elementwise.finite_far_from_zero(
        "sigmoid",
        "It is right where this notebook needs it, so it costs nothing; 1 / (1 + exp(-x)) is safe on both sides.",
    )
)

# -- forward pass: 1 point ---------------------------------------------------------------------------

row = part.criterion("forward-pass", "Forward Pass", section=SECTION, points="1")


def _own(student: Subject, name: str, right: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """The student's activation function, its answers brought into form; the right one for what it was not asked."""

    def ask(x: Array) -> Array:
        return expect.array(getattr(student, name)(x), name, shape=right(x).shape)

    return ask


def _forward_question(student: Subject, draw: Draw, name: str) -> None:
    nonlinearity, _ = NONLINEARITIES[name]
    setting = Setting.drawn(draw)
    seen = student.three_layer_net__first_iteration(nonlinearity, *setting.arguments)
    if shows(seen, ThreeLayerNet(), setting, nonlinearity):
        return
    own = {name: _own(student, name, getattr(activations, name))}

    def comes_from(kind: Net) -> bool:
        return shows(seen, kind(), setting, nonlinearity) or _shows_own(seen, kind, own, setting, nonlinearity)

    if _shows_own(seen, ThreeLayerNet, own, setting, nonlinearity):
        remark(f"Judged with your own {name}, right or wrong: this row lost nothing by it.")
        return
    require(
        condition=bool(seen["arrays"] or not seen["raised"]),
        message="three_layer_net stopped before it had computed anything.",
        raised=seen["raised"],
    )
    reached = _reached(seen, setting, nonlinearity)
    require(
        condition=False,
        message="Nothing that your function computes in its first iteration equals the scores.",
        raised=seen["raised"],
        hint=reached,
        mistake=next((known for known in FORWARD if comes_from(known.variant)), None),
    )


def _shows_own(seen: dict[str, Any], kind: Net, own: Functions, setting: Setting, nonlinearity: str) -> bool:
    """Whether what is in sight comes from a network with the student's activation; no if that gives no array."""
    try:
        return shows(seen, kind(**own), setting, nonlinearity)
    except AnswerFault:
        return False


def _reached(seen: dict[str, Any], setting: Setting, nonlinearity: str) -> str:
    """How far the forward pass is right, in words."""
    right = ThreeLayerNet().forward({n: setting.model[n] for n in NAMES}, setting.X, nonlinearity)
    if shows_array(seen, right.hidden2):
        return "Both hidden layers are right: look at the last line."
    if shows_array(seen, right.hidden1):
        return "The first hidden layer is right: look at the second."
    if shows_array(seen, right.z1) and right.z1.shape[1] == HIDDEN:
        return "X·W1 + b1 is right: look at what comes after it."
    return "Start with the first hidden layer, hidden1 = f(X·W1 + b1)."


_check: Any
for _name, (_, _shown) in NONLINEARITIES.items():
    _check = partial(_forward_question, name=_name)
    _check.__doc__ = (
        f"With {_shown}, hidden1 = f(X·W1 + b1), hidden2 = f(hidden1·W2 + b2) and scores = hidden2·W3 + b3."
    )
    row.holds(id=f"forward-{_name}", form="free")(_check)

# -- backward pass using gradient descent: 2 points ----------------------------------------------------

row = part.criterion("backward-pass", "Backward Pass Using Gradient Descent", section=SECTION, points="2")


def _one_step(subject: Subject, s: Setting, nonlinearity: str) -> dict[str, Array]:
    """Every gradient, read off one step: (before - after) / step_size."""
    after = subject.three_layer_net__training(nonlinearity, *s.arguments, steps=1)
    return {f"d{name}": (s.model[name] - after[name]) / s.step_size for name in NAMES}


def _gradients(subject: Subject, draw: Draw, name: str) -> object:
    """All gradients with one nonlinearity, together: all of them tell which known mistake it was; a line for each."""
    return _one_step(subject, Setting.drawn(draw), NONLINEARITIES[name][0])


def _trajectory(subject: Subject, draw: Draw, name: str) -> object:
    """Many steps in a row: every step starts from gradients of its own."""
    s = replace(Setting.drawn(draw), step_size=draw.number(0.0003, 0.0006))
    return subject.three_layer_net__training(NONLINEARITIES[name][0], *s.arguments, steps=TRAJECTORY_STEPS)


for _name, (_, _shown) in NONLINEARITIES.items():
    _check = partial(_gradients, name=_name)
    _check.__doc__ = (
        f"With {_shown}, one step of gradient descent moves every parameter by -step_size times its gradient."
    )
    row.agrees(
        id=f"gradients-{_name}",
        mistakes=acting(BACKWARD, "three_layer_net__training", training),
        also=CARRIED_FORWARD,
        given=("sigmoid", "relu"),
        lines=[
            Line(f"d{parameter}-{_name}", f"d{parameter} with {_shown} is the gradient of the loss.", f"d{parameter}")
            for parameter in ("W3", "b3", "W2", "b2", "W1", "b1")  # as the backward pass goes
        ],
        rtol=RTOL,
        atol=ATOL,
    )(_check)
for _name, (_, _shown) in NONLINEARITIES.items():
    _check = partial(_trajectory, name=_name)
    _check.__doc__ = f"With {_shown}, many steps in a row lead where gradient descent leads."
    row.agrees(
        id=f"trajectory-{_name}",
        mistakes=acting(TRAINING, "three_layer_net__training", training),
        also=CARRIED_FORWARD,
        given=("sigmoid", "relu"),
        needs=(f"gradients-{_name}",),
        hint="The first step is right and the later ones are not: look for a break or return inside the loop, and for "
        "something that one iteration leaves to the next.",
        rtol=RTOL,
        atol=ATOL,
    )(_check)


@row.holds(id="loss-is-what-descends", form="free", needs=("gradients-sigmoid",))
def loss_is_what_descends(student: Subject, draw: Draw) -> None:
    """The variable `loss` is the function whose gradient you follow (a remark; costs nothing)."""
    # One direction through all parameters holds every entry of every gradient against the loss, with three calls. The
    # sigmoid has no kinks, so the central difference is good to about the square of its step.
    s, step = Setting.drawn(draw), 1e-4
    direction = {name: draw.normal(*s.model[name].shape) for name in NAMES}

    def loss(t: float) -> float | None:
        moved = replace(s, model={**s.model, **{name: s.model[name] + t * direction[name] for name in NAMES}})
        seen = student.three_layer_net__first_iteration("SIGM", *moved.arguments)
        if not shows(seen, ThreeLayerNet(), moved, "SIGM"):
            return None  # of another network: what is wrong there was told where it was made
        return None if seen["loss"] is None else expect.number(seen["loss"], "loss")

    ahead, behind = loss(step), loss(-step)
    if ahead is None or behind is None:
        return
    gradients = _one_step(student, s, "SIGM")
    claimed = sum(float((gradients[f"d{name}"] * direction[name]).sum()) for name in NAMES)
    slope = (ahead - behind) / (2 * step)
    if abs(slope - claimed) > 1e-4 * max(abs(slope), abs(claimed)):
        remark(
            f"Your gradients are right, but the loss that you compute is not what they are the gradients of: along one "
            f"direction its slope is {slope:.4g}, and your gradients say {claimed:.4g}. It should be the mean "
            "cross-entropy plus 0.5·reg·ΣW². It costs nothing here."
        )
