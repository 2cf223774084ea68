"""One part after it was graded: results, pictures, notes; and how a part's text becomes programs."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from grading.authoring.bindings import BoxMode, Function
from grading.authoring.draw import Draw
from grading.authoring.executed import Executed
from grading.authoring.pictures import Picture, clean
from grading.authoring.requirement import Sketch
from grading.authoring.rubric import Part
from grading.domain.errors import BadReply, StudentFault
from grading.domain.report import CriterionResult, Figure, Integrity
from grading.domain.verdict import Status
from grading.evaluation.criteria import without_file
from grading.evaluation.session import Times
from grading.evaluation.student import BoxedStudent
from grading.programs import Program, Source, definitions, whole

MOST_RUN_NOTES = 5
MOST_SKETCHES = 6
"""For each file: drawing one takes a tenth of a second."""
NOTHING_BESIDE: Mapping[str, bytes] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class GradedPart:
    """What became of one file.

    Attributes:
        criteria: its rows, in order.
        pictures: to be kept with the report.
        notes: to the reader: what was mended, bound, left out.
        integrity: to staff.
        times: seconds by what they were spent on.
    """

    criteria: tuple[CriterionResult, ...]
    pictures: tuple[Picture, ...] = ()
    notes: tuple[str, ...] = ()
    integrity: tuple[Integrity, ...] = ()
    times: Times = field(default_factory=Times)


def unjudged(part: Part, status: Status, message: str, notes: Sequence[str] = ()) -> GradedPart:
    """A part none of whose rows could be judged, with the one reason."""
    return GradedPart(tuple(without_file(row, status, message) for row in part.criteria), notes=tuple(notes))


def programs_of(part: Part, source: Source, beside: Mapping[str, bytes] = NOTHING_BESIDE) -> dict[BoxMode, Program]:
    """The programs that a part's boxes are given: its own mode's, and the other where a binding asks for it.

    `beside` are files laid beside them; the part's own win.
    """
    files = {**beside, **part.files}
    modes: set[BoxMode] = {part.mode, *(b.box for b in part.expects if b.box is not None)}
    functions = [b for b in part.expects if isinstance(b, Function)]
    programs: dict[BoxMode, Program] = {}
    if "definitions" in modes:
        programs["definitions"] = definitions(
            source,
            wanted=[(f.name, *f.aliases) for f in functions],
            arities={name: f.arity for f in functions if f.arity is not None for name in (f.name, *f.aliases)},
            long_loop=part.long_loop,
            files=files,
            options=part.options,
        )
    if "run" in modes:
        programs["run"] = whole(
            source, overrides=part.overrides, long_loop=part.long_loop, files=files, options=part.options
        )
    return {mode: replace(program, drivers=part.drivers) for mode, program in programs.items()}


def hints_of(parts: Iterable[Part]) -> dict[str, list[tuple[str, ...]]]:
    """For each expected file, names that its code should define: tells swapped files apart. Aliases go together."""
    found = {p.file: [(b.name, *b.aliases) for b in p.expects if isinstance(b, Function)] for p in parts}
    return {file: names for file, names in found.items() if names}


def pictures_of(
    part: Part,
    student: BoxedStudent,
    source: Source,
    executed: Executed | None,
    draw: Draw,
    *,
    sketched: Sequence[tuple[str, Sketch]] = (),
) -> tuple[tuple[Picture, ...], tuple[str, ...]]:
    """A part's pictures: sketches beside failures, the author's hooks, what the run drew, what the notebook stored.

    A picture that cannot be made costs nothing: it becomes a note that says whose fault that was. It is nothing that
    staff should hold against the student.
    """
    pictures: list[Picture] = []
    notes: list[str] = []
    for number, (row, sketch) in enumerate(sketched[:MOST_SKETCHES] if part.sketches else (), 1):
        try:
            pictures.append(Picture(f"evidence-{number}", sketch.title, sketch.draw(), "evidence", criterion=row))
        except Exception as error:  # noqa: BLE001 - the author's drawing of a student's numbers may fail in any way
            notes.append(f"A picture beside {row} could not be drawn ({type(error).__name__}).")
    for hook in part.figures:
        try:
            pictures.extend(hook(student, source, draw.stream(hook.__name__)))
        except StudentFault as fault:
            notes.append(f"A figure could not be drawn: {fault}")
        except Exception as error:  # noqa: BLE001 - the author's probe is one of the three edges
            # Notes are the student's to read, and an author's exception may quote what is right: its kind is enough.
            said = f"{hook.__name__}: {type(error).__name__}"
            notes.append(f"A figure could not be drawn, through no fault of yours ({said})")
    taken = {picture.png for picture in pictures}
    drawn = executed.figures[: part.run_figures] if executed is not None else ()
    pictures += [
        Picture(f"drawn-{n}", f"Drawn by {f.unit}" if f.unit else "Drawn by your program", f.png, "student")
        for n, f in enumerate(drawn, 1)
        if f.png and f.png not in taken
    ]
    pictures += [
        Picture(f"stored-{n}", f"Stored in the notebook under {label}", png, "stored")
        for n, (label, png) in enumerate(_stored(source)[: part.stored_figures], 1)
    ]
    return tuple(pictures), tuple(dict.fromkeys(notes))


def _stored(source: Source) -> list[tuple[str, bytes]]:
    """Pictures in the notebook as submitted, each with its cell's label."""
    return [(source.label(cell), o.png) for cell in source.cells for o in cell.outputs if o.png is not None]


def run_notes(executed: Executed | None) -> tuple[str, ...]:
    """What became of cells that did not go well when the notebook ran: findings tell only what is missing after it."""
    if executed is None:
        return ()
    notes = [
        f"{unit.label} was stopped: it did not end within its time."
        if unit.overran
        else f"{unit.label} did not end well: {unit.fault[:200]}"
        for unit in executed.faults[:MOST_RUN_NOTES]
    ]
    unrun = [unit.label for unit in executed.units if not unit.ran]
    if unrun:
        notes.append(f"{unrun[0]} and what follows it did not run: {executed.spent}.")
    return tuple(notes)


def kept_figures(parts: Mapping[str, Sequence[Picture]]) -> tuple[tuple[Figure, ...], dict[str, bytes]]:
    """The report's figures and their bytes by SHA-256; pictures that are no readable PNG are left out."""
    figures: list[Figure] = []
    blobs: dict[str, bytes] = {}
    for number, (part, pictures) in enumerate(parts.items(), 1):
        for picture in pictures:
            try:
                cleaned = clean(picture.png)
            except BadReply:
                continue
            sha256 = hashlib.sha256(cleaned.png).hexdigest()
            blobs[sha256] = cleaned.png
            figures.append(Figure(
                id=f"{number}-{picture.id}", title=picture.title, part=part, source=picture.source, sha256=sha256,
                width=cleaned.width, height=cleaned.height, criterion=picture.criterion,
                pair=f"{number}-{picture.pair}" if picture.pair else "",
            ))  # fmt: skip
    return tuple(figures), blobs
