"""The judge of a rehearsal: one assignment, held warm, without its pictures; started as `grading.judge.server` is.

It grades many submissions side by side, so that known submissions and attacks take a rehearsal minutes and no hours.
"""

from dataclasses import replace

from cli.rehearsing_stage import without_pictures
from grading import pipeline
from grading.assignments import load_rubric
from grading.assignments.catalog import read_assignment
from grading.assignments.standins import checkpoint_store
from grading.authoring.replaying import Recorder
from grading.authoring.stores import Stores
from grading.domain.assignment import Assignment
from grading.domain.errors import HouseFault
from grading.domain.report import Json
from grading.judge import server
from grading.judge.config import JudgeConfig, LayerFact, Readiness
from grading.judge.messages import Judgement, Request
from grading.sandbox import Sandbox, SandboxConfig

CRAMPED, HASTY = "cramped", "hasty"
"""Asked for in place of the slug: grade with little room, or with little time as well, for what uses up all it gets."""

USED = "used"
"""What a report of this judge has beside the fields of others: the most that one file's program used."""

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
            data_dir=config.data_dir, checkpoint_dir=checkpoints.folder, allow_none=config.allow_no_sandbox
        )
        sandbox = Sandbox.start(confined)
        try:
            return cls(read_assignment(folder), sandbox, Stores(data=config.data_dir, checkpoints=checkpoints.folder))
        except BaseException:
            sandbox.close()
            raise

    def grade(self, request: Request) -> Judgement:
        """Grade one run.

        Raises:
            NotASubmission, RubricFault, HouseFault: there is no report; see `Judge.grade`.
        """
        listening = Recorder(self._sandbox, answers=False)
        graded = pipeline.grade(
            request.submission,
            limited(self._assignment, request.slug),
            self._rubric,
            seed=request.seed,
            device=request.device,
            sandbox=listening,
            stores=self._stores,
        )
        used: dict[str, Json] = {"student_s": listening.slowest_s, "peak_bytes": listening.peak_bytes}
        return Judgement({**graded.report.to_json(), USED: used}, {})

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


if __name__ == "__main__":
    import torch

    torch.set_num_threads(1)
    torch.set_num_interop_threads(1)
    server.main(RehearsalGrader.start)
