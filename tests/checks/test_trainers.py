"""Trainers by hand: their steps, what they return, and the batches that they are fed."""

import itertools
from typing import Any

import numpy as np
import pytest

from grading.authoring import Draw
from grading.checks import trainers
from grading.checks.trainers import Step, Steps
from grading.domain.errors import BadReply
from grading.mistakes import momentum as rules
from grading.mistakes.training_loops import ARGUMENTS, RETURNED_LOSS, SHUFFLE
from reference_models import descent
from reference_models.descent import Rule
from reference_models.optimizers import Hyperparameters
from reference_models.softmax_network import SoftmaxNetwork, cross_entropy, updates

SIZES = (6, 4, 3)
N = 5
RATE, GAMMA = 0.067, 0.71
OPTIONS = Hyperparameters(lr=RATE, momentum=GAMMA)


def ridden(rule: Rule, *, loss: Any = lambda value, _: value, **told: bool) -> Steps:
    """Steps of a trainer that follows a rule."""
    draw = Draw(5, "trainer")
    start = [draw.normal(n, m) for n, m in itertools.pairwise(SIZES)]
    batches = [(draw.normal(N, SIZES[0]), draw.one_hot(N, SIZES[-1])) for _ in range(5)]
    steps = []
    for (_, Y), after in zip(batches, updates(SoftmaxNetwork(), start, batches, rule, OPTIONS), strict=True):
        value = cross_entropy(Y, after.seen.outputs)
        seen: Any = {"asked": True, "own_images": True, "own_targets": True, **told}
        steps.append(Step(ws=after.weights, grads=after.gradients, loss=loss(value, N), losses=[value], **seen))
    return {"start": start, "steps": steps}


def judged(told: Steps, *, use_momentum: bool) -> trainers.Conclusion:
    """By the rule that was asked for."""
    return trainers.follows_rule(told, rate=RATE, momentum=GAMMA, use_momentum=use_momentum)


def rate_inside(k: descent.Memory, theta: Any, g: Any, rate: float, h: Hyperparameters) -> Any:
    """LeCun's momentum: the velocity keeps the rate."""
    k.v = h.momentum * k.v + rate * g
    return theta - k.v


def test_the_rule_that_was_asked_for_holds() -> None:
    """Plain steps without momentum; with it a velocity, in either convention of where the rate stands."""
    assert judged(ridden(descent.plain), use_momentum=False).holds
    assert judged(ridden(descent.velocity), use_momentum=True).holds
    assert judged(ridden(rate_inside), use_momentum=True).holds
    assert trainers.returns_loss(ridden(descent.plain), N).holds


@pytest.mark.parametrize(
    "known", [*rules.rates(descent.plain), rules.MOMENTUM_ALWAYS, *rules.GRADIENTS], ids=lambda known: known.id
)
def test_wrong_plain_steps_are_named(known: Any) -> None:
    """Each rule that is not gradient descent."""
    assert judged(ridden(known.variant), use_momentum=False).mistake_id == known.id


@pytest.mark.parametrize(
    "known",
    [*rules.rates(descent.velocity), *rules.VELOCITY, rules.MOMENTUM_AVERAGED, rules.MOMENTUM_HARD_CODED],
    ids=lambda known: known.id,
)
def test_wrong_steps_with_momentum_are_named(known: Any) -> None:
    """Each rule that is not the velocity's."""
    assert judged(ridden(known.variant), use_momentum=True).mistake_id == known.id


@pytest.mark.parametrize("known", ARGUMENTS, ids=lambda known: known.id)
def test_a_backward_pass_on_another_batch_is_named(known: Any) -> None:
    """Whatever the steps look like."""
    assert judged(ridden(descent.plain, **known.variant), use_momentum=False).mistake is known


@pytest.mark.parametrize("known", RETURNED_LOSS, ids=lambda known: known.id)
def test_a_wrong_loss_that_is_returned_is_named(known: Any) -> None:
    """Zero, nothing, or another size of it; any other number has no name."""
    found = trainers.returns_loss(ridden(descent.plain, loss=known.variant), N)
    other = trainers.returns_loss(ridden(descent.plain, loss=lambda value, _: value + 0.3), N)

    assert found.mistake is known
    assert (other.holds, other.mistake_id) == (False, "")


def test_a_reply_of_another_form_is_the_students_fault() -> None:
    """Other numbers of steps or shapes of arrays are refused."""
    batches = [(np.ones((2, 3)), np.eye(2))]
    step = {"ws": [np.ones((3, 2))], "grads": [np.ones((3, 2))], "loss": 1.0, "own_loss": "x", "outputs": None}
    told = {"start": [np.ones((3, 2))], "steps": [{**step, "last": np.full((2, 2), 0.5)}]}
    seen = trainers.seen(told, batches, cross_entropy)

    assert seen["steps"][0]["losses"] == [pytest.approx(np.log(2))]
    assert not seen["steps"][0]["asked"]
    for bad in ({**told, "steps": []}, {**told, "start": [np.ones((2, 2))]}, None):
        with pytest.raises(BadReply):
            trainers.seen(bad, batches, cross_entropy)


def loaded(order: Any, n: int = 50, size: int = 7) -> list[Any]:
    """Batches in an order of rows."""
    X, Y = trainers.numbered(n)
    images, labels = order(np.random.RandomState(1), n)
    return trainers.batches([[X[images[s : s + size]], Y[labels[s : s + size]]] for s in range(0, n, size)], X, Y)


def test_batches_hold_every_example_once_with_its_label() -> None:
    """A shuffle holds, one that moves whole batches is told; known mistakes are named, and so are missing rows."""

    def same(order: Any) -> Any:
        return lambda random, n: (order(random, n),) * 2

    shuffled = loaded(same(lambda random, n: random.permutation(n)))
    blocks = loaded(same(lambda random, n: np.concatenate([np.arange(7, n), np.arange(7)])), n=49)

    assert trainers.shuffled(shuffled, 50, 7).holds
    assert not trainers.shuffled(shuffled, 50, 7).remarks
    assert trainers.shuffled(blocks, 49, 7).remarks
    assert trainers.shuffled(shuffled[:-2], 50, 7).mistake_id == "batches-missing"
    for known in SHUFFLE:
        assert trainers.shuffled(loaded(known.variant), 50, 7).mistake is known
    with pytest.raises(BadReply):
        trainers.batches([[np.ones((2, 3)), np.ones((3, 1))]], *trainers.numbered(5))
