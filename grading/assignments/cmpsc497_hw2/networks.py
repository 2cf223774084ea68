"""Who stands beside the student in notebook 1: the reference network, known mistakes of it, and what follows from them.

Each is a `ThreeLayerNet` behind the two questions that the student's training function is asked: where the parameters
are after some steps, and what is in sight after the first.
"""

# ruff: noqa: ARG005 - a slope has the signature of the method that it replaces

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from grading.authoring import Mistake, Reference, Subject, Variant, around
from grading.mistakes import KnownMistake
from grading.mistakes.forward_pass import FORWARD
from reference_models import activations
from reference_models.mlp import Net, ThreeLayerNet

Array = npt.NDArray[np.float64]


def training(kind: Net = ThreeLayerNet) -> Callable[..., Any]:
    """What `seen.parameters` would find, had this network been trained."""

    def answer(subject: Subject, *start: Any, steps: int) -> dict[str, Array]:
        trained = _net(subject, kind).train(*start, steps=steps).parameters
        # A wrong variant may diverge; then it agrees with nobody, which is no reason to stop.
        return {name: np.nan_to_num(p, nan=1e300) for name, p in trained.items()}

    return around(answer)


def first_iteration(kind: Net = ThreeLayerNet) -> Callable[..., Any]:
    """What `seen.watched` would show of this network."""

    def answer(subject: Subject, nonlinearity: str, *rest: Any) -> dict[str, Any]:
        X, y, model, _, reg = rest
        own = _net(subject, kind)
        scores = own.forward(model, X, nonlinearity).scores
        loss = own.loss(model, scores, y, reg)
        return {"arrays": [scores], "numbers": [(loss, 12)], "loss": loss, "raised": ""}

    return around(answer)


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
    three_layer_net__first_iteration=first_iteration(),
)


# -- known mistakes, in the words of the report -------------------------------------------------------


def of_function(known: Sequence[KnownMistake[Any]], name: str) -> list[Mistake]:
    """Known mistakes of one function."""
    return [Mistake(k.id, says=k.says, look=k.look, **{name: k.variant}) for k in known]


def of_training(known: Sequence[KnownMistake[Net]]) -> list[Mistake]:
    """Known mistakes that show in the parameters after some steps."""
    return [Mistake(k.id, says=k.says, look=k.look, three_layer_net__training=training(k.variant)) for k in known]


def of_forward_pass() -> list[Mistake]:
    """Known mistakes of the forward pass; the check puts the id of the one it sees into the evidence."""
    return [Mistake(k.id, says=k.says, look=k.look, recognise=partial(_equals, k.id)) for k in FORWARD]


def _equals(known: str, evidence: Mapping[str, Any]) -> bool:
    return bool(evidence.get("equals") == known)


# -- right backward passes behind wrong forward passes ------------------------------------------------


def _consistent(kind: Net, **methods: Any) -> Net:
    """A wrong forward pass whose backward pass is its true slope."""
    return type("Consistent", (kind,), methods)


_WITH_OWN_SLOPE: dict[str, dict[str, Callable[[Array], Array]]] = {
    "tanh": {"sigmoid": np.tanh, "sigmoid_grad": lambda a: 1 - a * a},
    "falling-sigmoid": {"sigmoid": lambda x: activations.sigmoid(-x), "sigmoid_grad": lambda a: a * (a - 1)},
    "leaky-relu": {
        "relu": lambda x: np.where(x > 0, x, 0.01 * x),
        "relu_grad": lambda a: np.where(a > 0, 1.0, 0.01),
    },
}
_BY_ID = {k.id: k.variant for k in FORWARD}
_OTHER = {"SIGM": "RELU", "RELU": "SIGM"}
_LINEAR_1 = {"slope1": lambda self, seen, f: np.ones_like(seen.hidden1)}
_LINEAR_2 = {"slope2": lambda self, seen, f: np.ones_like(seen.hidden2)}
_SWAPPED_1 = {"slope1": lambda self, seen, f: self.slope(seen.z1, seen.hidden1, _OTHER[f])}
_SWAPPED_2 = {"slope2": lambda self, seen, f: self.slope(seen.z2, seen.hidden2, _OTHER[f])}

TRUE_SLOPES: dict[str, Net] = {
    key: _consistent(_BY_ID[key], **methods)
    for key, methods in {
        "forward-no-activation-layer-1": _LINEAR_1,
        "forward-no-activation-layer-2": _LINEAR_2,
        "forward-no-activation": _LINEAR_1 | _LINEAR_2,
        "forward-other-activation": _SWAPPED_1 | _SWAPPED_2,
        "forward-mixed-activations-layer-1": _SWAPPED_1,
        "forward-mixed-activations-layer-2": _SWAPPED_2,
    }.items()
}

CARRIED_FORWARD = [
    *(
        Variant(
            f"given-{key}",
            note="Judged given your own forward pass: what is wrong there cost the forward pass, and nothing here.",
            three_layer_net__training=training(kind),
        )
        for key, kind in [*_BY_ID.items(), *TRUE_SLOPES.items()]
    ),
    *(
        Variant(
            f"given-{key}",
            note="Judged given your own activation function, with its own slope: this row lost nothing for it.",
            **slopes,
        )
        for key, slopes in _WITH_OWN_SLOPE.items()
    ),
]
"""Where the sheet says nothing, a row is judged given the student's own earlier functions."""
