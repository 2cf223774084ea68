"""The attacks of `grading/rehearsal/adversaries`, submitted as notebook 1 of cmpsc497-hw2, and nothing else."""

from grading.assignments import load_rubric
from grading.assignments.catalog import catalog
from grading.domain.submission import Submission
from grading.rehearsal.attacks import Attack, attacks
from tests.acceptance.conftest import NOTEBOOK_1, SLUG

__all__ = ["Attack", "attacks", "submission"]


def submission(attack: Attack) -> Submission:
    """What is submitted."""
    parts = load_rubric(catalog()[SLUG]).parts
    return attack.submission([part for part in parts if part.file == NOTEBOOK_1])
