"""Known mistakes of losses, accuracies and batches by hand: each is wrong in its own way."""

from typing import Any

import numpy as np

from grading.authoring import Draw
from grading.checks.outcome import claimed, telling
from grading.mistakes.losses import BY_HAND
from grading.mistakes.metrics import ACCURACY
from grading.mistakes.training_loops import SHUFFLE
from reference_models.softmax_network import accuracy, cross_entropy


def alike(answers: dict[str, Any]) -> set[tuple[str, str]]:
    """The pairs of names whose answers are equal."""
    return {
        (a, b)
        for a in answers
        for b in answers
        if a < b and np.shape(answers[a]) == np.shape(answers[b]) and np.allclose(answers[a], answers[b])
    }


def test_wrong_losses_are_wrong_and_differ() -> None:
    """From the right one and from each other; the binary one may be summed or averaged over the classes."""
    draw = Draw(1, "losses")
    scores = np.exp(draw.normal(9, 5))
    targets, outputs = draw.one_hot(9, 5), scores / scores.sum(axis=1, keepdims=True)
    answers = {f"{n} {k.id}": k.variant(targets, outputs) for n, k in enumerate(BY_HAND)}

    assert alike({"right": cross_entropy(targets, outputs), **answers}) == set()
    assert len({k.id for k in BY_HAND}) == len(BY_HAND) - 1


def test_wrong_accuracies_are_told_apart_on_every_draw() -> None:
    """By what `telling` draws; the right one holds."""
    for seed in range(10):
        outputs, labels = telling(Draw(seed, "accuracy"), 41, 10)
        targets = np.eye(10)[labels.astype(int)]

        assert claimed(accuracy(outputs, targets), outputs, labels, 10).holds
        for known in ACCURACY:
            assert claimed(known.variant(outputs, targets), outputs, labels, 10).mistake is known


def test_wrong_orders_are_no_shuffle() -> None:
    """They lose pairs or rows, or change nothing."""
    for known in SHUFFLE:
        images, labels = known.variant(np.random.RandomState(3), 30)

        assert not np.array_equal(images, labels) or len(set(labels)) < 30 or np.array_equal(labels, np.arange(30))
