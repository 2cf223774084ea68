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
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.assignments.cmpsc497_hw2.boundary import relu_boundary, sigmoid_boundary
from grading.assignments.cmpsc497_hw2.calling import adapted
from grading.assignments.cmpsc497_hw2.networks import (
    CARRIED_FORWARD,
    REFERENCE,
    of_forward_pass,
    of_function,
    of_training,
)
from grading.assignments.cmpsc497_hw2.seen import HIDDEN, Setting, parameters, shows, shows_array, watched
from grading.authoring import (
    Behaviour,
    Draw,
    Driven,
    Function,
    Line,
    Mistake,
    Part,
    Subject,
    illustrate,
    remark,
    require,
)
from grading.authoring import expect as admit
from grading.checks import plots
from grading.domain.errors import AnswerFault
from grading.mistakes.activations import RELU, SIGMOID
from grading.mistakes.backward_pass import BACKWARD, TRAINING
from grading.mistakes.forward_pass import FORWARD
from reference_models import activations
from reference_models.mlp import NAMES, Net, ThreeLayerNet

Array = npt.NDArray[np.float64]

NONLINEARITIES = {"sigmoid": "SIGM", "relu": "RELU"}
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
        Driven("three_layer_net__first_iteration", driver="trace_call", target="three_layer_net", ask=watched),
    ],
    reference=REFERENCE,
    # Longer than the 300 points: a loop over the examples stays whole, the loop of the training is cut.
    long_loop=400,
    figures=[sigmoid_boundary, relu_boundary],
)


def _refuses_arrays(evidence: Any) -> bool:
    """`math.exp` of an array is a TypeError, the truth of an array a ValueError; a MemoryError, say, is neither."""
    return evidence.get("exception") in {"TypeError", "ValueError"}


def _right_on_a_number(name: str) -> Callable[[Subject, Draw], bool]:
    """Asks one of the student's functions about single numbers: other errors on arrays are errors there as well."""

    def ask(student: Subject, draw: Draw) -> bool:
        numbers = (draw.number(0.5, 3.0), -draw.number(0.5, 3.0))
        right = getattr(activations, name)
        return all(
            np.isclose(admit.number(getattr(student, name)(x), name), float(right(np.array(x)))) for x in numbers
        )

    return ask


def _scalar_only(name: str) -> Mistake:
    return Mistake(
        "not-elementwise",
        says="Your function works on a single number but raises an error on an array.",
        look="Use NumPy functions (np.exp, np.maximum, np.where) instead of math.exp, max() or `if x > 0`.",
        recognise=_refuses_arrays,
        asks=_right_on_a_number(name),
    )


# -- activation functions: 1 point -------------------------------------------------------------------

activation_functions = part.criterion(
    "activation-functions",
    "Activation Functions (sigmoid, ReLU)",
    section="1. Activation functions and vanishing gradients",
    points="1",
)


@activation_functions.agrees(mistakes=[*of_function(SIGMOID, "sigmoid"), _scalar_only("sigmoid")])
def sigmoid(subject: Subject, draw: Draw) -> object:
    """The sigmoid of x is 1 / (1 + exp(-x)), for every entry of an array."""
    x = draw.normal(4, 7, scale=3.0)
    return _answered("sigmoid", subject.sigmoid(x), x)


@activation_functions.agrees(mistakes=[*of_function(RELU, "relu"), _scalar_only("relu")])
def relu(subject: Subject, draw: Draw) -> object:
    """The ReLU of x is max(0, x), for every entry of an array, and 0 at 0."""
    # Far enough out that a ceiling at 1 or 6 shows on every draw, and with zeros, where a division would.
    x = np.concatenate([draw.normal(4, 7, scale=4.0), draw.uniform(1, 7, low=7.0, high=9.0), np.zeros((1, 7))])
    return _answered("relu", subject.relu(x), x)


def _answered(name: str, answer: object, x: Array) -> object:
    """The answer as it came, with a picture of it beside the published curve where it has the right form."""
    if isinstance(answer, np.ndarray) and answer.shape == x.shape and answer.dtype.kind in "biuf":
        sketch = plots.curve(x, answer, getattr(activations, name)(x), name)
        illustrate(sketch.title, sketch.draw)
    return answer


@activation_functions.holds(id="sigmoid-far-from-zero", form="free", needs=("sigmoid",))
def sigmoid_far_from_zero(student: Subject, draw: Draw) -> None:
    """Sigmoid stays finite far from 0 (a remark; costs nothing)."""
    x = np.array([[-800.0, -draw.number(720, 900)], [800.0, draw.number(720, 900)]])
    try:
        finite = bool(np.isfinite(admit.array(student.sigmoid(x), "sigmoid far from 0", finite=False)).all())
    except AnswerFault:
        finite = False
    if not finite:
        remark(
            "Your sigmoid gives NaN or infinity far from 0, because exp overflows. It is right where this notebook "
            "needs it, so it costs nothing; 1 / (1 + exp(-x)) is safe on both sides."
        )


# -- forward pass: 1 point ---------------------------------------------------------------------------

forward_pass = part.criterion(
    "forward-pass", "Forward Pass", section="1. Activation functions and vanishing gradients", points="1"
)

FORWARD_MISTAKES = of_forward_pass()


