"""A softmax network written by hand, beside the textbook's: settings to ask it in, its known mistakes, its conventions.

Weights are always sent with a spare bias row in every hidden layer; a program without hidden biases leaves it out. So
the networks without hidden biases, with them in the last row and with them in the first are three right references.
What a course's driver replies becomes {"outputs": array, "gradients": one for each layer}.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise, product
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from grading.authoring import Draw, Variant
from grading.authoring.mistake import acting
from grading.checks import trainers
from grading.checks.forgiven import Forgiving
from grading.checks.trainers import Batch, Steps
from grading.mistakes import KnownMistake
from reference_models import descent
from reference_models.descent import Rule
from reference_models.optimizers import Hyperparameters
from reference_models.softmax_network import INPUTS, Hidden, SoftmaxNetwork, cross_entropy, updates

Array = npt.NDArray[np.float64]
Kind = type[SoftmaxNetwork]
Bias = Literal["none", "last", "first"]
Known = Sequence[KnownMistake[Kind]]
Answer = Callable[..., dict[str, Any]]

BATCHES = (3, 4, 6, 11, 12)
STEPS = 5
BIASES: tuple[Bias, ...] = ("none", "last", "first")
RTOL, ATOL = 1e-4, 1e-6
"""Room for a rounded constant (1.14393, 0.66667) and for float32. Known mistakes are off by percents."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A network and a batch. Let every width differ from its neighbours and from `BATCHES`: else a transpose hides.

    Attributes:
        widths: units of each layer, outputs last.
        hidden: the hidden function.
        weights: first layer (785, n); the others with a spare last row.
        X: (batch, 785), a column of ones last.
        Y: one-hot, (batch, outputs).
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
        return cls(widths, hidden, (first, *rest), X, draw.one_hot(batch, widths[-1]), again)

    def __str__(self) -> str:
        """To the student."""
        hidden = {"sigmoid": "sigmoid", "improved": "improved sigmoid", "relu": "ReLU"}[self.hidden]
        return f"neurons_per_layer={list(self.widths)}, {hidden}, a batch of {len(self.X)}"

    def with_weights(self, weights: Sequence[Array]) -> "Setting":
        """The same with other weights."""
        return replace(self, weights=tuple(weights))

    def again(self, widths: tuple[int, ...], hidden: Hidden) -> "Setting":
        """A fresh one, as an earlier task has it."""
        return Setting.drawn(Draw(self.earlier, "an earlier task"), widths, hidden)


def answering(kind: Kind = SoftmaxNetwork, *, bias: Bias = "none") -> Answer:
    """What would be found, were this network the student's."""

    def answer(s: Setting, *, backward: bool = True) -> dict[str, Any]:
        network = kind(s.hidden, bias=bias)
        weights = [w[:-1] if n and bias == "none" else w for n, w in enumerate(s.weights)]
        with np.errstate(all="ignore"):
            seen = network.forward(weights, s.X)
            if not backward:
                return {"outputs": seen.outputs}
            return {"outputs": seen.outputs, "gradients": network.backward(weights, seen, s.Y)}

    return answer


def in_every_convention(kind: Kind = SoftmaxNetwork) -> list[Answer]:
    """A network without hidden biases, and with them in either place."""
    return [answering(kind, bias=bias) for bias in BIASES]


def beside(known: Known, name: str = "network", *, after: Known = (), also: Sequence[Variant] = ()) -> dict[str, Any]:
    """What a question about a network is held against, as `Criterion.agrees` takes it: known mistakes and conventions.

    Args:
        known: mistakes, with hidden biases and without.
        name: of the reference's answer.
        after: mistakes of the forward pass that cost their points already: the backward pass may go on from there.
        also: further right answers.
    """

    def acted(kind: Kind, bias: Bias) -> dict[str, Any]:
        return {name: answering(kind, bias=bias)}

    note = "Judged given the outputs of your own forward pass, which cost their points already."
    return {
        "mistakes": [m for bias in BIASES for m in acting(known, name, partial(answering, bias=bias))],
        "also": [
            *also,
            *(Variant(f"hidden-bias-{bias}", **acted(SoftmaxNetwork, bias)) for bias in BIASES if bias != "none"),
            *(Variant(f"after-{k.id}-{b}", note=note, **acted(k.variant, b)) for k, b in product(after, BIASES)),
        ],
        "rtol": RTOL,
        "atol": ATOL,
    }


def given(ask: Answer, widths: tuple[int, ...], *earlier: tuple[Known, Hidden]) -> Forgiving[Setting]:
    """Asks the student's network in a later task, where what an earlier one lost points for costs nothing again.

    Args:
        ask: puts the question.
        widths: of the network that the earlier tasks were about.
        earlier: known mistakes of each earlier task, and the hidden function that it asked for.
    """

    def before(hidden: Hidden) -> Callable[[Setting], Setting]:
        return lambda s: s.again(widths, hidden)

    tasks = [(known, before(hidden)) for known, hidden in earlier]
    return Forgiving(ask, in_every_convention(), in_every_convention, same, tasks)


def same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two answers have equal outputs and gradients; never where one has no outputs."""
    if set(one) != set(other) or "outputs" not in one:
        return False
    mine, theirs = ((answer["outputs"], *answer.get("gradients", ())) for answer in (one, other))
    return len(mine) == len(theirs) and all(
        a.shape == b.shape and np.allclose(a, b, rtol=RTOL, atol=ATOL) for a, b in zip(mine, theirs, strict=True)
    )


# -- a trainer of the network -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrainerSetting:
    """A few steps that a trainer of the network is asked for.

    Attributes:
        setting: the network and its first weights.
        batches: one for each step.
        rate, gamma: no round numbers, so that none can be taken from a text.
        use_momentum: whether the velocity counts.
    """

    setting: Setting
    batches: tuple[Batch, ...]
    rate: float
    gamma: float
    use_momentum: bool

    @classmethod
    def drawn(cls, draw: Draw, widths: tuple[int, ...], *, use_momentum: bool) -> "TrainerSetting":
        """A fresh one."""
        setting = Setting.drawn(draw, widths, "sigmoid")
        n = len(setting.X)
        pairs = [
            (np.hstack([draw.normal(n, INPUTS - 1), np.ones((n, 1))]), draw.one_hot(n, widths[-1]))
            for _ in range(STEPS)
        ]
        return cls(setting, tuple(pairs), draw.number(0.05, 0.09), draw.number(0.55, 0.8), use_momentum)

    def __str__(self) -> str:
        """To the student."""
        momentum = f"momentum {self.gamma:.3g}" if self.use_momentum else "no momentum"
        return f"{self.setting}, learning rate {self.rate:.3g}, {momentum}, {len(self.batches)} batches"


def taking_steps(rule: Rule | None = None, **told: Any) -> Callable[[TrainerSetting], Steps]:
    """What would be seen, were this trainer the student's.

    Args:
        rule: of the step; None: what it is asked for.
        told: what else is different, as `trainers.told` takes it.
    """

    def answer(asked: TrainerSetting) -> Steps:
        used = rule or (descent.velocity if asked.use_momentum else descent.plain)
        start = [w[:-1] if n else w for n, w in enumerate(asked.setting.weights)]
        options = Hyperparameters(lr=asked.rate, momentum=asked.gamma)
        taken = updates(SoftmaxNetwork(), start, asked.batches, used, options)
        return trainers.told(start, taken, asked.batches, cross_entropy, **told)

    return answer
