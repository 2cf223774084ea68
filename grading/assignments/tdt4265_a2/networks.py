"""Who stands beside the student: the reference network behind each question, its known mistakes, and equal conventions.

Weights are always sent with a spare bias row in every hidden layer; a model without hidden biases leaves it out. So the
networks without hidden biases, with them in the last row and with them in the first are three right references.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from grading.authoring import Draw, Mistake, Variant, remark
from grading.authoring import expect as admit
from grading.domain.errors import BadReply
from grading.mistakes import KnownMistake
from reference_models.softmax_network import INPUTS, Hidden, SoftmaxNetwork

Array = npt.NDArray[np.float64]
Kind = type[SoftmaxNetwork]
Bias = Literal["none", "first", "last"]

MODULES = ["task2a", "task2"]
CLASSES = 10
BATCHES = (3, 4, 6, 11, 12)
TWO_LAYERS = (7, CLASSES)
THREE_LAYERS = (8, 5, CLASSES)
FIVE_LAYERS = (9, 7, 5, 8, CLASSES)
"""Every size differs from its neighbours and from the batch: a missing transpose does not hide."""

START = (90, 30, CLASSES)
"""For the first weights: large enough layers that a wrong law shows, and no two fans alike."""

NO_RELU = {"constructor": "without use_relu"}

MOST_LAYERS = 64


@dataclass(frozen=True, slots=True)
class Setting:
    """A network and a batch of the judge's own.

    Attributes:
        widths: units of each layer.
        hidden: the hidden function that the flags ask for.
        weights: first layer (785, n); the others with a spare last row.
        X: (batch, 785), a column of ones last.
        Y: one-hot, (batch, 10).
    """

    widths: tuple[int, ...]
    hidden: Hidden
    weights: tuple[Array, ...]
    X: Array
    Y: Array

    @classmethod
    def drawn(cls, draw: Draw, widths: tuple[int, ...], hidden: Hidden) -> "Setting":
        """A fresh one; pre-activations are neither tiny nor saturated."""
        batch = draw.choice(BATCHES)
        first = draw.normal(INPUTS, widths[0], scale=1.2 / np.sqrt(INPUTS))
        rest = [draw.normal(n + 1, m, scale=1.6 / np.sqrt(n)) for n, m in pairwise(widths)]
        X = np.hstack([draw.normal(batch, INPUTS - 1), np.ones((batch, 1))])
        return cls(widths, hidden, (first, *rest), X, draw.one_hot(batch, CLASSES))

    def __str__(self) -> str:
        """To the student."""
        hidden = {"sigmoid": "sigmoid", "improved": "improved sigmoid", "relu": "ReLU"}[self.hidden]
        return f"neurons_per_layer={list(self.widths)}, {hidden}, a batch of {len(self.X)}"

    def moved(self, direction: Sequence[Array], t: float) -> "Setting":
        """The same with other weights, t along a direction."""
        return replace(self, weights=tuple(w + t * d for w, d in zip(self.weights, direction, strict=True)))

    def with_logits(self, factor: float) -> "Setting":
        """The same with the last layer's weights so many times larger."""
        return replace(self, weights=(*self.weights[:-1], factor * self.weights[-1]))

    @property
    def flags(self) -> dict[str, bool]:
        """What the constructor is told."""
        return {"improved_sigmoid": self.hidden == "improved", "improved_init": False, "relu": self.hidden == "relu"}


def ask_pass(put: Callable[..., Any], s: Setting, *, backward: bool = True) -> dict[str, Any]:
    """Outputs and gradients of the student's model, float64."""
    reply = admit.mapping(
        put(list(s.widths), s.flags, MODULES, list(s.weights), s.X, s.Y, backward=backward),
        "what the network answers",
        keys=("outputs", "grads"),
    )
    if s.hidden == "relu" and reply.get("relu") is False:
        return dict(NO_RELU)
    outputs = admit.array(reply["outputs"], "what forward returns", finite=False)
    if not backward:
        return {"outputs": outputs}
    grads = admit.sequence(reply["grads"], "self.grads")
    return {"outputs": outputs, "gradients": _arrays(grads[:MOST_LAYERS], "self.grads")}


def ask_weights(put: Callable[..., Any], improved: bool) -> list[Array]:
    """The weights that a new model of the student's begins with."""
    flags = {"improved_sigmoid": False, "improved_init": improved, "relu": False}
    reply = admit.mapping(put(list(START), flags, MODULES), "a new network", keys=("ws",))
    return _arrays(admit.sequence(reply["ws"], "self.ws")[:MOST_LAYERS], "self.ws")


def _arrays(values: Sequence[Any], what: str) -> list[Array]:
    return [admit.array(v, f"{what}[{n}]", finite=False) for n, v in enumerate(values)]


