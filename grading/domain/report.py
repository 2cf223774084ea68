"""The report: the rubric's tree with verdicts, and how it is written as `chainrule.report/1` and read again.

Inside the product a report is these values. It is JSON only where it leaves a process: on the judge's socket, in the
database, over HTTP, on the command line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from grading.domain.errors import HouseFault
from grading.domain.finding import Answer, Explanation, Finding, Json, NamedMistake
from grading.domain.verdict import Status, Tier

__all__ = [
    "Answer",
    "CriterionResult",
    "Explanation",
    "Figure",
    "Finding",
    "GpuUse",
    "GradedRun",
    "Integrity",
    "Json",
    "MachineResult",
    "Marking",
    "NamedMistake",
    "Report",
    "RunFacts",
]

SCHEMA = "chainrule.report/1"


@dataclass(frozen=True, slots=True)
class MachineResult:
    """What the machine had said of a criterion that people marked."""

    status: Status
    points: Decimal


@dataclass(frozen=True, slots=True)
class Marking:
    """What people gave for a criterion.

    Attributes:
        state: "given" (all agree), "settled" (somebody's points count) or "disputed" (nothing counts yet).
        points: None while disputed.
        comment: to the student.
        covered: key points that the answer makes.
        changed: whether the answer is another one than the person read.
        graders: their names, in order.
        machine: what counted before; None where the reader only sees what was given.
    """

    state: str
    points: Decimal | None
    comment: str
    covered: tuple[str, ...] = ()
    changed: bool = False
    graders: tuple[str, ...] = ()
    machine: MachineResult | None = None

    def for_student(self) -> "Marking | None":
        """Points and comment, not whose they are, nor the course's key points; None while nothing counts."""
        return None if self.points is None else Marking(self.state, self.points, self.comment)

    def to_json(self) -> dict[str, Json]:
        """As a criterion's JSON carries it."""
        points = None if self.points is None else float(self.points)
        given: dict[str, Json] = {"state": self.state, "points": points, "comment": self.comment}
        if self.machine is None:
            return given
        return given | {
            "covered": list[Json](self.covered),
            "changed": self.changed,
            "graders": list[Json](self.graders),
            "machine": {"status": self.machine.status.value, "points": float(self.machine.points)},
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Marking":
        """What `to_json` wrote."""
        points, machine = told["points"], told.get("machine")
        return cls(
            told["state"],
            None if points is None else _decimal(points),
            told["comment"],
            tuple(told.get("covered", ())),
            told.get("changed", False),
            tuple(told.get("graders", ())),
            None if machine is None else MachineResult(Status(machine["status"]), _decimal(machine["points"])),
        )


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """One row of the rubric with its points and the inner ledger.

    Attributes:
        marking: what people gave, where they did; `points` and `status` count it.
        hidden: how many findings its reader will see after the due date; None in the whole report.
    """

    id: str
    title: str
    section: str
    points: Decimal
    possible: Decimal
    status: Status
    findings: tuple[Finding, ...] = ()
    marking: Marking | None = None
    hidden: int | None = None

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What waits for a person, or was marked by one, in order."""
        return tuple(f.answer for f in self.findings if f.answer is not None and f.answer.sha256)

    @property
    def lost(self) -> bool:
        """Whether points are missing."""
        return self.points < self.possible

    @property
    def said(self) -> str:
        """The message of the first finding that is not right, or ""."""
        return next((f.message for f in self.findings if not f.passed), "")

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
            **({"judgement": self.marking.to_json()} if self.marking is not None else {}),
            **({"hidden": self.hidden} if self.hidden is not None else {}),
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "CriterionResult":
        """What `to_json` wrote."""
        marking = told.get("judgement")
        return cls(
            told["id"],
            told["title"],
            told.get("section", ""),
            _decimal(told["points"]),
            _decimal(told["possible"]),
            Status(told["status"]),
            tuple(map(Finding.from_json, told["findings"])),
            None if marking is None else Marking.from_json(marking),
            told.get("hidden"),
        )


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

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Figure":
        """What `to_json` wrote."""
        get = told.get
        size = int(get("width", 0)), int(get("height", 0))
        places = get("criterion", ""), get("pair", "")
        return cls(told["id"], told["title"], get("part", ""), get("source", ""), told["sha256"], *size, *places)


@dataclass(frozen=True, slots=True)
class Integrity:
    """Something a submission did that staff should look at. Never shown to students."""

    kind: str
    detail: str


@dataclass(frozen=True, slots=True)
class GpuUse:
    """What a run took of a GPU.

    Attributes:
        seconds: that it held a slot.
        peak_bytes: most memory in use on the GPU meanwhile; None where nobody can tell.
    """

    seconds: float
    peak_bytes: int | None


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Under which circumstances the report came about.

    Attributes:
        seed: None for a reader who may not know it.
        killed: how many boxes were ended before their time, by cause; a report where none was does not speak of it.
        gpu: None where it took none.
    """

    seed: int | None
    device: str
    sandbox: Tier
    engine: str
    started_at: str
    seconds: float
    phases: Mapping[str, float]
    killed: Mapping[str, int] = field(default_factory=dict)
    gpu: GpuUse | None = None

    def to_json(self) -> dict[str, Json]:
        """As the report's JSON carries them."""
        gpu = self.gpu
        return {
            "seed": self.seed,
            "device": self.device,
            "sandbox": self.sandbox.value,
            "engine": self.engine,
            "started_at": self.started_at,
            "seconds": self.seconds,
            "phases": dict(self.phases),
            **({"killed": dict(self.killed)} if self.killed else {}),
            **({"gpu": {"seconds": gpu.seconds, "peak_bytes": gpu.peak_bytes}} if gpu is not None else {}),
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "RunFacts":
        """What `to_json` wrote."""
        gpu = told.get("gpu")
        return cls(
            told["seed"],
            told["device"],
            Tier(told["sandbox"]),
            told["engine"],
            told["started_at"],
            told["seconds"],
            told["phases"],
            told.get("killed", {}),
            None if gpu is None else GpuUse(gpu["seconds"], gpu["peak_bytes"]),
        )


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
        """The whole report, as `chainrule.report/1`."""
        return {
            "schema": SCHEMA,
            "assignment": {"slug": self.assignment_slug, "version": self.assignment_version},
            "submission": {
                "sha256": self.submission_sha256,
                "files": [{"name": name, "bytes": size} for name, size in self.files],
            },
            "run": self.run.to_json(),
            "score": float(self.score),
            "max_score": float(self.max_score),
            "pending_points": float(self.pending_points),
            "final": self.final,
            "criteria": [c.to_json() for c in self.criteria],
            "integrity": [{"kind": i.kind, "detail": i.detail} for i in self.integrity],
            "notes": list(self.notes),
            "figures": [f.to_json() for f in self.figures],
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Report":
        """Read a report that was written, today or by an earlier version.

        Points and what follows from them are computed anew from the criteria.

        Raises:
            HouseFault: it is none.
        """
        try:
            return cls(
                told["assignment"]["slug"],
                told["assignment"]["version"],
                told["submission"]["sha256"],
                tuple((file["name"], file["bytes"]) for file in told["submission"]["files"]),
                RunFacts.from_json(told["run"]),
                tuple(map(CriterionResult.from_json, told["criteria"])),
                tuple(Integrity(entry["kind"], entry["detail"]) for entry in told.get("integrity", ())),
                tuple(told.get("notes", ())),
                tuple(map(Figure.from_json, told.get("figures", ()))),
            )
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            raise HouseFault(f"This is no report of the form {SCHEMA}: {type(error).__name__} {error}") from error


@dataclass(frozen=True, slots=True)
class GradedRun:
    """A report, and the bytes of its figures by SHA-256."""

    report: Report
    figures: Mapping[str, bytes]


def _decimal(points: float) -> Decimal:
    return Decimal(str(points))
