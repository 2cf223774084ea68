"""The judge of a rehearsal: the grader in service, with one assignment and its own kind of request.

It grades many submissions side by side, so that known submissions and attacks take a rehearsal minutes and no hours.
Started as `grading.judge.server` is.
"""

from dataclasses import replace

from grading.assignments import load_rubric
from grading.assignments.catalog import fingerprint, read_assignment
from grading.domain.assignment import Assignment
from grading.evaluation.probing import asked_once
from grading.judge import server
from grading.judge.config import JudgeConfig
from grading.judge.frames import Frame
from grading.judge.grader import RubricGrader
from grading.judge.rubrics import Held, Shelf
from grading.rehearsal.messages import RehearsalReply, RehearsalRequest, Room
from grading.rehearsal.replaying import Recorder
from grading.rehearsal.reusing import Reused
from grading.rehearsal.samples import without_pictures

MIB = 1 << 20


class RehearsalGrader:
    """Grades by the one assignment that `config.assignment_dirs` names.

    Args:
        grader: holds that assignment, and the sandbox.
    """

    def __init__(self, grader: RubricGrader) -> None:
        self._grader = grader
        [self._held] = grader.shelf
        self.readiness = grader.readiness
        self.mend = grader.mend
        self.close = grader.close

    @classmethod
    def start(cls, config: JudgeConfig) -> "RehearsalGrader":
        """Import everything and start the sandbox.

        Raises:
            RubricFault: manifest or rubric are broken.
            HouseFault: no sandbox.
        """
        return cls(RubricGrader.start(config, alone))

    def answer(self, frame: Frame) -> Frame:
        """Grade one request.

        Raises:
            NotASubmission, RubricFault, HouseFault: there is no report; see `Judge.grade`.
        """
        return self.grade(RehearsalRequest.from_frame(frame)).to_frame()

    def grade(self, request: RehearsalRequest) -> RehearsalReply:
        """Grade one request. Raises as `answer`."""
        listening = Recorder(self._grader.sandbox, answers=False)
        boxes = Reused(listening, request.rounds)
        held = replace(self._held, assignment=limited(self._held.assignment, request.room))
        try:
            with asked_once():
                reports = [
                    self._grader.graded(
                        held, request.submission, seed=seed, sandbox=boxes if request.rounds > 1 else listening
                    ).report
                    for seed in range(request.seed, request.seed + request.rounds)
                ]
        finally:
            boxes.close()
        return RehearsalReply.of(
            reports, student_s=listening.slowest_s / request.rounds, peak_bytes=listening.peak_bytes
        )


def alone(config: JudgeConfig) -> Shelf:
    """The one assignment that is rehearsed, without its pictures.

    Raises:
        RubricFault: manifest or rubric are broken.
    """
    [folder] = config.assignment_dirs
    assignment = read_assignment(folder)
    return Shelf([Held(assignment, without_pictures(load_rubric(assignment)), fingerprint(folder))])


def limited(assignment: Assignment, room: Room) -> Assignment:
    """The assignment with the limits of a room."""
    limits = assignment.limits
    if room is not Room.NORMAL:
        limits = replace(limits, file_bytes=min(limits.file_bytes, 16 * MIB), processes=min(limits.processes, 32))
    if room is Room.LITTLE_TIME:
        limits = replace(
            limits,
            call_s=min(limits.call_s, 0.8),
            cell_s=min(limits.cell_s, 2.0),
            part_s=min(limits.part_s, 3.0),
            memory_bytes=min(limits.memory_bytes, 384 * MIB),
        )
    return replace(assignment, limits=limits)


if __name__ == "__main__":
    server.main(RehearsalGrader.start)