def answering(kind: Kind = SoftmaxNetwork, *, bias: Bias = "none") -> Callable[..., dict[str, Any]]:
    """What `ask_pass` would find, were this network the student's."""

    def answer(s: Setting, *, backward: bool = True) -> dict[str, Any]:
        network = kind(s.hidden, bias=bias)
        weights = [w[:-1] if n and bias == "none" else w for n, w in enumerate(s.weights)]
        with np.errstate(all="ignore"):
            seen = network.forward(weights, s.X)
            if not backward:
                return {"outputs": seen.outputs}
            return {"outputs": seen.outputs, "gradients": network.backward(weights, seen, s.Y)}

    return answer


BIASES: tuple[Bias, ...] = ("none", "last", "first")
RTOL, ATOL = 1e-4, 1e-6
"""Room for a rounded constant (1.14393, 0.66667) and for float32. Known mistakes are off by percents."""


def hidden_biases(name: str = "network") -> tuple[Variant, ...]:
    """A bias row in the hidden layers is allowed, last or first."""
    return tuple(Variant(f"hidden-bias-{bias}", **_as(name, bias=bias)) for bias in BIASES[1:])


def _as(name: str, kind: Kind = SoftmaxNetwork, *, bias: Bias) -> dict[str, Any]:
    """A network of ours under the name of a question."""
    return {name: answering(kind, bias=bias)}


WITHOUT_RELU = Variant(
    "constructor-without-relu",
    note="Your constructor has no use_relu, as in 2022: ReLU was not asked for.",
    network__relu=lambda s, **_: dict(NO_RELU),  # noqa: ARG005 - asked as any network is
)


def textbook_after(known: Sequence[KnownMistake[Kind]], name: str = "network") -> list[Variant]:
    """Networks whose forward pass is wrong, and whose backward pass goes on from its outputs by the formulas."""
    note = "Judged given the outputs of your own forward pass, which cost their points already."
    return [
        Variant(f"after-{k.id}-{bias}", note=note, **_as(name, k.variant, bias=bias)) for k in known for bias in BIASES
    ]


Earlier = tuple[Sequence[KnownMistake[Kind]], Hidden]
"""Known mistakes of an earlier task, and the hidden function that it asked for."""


def given(*earlier: Earlier) -> Callable[..., dict[str, Any]]:
    """Asks the student's network in a later task: what an earlier one lost points for costs nothing again.

    Where the answer is that of an earlier task's known mistake, and the network made just this mistake in the earlier
    task as well, the answer is taken as if the mistake were mended. Who makes it in the later task only pays there.
    """

    def ask(put: Callable[..., Any], s: Setting, *, backward: bool = True) -> dict[str, Any]:
        answer = ask_pass(put, s, backward=backward)
        right = any(_same(answering(bias=bias)(s, backward=backward), answer) for bias in BIASES)
        if "outputs" not in answer:
            _insist_on_working(put, s)
            return answer
        if right:
            return answer
        for known, hidden in earlier:
            for k in known:
                for bias in BIASES:
                    wrong = answering(k.variant, bias=bias)
                    if _same(wrong(s, backward=backward), answer) and _made(put, s, wrong, hidden, bias):
                        remark(f"{k.says} An earlier task lost points for that; it costs nothing here.")
                        return answering(bias=bias)(s, backward=backward)
        return answer

    return ask


def _insist_on_working(put: Callable[..., Any], s: Setting) -> None:
    """That a constructor has no use_relu excuses a network, and not something that is none.

    Raises:
        BadReply: there is no network that goes forwards and backwards.
    """
    answer = ask_pass(put, replace(s, hidden="sigmoid"))
    forms = [answering(bias=bias)(s) for bias in BIASES]
    shapes = [np.shape(g) for g in answer["gradients"]]
    if np.shape(answer["outputs"]) != s.Y.shape or all(shapes != [g.shape for g in f["gradients"]] for f in forms):
        raise BadReply("the constructor knows no use_relu, and the network without it does not work")
    if not all(np.isfinite(a).all() and np.any(a) for a in (answer["outputs"], *answer["gradients"])):
        raise BadReply("the constructor knows no use_relu, and the network without it puts out or learns nothing")


def _made(put: Callable[..., Any], s: Setting, wrong: Callable[..., Any], hidden: Hidden, bias: Bias) -> bool:
    """Whether the network makes a mistake in an earlier task's question too."""
    asked = Setting.drawn(Draw(int(abs(s.X[0, 0]) * 1e9), "an earlier task"), TWO_LAYERS, hidden)
    answer = ask_pass(put, asked)
    return _same(wrong(asked), answer) and not _same(answering(bias=bias)(asked), answer)


def _same(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    if set(one) != set(other) or "outputs" not in one:
        return False
    pairs = [(one["outputs"], other["outputs"])]
    if "gradients" in one:
        if len(one["gradients"]) != len(other["gradients"]):
            return False
        pairs += zip(one["gradients"], other["gradients"], strict=True)
    return all(a.shape == b.shape and np.allclose(a, b, rtol=RTOL, atol=ATOL) for a, b in pairs)


def of_network(known: Sequence[KnownMistake[Kind]], name: str = "network") -> list[Mistake]:
    """Known mistakes of forward and backward pass, with hidden biases and without."""
    return [
        Mistake(k.id, says=k.says, look=k.look, **_as(name, k.variant, bias=bias)) for bias in BIASES for k in known
    ]
