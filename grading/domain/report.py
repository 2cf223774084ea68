"""The report: the rubric's tree with verdicts, in the form `chainrule.report/1`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from grading.domain.verdict import Blame, Status, Tier, Visibility

SCHEMA = "chainrule.report/1"

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What to tell the student about one question.

    Attributes:
        question: the check's id (`sigmoid`, `dW1`).
        passed: whether the question was answered rightly.
        message: one or two sentences to the student: what, where, what to do. Never a hidden expected value.
        mistake: id of the known mistake that agrees with the student's own answers, or None.
        blame: who must act. NOBODY where passed.
        remark: true for a note that costs nothing.
        evidence: small plain JSON: index, got, shape, figure ids.
    """

    question: str
    passed: bool
    message: str
    mistake: str | None = None
    visibility: Visibility = Visibility.STUDENT
    blame: Blame = Blame.NOBODY
    remark: bool = False
    evidence: Mapping[str, Json] = field(default_factory=dict)

    def to_json(self) -> dict[str, Json]:
        """The finding as the report's JSON carries it."""
        return {
            "question": self.question,
            "passed": self.passed,
            "message": self.message,
            "mistake": self.mistake,
            "visibility": self.visibility.value,
            "blame": self.blame.value,
            "remark": self.remark,
            "evidence": dict(self.evidence),
        }


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One row of the rubric with its points and the inner ledger."""

    id: str
    title: str
    section: str
    points: Decimal
    possible: Decimal
    status: Status
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """The row as the report's JSON carries it."""
        return {
            "id": self.id,
            "title": self.title,
            "section": self.section,
            "points": float(self.points),
            "possible": float(self.possible),
            "status": self.status.value,
            "findings": [f.to_json() for f in self.findings],
        }


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture kept with the report.

    Attributes:
        id: unique in the report ("boundary-sigmoid-student").
        title: caption, and the alternative text's first half.
        part: the file it belongs to.
        criterion: the criterion's id, or "" where it belongs to the part as a whole.
        source: "student" (drawn by the student's code), "stored" (found in the notebook as submitted),
            "reference" or "evidence" (drawn by the judge).
        pair: figures with the same non-empty pair stand side by side.
        sha256: of the PNG's bytes; the blob's name.
        width, height: pixels.
    """

    id: str
    title: str
    part: str
    source: str
    sha256: str
    width: int
    height: int
    criterion: str = ""
    pair: str = ""

    def to_json(self) -> dict[str, Json]:
        """The figure as the report's JSON carries it."""
        return {
            "id": self.id,
            "title": self.title,
            "part": self.part,
            "criterion": self.criterion,
            "source": self.source,
            "pair": self.pair,
            "sha256": self.sha256,
            "media_type": "image/png",
            "width": self.width,
            "height": self.height,
        }


@dataclass(frozen=True, slots=True)
class Integrity:
    """Something a submission did that staff should look at. Never shown to students."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Under which circumstances the report came about.

    Attributes:
        killed: how many boxes were ended before their time, by cause; a report where none was does not speak of it.
    """

    seed: int
    device: str
    sandbox: Tier
    engine: str
    started_at: str
    seconds: float
    phases: Mapping[str, float]
    killed: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Report:
    """One grading of one submission by one version of a rubric with one seed."""

    assignment_slug: str
    assignment_version: str
    submission_sha256: str
    files: tuple[tuple[str, int], ...]
    run: RunFacts
    criteria: tuple[CriterionResult, ...]
    integrity: tuple[Integrity, ...] = ()
    notes: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()

    @property
    def score(self) -> Decimal:
        """Sum of the points awarded."""
        return sum((c.points for c in self.criteria), Decimal(0))

    @property
    def max_score(self) -> Decimal:
        """Sum of the points possible."""
        return sum((c.possible for c in self.criteria), Decimal(0))

    @property
    def pending_points(self) -> Decimal:
        """Points that wait for a human."""
        return sum((c.possible for c in self.criteria if c.status is Status.MANUAL), Decimal(0))

    @property
    def final(self) -> bool:
        """Whether the score may be shown as a grade: nobody but the student has to act."""
        return all(c.status is not Status.ERROR for c in self.criteria)

    def to_json(self) -> dict[str, Json]:
        """The whole report, staff's findings included; `as_seen_by` in the store filters for readers."""
        return {
            "schema": SCHEMA,
            "assignment": {"slug": self.assignment_slug, "version": self.assignment_version},
            "submission": {
                "sha256": self.submission_sha256,
                "files": [{"name": name, "bytes": size} for name, size in self.files],
            },
            "run": {
                "seed": self.run.seed,
                "device": self.run.device,
                "sandbox": self.run.sandbox.value,
                "engine": self.run.engine,
                "started_at": self.run.started_at,
                "seconds": self.run.seconds,
                "phases": dict(self.run.phases),
                **({"killed": dict(self.run.killed)} if self.run.killed else {}),
            },
            "score": float(self.score),
            "max_score": float(self.max_score),
            "pending_points": float(self.pending_points),
            "final": self.final,
            "criteria": [c.to_json() for c in self.criteria],
            "integrity": [{"kind": i.kind, "detail": i.detail} for i in self.integrity],
            "notes": list(self.notes),
            "figures": [f.to_json() for f in self.figures],
        }