def _own(student: Subject, name: str, right: Callable[[Array], Array]) -> Callable[[Array], Array]:
    """The student's activation function, its answers brought into form; the right one for what it was not asked."""

    def ask(x: Array) -> Array:
        return admit.array(getattr(student, name)(x), name, shape=right(x).shape)

    return ask


def _forward_question(student: Subject, draw: Draw, name: str) -> None:
    nonlinearity = NONLINEARITIES[name]
    setting = Setting.drawn(draw)
    seen = student.three_layer_net__first_iteration(nonlinearity, *setting.arguments)
    if shows(seen, ThreeLayerNet(), setting, nonlinearity):
        return
    own = {name: _own(student, name, getattr(activations, name))}
    if _shows_own(seen, ThreeLayerNet, own, setting, nonlinearity):
        remark(f"Judged with your own {name}, right or wrong: this row lost nothing by it.")
        return
    equals = ""
    for known in FORWARD:
        if shows(seen, known.variant(), setting, nonlinearity) or _shows_own(
            seen, known.variant, own, setting, nonlinearity
        ):
            equals = known.id
            break
    require(
        condition=bool(seen["arrays"] or not seen["raised"]),
        message=f"three_layer_net {seen['raised']}, before it had computed anything.",
        evidence={"equals": equals, "raised": seen["raised"]},
    )
    reached = _reached(seen, setting, nonlinearity)
    stopped = f" It {seen['raised']}." if seen["raised"] else ""
    require(
        condition=False,
        message=f"Nothing that your function computes in its first iteration equals the scores.{stopped}",
        evidence={"equals": equals, "reached": reached, "raised": seen["raised"]},
        hint=reached,
    )


def _shows_own(
    seen: dict[str, Any], kind: Net, own: dict[str, Callable[[Array], Array]], setting: Setting, nonlinearity: str
) -> bool:
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


@forward_pass.holds(id="forward-sigmoid", form="free", mistakes=FORWARD_MISTAKES)
def forward_sigmoid(student: Subject, draw: Draw) -> None:
    """With the sigmoid, hidden1 = f(X·W1 + b1), hidden2 = f(hidden1·W2 + b2) and scores = hidden2·W3 + b3."""
    _forward_question(student, draw, "sigmoid")


@forward_pass.holds(id="forward-relu", form="free", mistakes=FORWARD_MISTAKES)
def forward_relu(student: Subject, draw: Draw) -> None:
    """With ReLU, hidden1 = f(X·W1 + b1), hidden2 = f(hidden1·W2 + b2) and scores = hidden2·W3 + b3."""
    _forward_question(student, draw, "relu")


# -- backward pass using gradient descent: 2 points ----------------------------------------------------

backward_pass = part.criterion(
    "backward-pass",
    "Backward Pass Using Gradient Descent",
    section="1. Activation functions and vanishing gradients",
    points="2",
)


def _one_step(subject: Subject, s: Setting, nonlinearity: str) -> dict[str, Array]:
    """Every gradient, read off one step: (before - after) / step_size."""
    after = subject.three_layer_net__training(nonlinearity, *s.arguments, steps=1)
    return {f"d{name}": (s.model[name] - after[name]) / s.step_size for name in NAMES}


def _gradients_question(name: str) -> None:
    """All gradients with one nonlinearity, together: all of them tell which known mistake it was; a line for each."""

    def probe(subject: Subject, draw: Draw) -> object:
        return _one_step(subject, Setting.drawn(draw), NONLINEARITIES[name])

    shown = "ReLU" if name == "relu" else "the sigmoid"
    probe.__doc__ = (
        f"With {shown}, one step of gradient descent moves every parameter by -step_size times its gradient."
    )
    backward_pass.agrees(
        id=f"gradients-{name}",
        mistakes=of_training(BACKWARD),
        also=CARRIED_FORWARD,
        given=("sigmoid", "relu"),
        lines=[
            Line(f"d{parameter}-{name}", f"d{parameter} with {shown} is the gradient of the loss.", f"d{parameter}")
            for parameter in ("W3", "b3", "W2", "b2", "W1", "b1")  # as the backward pass goes
        ],
        rtol=RTOL,
        atol=ATOL,
    )(probe)


def _trajectory_question(name: str) -> None:
    """Many steps in a row: every step starts from gradients of its own."""

    def probe(subject: Subject, draw: Draw) -> object:
        s = replace(Setting.drawn(draw), step_size=draw.number(0.0003, 0.0006))
        return subject.three_layer_net__training(NONLINEARITIES[name], *s.arguments, steps=TRAJECTORY_STEPS)

    shown = "ReLU" if name == "relu" else "the sigmoid"
    probe.__doc__ = f"With {shown}, many steps in a row lead where gradient descent leads."
    backward_pass.agrees(
        id=f"trajectory-{name}",
        mistakes=of_training(TRAINING),
        also=CARRIED_FORWARD,
        given=("sigmoid", "relu"),
        needs=(f"gradients-{name}",),
        hint="The first step is right and the later ones are not: look for a break or return inside the loop, and for "
        "something that one iteration leaves to the next.",
        rtol=RTOL,
        atol=ATOL,
    )(probe)


for _name in NONLINEARITIES:
    _gradients_question(_name)
for _name in NONLINEARITIES:
    _trajectory_question(_name)


@backward_pass.holds(id="loss-is-what-descends", form="free", needs=("gradients-sigmoid",))
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
        return None if seen["loss"] is None else admit.number(seen["loss"], "loss")

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
