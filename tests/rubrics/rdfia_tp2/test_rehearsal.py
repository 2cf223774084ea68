"""The rubric's own right and wrong answers, in this process: each mistake loses its row and has its name."""

import os
import time

import pytest

from grading.assignments.rdfia_tp2.rubric import rubric
from grading.rehearsal.performances import Rehearsal, rehearse

# Another seed every hour; the whole sweep is `chainrule assignment validate rdfia-tp2`.
SEED = int(os.environ.get("CHAINRULE_SEED", str(int(time.time()) // 3600 % 10_000)))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def table() -> Rehearsal:
    """Everybody's performance in every check."""
    return rehearse(rubric, [SEED])


def test_right_answers_pass_and_known_mistakes_fail(table: Rehearsal) -> None:
    """The reference and other conventions pass every check; every mistake loses its row."""
    assert table.faults == (), f"seed {SEED}"
    assert table.missed == (), f"seed {SEED}"


def test_at_least_forty_mistakes_are_known_and_nine_of_ten_are_named(table: Rehearsal) -> None:
    """There are forty or more mistakes, and nine of ten get their own name."""
    assert len(table.mistakes) >= 40
    assert table.named >= 0.9, [m for m in table.mistakes if m.named < m.seeds]


def test_no_points_are_claimed_that_the_course_does_not_give() -> None:
    """The rows add up to the 20 points that are announced as ours."""
    assert rubric.validated().points == 20
