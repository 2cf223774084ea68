"""Networks and batches of the judge's own: what the student's network is asked, and the reference networks beside it.

Weights are always sent with a spare bias row in every hidden layer; a model without hidden biases leaves it out. So the
networks without hidden biases, with them in the last row and with them in the first are three right references.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise, product
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from grading.authoring import Draw, Mistake, Variant
from grading.authoring import expect as admit
from grading.authoring.mistake import acting
from grading.checks.forgiven import Forgiving
from grading.checks.trainers import arrays
from grading.domain.errors import BadReply
from grading.mistakes import KnownMistake
from reference_models.softmax_network import INPUTS, Hidden, SoftmaxNetwork

Array = npt.NDArray[np.float64]
Kind = type[SoftmaxNetwork]
Bias = Literal["none", "last", "first"]
Known = Sequence[KnownMistake[Kind]]
Asked = Callable[..., dict[str, Any]]
Earlier = tuple[Known, Hidden]
"""Known mistakes of an earlier task, and the hidden function that it asked for."""

CLASSES = 10
BATCHES = (3, 4, 6, 11, 12)
TWO_LAYERS = (7, CLASSES)
THREE_LAYERS = (8, 5, CLASSES)
FIVE_LAYERS = (9, 7, 5, 8, CLASSES)
"""Every size differs from its neighbours and from the batch: a missing transpose does not hide."""

BIASES: tuple[Bias, ...] = ("none", "last", "first")
NO_RELU = {"constructor": "without use_relu"}
RTOL, ATOL = 1e-4, 1e-6
"""Room for a rounded constant (1.14393, 0.66667) and for float32. Known mistakes are off by percents."""


def network(widths: Sequence[int], hidden: Hidden, *, improved_init: bool = False) -> dict[str, Any]:
    """A network as the drivers take it."""
    told = {"improved_sigmoid": hidden == "improved", "improved_init": improved_init, "relu": hidden == "relu"}
    return {"widths": list(widths), "flags": told, "modules": ["task2a", "task2"]}


@dataclass(frozen=True, slots=True)
class Setting:
    """A network and a batch.

    Attributes:
        widths: units of each layer.
        hidden: the hidden function that the flags ask for.
        weights: first layer (785, n); the others with a spare last row.
        X: (batch, 785), a column of ones last.
        Y: one-hot, (batch, 10).
        earlier: seed of the setting in which an earlier task is asked again.
    """

    widths: tuple[int, ...]
    hidden: Hidden
    weights: tuple[Array, ...]
    X: Array
    Y: Array
    earlier: int

    @classmethod
    def drawn(cls, draw: Draw, widths: tuple[int, ...], hidden: Hidden) -> "Setting":
        """A fresh one; pre-activations are neither tiny nor saturated."""
        batch = draw.choice(BATCHES)
        first = draw.normal(INPUTS, widths[0], scale=1.2 / np.sqrt(INPUTS))
        rest = [draw.normal(n + 1, m, scale=1.6 / np.sqrt(n)) for n, m in pairwise(widths)]
        X = np.hstack([draw.normal(batch, INPUTS - 1), np.ones((batch, 1))])
        again = draw.stream("an earlier task").seed()
        return cls(widths, hidden, (first, *rest), X, draw.one_hot(batch, CLASSES), again)

    def __str__(self) -> str:
        """To the student."""
        hidden = {"sigmoid": "sigmoid", "improved": "improved sigmoid", "relu": "ReLU"}[self.hidden]
        return f"neurons_per_layer={list(self.widths)}, {hidden}, a batch of {len(self.X)}"

    def with_weights(self, weights: Sequence[Array]) -> "Setting":
        """The same with other weights."""
        return replace(self, weights=tuple(weights))

    def in_task(self, hidden: Hidden) -> "Setting":
        """A fresh one of an earlier task, which had one hidden layer."""
        return Setting.drawn(Draw(self.earlier, "an earlier task"), TWO_LAYERS, hidden)


def ask_pass(put: Callable[..., Any], s: Setting, *, backward: bool = True) -> dict[str, Any]:
    """Outputs and gradients of the student's model, float64."""
    reply = admit.mapping(
        put(network(s.widths, s.hidden), list(s.weights), s.X, s.Y, backward=backward),
        "what the network answers",
        keys=("outputs", "grads"),
    )
    if s.hidden == "relu" and reply.get("relu") is False:
        return dict(NO_RELU)
    outputs = admit.array(reply["outputs"], "what forward returns", finite=False)
    return {"outputs": outputs, "gradients": arrays(reply["grads"], "self.grads")} if backward else {"outputs": outputs}


