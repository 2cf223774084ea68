"""Rehearsing an assignment: the gate that it must pass before students meet it.

Its checks are put to its own right and wrong answers; its samples are graded in boxes, on as many seeds; what the right
sample answered is given to it again by hostile students; known submissions and attacks on the grader are submitted.
"""

import time
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from grading.assignments import load_patches, load_rubric
from grading.assignments.catalog import read_assignment
from grading.assignments.standins import checkpoint_store
from grading.authoring.stores import Stores, stores_are
from grading.domain.errors import RubricFault
from grading.domain.report import Json
from grading.rehearsal.attacks import attacks
from grading.rehearsal.performances import Met, Rehearsal, rehearse
from grading.rehearsal.progress import Progress
from grading.rehearsal.queue import Attacked, Attacks, Known, KnownSubmissions, Samples, grading_queue, started
from grading.rehearsal.replaying import Recorder, hostilities
from grading.rehearsal.samples import (
    FIRST_SEED,
    Devices,
    Hostiles,
    Sample,
    Stage,
    devices_agree,
    met_by_hostiles,
    right_samples,
    samples_graded,
)

if TYPE_CHECKING:
    from grading.domain.assignment import Gate
    from grading.judge.config import JudgeConfig


@dataclass(frozen=True, slots=True)
class GateResult:
    """Everything that was rehearsed.

    Attributes:
        slug: of the assignment.
        gate: what had to be reached.
        rehearsal: the checks on right and wrong answers.
        samples, hostiles, known, attacked: empty where no box was to be started.
        devices: whether processor and GPU agree.
        seconds: that the rehearsal took, by the clock.
        boxed: whether boxes were started; without them only the rubric's own answers are known.
    """

    slug: str
    gate: "Gate"
    rehearsal: Rehearsal
    samples: tuple[Sample, ...] = ()
    hostiles: Hostiles = field(default_factory=Hostiles)
    known: Known = field(default_factory=Known)
    attacked: Attacked = field(default_factory=Attacked)
    devices: Devices = field(default_factory=Devices)
    seconds: float = 0.0
    boxed: bool = True

    @property
    def mistakes(self) -> tuple[Met, ...]:
        """Every known mistake: those of the rubric's checks, and the known-wrong submissions."""
        return (*self.rehearsal.mistakes, *self.known.mistakes)

    @property
    def caught(self) -> Decimal:
        """Share of the mistakes that lose their points, over all seeds: the rubric's mutation score."""
        return _share(sum(met.caught for met in self.mistakes), sum(met.seeds for met in self.mistakes))

    @property
    def named(self) -> Decimal:
        """Share of the mistakes that are given their own name, over all seeds."""
        return _share(sum(met.named for met in self.mistakes), sum(met.seeds for met in self.mistakes))

    @property
    def shortcomings(self) -> tuple[str, ...]:
        """Why it is not fit to publish, in words to the author; empty where it is."""
        found = list(self.rehearsal.faults)
        caught, named = float(self.caught), float(self.named)
        if caught < self.gate.caught:
            found.append(
                f"{caught:.1%} of the known mistakes lose their points; {self.gate.caught:.1%} must. "
                "Ask something that shows those which the table lists."
            )
        if named < self.gate.named:
            found.append(
                f"{named:.1%} of the known mistakes are given their name; {self.gate.named:.1%} must be. "
                "Tell apart those which the table lists, or make one of two that are the same."
            )
        found += [f"Sample {sample.name}: {fault}" for sample in self.samples for fault in sample.faults]
        found += [f"Known submission {fault}" for fault in self.known.faults]
        found += [f"A hostile student stops the grading: {one}" for one in self.hostiles.blocked]
        found += [f"The attack {one}" for one in self.attacked.gained]
        found += [f"Processor and GPU disagree: {one}" for one in self.devices.differing]
        return tuple(found)

    @property
    def good(self) -> bool:
        """Whether the assignment is fit to publish."""
        return not self.shortcomings

    def to_json(self) -> dict[str, Json]:
        """The outcome as `--json` prints it."""
        return {
            "slug": self.slug,
            "good": self.good,
            "boxed": self.boxed,
            "mutation_score": round(float(self.caught), 4),
            "named": round(float(self.named), 4),
            "needed": {"mutation_score": self.gate.caught, "named": self.gate.named},
            "shortcomings": list(self.shortcomings),
            "rehearsal": self.rehearsal.to_json(),
            "samples": [sample.to_json() for sample in self.samples],
            "known": self.known.to_json(),
            "hostiles": self.hostiles.to_json(),
            "attacks": self.attacked.to_json(),
            "devices": self.devices.to_json(),
            "seconds": round(self.seconds, 1),
        }


