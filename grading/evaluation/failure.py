"""From a failing outcome to its judgement: what was asked, what came back, which mistake explains it."""

from dataclasses import replace

from grading.authoring.requirement import Remark
from grading.domain.errors import AnswerFault, Missing, Raised
from grading.domain.report import Explanation, Json
from grading.domain.verdict import Blame, Visibility
from grading.evaluation.blame import UnusableReply
from grading.evaluation.judgement import CheckResult
from grading.evaluation.naming import Named, Scene, named, recognised
from grading.evaluation.probing import Probed
from grading.evaluation.relations import relation
from grading.evaluation.unattempted import unattempted
from grading.evaluation.wording import (
    arrays_asked,
    asked,
    call_evidence,
    difference_words,
    fault_words,
    gap_evidence,
    kept,
)
from grading.numerics.closeness import Difference

MAY_ASK_AGAIN = frozenset({"raised", "bad-reply"})
"""Endings after which the student can be asked again, to tell mistakes apart."""


def failure(scene: Scene, outcome: Probed, right: Probed | None, found: Difference | None = None) -> CheckResult:
    """The judgement of a check that failed, with the student to blame.

    Args:
        scene: who can be asked for an explanation.
        outcome: the student's.
        right: the reference's on the same draw, or None where there is none.
        found: how the answer differs, where there is one.
    """
    check = scene.check
    told, evidence = _facts(outcome, found)
    told = replace(told, claim=check.question)
    attempted = not unattempted(outcome, right)
    explained = _explained(scene, outcome, right, evidence) if attempted else None
    if explained is not None:
        told = replace(told, mistake=explained.told)
    elif found is not None and (guess := relation(found.first, arguments=arrays_asked(outcome.trace))):
        told = replace(told, hint=guess)
        evidence["relation"] = guess
    else:
        told = replace(told, hint=(outcome.unmet.hint if outcome.unmet is not None else "") or check.hint)
    fault = outcome.fault
    return CheckResult(
        passed=False,
        told=told,
        blame=Blame.STUDENT,
        evidence=evidence,
        remarks=(*outcome.remarks, *_for_staff(outcome)),
        symptom=explained is not None and explained.mistake.symptom,
        attempted=attempted,
        ended=fault.kind if fault is not None else "",
        error=str(fault) if isinstance(fault, (Raised, Missing)) else told.raised,
        sketches=tuple(outcome.sketches),
    )


def may_ask_again(fault: AnswerFault | None) -> bool:
    """Whether the student's program would answer the same question again."""
    return fault is None or fault.kind in MAY_ASK_AGAIN


def _facts(outcome: Probed, found: Difference | None) -> tuple[Explanation, dict[str, Json]]:
    """What happened, in words and as evidence."""
    asked_with = call_evidence(outcome.trace)
    if outcome.unmet is not None:
        return Explanation(seen=outcome.unmet.message, raised=outcome.unmet.raised), asked_with | kept(
            outcome.unmet.evidence
        )
    if outcome.fault is not None:
        ended: dict[str, Json] = {"ended": outcome.fault.kind}
        if isinstance(outcome.fault, Raised):
            ended["exception"] = outcome.fault.exception
        return fault_words(outcome.fault, outcome.trace), ended | asked_with
    if found is None:
        return Explanation(), asked_with
    return Explanation(asked=asked(outcome.trace), seen=difference_words(found)), gap_evidence(found, outcome.trace)


def _for_staff(outcome: Probed) -> tuple[Remark, ...]:
    """What staff should know of a reply that a check could not use."""
    return (
        (Remark(outcome.fault.detail, visibility=Visibility.STAFF),) if isinstance(outcome.fault, UnusableReply) else ()
    )


def _explained(scene: Scene, outcome: Probed, right: Probed | None, evidence: dict[str, Json]) -> Named | None:
    if not may_ask_again(outcome.fault):
        return None
    told = outcome.unmet.mistake if outcome.unmet is not None else None
    if right is None:
        return recognised(scene, evidence, told)
    return named(scene, outcome, right, evidence, told)
