"""What is found out about a student once."""

import pytest

from grading.authoring import FoundOnce, Reference
from grading.domain.errors import BadReply
from grading.evaluation.trace import Trace, Traced


def test_only_the_first_check_asks_and_the_others_write_down_that_they_use_the_answer() -> None:
    """Each check has its own record of questions around the same student."""
    student, found = Reference(), FoundOnce[int]("inventory")
    written = (Trace(), Trace())
    asked = iter((7,))
    answers = [found.of(Traced(student, trace), lambda: next(asked)) for trace in written]

    assert answers == [7, 7]
    assert [[call.name for call in trace.calls] for trace in written] == [[], ["inventory"]]


def test_another_student_is_asked_again() -> None:
    """Nobody is judged by somebody else's answer."""
    found = FoundOnce[int]("inventory")
    answers = iter((1, 2))

    assert [found.of(student, lambda: next(answers)) for student in (Reference(), Reference())] == [1, 2]


def test_a_failure_is_not_kept() -> None:
    """A box that was spent on one check may answer the next."""
    student, found = Reference(), FoundOnce[int]("inventory")

    def fails() -> int:
        raise BadReply("no known form")

    with pytest.raises(BadReply):
        found.of(student, fails)

    assert found.of(student, lambda: 3) == 3
