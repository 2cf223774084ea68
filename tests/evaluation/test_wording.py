"""Sentences to the student."""

from dataclasses import dataclass

from grading.authoring.subject import Mistake
from grading.evaluation.trace import Call, Trace
from grading.evaluation.wording import asked, mistake_words


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


def test_what_was_said_is_not_said_again() -> None:
    """Where the check's own sentence holds the mistake's, only the advice follows."""
    mistake = Mistake("loss-sum", says="The losses are summed.", look="Take the mean.", recognise=lambda _: True)

    assert mistake_words(mistake) == "The losses are summed. Take the mean."
    assert mistake_words(mistake, after="The losses are summed: 3.2 for 4 rows") == "Take the mean."
    assert mistake_words(mistake, after="The losses are summed. Take the mean.") == ""


def mistake(name: str, says: str) -> Mistake:
    """A mistake of that name."""
    return Mistake(name, says=says, look="Look here.", recognise=lambda _: True)


def test_mistakes_that_cannot_be_told_apart_are_all_named() -> None:
    """The first is the likeliest; each other one is a sentence of its own."""
    first, *others = mistake("a", "A is missing."), mistake("b", "B is doubled."), mistake("c", "C is late.")

    assert mistake_words(first) == "A is missing. Look here."
    assert mistake_words(first, others) == (
        "A is missing. (It could also be this: B is doubled; or this: C is late.) Look here."
    )


def test_a_driver_s_name_is_not_told() -> None:
    """What the box was asked by a driver of ours says nothing to a student, who wrote no function of that name."""
    assert asked(Trace([Call("vision_transform", (0,), {})])) == ""
