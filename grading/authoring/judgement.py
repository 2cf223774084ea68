"""The outcome of one check, before it becomes a finding."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from grading.authoring.requirement import Remark, Sketch
from grading.domain.report import Json
from grading.domain.verdict import Blame


@dataclass(frozen=True, slots=True)
class Judgement:
    """What became of one check.

    Attributes:
        passed: whether the question was answered rightly.
        message: to the student (to the author or to us where the blame says so).
        blame: who must act; NOBODY where passed, skipped, or waiting for a human.
        mistake: id of the known mistake, or None.
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
    evidence: Mapping[str, Json] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    attempted: bool = True
    skipped: str = ""
    waiting: bool = False
    lines: Mapping[str, str] = field(default_factory=dict)
    sketches: tuple[Sketch, ...] = ()
