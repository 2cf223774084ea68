"""Networks by hand: conventions cost nothing, and what is something else is told."""

import numpy as np
import pytest

from grading.authoring import Draw
from grading.checks.hand_networks import (
    arrays,
    ask_loss,
    ask_pass,
    asking,
    kept_as_named,
    length,
    mean_or_sum,
    shaped,
    telling_scores,
)
from grading.domain.errors import BadReply, Missing, NotDefined
from grading.mistakes.metrics import ACCURACY

DRAW = Draw(3, "a test")
SUMMED = {"W": DRAW.normal(3, 2), "b": DRAW.normal(3)}
EXAMPLES = 12


@pytest.mark.parametrize(("factor", "holds", "told"), [(1.0, True, 1), (1 / 12, True, 0), (2.0, False, 0)])
def test_the_mean_and_the_sum_count(factor: float, holds: bool, told: int) -> None:
    """The sum is told, and costs nothing; another factor does."""
    conclusion = mean_or_sum({name: factor * g for name, g in SUMMED.items()}, SUMMED, EXAMPLES)

    assert (conclusion.holds, len(conclusion.remarks)) == (holds, told)


def test_length_is_that_of_all_gradients_together() -> None:
    """As one long vector."""
    assert length(SUMMED) == pytest.approx(np.linalg.norm(np.concatenate([g.ravel() for g in SUMMED.values()])))


def test_what_is_kept_is_what_its_name_says() -> None:
    """Either way round; what is missing costs nothing, what is something else does."""
    wanted = {"h": DRAW.normal(4, 3), "z": DRAW.normal(4, 2)}

    assert kept_as_named({"h": wanted["h"].T, "z": wanted["z"], "more": np.ones(1)}, wanted, "outputs").remarks == ()
    assert "lack z" in kept_as_named({"h": wanted["h"]}, wanted, "outputs").remarks[0]
    assert kept_as_named({"h": 2 * wanted["h"]}, wanted, "outputs").message == "outputs['h'] is not h."


@pytest.mark.parametrize("seed", range(5))
def test_drawn_scores_tell_every_known_accuracy(seed: int) -> None:
    """No mistake gives the right number, and no two give the same."""
    scores, targets = telling_scores(Draw(seed, "a test"), 12, 3)
    e = np.exp(scores)
    q = e / e.sum(axis=1, keepdims=True)
    right = float((q.argmax(1) == targets.argmax(1)).mean())
    others = [known.variant(q, targets) for known in ACCURACY]

    assert min(abs(other - right) for other in others) > 0.01
    assert len({round(other, 6) for other in others}) == len(others)


def test_what_cannot_be_told_apart_is_the_author_s() -> None:
    """One example has an accuracy of 0 or 1."""
    with pytest.raises(ValueError, match="no draw"):
        telling_scores(DRAW, 1, 3)


SHAPES = {"Wh": (6, 5), "bh": (6,), "Wy": (3, 6), "by": (3,)}


@pytest.mark.parametrize(
    ("other", "mistake"),
    [
        ({}, ""),
        ({"Wh": (5, 6), "Wy": (6, 3)}, ""),
        ({"bh": (1, 6), "by": (3, 1)}, ""),
        ({"Wh": (5, 6)}, "weight-shape"),
        ({"by": (4,)}, "bias-shape"),
        ({"bh": (2, 3)}, "bias-shape"),
    ],
)
def test_layers_have_their_shapes_either_way_round(other: dict[str, tuple[int, ...]], mistake: str) -> None:
    """All weights the same way; a bias may be a row or a column."""
    conclusion = shaped({name: np.ones(shape) for name, shape in {**SHAPES, **other}.items()}, SHAPES)

    assert (conclusion.holds, conclusion.mistake_id) == (not mistake, mistake)


def test_replies_are_taken_apart_by_name_and_shape() -> None:
    """What has another shape is no reply."""
    found = {name: np.ones((2, *shape)) for name, shape in SHAPES.items()}

    assert arrays(found, "the path", SHAPES, (2,)).keys() == SHAPES.keys()
    with pytest.raises(BadReply, match="the path: Wh"):
        arrays(found, "the path", SHAPES)
    assert ask_loss(lambda *_: [2.5, 0.5]) == {"loss": 2.5, "accuracy": 0.5}
    passed = ask_pass(
        lambda *_: {"yhat": np.ones((4, 3)), "outputs": {"h": np.ones(2)}}, {}, np.ones((4, 2)), classes=3
    )
    assert passed["outputs"].keys() == {"h"}


def test_a_question_has_its_kind_in_front() -> None:
    """What the driver does not find is not defined."""

    def missing(*_: object) -> None:
        raise Missing("there is none")

    assert asking(lambda put, x: put(x), "nn")(lambda *given: given, 1) == ("nn", 1)
    with pytest.raises(NotDefined, match="there is none"):
        asking(lambda put: put())(missing)
