"""Whose fault it is where a criterion is not met: the student's, the rubric author's, or ours.

The branches themselves are classes of `grading.domain.errors`. Here: what an exception in an author's probe means
(`settled`), and what a criterion's status is by the blame of its checks (`status_of`). Only a student's fault costs
points.
"""

from decimal import Decimal

from grading.authoring.award import Manual
from grading.authoring.check import Check
from grading.authoring.rubric import Criterion
from grading.domain.errors import BadReply, RubricFault
from grading.domain.verdict import Blame, Status
from grading.evaluation.judgement import CheckResult
from grading.evaluation.probing import Probed, in_short
from grading.evaluation.trace import Trace, first_misfit

NEVER_THE_REPLYS = (NameError, ImportError, OSError, SyntaxError, NotImplementedError)
"""What no reply can cause: a misspelt name, a file that is not there."""


NO_FAULT_OF_YOURS = {
    Blame.AUTHOR: "This question could not be judged, through no fault of yours. Your course's staff were told.",
    Blame.HOUSE: "This question could not be asked, through no fault of yours. It will be graded again.",
}
"""To the student, where somebody else must act."""


class UnusableReply(BadReply):
    """A reply that raised an exception of Python's own where it was taken apart.

    Args:
        name: what was asked last.
        error: what was raised.

    Attributes:
        detail: to staff: what was raised, and where.
    """

    def __init__(self, name: str, error: Exception) -> None:
        shown = name.partition("__")[0] or name
        super().__init__(f"{shown}: the answer cannot be used ({type(error).__name__})")
        self.detail = (
            f"The answer of {shown} was not used, because the check raised {in_short(error)}. If that answer is right, "
            "the check must be mended: take it apart with grading.authoring.expect."
        )


def may_be_the_replys(error: Exception) -> bool:
    """Whether a reply of an odd form or value can have caused the exception."""
    return not isinstance(error, NEVER_THE_REPLYS)


def settled(check: Check, outcome: Probed, like: Trace | None) -> Probed:
    """The student's outcome after an exception in the probe: a fault of the student's where their reply caused it.

    The reference went through the same probe on the same inputs, so a reply that lacks its form is the cause, and so is
    one with which plain arithmetic fails. Where no reply of the reference's stands beside the student's there is no
    such proof. What was being taken apart is the student's all the same, and the rehearsal has shown that the probe
    takes right replies apart: the student is told that the answer cannot be used, and staff are told what was raised.

    Raises:
        RubricFault: no reply can have caused it; the author must act.
    """
    error = outcome.error
    if error is None:
        return outcome
    answered = [call.name for call in outcome.trace.calls if call.answered]
    outcome.fault = first_misfit(outcome.trace, like) if like is not None else None
    alone = like is None or any(like.same(name, 0) is None for name in answered)
    if outcome.fault is None:
        if not (answered and may_be_the_replys(error) and (alone or isinstance(error, ArithmeticError))):
            raise RubricFault(f"check {check.id!r}: the probe raised {in_short(error)}") from error
        outcome.fault = UnusableReply(answered[-1], error)
    outcome.error = None
    return outcome


def status_of(row: Criterion, judged: list[CheckResult], points: Decimal) -> Status:
    """A criterion's status: an error of the author's or ours first, then what waits, then what its points say."""
    if any(j.blame in (Blame.AUTHOR, Blame.HOUSE) for j in judged):
        return Status.ERROR
    if isinstance(row.award, Manual) or any(j.waiting for j in judged):
        return Status.MANUAL
    if points == row.possible and (points > 0 or all(j.passed for j in judged)):
        return Status.PASSED
    if points > 0:
        return Status.PARTIAL
    asked = [j for j in judged if not j.skipped]
    if asked and not any(j.passed for j in asked) and not any(j.attempted for j in asked):
        return Status.NOT_ATTEMPTED
    return Status.FAILED
