"""A small rubric for the tests: an activation, a layer, its gradient."""

from typing import Any

import numpy as np

from grading.authoring import (
    Draw,
    Driven,
    Function,
    Mistake,
    Part,
    Reference,
    Subject,
    Variant,
    around,
    require,
)
from grading.numerics.gradients import SLOPE_ATOL, SLOPE_RTOL, central_difference, inner_product

Array = Any


def sigmoid(x: Array) -> Array:
    """Right."""
    return 1 / (1 + np.exp(-x))


def layer(s: Subject, x: Array, w: Array) -> Array:
    """Right, around the subject's sigmoid."""
    return s.sigmoid(x @ w)


def gradient(x: Array, w: Array) -> Array:
    """Derivative of the sum of the layer's outputs with respect to w."""
    h = sigmoid(x @ w)
    return {"w": x.T @ (h * (1 - h))}


def make_part() -> Part:
    """A fresh part with three rows."""
    part = Part(
        "notebook.ipynb",
        expects=[
            Function("sigmoid", aliases=("sigm",), arity=1),
            Function("layer", arity=2),
            Function("gradient", arity=2),
            Driven(
                "trained",
                driver="trace_call",
                target="layer",
                ask=lambda put, *args, steps: put(list(args), {}, steps=steps),
            ),
        ],
        reference=Reference(
            sigmoid=sigmoid,
            layer=around(layer),
            gradient=gradient,
            trained=lambda *args, steps: {"value": layer(Reference(sigmoid=sigmoid), *args)},
        ),
    )
    first = part.criterion("activation", "Activation", points="1")

    @first.agrees(
        id="sigmoid",
        mistakes=[
            Mistake(
                "sigmoid-sign",
                says="The exponent has the wrong sign.",
                look="Look at exp(-x).",
                sigmoid=lambda x: 1 / (1 + np.exp(x)),
            ),
            Mistake("sigmoid-tanh", says="This is tanh.", sigmoid=np.tanh),
        ],
    )
    def _sigmoid(subject: Subject, draw: Draw) -> object:
        """sigmoid(x) is 1 / (1 + exp(-x)) for every element."""
        return subject.sigmoid(draw.normal(4, 7, scale=3.0))

    second = part.criterion("forward", "Forward", points="2")

    @second.agrees(
        id="layer",
        given=("sigmoid",),
        mistakes=[
            Mistake("sigmoid-sign", says="The exponent has the wrong sign.", sigmoid=lambda x: 1 / (1 + np.exp(x))),
            Mistake("no-activation", says="The activation is missing.", layer=lambda x, w: x @ w),
        ],
        also=[Variant("hard", note="A steep sigmoid counts as well.", layer=lambda x, w: sigmoid(10 * (x @ w)))],
    )
    def _layer(subject: Subject, draw: Draw) -> object:
        """layer(x, w) is the sigmoid of x times w."""
        return subject.layer(draw.normal(5, 3), draw.normal(3, 4))

    third = part.criterion("backward", "Backward", points="2")

    @third.agrees(
        id="gradient",
        mistakes=[
            Mistake(
                "no-derivative",
                says="The derivative of the activation is missing.",
                gradient=lambda x, w: {"w": x.T @ sigmoid(x @ w)},
            )
        ],
    )
    def _gradient(subject: Subject, draw: Draw) -> object:
        """gradient(x, w) is the derivative of the sum of the layer's outputs."""
        return subject.gradient(draw.normal(5, 3), draw.normal(3, 4))

    @third.holds(id="slope", needs=("gradient",))
    def _slope(student: Subject, draw: Draw) -> None:
        """Your gradient is the slope of your own layer."""
        x, w, d = draw.normal(5, 3), draw.normal(3, 4), {"w": draw.normal(3, 4)}
        measured = central_difference(lambda t: float(np.sum(student.layer(x, w + t * d["w"]))))
        claimed = inner_product(student.gradient(x, w), d)
        require(
            np.isclose(claimed, measured, SLOPE_RTOL, SLOPE_ATOL),
            "The slope and your gradient differ.",
            evidence={"measured": measured},
        )

    return part


def right() -> dict[str, Any]:
    """A right student's functions."""
    return {"sigmoid": sigmoid, "layer": lambda x, w: sigmoid(x @ w), "gradient": gradient}