def rehearsed(
    folder: Path,
    config: "JudgeConfig",
    standins: Path,
    *,
    seeds: int | None = None,
    boxed: bool = True,
    boxes: int | None = None,
    device: str = "cpu",
    progress: Progress | None = None,
) -> GateResult:
    """Rehearse the assignment in `folder`.

    Args:
        folder: with assignment.toml.
        config: what judges here are started with: the stores of data and weights, what confines.
        standins: where stand-ins for pretrained weights are written.
        seeds: how many; None: as many as the manifest says.
        boxed: whether anything is graded in boxes as well; takes a sandbox.
        boxes: in how many fresh ones each known submission is graded; None: as many as the manifest says.
        device: "cuda" to hold the samples' reports against those of a GPU.
        progress: told how far it has come; None: standard error is.

    Raises:
        RubricFault: manifest, rubric or known submissions are broken.
        HouseFault: no sandbox, no stores.
    """
    from grading.sandbox import Sandbox, SandboxConfig, gpus

    assignment = read_assignment(folder)
    rubric = load_rubric(assignment)
    patches = load_patches(assignment, rubric)
    if device not in assignment.devices:
        raise RubricFault(f"{assignment.slug} is not graded on {device!r}. Name it in the manifest's devices.")
    begun, progress = time.perf_counter(), progress or Progress()
    store = checkpoint_store(config.checkpoint_dir, standins)
    stage = Stage(assignment, rubric, Stores(data=config.data_dir, checkpoints=store.folder))
    runs = range(FIRST_SEED, FIRST_SEED + (seeds or assignment.gate.seeds))
    if not boxed:
        progress.at("the checks are put to their own right and wrong answers")
        with stores_are(stage.stores):
            rehearsal = rehearse(rubric, runs)
        return GateResult(assignment.slug, assignment.gate, rehearsal, seconds=time.perf_counter() - begun, boxed=False)
    confined = SandboxConfig(
        data_dir=config.data_dir,
        checkpoint_dir=store.folder,
        allow_none=config.allow_no_sandbox,
        granted=gpus.nodes(config.gpu),
    )
    progress.at("the samples are graded in boxes")
    with started(lambda: Sandbox.start(confined)) as sandbox:
        # By itself, so that what it takes can be measured; its later seeds are graded beside everything else.
        first = Recorder(sandbox)
        samples = samples_graded(stage, first, sandbox, FIRST_SEED)
        devices = devices_agree(stage, sandbox, runs) if device == "cuda" else Devices()
    progress.at("known submissions and attacks are graded beside what follows")
    with grading_queue(assignment, config, standins, progress) as queue:
        # The longest first; meanwhile this process puts the checks to their own answers, and to the hostile ones.
        submissions = KnownSubmissions(
            right_samples(assignment)[0], patches, queue, runs, boxes or assignment.gate.boxes
        )
        attacked = Attacks(attacks(), rubric.parts, queue, FIRST_SEED)
        later = Samples(assignment, queue, runs[1:])
        progress.at("the checks are put to their own right and wrong answers")
        with stores_are(stage.stores):
            rehearsal = rehearse(rubric, runs)
        progress.at("hostile students answer")
        students = list(hostilities())
        hostiles = met_by_hostiles(stage, first, progress.through("hostile students met", students, len(students)))
        criteria_of = {part.file: [criterion.id for criterion in part.criteria] for part in rubric.parts}
        return GateResult(
            assignment.slug,
            assignment.gate,
            rehearsal,
            later.found(samples),
            hostiles,
            submissions.found(criteria_of),
            attacked.found(),
            devices,
            time.perf_counter() - begun,
        )


def _share(part: int, whole: int) -> Decimal:
    return Decimal(part) / Decimal(whole) if whole else Decimal(1)
