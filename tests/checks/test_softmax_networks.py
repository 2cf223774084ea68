"""A softmax network by hand: settings that tell its mistakes apart, conventions, and a trainer of it."""

from typing import Any

import numpy as np
import pytest

from grading.authoring import Draw
from grading.authoring.requirement import remarks_kept
from grading.checks import trainers
from grading.checks.softmax_networks import (
    BATCHES,
    Setting,
    TrainerSetting,
    answering,
    beside,
    given,
    in_every_convention,
    same,
    taking_steps,
)
from grading.mistakes.softmax_network import BACKWARD, DEEP, FORWARD, IMPROVED_BACKWARD, IMPROVED_FORWARD, RELU
from reference_models.softmax_network import Hidden

WIDTHS = (7, 10)


def test_a_setting_is_drawn_anew_and_hides_no_transpose() -> None:
    """The same draw gives the same one; an earlier task's differs from it, and is the same each time."""
    one, other = (Setting.drawn(Draw(3, "net"), WIDTHS, "sigmoid") for _ in range(2))
    earlier = one.again(WIDTHS, "improved")

    assert np.array_equal(one.X, other.X)
    assert one.earlier == other.earlier
    assert not np.array_equal(earlier.weights[0], one.weights[0])
    assert np.array_equal(earlier.weights[0], other.again(WIDTHS, "improved").weights[0])
    assert not set(WIDTHS) & set(BATCHES)
    assert one.weights[1].shape == (WIDTHS[0] + 1, WIDTHS[1])


def test_the_three_conventions_differ_in_what_they_answer() -> None:
    """Without hidden biases, with them last, with them first."""
    s = Setting.drawn(Draw(1, "net"), (8, 5, 10), "sigmoid")
    answers = [answer(s) for answer in in_every_convention()]

    assert all(same(a, b) is (a is b) for a in answers for b in answers)
    assert not same(answers[0], {"constructor": "none"})
    assert not same(answers[0], {**answers[0], "gradients": answers[0]["gradients"][:-1]})


@pytest.mark.parametrize(
    ("known", "hidden", "widths"),
    [
        ((*FORWARD, *BACKWARD), "sigmoid", WIDTHS),
        ((*IMPROVED_FORWARD, *IMPROVED_BACKWARD), "improved", WIDTHS),
        (RELU, "relu", WIDTHS),
        (DEEP, "sigmoid", (9, 7, 5, 8, 10)),
    ],
)
def test_no_known_mistake_is_a_right_answer(known: Any, hidden: Hidden, widths: tuple[int, ...]) -> None:
    """In no convention, on any draw."""
    for seed in range(3):
        s = Setting.drawn(Draw(seed, "net"), widths, hidden)
        right = [answer(s) for answer in in_every_convention()]

        for one in known:
            for wrong in in_every_convention(one.variant):
                assert not any(same(wrong(s), r) for r in right), one.id


def test_a_question_is_held_against_mistakes_and_conventions() -> None:
    """Each mistake in each convention, and the backward pass that goes on from a wrong forward pass."""
    held = beside(BACKWARD, "network__late", after=FORWARD[:2])

    assert len(held["mistakes"]) == 3 * len(BACKWARD)
    assert [v.id for v in held["also"]][:2] == ["hidden-bias-last", "hidden-bias-first"]
    assert len(held["also"]) == 2 + 3 * 2
    assert all(set(m.overrides) == {"network__late"} for m in held["mistakes"])


def test_a_later_task_forgives_an_earlier_one_s_mistake() -> None:
    """A network that makes it always is taken as mended; one that makes it in the later task only is not."""
    known = next(k for k in BACKWARD if k.id == "gradient-sum")
    ask = given(lambda put, s, **options: put(s, **options), WIDTHS, ((known,), "sigmoid"))
    s = Setting.drawn(Draw(5, "net"), WIDTHS, "improved")
    wrong, right = answering(known.variant), answering()

    def late_only(asked: Setting, **options: Any) -> dict[str, Any]:
        return (wrong if asked.hidden == "improved" else right)(asked, **options)

    with remarks_kept():
        assert same(ask(wrong, s), right(s))
    assert same(ask(late_only, s), wrong(s))


def test_a_trainer_of_ours_takes_right_steps() -> None:
    """Plain ones and those with momentum, in the judge's own words."""
    for use_momentum in (False, True):
        asked = TrainerSetting.drawn(Draw(2, "steps"), WIDTHS, use_momentum=use_momentum)
        told = taking_steps()(asked)
        conclusion = trainers.follows_rule(told, rate=asked.rate, momentum=asked.gamma, use_momentum=use_momentum)

        assert conclusion.holds, conclusion.message
        assert trainers.returns_loss(told, len(asked.setting.X)).holds
        assert ("no momentum" in str(asked)) is not use_momentum
