"""What a rehearsal asks its judge, and what it is told, as values on both sides and frames between."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from grading.domain.errors import HouseFault
from grading.domain.report import Json, Report
from grading.domain.submission import Submission, SubmittedFile
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
class RehearsalReply:
    """What grading on all the seeds came to.

    Attributes:
        reports: of each seed, in the seeds' order; the first whole, of the others what is not right.
        student_s: seconds of the program's own code for one seed, of the slowest file.
        peak_bytes: most memory of one box.
    """

    reports: tuple[Report, ...]
    student_s: float = 0.0
    peak_bytes: int = 0

    @classmethod
    def of(cls, reports: Sequence[Report], *, student_s: float, peak_bytes: int) -> "RehearsalReply":
        """What the reports of all seeds tell together."""
        first, *others = reports
        return cls((first, *map(_cut, others)), student_s, peak_bytes)

    @property
    def final(self) -> bool:
        """Whether everything could be judged, on every seed."""
        return all(report.final for report in self.reports)

    def to_frame(self) -> Frame:
        """The reply as it crosses the socket."""
        reports = [storable(report.to_json()) for report in self.reports]
        return Frame({"reports": reports, "student_s": self.student_s, "peak_bytes": self.peak_bytes})

    @classmethod
    def from_frame(cls, frame: Frame) -> "RehearsalReply":
        """The reply that `to_frame` made.

        Raises:
            RubricFault, HouseFault, NotASubmission: what the judge met instead.
        """
        told: Mapping[str, Any] = frame.message
        match told:
            case {"reports": list(reports), "student_s": float(student_s), "peak_bytes": int(peak_bytes)}:
                return cls(tuple(map(Report.from_json, reports)), student_s, peak_bytes)
            case _:
                raise fault_in(told)


def _cut(report: Report) -> Report:
    """A report's criteria with what went wrong in them, and nothing else."""
    criteria = (replace(row, findings=tuple(f for f in row.findings if not f.passed)) for row in report.criteria)
    return replace(report, criteria=tuple(criteria), notes=(), figures=())
