"""From a failing outcome to its judgement: what was asked, what came back, which mistake explains it."""

from grading.authoring.requirement import Remark
from grading.domain.errors import AnswerFault, Missing, Raised
from grading.domain.report import Json
from grading.domain.verdict import Blame, Visibility
from grading.evaluation.judgement import CheckResult
from grading.evaluation.naming import Named, Scene, named, recognised
from grading.evaluation.probing import Probed
from grading.evaluation.relations import relation
from grading.evaluation.unattempted import unattempted
from grading.evaluation.unusable import UnusableReply
from grading.evaluation.wording import (
    arrays_asked,
    asked,
    call_evidence,
    difference_words,
    fault_words,
    gap_evidence,
    joined,
    kept,
    mistake_words,
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
    said, evidence, guess = _facts(outcome, found)
    attempted = not unattempted(outcome, right)
    explained = _explanation(scene, outcome, right, evidence) if attempted else None
    if explained is not None:
        words = mistake_words(explained.mistake, explained.others, paths=explained.paths, after=said)
        evidence |= _named_evidence(explained)
    else:
        words = guess or (outcome.unmet.hint if outcome.unmet is not None else "") or check.hint
        if guess:
            evidence["relation"] = guess
    return CheckResult(
        passed=False,
        message=joined(check.question, said, words),
        blame=Blame.STUDENT,
        mistake=explained.mistake.id if explained is not None else None,
        evidence=evidence,
        remarks=(*outcome.remarks, *_for_staff(outcome)),
        symptom=explained is not None and explained.mistake.symptom,
        attempted=attempted,
        sketches=tuple(outcome.sketches),
    )


def may_ask_again(fault: AnswerFault | None) -> bool:
    """Whether the student's program would answer the same question again."""
    return fault is None or fault.kind in MAY_ASK_AGAIN


def _facts(outcome: Probed, found: Difference | None) -> tuple[str, dict[str, Json], str]:
    """What happened in words, as evidence, and what relation it looks like."""
    if outcome.unmet is not None:
        return outcome.unmet.message, call_evidence(outcome.trace) | kept(outcome.unmet.evidence), ""
    if outcome.fault is not None:
        ended: dict[str, Json] = {"ended": outcome.fault.kind}
        if isinstance(outcome.fault, (Raised, Missing)):
            ended[outcome.fault.kind] = str(outcome.fault)
        if isinstance(outcome.fault, Raised):
            ended["exception"] = outcome.fault.exception
        return fault_words(outcome.fault, outcome.trace), ended | call_evidence(outcome.trace), ""
    if found is None:
        return "", call_evidence(outcome.trace), ""
    question = asked(outcome.trace)
    said = f"{question}; {difference_words(found)}" if question else difference_words(found)
    return said, gap_evidence(found, outcome.trace), relation(found.first, arguments=arrays_asked(outcome.trace))


def _for_staff(outcome: Probed) -> tuple[Remark, ...]:
    """What staff should know of a reply that a check could not use."""
    return (
        (Remark(outcome.fault.detail, visibility=Visibility.STAFF),) if isinstance(outcome.fault, UnusableReply) else ()
    )


def _explanation(scene: Scene, outcome: Probed, right: Probed | None, evidence: dict[str, Json]) -> Named | None:
    if not may_ask_again(outcome.fault):
        return None
    told = outcome.unmet.mistake if outcome.unmet is not None else None
    if right is None:
        return recognised(scene, evidence, told)
    return named(scene, outcome, right, evidence, told)


def _named_evidence(explained: Named) -> dict[str, Json]:
    # Pages lay the mistake out in a place of its own, so its words come apart from the message too.
    evidence: dict[str, Json] = {"says": explained.mistake.says, "look": explained.mistake.look}
    if explained.others:
        evidence["or"] = [m.id for m in explained.others]
    if explained.paths:
        evidence["explains"] = list(explained.paths)
    return evidence
