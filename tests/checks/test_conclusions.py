"""Conclusions: what a probe concludes, and how it becomes a verdict."""

import json

import numpy as np
import pytest

from grading.authoring import Draw, KnownMistake, Part, Subject, require
from grading.authoring.requirement import Unmet
from grading.checks.conclusions import insist, right, wrong
from tests.evaluation.fakes import graded


def test_a_right_conclusion_is_silent() -> None:
    """Insisting on what holds raises nothing."""
    insist(right(outputs=10))


FEW = KnownMistake("few", "Too few are shown.", "Show eight.")


def test_a_wrong_conclusion_fails_with_its_words_and_its_mistake() -> None:
    """Insisting on what does not hold stops the check; the known mistake goes with it."""
    with pytest.raises(Unmet, match="too small") as caught:
        insist(wrong("too small", FEW, size=[8, 8]))

    assert caught.value.mistake is FEW
    assert caught.value.evidence["mistake"] == "few"


def test_evidence_is_always_plain_json() -> None:
    """Whatever a probe puts in, a report can be written."""
    conclusion = wrong("x", array=np.float64(2.5), pair=(1, "a"), thing=object())

    assert {"array", "pair", "thing"} == json.loads(json.dumps(dict(conclusion.evidence))).keys()


def told(mistake: KnownMistake | None) -> str:
    """What a student reads where a check names the mistake itself."""
    part = Part("one.py")

    @part.criterion("maps", "Maps", points="1").holds(reference=False)
    def maps(student: Subject, draw: Draw) -> None:
        """The figure shows several channels."""
        require(condition=False, message="Only 2 channels are shown.", hint="Show several of each.", mistake=mistake)

    return graded(part)[0].findings[0].message


def test_a_hint_gives_way_to_the_mistakes_words() -> None:
    """The check's own words are this program's facts; what they come to, and what to do, is the mistake's to say."""
    assert told(FEW) == "The figure shows several channels. Only 2 channels are shown. Too few are shown. Show eight."


def test_a_hint_stands_in_where_no_mistake_is_known() -> None:
    """What to do is told either way."""
    assert told(None) == "The figure shows several channels. Only 2 channels are shown. Show several of each."
