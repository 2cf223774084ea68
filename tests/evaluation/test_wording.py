"""Sentences to the student."""

from dataclasses import dataclass

from grading.evaluation.trace import Call, Trace
from grading.evaluation.wording import asked


@dataclass(frozen=True)
class Network:
    """A question of an author's own kind."""

    units: int

    def __str__(self) -> str:
        """To the student."""
        return f"a network of {self.units} units"


@dataclass(frozen=True)
class Plain:
    """One that says nothing of itself."""


def test_an_author_s_own_question_says_what_it_is() -> None:
    """What the student's function was called with can be read in the message."""
    assert (
        asked(Trace([Call("forward", (Network(7), 3), {}, told="forward")]))
        == "forward was called with a network of 7 units, 3"
    )
    assert asked(Trace([Call("forward", (Plain(),), {}, told="forward")])) == "forward was called with your Plain"


def test_a_driver_s_name_is_not_told() -> None:
    """What the box was asked by a driver of ours says nothing to a student, who wrote no function of that name."""
    assert asked(Trace([Call("vision_transform", (0,), {})])) == ""
