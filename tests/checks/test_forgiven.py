"""A mistake that an earlier task paid for costs nothing in a later one; made in the later one only, it costs there."""

from collections.abc import Callable
from typing import Any

import numpy as np

from grading.authoring.requirement import remarks_kept
from grading.checks.forgiven import Forgiving
from grading.mistakes import KnownMistake

Doubled = KnownMistake("doubled", "The answer is doubled.", "Halve it.", lambda x: 2 * x)


def answering(function: Callable[[float], float]) -> Callable[..., dict[str, Any]]:
    """A program in the judge's words: a setting is (task, number)."""
    return lambda setting: {"value": function(setting[1])}


def asked(program: Callable[[str, float], float], setting: tuple[str, float]) -> tuple[float, list[str]]:
    """What a program's answer is taken for, and what it is told."""
    forgiving = Forgiving(
        ask=lambda put, s: {"value": put(*s)},
        right=[answering(lambda x: x), answering(lambda x: -x)],
        wrong=lambda variant: [answering(variant), answering(lambda x: -variant(x))],
        same=lambda one, other: bool(np.isclose(one["value"], other["value"])),
        earlier=[((Doubled,), lambda s: ("early", s[1] + 1))],
    )
    with remarks_kept() as remarks:
        answer = forgiving(program, setting)
    return answer["value"], [one.message for one in remarks]


def test_right_answers_stay_as_they_are() -> None:
    """In either convention, without a word."""
    assert asked(lambda _, x: x, ("late", 3.0)) == (3.0, [])
    assert asked(lambda _, x: -x, ("late", 3.0)) == (-3.0, [])


def test_a_mistake_made_in_both_tasks_is_mended_in_its_own_convention() -> None:
    """And the student is told that it cost points before."""
    value, told = asked(lambda _, x: -2 * x, ("late", 3.0))

    assert value == -3.0
    assert told == ["The answer is doubled. An earlier task lost points for that; it costs nothing here."]


def test_a_mistake_of_the_later_task_only_costs_there() -> None:
    """So does a mistake that nobody knows."""
    assert asked(lambda task, x: 2 * x if task == "late" else x, ("late", 3.0)) == (6.0, [])
    assert asked(lambda _, x: 5 * x, ("late", 3.0)) == (15.0, [])
