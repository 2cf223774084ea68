"""Opinions: what a probe concludes, and how it becomes a verdict."""

import json

import numpy as np
import pytest

from grading.authoring.requirement import Unmet
from grading.checks.opinion import insist, right, wrong


def test_a_right_opinion_is_silent() -> None:
    """Insisting on what holds raises nothing."""
    insist(right(outputs=10))


def test_a_wrong_opinion_fails_with_its_words_and_its_mistake() -> None:
    """Insisting on what does not hold stops the check; the known mistake's id goes with it."""
    with pytest.raises(Unmet, match="too small") as caught:
        insist(wrong("too small", "no-resize", size=[8, 8]))

    assert caught.value.evidence["mistake"] == "no-resize"


def test_evidence_is_always_plain_json() -> None:
    """Whatever a probe puts in, a report can be written."""
    opinion = wrong("x", array=np.float64(2.5), pair=(1, "a"), thing=object())

    assert {"array", "pair", "thing"} == json.loads(json.dumps(dict(opinion.evidence))).keys()
