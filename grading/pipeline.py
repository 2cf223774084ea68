"""The straight line: submission → parts → program → box → checks → report. Read it from `grade` downwards."""

import hashlib
import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path, PurePosixPath

from grading.assignments.catalog import engine_digest
from grading.authoring.check import Asks
from grading.authoring.draw import Draw
from grading.authoring.rubric import Part, Rubric
from grading.authoring.stores import Stores, stores_are
from grading.domain.assignment import Assignment
from grading.domain.errors import NotASubmission
from grading.domain.report import CriterionResult, GradedRun, Report, RunFacts
from grading.domain.submission import Submission, SubmittedFile
from grading.domain.verdict import Status
from grading.evaluation.boxes import OpensBoxes
from grading.evaluation.criteria import Evaluation
from grading.evaluation.graded import GradedPart, hints_of, kept_figures, pictures_of, programs_of, run_notes, unjudged
from grading.evaluation.papers import read_part
from grading.evaluation.probing import remembered
from grading.evaluation.session import Session
from grading.evaluation.student import BoxedStudent
from grading.intake import files_beside, match_parts, scripts_together, unused, without_added_endings
from grading.programs import Source, normalized, read_source, read_together, told


@dataclass(frozen=True, slots=True)
class RunContext:
    """What all parts of one run share."""

    assignment: Assignment
    sandbox: OpensBoxes
    seed: int
    device: str
    submission: Submission
    matched: Mapping[str, SubmittedFile | None]
    together: Mapping[str, tuple[SubmittedFile, ...]]


def grade(
    submission: Submission,
    assignment: Assignment,
    rubric: Rubric,
    *,
    seed: int,
    sandbox: OpensBoxes,
    device: str = "cpu",
    stores: Stores | None = None,
    notes: Sequence[str] = (),
) -> GradedRun:
    """Grade one submission by one rubric with one seed.

    The same arguments give the same report, apart from times.

    Args:
        submission: what was submitted.
        assignment: its manifest.
        rubric: its table; see `Rubric.validated`.
        seed: secret; all inputs are drawn from it.
        sandbox: opens boxes.
        device: "cpu" or "cuda".
        stores: the data and weights that boxes see, for references that need them too.
        notes: for the report's notes, such as which weights are stood in for.

    Returns:
        The report. Faults of the student's, the author's and ours inside a part are in it, each with its blame.
    """
    started_at, begun = datetime.now(UTC), time.perf_counter()
    plain, renamed = without_added_endings(submission)
    matched, together = by_part(plain, assignment, rubric)
    run = RunContext(assignment, sandbox, seed, device, plain, matched, together)
    support = {PurePosixPath(name).name for name in assignment.support}
    with stores_are(stores or Stores()):
        parts: dict[str, GradedPart] = {}
        for part in rubric.parts:
            parts[part.file] = grade_part(part, run, [row for graded in parts.values() for row in graded.criteria])
    figures, blobs = kept_figures({file: graded.pictures for file, graded in parts.items()})
    seconds = time.perf_counter() - begun
    report = Report(
        assignment_slug=assignment.slug,
        assignment_version=assignment.version,
        submission_sha256=submission.sha256,
        files=tuple((file.name, len(file.content)) for file in submission.files),
        run=RunFacts(
            seed,
            device,
            sandbox.tier,
            engine(),
            started_at.isoformat(),
            round(seconds, 4),
            phases(parts.values(), seconds),
            dict(sum((part.times.killed for part in parts.values()), Counter[str]())),
        ),
        criteria=tuple(row for graded in parts.values() for row in graded.criteria),
        integrity=tuple(i for graded in parts.values() for i in graded.integrity),
        notes=(
            *notes,
            *device_notes(assignment, device),
            *renamed,
            *(f"{name} was not read: it belongs to no part" for name in unused(plain, together, support)),
            *(f"{file}: {note}" for file, graded in parts.items() for note in graded.notes),
        ),
        figures=figures,
    )
    return GradedRun(report, blobs)


def by_part(
    submission: Submission, assignment: Assignment, rubric: Rubric
) -> tuple[Mapping[str, SubmittedFile | None], Mapping[str, tuple[SubmittedFile, ...]]]:
    """Which of the files is each part's, by the part's name; and the scripts that are read as one program."""
    hints = hints_of(rubric.parts)
    matched = match_parts(submission, assignment, hints)
    return matched, scripts_together(submission, assignment, matched, hints)


def wants_gpu(submission: Submission, assignment: Assignment, rubric: Rubric) -> bool:
    """Whether grading it on a GPU would run anything there.

    Nothing is run to find out: what fails on a processor might have worked on a GPU. A submission without the files
    that may use one, or with those as they were handed out, or unreadable, is graded alike without it.
    """
    asked = may_use_gpu(assignment)
    matched, together = by_part(without_added_endings(submission)[0], assignment, rubric)
    for part in rubric.parts:
        file = matched.get(part.file)
        if part.file in asked and file and _runs(part, together.get(part.file) or (file,), assignment):
            return True
    return False


def may_use_gpu(assignment: Assignment) -> frozenset[str]:
    """The files whose programs may use a GPU where the assignment is graded on one."""
    return frozenset(file.name for file in assignment.files if not (file.processor_only or file.report))


