"""Whether there was anything to judge: a blank left as it was is no wrong answer."""

from grading.domain.errors import NotDefined, Raised
from grading.evaluation.probing import Probed


def unattempted(outcome: Probed, right: Probed | None) -> bool:
    """Whether the outcome is that of a blank: nothing by that name, `NotImplementedError`, or `pass`.

    Args:
        outcome: the student's failing one.
        right: the reference's on the same draw; without it an answer of None proves nothing.
    """
    if isinstance(outcome.fault, NotDefined):
        return True
    if isinstance(outcome.fault, Raised) and outcome.fault.exception == "NotImplementedError":
        return True
    if right is None:
        return False
    for mine, its in zip(outcome.trace.calls, right.trace.calls, strict=False):
        if mine.answered and mine.reply is None and its.reply is not None:
            return True
    return False
