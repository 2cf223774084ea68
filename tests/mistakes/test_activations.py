"""Known mistakes of the sigmoid and of ReLU: each is wrong in its own way, and asked wherever its group is taken."""

from pathlib import Path

import numpy as np
import pytest

from grading.assignments import load_rubric
from grading.assignments.catalog import read_assignment
from grading.mistakes.activations import RELU, SIGMOID
from grading.rehearsal.performances import rehearse
from reference_models.activations import relu, sigmoid

EXAMPLE = Path(__file__).parents[2] / "examples" / "one_neuron"


@pytest.mark.parametrize(("f", "bank"), [(sigmoid, SIGMOID), (relu, RELU)])
def test_mistakes_are_wrong_and_differ(f, bank):
    """No known mistake gives the right answer, and no two give the same."""
    x = np.concatenate([np.random.default_rng(0).normal(0, 4, (20, 7)), np.linspace(7, 9, 7)[None]])
    answers = [f(x), *(known.variant(x) for known in bank)]

    same = [
        (i, j)
        for i in range(len(answers))
        for j in range(i)
        if np.shape(answers[i]) == np.shape(answers[j]) and np.allclose(answers[i], answers[j])
    ]

    assert same == []


def test_a_record_of_the_group_needs_no_other_file():
    """A rubric that takes the group asks each of its records, catches it and gives it its own name."""
    found = rehearse(load_rubric(read_assignment(EXAMPLE)))
    met = {met.mistake for met in found.mistakes if met.criterion == "sigmoid" and met.caught == met.named == met.seeds}

    assert met == {known.id for known in SIGMOID}


def test_the_stable_form_for_one_side_only_is_named():
    """It is right from 0 on, and mirrored to the left."""
    known = next(known for known in SIGMOID if known.id == "sigmoid-of-magnitude")
    x = np.array([-3.0, 0.0, 3.0])

    np.testing.assert_allclose(known.variant(x), sigmoid(np.array([3.0, 0.0, 3.0])))