def answering(kind: Kind = SoftmaxNetwork, *, bias: Bias = "none") -> Asked:
    """What `ask_pass` would find, were this network the student's."""

    def answer(s: Setting, *, backward: bool = True) -> dict[str, Any]:
        net = kind(s.hidden, bias=bias)
        weights = [w[:-1] if n and bias == "none" else w for n, w in enumerate(s.weights)]
        with np.errstate(all="ignore"):
            seen = net.forward(weights, s.X)
            if not backward:
                return {"outputs": seen.outputs}
            return {"outputs": seen.outputs, "gradients": net.backward(weights, seen, s.Y)}

    return answer


def mistakes(known: Known, name: str = "network") -> list[Mistake]:
    """Known mistakes of forward and backward pass, with hidden biases and without."""
    return [m for bias in BIASES for m in acting(known, name, partial(answering, bias=bias))]


def hidden_biases(name: str = "network") -> tuple[Variant, ...]:
    """A bias row in the hidden layers is allowed, last or first."""
    return tuple(Variant(f"hidden-bias-{b}", **_as(name, bias=b)) for b in BIASES if b != "none")


def _as(name: str, kind: Kind = SoftmaxNetwork, *, bias: Bias) -> dict[str, Any]:
    """A network of ours under the name of a question."""
    return {name: answering(kind, bias=bias)}


WITHOUT_RELU = Variant(
    "constructor-without-relu",
    note="Your constructor has no use_relu, as in 2022: ReLU was not asked for.",
    network__relu=lambda s, **_: dict(NO_RELU),  # noqa: ARG005 - asked as any network is
)


def textbook_after(known: Known, name: str = "network") -> list[Variant]:
    """Networks whose forward pass is wrong, and whose backward pass goes on from its outputs by the formulas."""
    note = "Judged given the outputs of your own forward pass, which cost their points already."
    return [
        Variant(f"after-{k.id}-{bias}", note=note, **_as(name, k.variant, bias=bias))
        for k, bias in product(known, BIASES)
    ]


def ask_late(put: Callable[..., Any], s: Setting, *, backward: bool = True) -> dict[str, Any]:
    """`ask_pass`, where a constructor without use_relu is excused."""
    answer = ask_pass(put, s, backward=backward)
    if "outputs" not in answer:
        _insist_on_working(put, s)
    return answer


def given(*earlier: Earlier) -> Forgiving[Setting]:
    """Asks the student's network in a later task, where what an earlier one lost points for costs nothing again."""
    return Forgiving(
        ask_late,
        right=[answering(bias=bias) for bias in BIASES],
        wrong=lambda kind: [answering(kind, bias=bias) for bias in BIASES],
        same=_same,
        earlier=[(known, lambda s, hidden=hidden: s.in_task(hidden)) for known, hidden in earlier],  # type: ignore[misc]
    )


def _insist_on_working(put: Callable[..., Any], s: Setting) -> None:
    """That a constructor has no use_relu excuses a network, and not something that is none.

    Raises:
        BadReply: there is no network that goes forwards and backwards.
    """
    answer = ask_pass(put, replace(s, hidden="sigmoid"))
    forms = [[g.shape for g in answering(bias=bias)(s)["gradients"]] for bias in BIASES]
    if np.shape(answer["outputs"]) != s.Y.shape or [np.shape(g) for g in answer["gradients"]] not in forms:
        raise BadReply("the constructor knows no use_relu, and the network without it does not work")
    if not all(np.isfinite(a).all() and np.any(a) for a in (answer["outputs"], *answer["gradients"])):
        raise BadReply("the constructor knows no use_relu, and the network without it puts out or learns nothing")


def _same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    if set(one) != set(other) or "outputs" not in one:
        return False
    mine, theirs = ((answer["outputs"], *answer.get("gradients", ())) for answer in (one, other))
    return len(mine) == len(theirs) and all(
        a.shape == b.shape and np.allclose(a, b, rtol=RTOL, atol=ATOL) for a, b in zip(mine, theirs, strict=True)
    )
