"""What a rehearsal grades: the assignment's own samples, in boxes, and hostile students, by what a sample answered."""

import json
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from grading.authoring.stores import Stores, stores_are
from grading.domain.errors import ChainruleError, StudentFault
from grading.domain.report import CriterionResult, Json, Report
from grading.domain.verdict import Blame, Status, Visibility
from grading.evaluation.boxes import OpensBoxes
from grading.evaluation.probing import asked_once
from grading.intake import files_beside, match_parts, read_paths, without_added_endings
from grading.rehearsal.replaying import Hostility, Recorder, Replay

if TYPE_CHECKING:
    from grading.authoring.bindings import BoxMode
    from grading.authoring.rubric import Part, Rubric
    from grading.domain.assignment import Assignment
    from grading.programs import Program, Source

FIRST_SEED = 1
MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Sample:
    """One submission of the assignment's own, graded in boxes.

    Attributes:
        name: its folder's name.
        seeds: how often it was graded.
        faults: what was not as it must be, in words to the author.
        slowest_s: most seconds of the program's own code in one file.
        peak_bytes: most memory of one box.
    """

    name: str
    seeds: int
    faults: tuple[str, ...] = ()
    slowest_s: float = 0.0
    peak_bytes: int = 0

    @property
    def good(self) -> bool:
        """Whether it got what it must, inside the budget."""
        return not self.faults

    def to_json(self) -> dict[str, Json]:
        """The sample as `--json` prints it."""
        return {
            "name": self.name,
            "seeds": self.seeds,
            "slowest_s": round(self.slowest_s, 3),
            "peak_mib": round(self.peak_bytes / MIB),
            "faults": list(self.faults),
            "good": self.good,
        }


@dataclass(frozen=True, slots=True)
class Hostiles:
    """All hostile students together.

    Attributes:
        tried: how many.
        blocked: which of them stopped the grading, and how.
    """

    tried: int = 0
    blocked: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """The hostile students as `--json` prints them."""
        return {"tried": self.tried, "blocked": list(self.blocked)}


@dataclass(frozen=True, slots=True)
class Devices:
    """The right samples on the processor and on a GPU.

    Attributes:
        compared: how many reports.
        skipped: why none was compared, or "".
        differing: criteria that differ, in words to the author.
    """

    compared: int = 0
    skipped: str = "Not asked for: give --device cuda."
    differing: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Json]:
        """The comparison as `--json` prints it."""
        return {"compared": self.compared, "skipped": self.skipped, "differing": list(self.differing)}


@dataclass(frozen=True, slots=True)
class Stage:
    """What all gradings of one rehearsal share."""

    assignment: "Assignment"
    rubric: "Rubric"
    stores: Stores

    def graded(self, paths: Sequence[Path], sandbox: OpensBoxes, seed: int, *, device: str = "cpu") -> Report:
        """Grade one submission.

        Raises:
            StudentFault: it is no submission.
            ChainruleError: the grading broke.
        """
        from grading import pipeline

        submission = read_paths(list(paths), self.assignment)
        graded = pipeline.grade(
            submission, self.assignment, self.rubric, seed=seed, sandbox=sandbox, device=device, stores=self.stores
        )
        return graded.report

    def scripts(self, folder: Path) -> "Iterator[tuple[Part, Source, dict[BoxMode, Program]]]":
        """Each part of a submission with its text and its programs, ready for any number of boxes."""
        from grading.evaluation.graded import hints_of, programs_of
        from grading.programs import read_source

        submission = read_paths([folder], self.assignment)
        submission, _ = without_added_endings(submission)
        matched = match_parts(submission, self.assignment, hints_of(self.rubric.parts))
        for part in self.rubric.parts:
            file = matched.get(part.file)
            if file is not None:
                source = read_source(file)
                beside = files_beside(file, submission, matched, self.assignment)
                yield part, source, programs_of(part, source, beside)


