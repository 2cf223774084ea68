"""What a rehearsal asks its judge, and what it is told, as values on both sides and frames between."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from grading.domain.errors import HouseFault
from grading.domain.report import CriterionResult, Json, Report
from grading.domain.submission import Submission, SubmittedFile
from grading.domain.verdict import Status
from grading.judge.frames import Frame
from grading.judge.messages import fault_in, storable


class Room(Enum):
    """What a program may use. Attacks get less, for they use up all they get."""

    NORMAL = "normal"
    LITTLE_ROOM = "little room"
    LITTLE_TIME = "little time"  # and little room as well


@dataclass(frozen=True, slots=True)
class RehearsalRequest:
    """Grade this submission on so many seeds that follow one another, in one box.

    Attributes:
        seed: the first one.
        rounds: how many seeds; at least one.
        room: what the program may use.
    """

    submission: Submission
    seed: int
    rounds: int = 1
    room: Room = Room.NORMAL

    def to_frame(self) -> Frame:
        """The request as it crosses the socket."""
        names: list[Json] = [file.name for file in self.submission.files]
        message: dict[str, Json] = {"seed": self.seed, "rounds": self.rounds, "room": self.room.value, "names": names}
        return Frame(message, tuple(file.content for file in self.submission.files))

    @classmethod
    def from_frame(cls, frame: Frame) -> "RehearsalRequest":
        """The request that `to_frame` made.

        Raises:
            HouseFault: the frame is none.
        """
        match frame.message:
            case {"seed": int(seed), "rounds": int(rounds), "room": str(room), "names": list(names)}:
                files = zip(names, frame.blobs, strict=True)
                submission = Submission(tuple(SubmittedFile(str(name), content) for name, content in files))
                return cls(submission, seed, rounds, Room(room))
            case message:
                raise HouseFault(f"A rehearsal's judge was sent no request but {sorted(message)}.")


@dataclass(frozen=True, slots=True)
class FailedQuestion:
    """What was said about a question that a submission failed.

    Attributes:
        message: to the student.
        mistake: id of the known mistake it was given, or None.
    """

    message: str
    mistake: str | None


@dataclass(frozen=True, slots=True)
class CriterionOutcome:
    """One criterion on one seed, cut to what a rehearsal reads."""

    id: str
    points: float
    possible: float
    status: Status
    failed: tuple[FailedQuestion, ...] = ()

    @property
    def lost(self) -> bool:
        """Whether points are missing."""
        return self.points < self.possible

    @classmethod
    def of(cls, found: CriterionResult) -> "CriterionOutcome":
        """The outcome that a report tells."""
        failed = tuple(FailedQuestion(f.message, f.mistake) for f in found.findings if not f.passed)
        return cls(found.id, float(found.points), float(found.possible), found.status, failed)

    def to_json(self) -> dict[str, Json]:
        """The outcome as it crosses the socket."""
        return {
            "id": self.id,
            "points": self.points,
            "possible": self.possible,
            "status": self.status.value,
            "failed": [{"message": question.message, "mistake": question.mistake} for question in self.failed],
        }

    @classmethod
    def from_json(cls, table: Mapping[str, Any]) -> "CriterionOutcome":
        """The outcome that `to_json` wrote."""
        failed = tuple(FailedQuestion(one["message"], one["mistake"]) for one in table["failed"])
        return cls(table["id"], table["points"], table["possible"], Status(table["status"]), failed)


@dataclass(frozen=True, slots=True)
class RehearsalReply:
    """What grading on all the seeds came to.

    Attributes:
        report: `chainrule.report/1` of the first seed, whole: what an attack may have put anywhere in it.
        score: on the first seed.
        final: whether everything could be judged, on every seed.
        criteria: of each seed, in the seeds' order.
        student_s: seconds of the program's own code for one seed, of the slowest file.
        peak_bytes: most memory of one box.
    """

    report: Mapping[str, Json]
    score: float
    final: bool
    criteria: tuple[tuple[CriterionOutcome, ...], ...]
    student_s: float = 0.0
    peak_bytes: int = 0

    @classmethod
    def of(cls, reports: "list[Report]", *, student_s: float, peak_bytes: int) -> "RehearsalReply":
        """What the reports of all seeds tell together."""
        return cls(
            reports[0].to_json(),
            float(reports[0].score),
            all(report.final for report in reports),
            tuple(tuple(CriterionOutcome.of(found) for found in report.criteria) for report in reports),
            student_s,
            peak_bytes,
        )

    def to_frame(self) -> Frame:
        """The reply as it crosses the socket."""
        message: dict[str, Json] = {
            "report": dict(self.report),
            "score": self.score,
            "final": self.final,
            "criteria": [[outcome.to_json() for outcome in outcomes] for outcomes in self.criteria],
            "student_s": self.student_s,
            "peak_bytes": self.peak_bytes,
        }
        return Frame({name: storable(value) for name, value in message.items()})

    @classmethod
    def from_frame(cls, frame: Frame) -> "RehearsalReply":
        """The reply that `to_frame` made.

        Raises:
            RubricFault, HouseFault, NotASubmission: what the judge met instead.
        """
        told: Mapping[str, Any] = frame.message
        if "criteria" not in told:
            raise fault_in(told)
        criteria = tuple(tuple(CriterionOutcome.from_json(one) for one in outcomes) for outcomes in told["criteria"])
        return cls(told["report"], told["score"], told["final"], criteria, told["student_s"], told["peak_bytes"])
