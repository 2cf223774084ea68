"""The judge of a rehearsal: one assignment, held warm, without its pictures; started as `grading.judge.server` is.

It grades many submissions side by side, so that known submissions and attacks take a rehearsal minutes and no hours.
"""

from dataclasses import replace

from grading import pipeline
from grading.assignments import load_rubric
from grading.assignments.catalog import read_assignment
from grading.assignments.standins import checkpoint_store
from grading.authoring.stores import Stores
from grading.domain.assignment import Assignment
from grading.domain.errors import HouseFault
from grading.domain.report import Json, Report
from grading.evaluation.probing import asked_once
from grading.judge import server
from grading.judge.config import JudgeConfig, LayerFact, Readiness
from grading.judge.messages import GradedReply, Request
from grading.rehearsal.replaying import Recorder
from grading.rehearsal.reusing import Reused
from grading.rehearsal.samples import without_pictures
from grading.sandbox import Sandbox, SandboxConfig, gpus

CRAMPED, HASTY = "cramped", "hasty"
"""Asked for in place of the slug: grade with little room, or with little time as well, for what uses up all it gets."""

ROUNDS = "rounds "
"""Asked for in place of the slug, with a number behind it: grade on so many seeds, one after the other, in one box."""

USED, FURTHER = "used", "further"
"""What a report of this judge has beside the fields of others: the most that one file's program used, and the rows of
further seeds, cut to what a rehearsal reads."""

MIB = 1 << 20


class RehearsalGrader:
    """Grades by the one assignment that `config.assignment_dirs` names.

    Args:
        assignment: its manifest.
        sandbox: where programs run.
        stores: what they read.
    """

    def __init__(self, assignment: Assignment, sandbox: Sandbox, stores: Stores) -> None:
        self._rubric = without_pictures(load_rubric(assignment))
        self._assignment = assignment
        self._sandbox = sandbox
        self._stores = stores
        layers = tuple(LayerFact(layer.name, layer.holds, layer.detail) for layer in sandbox.layers)
        self.readiness = Readiness(sandbox.tier, layers)

    @classmethod
    def start(cls, config: JudgeConfig) -> "RehearsalGrader":
        """Import everything and start the sandbox.

        Raises:
            RubricFault: manifest or rubric are broken.
            HouseFault: no sandbox.
        """
        [folder] = config.assignment_dirs
        if config.standin_dir is None:
            raise HouseFault("A rehearsal's judge needs a folder for stand-ins.")
        checkpoints = checkpoint_store(config.checkpoint_dir, config.standin_dir)
        confined = SandboxConfig(
            data_dir=config.data_dir,
            checkpoint_dir=checkpoints.folder,
            allow_none=config.allow_no_sandbox,
            granted=gpus.nodes(config.gpu),
        )
        sandbox = Sandbox.start(confined)
        try:
            return cls(read_assignment(folder), sandbox, Stores(data=config.data_dir, checkpoints=checkpoints.folder))
        except BaseException:
            sandbox.close()
            raise

    def grade(self, request: Request) -> GradedReply:
        """Grade one run.

        Raises:
            NotASubmission, RubricFault, HouseFault: there is no report; see `Judge.grade`.
        """
        rounds = int(request.slug.removeprefix(ROUNDS)) if request.slug.startswith(ROUNDS) else 1
        listening = Recorder(self._sandbox, answers=False)
        boxes = Reused(listening, rounds)
        assignment = limited(self._assignment, request.slug)

        def graded(seed: int) -> Report:
            return pipeline.grade(
                request.submission,
                assignment,
                self._rubric,
                seed=seed,
                device=request.device,
                sandbox=boxes if rounds > 1 else listening,
                stores=self._stores,
            ).report

        try:
            with asked_once():
                first, *others = (graded(request.seed + n) for n in range(rounds))
        finally:
            boxes.close()
        used: dict[str, Json] = {"student_s": listening.slowest_s / rounds, "peak_bytes": listening.peak_bytes}
        told: dict[str, Json] = {
            USED: used,
            FURTHER: [_cut(report) for report in others],
            "final": all(report.final for report in (first, *others)),
        }
        return GradedReply({**first.to_json(), **told}, {})

    def wants_gpu(self, request: Request) -> bool:
        """Whether grading the run on a GPU would run anything there."""
        return pipeline.wants_gpu(request.submission, self._assignment, self._rubric)

    def mend(self) -> bool:
        """Start the guest again where it died; whether it had."""
        before = self._sandbox.pid
        self._sandbox.ensure()
        return self._sandbox.pid != before

    def close(self) -> None:
        """End the guest, and every box with it."""
        self._sandbox.close()


def limited(assignment: Assignment, asked: str) -> Assignment:
    """The assignment with the limits that are asked for."""
    limits = assignment.limits
    if asked in (CRAMPED, HASTY):
        limits = replace(limits, file_bytes=min(limits.file_bytes, 16 * MIB), processes=min(limits.processes, 32))
    if asked == HASTY:
        limits = replace(
            limits,
            call_s=min(limits.call_s, 0.8),
            cell_s=min(limits.cell_s, 2.0),
            part_s=min(limits.part_s, 3.0),
            memory_bytes=min(limits.memory_bytes, 384 * MIB),
        )
    return replace(assignment, limits=limits)


def _cut(report: Report) -> Json:
    """A report's rows with what went wrong in them, and nothing else."""
    return [
        {
            "id": row.id,
            "points": float(row.points),
            "possible": float(row.possible),
            "status": row.status.value,
            "findings": [
                {"message": f.message, "mistake": f.mistake, "passed": False} for f in row.findings if not f.passed
            ],
        }
        for row in report.criteria
    ]


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    server.main(RehearsalGrader.start)