def without_pictures(rubric: "Rubric") -> "Rubric":
    """The same rubric for those who look at points only."""
    plain = copy(rubric)
    plain.parts = []
    for part in rubric.parts:
        bare = copy(part)
        bare.figures, bare.stored_figures, bare.run_figures, bare.sketches = (), 0, 0, False
        plain.add(bare)
    return plain


def samples_graded(stage: Stage, first: Recorder, sandbox: OpensBoxes, seed: int) -> tuple[Sample, ...]:
    """The right sample and every right variant, and the starter as it is handed out, on one seed.

    Args:
        stage: what is rehearsed.
        first: keeps what the right sample answers.
        sandbox: where all others are graded.
        seed: of all.
    """
    assignment = stage.assignment
    starter = [assignment.folder / name for name in assignment.starter]
    found: list[Sample] = []
    for folder in right_samples(assignment):
        found.append(_right(stage, folder, Recorder(sandbox, answers=False) if found else first, seed))
    return (*found, _begun(stage, sandbox, starter, seed))


def right_samples(assignment: "Assignment") -> list[Path]:
    """The folders whose submissions must get full marks: `samples/right`, and others whose names begin so."""
    first = assignment.folder / "samples" / "right"
    return [first, *sorted(path for path in first.parent.glob("right?*") if path.is_dir())]


def devices_agree(stage: Stage, sandbox: OpensBoxes, seeds: Sequence[int]) -> Devices:
    """Grade every right sample on the processor and on a GPU: the same points, status and answers to each question.

    Args:
        stage: what is rehearsed.
        sandbox: where the samples are graded.
        seeds: on which.
    """
    import torch

    if not torch.cuda.is_available():
        return Devices(skipped="Not compared: this machine has no GPU that torch can use.")
    compared, differing = 0, []
    for folder in right_samples(stage.assignment):
        for seed in seeds:
            plain, fast = (stage.graded([folder], sandbox, seed, device=device) for device in ("cpu", "cuda"))
            compared += 1
            differing += [f"{folder.name}, seed {seed}: {said}" for said in differences(plain, fast)]
    return Devices(compared, "", tuple(differing))


def differences(one: Report, other: Report) -> Iterator[str]:
    """The criteria of two reports that differ in points, status or in what passed."""
    for criterion, twin in zip(one.criteria, other.criteria, strict=True):
        if (criterion.points, criterion.status) != (twin.points, twin.status):
            first, second = (f"{one.status.value} with {one.points}" for one in (criterion, twin))
            yield f"{criterion.id} is {first}, and {second}"
        elif [(f.question, f.passed) for f in criterion.findings] != [(f.question, f.passed) for f in twin.findings]:
            yield f"{criterion.id} passes other questions"


def met_by_hostiles(stage: Stage, recorder: Recorder, students: Iterable[Hostility]) -> Hostiles:
    """Grade every hostile student: whatever is answered, nobody but the student may have to act.

    Args:
        stage: what is rehearsed.
        recorder: with what the right sample answered on the first seed.
        students: what is answered instead.
    """
    if not recorder.tapes:
        return Hostiles(0, ("none was tried, for the right sample was not graded in a box.",))
    scripts = list(stage.scripts(right_samples(stage.assignment)[0]))
    tried: int = 0
    blocked: list[str] = []
    with asked_once(), stores_are(stage.stores), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for student in students:
            tried += 1
            for script in scripts:
                blocked += [f"{student.name}: {said}" for said in _blocked(stage, Replay(recorder, student), *script)]
    return Hostiles(tried, tuple(blocked))


def _blocked(
    stage: Stage, replay: Replay, part: "Part", source: "Source", programs: "Mapping[BoxMode, Program]"
) -> tuple[str, ...]:
    """How a hostile student stops the grading of a part, if so."""
    from grading.evaluation.criteria import Evaluation
    from grading.evaluation.session import Session
    from grading.evaluation.student import BoxedStudent

    limits = stage.assignment.limits
    session = Session(programs, lambda p: replay.open(p, limits=limits, seed=FIRST_SEED, device="cpu"), limits)
    try:
        student = BoxedStudent(session, part.expects, mode=part.mode)
        return errors_in(Evaluation(part, student, FIRST_SEED, source, session.renew).results())
    except ChainruleError as fault:
        return (f"{part.file}: {fault}",)
    finally:
        session.close()


