"""Notebook 1's training function: what it is asked about, and what the reference and its wrong variants answer.

It is asked two things: where the parameters are after some steps, and what is in sight after the first.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.authoring import Draw, Reference, Subject, Variant, around
from grading.checks.arguments import ByName
from grading.checks.traced import Put, Training, shows_scores
from grading.mistakes import activations as known
from grading.mistakes.forward_pass import TRUE_SLOPES, VARIANTS
from reference_models import activations
from reference_models.mlp import NAMES, Net, ThreeLayerNet

Array = npt.NDArray[np.float64]

POINTS, INPUTS, HIDDEN, HIDDEN2, CLASSES = 300, 2, 7, 11, 3
"""All sizes differ, so that a missing transpose or a sum over the wrong axis shows. Points, inputs and classes are the
course's own, because a notebook may read them from its global variables instead of from the arguments."""

ITERATIONS = 50_000
TRAINED = Training(
    "three_layer_net",
    parameters=NAMES,
    before=2,
    returns="it should return plot_array_1, plot_array_2, W1, W2, W3, b1, b2, b3",
    loop="for i in range(50000)",
    examples=POINTS,
)
SHORT = (
    "Your loop runs {ran} times, the notebook's 50,000 times; with so few the sigmoid hardly learns. What an iteration "
    "does was judged, so it costs nothing here."
)

# three_layer_net(NONLINEARITY, X, y, model, step_size, reg), and names of each argument.
ROLES = (
    ("nonlinearity", "nonlin", "activation", "act", "activationfunction", "activationtype", "actfn", "actfunc", "mode"),
    ("x", "xtrain", "trainx", "inputs", "data", "features"),
    ("y", "ytrain", "trainy", "labels", "label", "targets", "target"),
    ("model", "params", "parameters", "weights", "net", "network"),
    ("stepsize", "step", "lr", "learningrate", "alpha", "eta"),
    ("reg", "lambda", "lam", "lambd", "lmbda", "regularization", "regstrength", "l2", "l2reg", "weightdecay"),
)
SIZES = {
    "h": HIDDEN, "h1": HIDDEN, "hidden1": HIDDEN, "h2": HIDDEN2, "hidden2": HIDDEN2,
    "k": CLASSES, "c": CLASSES, "numclasses": CLASSES, "nclasses": CLASSES,
    "d": INPUTS, "dim": INPUTS, "inputdim": INPUTS,
    "numexamples": POINTS, "numtrainexamples": POINTS, "nsamples": POINTS, "m": POINTS, "batchsize": POINTS,
}  # fmt: skip
adapted = ByName(ROLES, ITERATIONS, known=SIZES, pieces=NAMES, whole=3)


@dataclass(frozen=True, slots=True)
class Setting:
    """A training problem of the judge's own.

    Attributes:
        X, y: (300, 2) float64 and (300,) uint8, as in the notebook, but other points.
        model: h, h2 and W1 … b3; the biases are not 0, or a forgotten bias would not show.
        step_size, reg: not the notebook's own, or a hard-coded one would not show.

    All are small enough for a student's wrong sigmoid that grows like exp: the handed-out softmax does not overflow on
    it, and the backward pass can still be judged.
    """

    X: Array
    y: npt.NDArray[np.uint8]
    model: Mapping[str, Any]
    step_size: float
    reg: float

    @classmethod
    def drawn(cls, draw: Draw) -> "Setting":
        """A fresh problem."""
        model: dict[str, Any] = {
            "h": HIDDEN,
            "h2": HIDDEN2,
            "W1": draw.normal(INPUTS, HIDDEN, scale=0.4),
            "b1": draw.normal(1, HIDDEN, scale=0.2),
            "W2": draw.normal(HIDDEN, HIDDEN2, scale=0.15),
            "b2": draw.normal(1, HIDDEN2, scale=0.2),
            "W3": draw.normal(HIDDEN2, CLASSES, scale=0.3),
            "b3": draw.normal(1, CLASSES, scale=0.2),
        }
        return cls(
            X=draw.normal(POINTS, INPUTS, scale=0.4),
            y=draw.labels(POINTS, CLASSES, dtype="uint8"),
            model=model,
            step_size=draw.number(0.5, 1.0),
            reg=draw.number(0.03, 0.2),
        )

    @property
    def arguments(self) -> tuple[Any, ...]:
        """What follows NONLINEARITY in a call of the training function."""
        return self.X, self.y, dict(self.model), self.step_size, self.reg


# -- the student's answers --------------------------------------------------------------------------------


def parameters(put: Put, nonlinearity: str, *rest: Any, steps: int) -> dict[str, Array]:
    """W1 … b3 after `steps` steps of the student's training, float64; see `Training.after`."""
    told = SHORT if nonlinearity == "SIGM" and steps > 1 else ""
    return TRAINED.after(put, nonlinearity, *rest, steps=steps, start=rest[2], when_short=told)


def shows(seen: Mapping[str, Any], net: ThreeLayerNet, setting: Setting, nonlinearity: str) -> bool:
    """Whether something in sight comes from this network's forward pass on the setting, before any step."""
    p = {name: np.asarray(setting.model[name]) for name in NAMES}
    with np.errstate(all="ignore"):
        scores = net.forward(p, setting.X, nonlinearity).scores
        if scores.shape != (POINTS, CLASSES) or not np.isfinite(scores).all():
            return False
        return shows_scores(seen, scores, setting.y, net.loss(p, scores, setting.y, setting.reg))


# -- the reference's, and of what stands beside it --------------------------------------------------------


def training(kind: Net = ThreeLayerNet) -> Callable[..., Any]:
    """What `parameters` would find, had this network been trained."""

    def answer(subject: Subject, *start: Any, steps: int) -> dict[str, Array]:
        trained = _net(subject, kind).train(*start, steps=steps).parameters
        # A wrong variant may diverge; then it agrees with nobody, which is no reason to stop.
        return {name: np.nan_to_num(p, nan=1e300) for name, p in trained.items()}

    return around(answer)


def _first_iteration(subject: Subject, nonlinearity: str, *rest: Any) -> dict[str, Any]:
    X, y, model, _, reg = rest
    own = _net(subject)
    scores = own.forward(model, X, nonlinearity).scores
    loss = own.loss(model, scores, y, reg)
    return {"arrays": [scores], "numbers": [(loss, 12)], "loss": loss, "raised": ""}


def _net(subject: Subject, kind: Net = ThreeLayerNet) -> ThreeLayerNet:
    """A network built around a subject's own activation functions."""
    return kind(
        sigmoid=subject.sigmoid, relu=subject.relu, sigmoid_grad=subject.sigmoid_grad, relu_grad=subject.relu_grad
    )


REFERENCE = Reference(
    sigmoid=activations.sigmoid,
    relu=activations.relu,
    sigmoid_grad=activations.sigmoid_grad,
    relu_grad=activations.relu_grad,
    three_layer_net__training=training(),
    three_layer_net__first_iteration=around(_first_iteration),
)

CARRIED_FORWARD = [
    *(
        Variant(
            f"given-{key}",
            note="Judged given your own forward pass: what is wrong there cost the forward pass, and nothing here.",
            three_layer_net__training=training(kind),
        )
        for key, kind in [*VARIANTS.items(), *TRUE_SLOPES.items()]
    ),
    *(
        Variant(
            f"given-{key}",
            note="Judged given your own activation function, with its own slope: this row lost nothing for it.",
            **slopes,
        )
        for key, slopes in known.TRUE_SLOPES.items()
    ),
]
"""Where the sheet says nothing, a row is judged given the student's own earlier functions."""
