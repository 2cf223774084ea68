"""Where written answers stand: by anchor, heading or number, in any edition, however students lay them out."""

import json

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from grading.authoring import Part, Prose, Word
from grading.checks.answers import Question, answer, explanation, first_word, given_lines
from grading.domain.submission import SubmittedFile
from grading.domain.verdict import Status
from grading.evaluation.criteria import Evaluation
from grading.programs import Source, read_source
from tests.evaluation.fakes import FakeBox, asking

PLACEHOLDER = "YOUR ANSWER HERE"
HEAD, LAST, ZERO = "## 8. Questions", "**8.1** Why is the last layer replaced?", "**8.2** Why are zero weights bad?"


def notebook(*cells: str) -> Source:
    """A notebook of these cells; what begins with `%code` is code."""
    made = [
        {"cell_type": "code", "metadata": {}, "source": text[5:], "outputs": [], "execution_count": None}
        if text.startswith("%code")
        else {"cell_type": "markdown", "metadata": {}, "source": text}
        for text in cells
    ]
    document = {"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return read_source(SubmittedFile("a.ipynb", json.dumps(document).encode()))


STARTER = notebook(f"{HEAD}\n\n{LAST}", PLACEHOLDER, ZERO, PLACEHOLDER, "# The end")
GIVEN = given_lines(STARTER)
LAYER = Question(numbers=("8.1", "7.1"), about=("last layer",))
WEIGHTS = Question(numbers=("8.2", "7.2"), about=("zero weights",))


def test_the_untouched_starter_holds_no_answer() -> None:
    """A placeholder is nobody's words."""
    assert [answer(q, GIVEN)(STARTER) for q in (LAYER, WEIGHTS)] == [None, None]


@pytest.mark.parametrize(
    "cells",
    [
        (f"{HEAD}\n\n{LAST}", "Six classes, not 1000.", ZERO, PLACEHOLDER),
        (f"{HEAD}\n\n{LAST}\n\nSix classes, not 1000.", ZERO),
        (f"{HEAD}\n\n{LAST} Six classes, not 1000.", PLACEHOLDER, ZERO),
        (f"{HEAD}\n\n{LAST}", "**Answer:** Six classes, not 1000.", "%code x = 1", ZERO),
        (f"{HEAD}\n\n{LAST}", "%code x = 1", "> *Your answer:* Six classes, not 1000.", ZERO),
        (f"{HEAD}\n\n{LAST}", f"{PLACEHOLDER}\n\nSix classes, not 1000.", ZERO),
        (
            "## 7. Questions\n\n**7.1** Why is the last layer replaced?",
            "Six classes, not 1000.",
            "**7.2** Zero weights?",
        ),
        ("### Question 8.1\nWhy is the last layer replaced?\n\nAnswer: Six classes, not 1000.", "### Question 8.2"),
        ("__7.1)__ Why is the last layer replaced?", "A: Six classes, not 1000.", "__7.2)__ Why are zero weights bad?"),
        ("Q8.1 Why is the last layer replaced?\n\nSix classes, not 1000.", "Q8.2 Why are zero weights bad?"),
    ],
)
@pytest.mark.parametrize("known", [True, False], ids=["starter known", "starter unknown"])
def test_an_answer_is_found_wherever_students_put_it(cells: tuple[str, ...], known: bool) -> None:
    """In the cell below, in the question's own cell, behind the question mark, renumbered, with a mark in front."""
    found = answer(LAYER, GIVEN if known else frozenset())(notebook(*cells))

    assert found is not None
    assert found.strip("* ") == "Six classes, not 1000."


def test_a_number_of_another_edition_is_another_question() -> None:
    """7.1 counts only where it asks about the same thing; the renumbered one is found behind it."""
    older = notebook(
        "**7.1** Repeat with your own network.", "Done.", "**8.1** Why is the last layer replaced?", "Six."
    )
    stranger = notebook("**7.1** Repeat with your own network.", "Done.")

    assert answer(LAYER)(older) == "Six."
    assert answer(LAYER)(stranger) is None


def test_a_heading_is_known_by_its_words_not_its_number() -> None:
    """Case, emphasis and numbers differ from edition to edition."""
    question = Question(headings=("Vanishing gradients",))
    for heading in ("## 4. Vanishing gradients", "### 5.2 VANISHING *gradients*", "# Vanishing gradients (2 points)"):
        assert answer(question)(notebook(f"{heading}\n\nWhat helps?\n\nReLU.", "## Next\nno")) is not None
    assert answer(question)(notebook("## Exploding gradients", "ReLU.")) is None


@pytest.mark.parametrize("anchor", ['<a id="q-zero"></a>', '<a name="q-zero">', "<!-- answer: q-zero -->", "{#q-zero}"])
def test_an_anchor_beats_every_number(anchor: str) -> None:
    """Whoever anchors a question may renumber it at will."""
    source = notebook("**8.2** Repeat.", "Done.", f"{anchor}**12** Why are zero weights bad?", "Symmetry.", "## Next")

    assert answer(Question(anchors=("q-zero",), numbers=("8.2",)))(source) == "Symmetry."


def test_students_headings_and_lists_stay_in_the_answer() -> None:
    """Where the starter is known, only the course's own lines end an answer."""
    long = "# In short\n\n1. symmetry\n2. **8.9** of them\n\n$$\\frac{1}{2}$$"

    assert answer(WEIGHTS, GIVEN)(notebook(f"{HEAD}\n\n{LAST}", PLACEHOLDER, ZERO, long, "# The end", "no")) == long


def test_fenced_lines_are_no_headings() -> None:
    """A comment in code is not a title."""
    text = "```python\n# 8.2 comment\n```\nSo it is."

    assert answer(LAYER)(notebook(LAST, text, ZERO)) == text


def test_true_or_false_with_an_explanation_is_two_rows() -> None:
    """The word is a machine's to judge, the explanation a person's; a bare word leaves nothing to explain."""
    words = ("True", "False", "T", "F")
    find = answer(Question(numbers=("3",)))
    explained = notebook("**3.** Augmentation always helps.", "**False.** It may not keep the label.")
    bare = notebook("**3.** Augmentation always helps.", "F")
    part = Part("a.ipynb")
    part.criterion("word", "Word", points="1").asks(
        "w", "?", find=first_word(find, words), accepts=Word(("F", "False"))
    )
    part.criterion("why", "Why", points="1").asks(
        "y", "?", find=explanation(find, words), accepts=Prose(("the label",))
    )

    def statuses(source: Source) -> list[Status]:
        with asking(part, FakeBox({})) as (student, _):
            return [row.status for row in Evaluation(part, student, 1, source).results()]

    assert statuses(explained) == [Status.PASSED, Status.MANUAL]
    assert statuses(bare) == [Status.PASSED, Status.NOT_ATTEMPTED]
    assert explanation(find, words)(explained) == "It may not keep the label."


@drawn(st.lists(st.text(alphabet="#*8.127 <a>-\n`?ab:", max_size=60), max_size=6))
@settings(max_examples=15, deadline=None)
def test_no_markdown_breaks_the_search(cells: list[str]) -> None:
    """Whatever stands there, the search ends in text or in nothing, never in an error."""
    source = notebook(*(cell for cell in cells if not cell.startswith("%code")))
    found = answer(Question(("a",), ("ab",), ("8.1", "1")), given_lines(source) if len(cells) % 2 else frozenset())(
        source
    )

    assert found is None or any(c.isalnum() for c in found)