def errors_in(criteria: Iterable[CriterionResult]) -> tuple[str, ...]:
    """The criteria that ended with somebody to blame who is not the student."""
    return tuple(
        f"{criterion.id}: {finding.message}"
        for criterion in criteria
        if criterion.status is Status.ERROR
        for finding in criterion.findings
        if finding.blame in (Blame.AUTHOR, Blame.HOUSE) and finding.visibility is Visibility.STAFF
    )


def _right(stage: Stage, folder: Path, recorder: Recorder, seed: int) -> Sample:
    """All points that wait for no person, inside the budget."""
    if not folder.is_dir():
        return Sample(folder.name, 0, (f"{folder} is missing. Put a submission there that is right.",))
    try:
        report = stage.graded([folder], recorder, seed)
    except StudentFault as fault:
        return Sample(folder.name, 1, (str(fault),))
    faults = [f"{said} (seed {seed})" for said in (*errors_in(report.criteria), *_lost(report))]
    faults += over_budget(stage.assignment, recorder.slowest_s, recorder.peak_bytes)
    return Sample(folder.name, 1, tuple(faults), recorder.slowest_s, recorder.peak_bytes)


def _lost(report: Report) -> list[str]:
    return [
        f"{row.id} gets {row.points} of {row.possible}: "
        + next((f.message for f in row.findings if not f.passed), row.status.value)
        for row in report.criteria
        if row.status not in (Status.ERROR, Status.MANUAL) and row.points < row.possible
    ]


def over_budget(assignment: "Assignment", slowest: float, peak: int) -> list[str]:
    """What a right sample uses beyond its share of the limits, in words to the author.

    Args:
        assignment: its limits, and the share.
        slowest: seconds of the program's own code in one file.
        peak: bytes of one box.
    """
    share, limits = assignment.gate.headroom, assignment.limits
    said = f"That is more than {share:.0%} of what a program may use. Ask for less, or raise"
    found = []
    if slowest > share * limits.part_s:
        found.append(f"one file takes {slowest:.1f} s of limits.part_s = {limits.part_s:g}. {said} limits.part_s.")
    if peak > share * limits.memory_bytes:
        of = f"{peak / MIB:.0f} MiB of limits.memory_bytes = {limits.memory_bytes / MIB:.0f} MiB"
        found.append(f"one box takes {of}. {said} limits.memory_bytes.")
    return found


def _begun(stage: Stage, sandbox: OpensBoxes, paths: Sequence[Path], seed: int) -> Sample:
    """The starter with nothing filled in gets no point, also where it is not byte for byte what was handed out."""
    if not paths:
        return Sample("starter", 0, ("the manifest names no starter. Give students something to begin with.",))
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            (Path(folder) / path.name).write_bytes(_with_a_line(path))
        try:
            for submitted in (paths, [Path(folder)]):
                report = stage.graded(submitted, sandbox, seed)
                gained = [row for row in report.criteria if row.points > 0]
                faults += [f"{row.id} gets {row.points} points with nothing filled in." for row in gained]
                faults += errors_in(report.criteria)
        except StudentFault as fault:
            faults.append(str(fault))
    return Sample("starter", 1, tuple(dict.fromkeys(faults)))


def _with_a_line(path: Path) -> bytes:
    """The file with one harmless statement more: it is no longer known as the starter, and its checks are asked."""
    if path.suffix != ".ipynb":
        return path.read_bytes() + b"\n\nbegun = True\n"
    notebook = json.loads(path.read_bytes())
    cell: dict[str, Json] = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": ["begun = True"],
    }
    notebook["cells"].append(cell)
    return json.dumps(notebook).encode()
