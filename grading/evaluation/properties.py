"""Judging a `holds` check: a property of the student's own answers."""

from collections.abc import Callable

from grading.authoring.check import Check, Holds
from grading.authoring.draw import Draw
from grading.authoring.requirement import Undecided
from grading.authoring.subject import Reference, Subject
from grading.domain.errors import RubricFault
from grading.domain.report import Explanation
from grading.evaluation.blame import settled
from grading.evaluation.failure import failure
from grading.evaluation.judgement import CheckResult, left_to_person
from grading.evaluation.naming import Scene
from grading.evaluation.probing import ask_reference, probe


def judge_property(check: Check, student: Subject, reference: Reference, draws: Callable[[int], Draw]) -> CheckResult:
    """Judge one `holds` check.

    Args:
        check: the check.
        student: who is judged.
        reference: the part's; asked first unless the check says that it cannot be.
        draws: nth draw of the check; 0 decides.

    Raises:
        HouseFault: ours, from the box.
        RubricFault: the author's.
    """
    task = check.task
    if not isinstance(task, Holds):
        raise RubricFault(f"check {check.id!r} is no holds check")
    right = ask_reference(check, reference, draws(0)) if task.reference else None
    like = right.trace if right is not None else None
    outcome = settled(check, probe(check, student, draws(0), like=like, form=check.form), like)
    if outcome.clean:
        return CheckResult(True, Explanation(check.question), remarks=tuple(outcome.remarks))
    if isinstance(outcome.unmet, Undecided):
        return left_to_person(check.question, outcome.unmet.answer, outcome.unmet.look_for)
    return failure(Scene(check, student, (reference,), draws, check.form), outcome, right)
