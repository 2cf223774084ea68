"""A rubric that asks for layer normalisation by hand: right ways pass, each known mistake is caught and named."""

import numpy as np
import pytest
import torch

from grading.authoring import Reference, Rubric
from grading.checks import normalisation
from grading.domain.verdict import Status
from grading.evaluation.criteria import Evaluation
from grading.mistakes import normalisation as mistakes
from grading.rehearsal.performances import rehearse
from tests.evaluation.fakes import FakeBox, asking


def rubric() -> Rubric:
    """One row forward, one backward."""
    table = Rubric("layers", points="2")
    part = table.part("layers.py", expects=normalisation.EXPECTS, reference=Reference(**normalisation.RIGHT))
    part.criterion("forward", "Forward", points="1").agrees(mistakes=normalisation.FORWARD)(normalisation.forward)
    part.criterion("backward", "Backward", points="1").agrees(mistakes=normalisation.BACKWARD)(normalisation.backward)
    return table.validated()


def graded(**functions):
    """The rows of a student with these functions."""
    part = rubric().parts[0]
    with asking(part, FakeBox({**normalisation.RIGHT, **functions})) as (student, _):
        return {row.id: row for row in Evaluation(part, student, 1, None).results()}


def with_torch(x, gain, shift):
    """The layer as a library has it."""
    return torch.nn.functional.layer_norm(torch.tensor(x), gain.shape, torch.tensor(gain), torch.tensor(shift)).numpy()


def test_every_known_mistake_is_caught_and_named():
    """On every seed, with its own name; what is wrong forward is wrong backward as well."""
    found = rehearse(rubric(), range(5))

    assert found.faults == ()
    assert [(met.mistake, met.caught, met.named) for met in found.mistakes] == [
        (known.id, 5, 5) for known in (*mistakes.FORWARD, *mistakes.BACKWARD, *mistakes.FORWARD)
    ]


def test_another_right_way_passes():
    """A library's layer gives the same numbers."""
    assert {row.status for row in graded(layer_norm=with_torch).values()} == {Status.PASSED}


@pytest.mark.parametrize("known", mistakes.FORWARD, ids=lambda known: known.id)
def test_the_student_reads_which_mistake_it_was(known):
    """The record's sentence, whichever way it was written."""
    row = graded(layer_norm=known.variant().forward)["forward"]

    assert row.status is Status.FAILED
    assert row.findings[0].mistake == known.id
    assert known.says.rstrip(".") in row.findings[0].message


def test_a_wrong_shape_is_said_as_such():
    """Nothing is guessed where no mistake explains it."""
    row = graded(layer_norm=lambda x, gain, shift: np.zeros(3))["forward"]

    assert row.findings[0].mistake is None
    assert "shape" in row.findings[0].message
