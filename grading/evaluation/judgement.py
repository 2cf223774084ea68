"""The outcome of one check, before it becomes a finding."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from grading.authoring.requirement import Remark, Sketch
from grading.domain.report import Json
from grading.domain.verdict import Blame

LONGEST_ANSWER = 12_000


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What became of one check.

    Attributes:
        passed: whether the question was answered rightly.
        message: to the student; to staff where the blame is the author's or the house's.
        blame: who must act; NOBODY where passed, skipped, or waiting for a human.
        mistake: id of the known mistake, or None.
        symptom: whether that is what came of some other mistake.
        evidence: small plain JSON.
        remarks: notes that cost nothing.
        attempted: false where there was nothing to judge: no such name, an unfilled blank.
        skipped: id of the check or criterion that had to pass first, or "".
        waiting: whether a human decides.
        lines: for each part of a failing answer, by the id of its line, what is wrong with it ("" = nothing); empty
            where there is no answer to take apart.
    """

    passed: bool
    message: str
    blame: Blame = Blame.NOBODY
    mistake: str | None = None
    symptom: bool = False
    evidence: Mapping[str, Json] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    attempted: bool = True
    skipped: str = ""
    waiting: bool = False
    lines: Mapping[str, str] = field(default_factory=dict)
    sketches: tuple[Sketch, ...] = ()


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
    evidence: dict[str, Json] = {"answer": kept, "answer_sha256": digest, "look_for": list(look_for)}
    return CheckResult(False, question, evidence=evidence, waiting=True)
