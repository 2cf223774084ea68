"""What is set: an assignment as its manifest describes it. Its rows are the rubric's to tell: see `description`."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one part of a submission may use.

    Attributes:
        call_s: wall seconds for one question to the box.
        cell_s: wall seconds for one notebook cell when the program is run as a whole.
        part_s: wall seconds for all questions about one file; a looping function is charged once, not per check.
        memory_bytes: resident memory of the box's whole process tree.
        file_bytes: size of the box's private file system, and of any one file.
        processes: processes and threads in the box.
        output_bytes: standard output and error kept; the rest is counted and dropped.
        reply_bytes: one frame on the wire.
    """

    call_s: float = 5.0
    cell_s: float = 60.0
    part_s: float = 120.0
    memory_bytes: int = 2 << 30
    file_bytes: int = 256 << 20
    processes: int = 64
    output_bytes: int = 256 << 10
    reply_bytes: int = 256 << 20


@dataclass(frozen=True, slots=True)
class Gate:
    """What a rehearsal must show before students meet the assignment.

    Attributes:
        seeds: on how many seeds each check is rehearsed, and each right sample and known submission graded.
        boxes: in how many fresh boxes each known submission is graded; its seeds are dealt out between them.
        caught: least share of the known mistakes, over all seeds, that lose their row's points: the mutation score.
        named: least share of them that are given their own name.
        headroom: most of `Limits.part_s` and `Limits.memory_bytes` that the right sample may use, as a share: a
            student's slower program on a busier machine needs the rest.
    """

    seeds: int = 5
    boxes: int = 1
    caught: float = 1.0
    named: float = 0.9
    headroom: float = 0.75


@dataclass(frozen=True, slots=True)
class Budget:
    """What grading the right sample may take, by the clock, on one core, from a judge that is warm.

    Attributes:
        files: of the right sample; none means all.
        seconds: at most.
    """

    files: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class ExpectedFile:
    """One file of a submission; owns one part of the rubric.

    Attributes:
        name: as the course names it.
        title: for people.
        required: whether a submission without it is refused (most courses take parts on their own: False).
        report: whether it is prose, for which a PDF counts as well.
        processor_only: whether its program never needs a GPU, wherever the rest is graded.
    """

    name: str
    title: str
    required: bool = False
    report: bool = False
    processor_only: bool = False


@dataclass(frozen=True, slots=True)
class Assignment:
    """A manifest, read.

    Attributes:
        slug: unique in the service.
        version: "sha256:…" over the assignment's folder and the reference models it names: decides which rubric graded.
        folder: where assignment.toml lies.
        points: full marks; the rubric's rows add up to them.
        upload_bytes: most bytes of one submission, unpacked.
        support: files of the folder that are laid beside every program, under their own names without the folder.
        replaceable: names of those for which a student's own copy counts instead.
        data: names of data sets the programs may read.
        checkpoints: names of pretrained weights the programs may read.
        devices: where it may be graded, the preferred one first.
        gate: what its rehearsal must show.
        budgets: what grading its right sample may take.
        remarks: what its author should know of the manifest: keys that are read no longer.
    """

    slug: str
    title: str
    summary: str
    version: str
    folder: Path
    points: Decimal
    files: tuple[ExpectedFile, ...]
    limits: Limits
    upload_bytes: int = 20 << 20
    starter: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    replaceable: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    checkpoints: tuple[str, ...] = ()
    devices: tuple[str, ...] = ("cpu",)
    gate: Gate = Gate()
    budgets: tuple[Budget, ...] = ()
    remarks: tuple[str, ...] = ()