def _runs(part: Part, files: Sequence[SubmittedFile], assignment: Assignment) -> bool:
    try:
        source = read_together(files)
    except NotASubmission:
        return False
    return any(cell.python or cell.salvaged for cell in source.code) and not untouched(part, source, assignment)


def grade_part(part: Part, run: RunContext, earlier: Sequence[CriterionResult] = ()) -> GradedPart:
    """Grade one file: read it, make it a program, open a box, ask the checks; `earlier` are the rows before its own."""
    file = run.matched.get(part.file)
    if file is None:
        return unjudged(part, Status.NOT_SUBMITTED, f"{part.file} was not submitted.")
    try:
        source = remembered(
            ("source", part, run.submission),
            lambda: read_part(
                run.together.get(part.file) or (file,),
                lambda program: run.sandbox.open(
                    program, limits=run.assignment.limits, seed=box_seed(run.seed), device="cpu"
                ),
            ),
        )
    except NotASubmission as fault:
        return unjudged(part, Status.FAILED, f"{file.name} cannot be read: {fault.message}")
    if untouched(part, source, run.assignment):
        return unjudged(
            part, Status.NOT_ATTEMPTED, f"{file.name} is the starter as it was handed out: nothing is filled in yet."
        )
    broken = tuple(piece for cell in source.code for piece in cell.broken)
    limits = run.assignment.limits
    device = run.device if part.file in may_use_gpu(run.assignment) else "cpu"
    session = Session(
        remembered(
            ("programs", part, run.submission),
            lambda: programs_of(part, source, files_beside(file, run.submission, run.matched, run.assignment)),
        ),
        lambda program: run.sandbox.open(program, limits=limits, seed=box_seed(run.seed), device=device),
        limits,
    )
    try:
        student = BoxedStudent(session, part.expects, mode=part.mode, broken=broken, source=source, device=device)
        evaluation = Evaluation(part, student, run.seed, source, session.renew, earlier)
        results = evaluation.results()
        draw = Draw(run.seed, f"{part.file}/figures")
        executed = session.peek_executed()
        pictures, notes = pictures_of(part, student, source, executed, draw, sketched=evaluation.sketched)
    finally:
        session.close()
    renamed = [f"read from {file.name}"] if file.name != part.file else []
    return GradedPart(
        tuple(results), pictures,
        tuple(dict.fromkeys((
            *renamed, *source.repairs, *session.repairs, *run_notes(executed), *student.notes, *notes,
        ))),
        session.integrity, session.times,
    )  # fmt: skip


def device_notes(assignment: Assignment, device: str) -> tuple[str, ...]:
    """What a report says about the device: that an assignment which prefers a GPU was graded without one."""
    if assignment.devices[:1] == ("cuda",) and device != "cuda":
        where = "it was graded on the processor, by the same criteria, trainings being shorter"
        return (f"This assignment prefers a GPU; {where}.",)
    return ()


def box_seed(seed: int) -> int:
    """Seed of the program's own generators: tied to the run, with no way back to the seed of its questions."""
    return int.from_bytes(hashlib.sha256(b"box %d" % seed).digest()[:7], "big")


def phases(parts: Collection[GradedPart], seconds: float) -> dict[str, float]:
    """Seconds by phase: boxes started, programs loaded, the student's own code, and the rest ("checks")."""
    times = [part.times for part in parts]
    spent = {
        "start": sum(t.start for t in times),
        "load": sum(t.load for t in times),
        "student": sum(t.student for t in times),
    }
    spent["checks"] = max(0.0, seconds - sum(spent.values()))
    return {name: round(spent[name], 4) for name in ("start", "load", "checks", "student")}


def untouched(part: Part, source: Source, assignment: Assignment) -> bool:
    """Whether a file is a starter as it was handed out; where answers are asked in words, the text counts as well."""
    asks = any(isinstance(check.task, Asks) for row in part.criteria for check in row.checks)
    known = starters(assignment, part.file)
    code = normalized(source)
    return any(code == one and (not asks or told(source) == text) for one, text in known)


def starters(assignment: Assignment, name: str) -> frozenset[tuple[str, str]]:
    """Digests of the starter files handed out under a name: `grading.programs.normalized` and `told`."""
    paths = [assignment.folder / s for s in assignment.starter if Path(s).name == name]
    return frozenset(_starter_digests(p, p.stat().st_mtime_ns) for p in paths if p.is_file())


@lru_cache(maxsize=64)
def _starter_digests(path: Path, changed_ns: int) -> tuple[str, str]:
    del changed_ns  # part of the cache's key: an edited starter is read again
    source = read_source(SubmittedFile(path.name, path.read_bytes()))
    return normalized(source), told(source)


LIBRARIES = ("numpy", "scipy", "sympy", "torch", "torchvision", "matplotlib", "pillow")
"""Whose numbers and pictures a report holds."""


@lru_cache(maxsize=1)
def engine() -> str:
    """Which engine graded: the package's version, and a hash of sources, references and the libraries' versions.

    Assignments are not in it: a report names the version of its own.
    """
    digest = hashlib.sha256(engine_digest().encode())
    for library in LIBRARIES:
        digest.update(f"{library} {_version(library)}\n".encode())
    return f"{_version('chainrule')}+{digest.hexdigest()[:12]}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "0"
