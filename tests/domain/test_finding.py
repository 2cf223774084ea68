"""What a finding's parts make together."""

import pytest

from grading.domain.report import Explanation, NamedMistake

SUMMED = NamedMistake("loss-sum", "The losses are summed.", "Take the mean.")


def test_what_was_said_is_not_said_again() -> None:
    """Where the check's own sentence holds the mistake's, only the advice follows."""
    assert SUMMED.words() == "The losses are summed. Take the mean."
    assert SUMMED.words("The losses are summed: 3.2 for 4 rows") == "Take the mean."
    assert SUMMED.words("The losses are summed. Take the mean.") == ""


def test_mistakes_that_cannot_be_told_apart_are_all_named() -> None:
    """The first is the likeliest; each other one is a sentence of its own."""
    first = NamedMistake(
        "a", "A is missing.", "Look here.", (), (NamedMistake("b", "B is doubled."), NamedMistake("c", "C is late."))
    )

    assert first.words() == "A is missing. (It could also be this: B is doubled; or this: C is late.) Look here."


@pytest.mark.parametrize(
    ("told", "message"),
    [
        (Explanation("f doubles x"), "f doubles x"),
        (Explanation("f doubles x", seen="f(x) is 3"), "f doubles x. f(x) is 3."),
        (Explanation("f doubles x.", "f was called with 2", seen="the answer is 3"),
         "f doubles x. f was called with 2; the answer is 3."),
        (Explanation("f doubles x.", "f was called with 2", "it", "raised ValueError"),
         "f doubles x. f was called with 2 and raised ValueError."),
        (Explanation("f doubles x.", "f was called with 2", "the process", "ended"),
         "f doubles x. f was called with 2 and the process ended."),
        (Explanation("f doubles x.", "", "your program", "raised ValueError"),
         "f doubles x. Your program raised ValueError."),
        (Explanation("It learns.", seen="it does not", cause="It may follow from “A”", mistake=SUMMED),
         "It learns. It may follow from “A”. It does not. The losses are summed. Take the mean."),
        (Explanation("It learns.", seen="it does not.", raised="raised ValueError", mistake=SUMMED),
         "It learns. It does not. It raised ValueError. The losses are summed. Take the mean."),
        (Explanation("It learns.", seen="it does not", hint="Look at the rate."),
         "It learns. It does not. Look at the rate."),
    ],
)  # fmt: skip
def test_the_parts_make_one_paragraph(told: Explanation, message: str) -> None:
    """In one order, each part a sentence; a single part stays as it was written."""
    assert told.message == message
