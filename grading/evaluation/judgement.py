"""The outcome of one check, before it becomes a finding."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from grading.authoring.requirement import Remark, Sketch
from grading.domain.report import Answer, Explanation, Json
from grading.domain.verdict import Blame

LONGEST_ANSWER = 12_000


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What became of one check.

    Attributes:
        passed: whether the question was answered rightly.
        told: to the student; to staff where the blame is the author's or the house's.
        blame: who must act; NOBODY where passed, skipped, or waiting for a human.
        symptom: whether the mistake that is named is what came of some other mistake.
        evidence: small plain JSON.
        remarks: notes that cost nothing.
        attempted: false where there was nothing to judge: no such name, an unfilled blank.
        ended: how the student's program ended instead of answering (`AnswerFault.kind`), or "".
        error: what it raised, or what is missing, in words that a report says once; else "".
        skipped: id of the check or criterion that had to pass first, or "".
        waiting: whether a human decides.
        answer: what the human reads.
        lines: for each part of a failing answer, by the id of its line, what is wrong with it ("" = nothing); empty
            where there is no answer to take apart.
    """

    passed: bool
    told: Explanation
    blame: Blame = Blame.NOBODY
    symptom: bool = False
    evidence: Mapping[str, Json] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    attempted: bool = True
    ended: str = ""
    error: str = ""
    skipped: str = ""
    waiting: bool = False
    answer: Answer | None = None
    lines: Mapping[str, str] = field(default_factory=dict)
    sketches: tuple[Sketch, ...] = ()

    @property
    def message(self) -> str:
        """All that is told, as one paragraph."""
        return self.told.message

    @property
    def mistake(self) -> str | None:
        """Id of the known mistake, or None."""
        return self.told.mistake.id if self.told.mistake is not None else None

    def following(self, cause: str) -> "CheckResult":
        """The same, with what it may follow from."""
        return replace(self, told=replace(self.told, cause=cause))

    def stopped_like(self, check: str) -> "CheckResult":
        """The same, with its error told by the id of the check that told it in full."""
        if self.told.raised:
            return replace(self, told=replace(self.told, raised=f"was stopped by the same error as {check}"))
        if self.mistake is not None:
            return replace(self, told=replace(self.told, seen=f"was stopped by the same error as {check}"))
        why = "Not asked, for the reason told at" if self.ended == "missing" else "Stopped by the same error as"
        return replace(self, told=Explanation(self.told.claim, seen=f"{why} {check}"))


def left_to_person(question: str, answer: str, look_for: Sequence[str]) -> CheckResult:
    """A check that waits, with what a person needs; the digest is of the whole answer, however much is kept.

    Args:
        question: of the check.
        answer: what the person reads.
        look_for: the course's key points.
    """
    cleaned = "".join(c for c in answer.replace("\r\n", "\n") if c.isprintable() or c in "\n\t").strip()
    kept = cleaned if len(cleaned) <= LONGEST_ANSWER else cleaned[: LONGEST_ANSWER - 1] + "…"
    digest = hashlib.sha256(cleaned.encode("utf-8", "replace")).hexdigest()
    return CheckResult(False, Explanation(question), waiting=True, answer=Answer(kept, digest, tuple(look_for)))
