"""Sentences to the student."""

from grading.authoring import Mistake
from grading.authoring.wording import mistake_words


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
