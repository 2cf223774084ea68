"""The decision boundaries of notebook 1: the student's beside the reference's."""

import io
from collections.abc import Sequence

import numpy as np
import pytest
from PIL import Image

from grading.assignments.cmpsc497_hw2.boundary import FOLDER, PROBLEMS, Problem, reference_boundary
from grading.assignments.cmpsc497_hw2.known import STEP
from grading.assignments.cmpsc497_hw2.vanishing_gradient import part
from grading.authoring import Draw, Picture
from grading.domain.errors import StudentFault
from tests.rubrics.cmpsc497_hw2.in_process import asking, notebook
from tests.rubrics.cmpsc497_hw2.test_vanishing_gradient import sample


def pictures(code: Sequence[str]) -> list[Picture]:
    """What the part's hooks make of a notebook."""
    with asking(part, code) as (student, _, source):
        return [p for hook in part.figures for p in hook(student, source, Draw(0, "figures"))]


def differing(one: bytes, other: bytes) -> float:
    """The share of pixels that differ."""
    first, second = (np.asarray(Image.open(io.BytesIO(png)).convert("RGB")) for png in (one, other))
    return float((first != second).any(axis=-1).mean())


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda p: p.name)
def test_the_kept_reference_is_what_the_reference_draws(problem: Problem) -> None:
    """The committed picture shows the training that its caption names, up to rounding on another machine."""
    kept = (FOLDER / f"boundary-{problem.name}.png").read_bytes()

    assert differing(kept, reference_boundary(problem)) < 0.02


def test_the_hooks_have_names_of_their_own() -> None:
    """A hook's draw and the note on one that fails go by its name."""
    assert [hook.__name__ for hook in part.figures] == ["sigmoid_boundary", "relu_boundary"]


def test_a_right_network_has_the_references_boundaries() -> None:
    """Both pairs are there, and in each the right student's picture is the reference's."""
    made = pictures(notebook(sample("right")))
    pairs = [[p for p in made if p.pair == pair] for pair in ("boundary-sigmoid", "boundary-relu")]

    assert [[p.source for p in pair] for pair in pairs] == [["student", "reference"]] * 2
    assert all(differing(own.png, right.png) < 0.02 for own, right in pairs)


def test_a_network_that_does_not_learn_has_another_boundary() -> None:
    """Where nothing is updated, the student's picture differs from the reference's."""
    made = pictures(notebook(sample("right"), ((STEP, ""),)))

    assert all(differing(own.png, right.png) > 0.1 for own, right in zip(made[::2], made[1::2], strict=True))


def test_a_network_that_raises_has_no_picture_and_says_why() -> None:
    """The fault is the student's, and the note does not repeat the exception, which the rows tell."""
    with pytest.raises(StudentFault, match="no decision boundary"):
        pictures(notebook(sample("right"), ((STEP, "        1 / 0\n"),)))
