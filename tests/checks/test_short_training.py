"""Short trainings: what the losses say, and what a notebook's outputs claim."""

import numpy as np
import pytest

from grading.authoring import Draw, Subject
from grading.checks import short_training
from grading.checks.image_networks import ImageNetwork
from grading.checks.short_training import Course, claimed_in

COURSE = Course(steps=8, batch=4, lr=1e-3)
NETWORK = ImageNetwork(0, "Net", 1, 32, (), "", small=False)


class Trained(Subject):
    """A program whose network has these losses when it is trained."""

    def __init__(self, losses: list[float], raised: str = "") -> None:
        self._reply = {"losses": losses, "right": [4 * (loss < 1) for loss in losses], "raised": raised}

    def drive(self, driver: str, *_: object, **__: object) -> object:
        """What came of the training."""
        assert driver == "image_network_learns"
        return self._reply


def test_a_loss_that_falls_is_learning_and_one_that_stays_is_not() -> None:
    """Only the last batches count; NaN is no small loss."""
    falling, flat = list(np.linspace(2.3, 0.1, 8)), [2.3] * 8
    conclusions = [short_training.learns(Trained(one), NETWORK, Draw(1, "x"), COURSE) for one in (falling, flat)]

    assert [one.holds for one in conclusions] == [True, False]
    assert conclusions[1].mistake_id == "does-not-learn"
    assert not short_training.learns(Trained([float("nan")] * 8), NETWORK, Draw(1, "x"), COURSE).holds
    assert (
        short_training.learns(Trained([], "ValueError: no"), NETWORK, Draw(1, "x"), COURSE).mistake_id
        == "network-stops"
    )


def test_pictures_are_drawn_anew_and_can_be_told_apart() -> None:
    """Two pictures of a kind are nearer to each other than to those of another kind."""
    images, kinds = short_training.drawn(Draw(3, "x"), Course(2, 40, 0.1))
    flat = images.reshape(80, -1)
    distances = ((flat[:, None] - flat[None]) ** 2).mean(2)
    same = kinds.reshape(-1)[:, None] == kinds.reshape(-1)[None]

    assert distances[same & ~np.eye(80, dtype=bool)].max() < distances[~same].min()


@pytest.mark.parametrize(
    ("text", "shares"),
    [
        ("Validation loss: 0.91, Validation accuracy: 0.6512", [0.6512]),
        ("best val acc = 91.2%", [0.912]),
        ("val_acc: 70", [0.7]),
        ("Training accuracy: 0.99", []),
        ("test accuracy 250", []),
    ],
)
def test_claims_are_read_as_shares(text: str, shares: list[float]) -> None:
    """Of validation and test, as a share or in percent."""
    assert claimed_in(text) == pytest.approx(shares)
