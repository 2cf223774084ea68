"""What the student's network is asked, and how a driver's reply is taken apart."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from grading.authoring import Variant, expect
from grading.checks.softmax_networks import Setting, in_every_convention
from grading.checks.trainers import arrays
from grading.domain.errors import BadReply
from reference_models.softmax_network import Hidden

CLASSES = 10
TWO_LAYERS = (7, CLASSES)
NO_RELU = {"constructor": "without use_relu"}

WITHOUT_RELU = Variant(
    "constructor-without-relu",
    note="Your constructor has no use_relu, as in 2022: ReLU was not asked for.",
    network__relu=lambda s, **_: dict(NO_RELU),  # noqa: ARG005 - asked as any network is
)


def network(widths: Sequence[int], hidden: Hidden, *, improved_init: bool = False) -> dict[str, Any]:
    """A network as the drivers take it."""
    told = {"improved_sigmoid": hidden == "improved", "improved_init": improved_init, "relu": hidden == "relu"}
    return {"widths": list(widths), "flags": told, "modules": ["task2a", "task2"]}


def ask_pass(put: Callable[..., Any], s: Setting, *, backward: bool = True) -> dict[str, Any]:
    """Outputs and gradients of the student's model, float64; that its constructor has no use_relu is excused."""
    told = put(network(s.widths, s.hidden), list(s.weights), s.X, s.Y, backward=backward)
    reply = expect.mapping(told, "what the network answers", keys=("outputs", "grads"))
    if s.hidden == "relu" and reply.get("relu") is False:
        _insist_on_working(put, s)
        return dict(NO_RELU)
    outputs = expect.array(reply["outputs"], "what forward returns", finite=False)
    return {"outputs": outputs, "gradients": arrays(reply["grads"], "self.grads")} if backward else {"outputs": outputs}


def _insist_on_working(put: Callable[..., Any], s: Setting) -> None:
    """A constructor without use_relu excuses a network, and not something that is none.

    Raises:
        BadReply: there is no network that goes forwards and backwards.
    """
    answer = ask_pass(put, replace(s, hidden="sigmoid"))
    forms = [[g.shape for g in right(s)["gradients"]] for right in in_every_convention()]
    if np.shape(answer["outputs"]) != s.Y.shape or [np.shape(g) for g in answer["gradients"]] not in forms:
        raise BadReply("the constructor knows no use_relu, and the network without it does not work")
    if not all(np.isfinite(a).all() and np.any(a) for a in (answer["outputs"], *answer["gradients"])):
        raise BadReply("the constructor knows no use_relu, and the network without it puts out or learns nothing")
